using System.Globalization;
using System.Text;
using Akka.Configuration;
using Dolphin.Hosting.Akka.Journal;

namespace Dolphin.Hosting.Akka.Settings;

/// <summary>What Akka.NET is told, derived from the settings: nothing of it is written by hand in a file, so no node differs by accident.</summary>
/// <remarks>The result holds the connection string and the certificate's password. It is never logged: <c>log-config-on-start</c> is off.</remarks>
public static class AkkaConfig
{
    /// <summary>Of an order or a book: larger than any message here, and small enough that one message does not hold up heartbeats.</summary>
    public const int MaximumFrameBytes = 512 * 1024;
    /// <summary>Mailbox for actors that hear more than they can bound by protocol: what does not fit goes to dead letters. Use with Props.WithMailbox.</summary>
    public const string BoundedMailbox = "dolphin.mailbox.bounded";
    /// <summary>An entity that stopped comes back after this. Long enough for a database that restarts, short against a bar.</summary>
    public static readonly TimeSpan EntityRestartBackoff = TimeSpan.FromSeconds(5);
    /// <summary>A write that takes longer counts as failed: its singleton's tenure would be over before it answers.</summary>
    public static readonly TimeSpan JournalCallTimeout = TimeSpan.FromSeconds(5);

    /// <param name="role"><see cref="ClusterSettings.TraderRole"/> or <see cref="ClusterSettings.LighthouseRole"/>.</param>
    public static Config Of(ClusterSettings settings, string role)
    {
        var text = new StringBuilder();
        text.Append(Core()).Append(Remoting(settings)).Append(Cluster(settings, role)).Append(SplitBrain(settings)).Append(Singletons(settings)).Append(Sharding());
        // A lighthouse has no durable actor, so it starts no plugin and needs no database for one.
        if (role != ClusterSettings.LighthouseRole) text.Append(Persistence(settings.Journal));
        if (settings.Cmd is { } cmd) text.Append(CultureInfo.InvariantCulture, $"petabridge.cmd {{ host = {Quote(cmd.Host)}, port = {cmd.Port} }}\n");
        var config = ConfigurationFactory.ParseString(text.ToString()).WithFallback(SerializationConfig.Text).WithFallback(Extensions);
        return role == ClusterSettings.LighthouseRole ? config : config.WithFallback(Storing);
    }

    // An extension that starts adds its defaults to the configuration, and Akka.NET does that without a lock: of two that start at once one may take the other's away again,
    // for the life of the process. And serializers are made with the system, while the others speak as soon as a node has joined: what it hears before an extension starts
    // here, a hand-over among it, would be lost to a serializer that is not known yet. So all of it is there from the beginning. Sharding's defaults bring those of
    // distributed data.
    private static Config Extensions => global::Akka.Cluster.Sharding.ClusterSharding.DefaultConfig()
        .WithFallback(global::Akka.Cluster.Tools.PublishSubscribe.DistributedPubSub.DefaultConfig())
        .WithFallback(global::Akka.Cluster.Tools.Singleton.ClusterSingletonManager.DefaultConfig())
        .WithFallback(global::Akka.Coordination.LeaseProvider.DefaultConfig());

    private static Config Storing => global::Akka.Persistence.Sql.SqlPersistence.DefaultConfiguration
        .WithFallback(global::Akka.Persistence.Persistence.DefaultConfig())
        .WithFallback(global::Akka.Streams.ActorMaterializer.DefaultConfig());

    /// <summary>Of another node of the same cluster, as Akka.NET writes addresses; TLS is a part of them.</summary>
    public static string AddressOf(ClusterSettings settings, string seed) => $"akka.{(settings.Tls is null ? "" : "ssl.")}tcp://{settings.SystemName}@{seed}";

    private static string Core() => """
        akka {
          loglevel = INFO
          stdout-loglevel = WARNING      # only until the node's own log listens to the event stream
          loggers = []                   # the node subscribes to LogEvent itself, and writes where everything else of it goes
          log-config-on-start = off      # it holds secrets
          log-dead-letters = 10
          log-dead-letters-during-shutdown = off
          scheduler.implementation = "Dolphin.Hosting.Akka.Settings.SteadyScheduler, Dolphin.Hosting.Akka"
          actor {
            provider = cluster
            ask-timeout = 10s            # the default waits for ever
            default-mailbox {
              stash-capacity = 10000     # what waits for a journal; one more is a failure that its supervisor sees
            }
          }
          coordinated-shutdown {
            # The host hears SIGTERM and runs it, once; a second hook in the runtime would race with it.
            run-by-clr-shutdown-hook = off
            run-by-actor-system-terminate = on
            terminate-actor-system = on
            exit-clr = off
            default-phase-timeout = 5s
            phases {
              # Together below the 30 s that a service manager waits. A region hands its entities over: each stores what it has under way.
              cluster-sharding-shutdown-region.timeout = 6s
              # Singletons hand over here, then the cluster sees this node off.
              cluster-leave.timeout = 4s
              cluster-exiting.timeout = 6s
              actor-system-terminate.timeout = 5s
            }
          }
        }
        dolphin.mailbox.bounded {
          mailbox-type = "Akka.Dispatch.BoundedMailbox, Akka"
          mailbox-capacity = 10000
          mailbox-push-timeout-time = 0s # a full one refuses at once: waiting would move the flood to its senders
        }

        """;

    private static string Remoting(ClusterSettings s)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$"""
            akka.remote {
              log-remote-lifecycle-events = INFO
              # A node that was away for so long, with messages that must not be lost still waiting, has to restart to be talked to again.
              retry-gate-closed-for = 1s
              dot-netty.tcp {
                hostname = {{Quote(s.BindHost)}}
                public-hostname = {{Quote(s.Host)}}
                port = {{s.Port}}
                connection-timeout = 5s
                maximum-frame-size = {{MaximumFrameBytes}}b
                send-buffer-size = {{2 * MaximumFrameBytes}}b
                receive-buffer-size = {{2 * MaximumFrameBytes}}b
                tcp-reuse-addr = on       # a node that comes back at once finds its port again
                batching.enabled = false  # little traffic, and latency matters

            """);
        if (s.Tls is { } tls)
        {
            // Versions before 1.5.52 know neither of the last two keys: they never ask a client for its certificate, and take the first DNS name of a
            // node's own certificate for the name that the other's must have. TlsCheck says so at the start.
            text.Append(CultureInfo.InvariantCulture, $$"""
                    enable-ssl = true
                    ssl {
                      suppress-validation = false
                      require-mutual-authentication = true
                      validate-certificate-hostname = true
                      certificate { path = {{Quote(tls.CertificatePath)}}, password = {{Quote(tls.Password)}}, flags = ["default-key-set"] }
                    }

                """);
        }
        return text.Append("  }\n}\n").ToString();
    }

    private static string Cluster(ClusterSettings s, string role) => string.Create(CultureInfo.InvariantCulture, $$"""
        akka.cluster {
          roles = [{{Quote(role)}}]
          seed-nodes = [{{string.Join(", ", s.Seeds.Select(seed => Quote(AddressOf(s, seed))))}}]
          seed-node-timeout = 3s
          retry-unsuccessful-join-after = 3s
          shutdown-after-unsuccessful-join-seed-nodes = off # it keeps trying; JoinWatch says so
          allow-weakly-up-members = off                      # nobody trades on a membership that not all have agreed on
          min-nr-of-members = 1
          log-info = on
          run-coordinated-shutdown-when-down = on            # a side that lost ends, and is started again by whoever runs it
          gossip-interval = {{Durations.Hocon(FailoverBudget.Turn)}}
          leader-actions-interval = {{Durations.Hocon(FailoverBudget.Turn)}}
          unreachable-nodes-reaper-interval = {{Durations.Hocon(FailoverBudget.Turn)}}
          periodic-tasks-initial-delay = 500ms
          down-removal-margin = {{Durations.Hocon(FailoverBudget.RemovalMargin)}}
          failure-detector {
            heartbeat-interval = {{Durations.Hocon(s.SplitBrain.Heartbeat)}}
            acceptable-heartbeat-pause = {{Durations.Hocon(s.SplitBrain.Pause)}}
            expected-response-after = 500ms
            threshold = 8.0
            min-std-deviation = 100ms
            monitored-by-nr-of-members = 9
          }
        }

        """);

    private static string SplitBrain(ClusterSettings s)
    {
        var lease = s.SplitBrain.Strategy == SplitBrainStrategy.LeaseMajority;
        var text = new StringBuilder();
        // Only traders count: three lighthouses and one trader on one side are not a majority of anything that trades.
        text.Append(CultureInfo.InvariantCulture, $$"""
            akka.cluster.downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
            akka.cluster.split-brain-resolver {
              active-strategy = {{(lease ? "lease-majority" : "keep-majority")}}
              stable-after = {{Durations.Hocon(s.SplitBrain.StableAfter)}}
              # A picture that does not come to rest for this long is a network that no decision fits: all end, and find each other anew.
              down-all-when-unstable = 15s
              keep-majority.role = {{Quote(ClusterSettings.TraderRole)}}

            """);
        if (lease)
        {
            text.Append(CultureInfo.InvariantCulture, $$"""
                  lease-majority {
                    role = {{Quote(ClusterSettings.TraderRole)}}
                    lease-implementation = "dolphin.lease"
                    lease-name = {{Quote($"{s.SystemName}-split-brain")}}
                    acquire-lease-delay-for-minority = 2s
                    release-after = 30s
                  }
                }
                dolphin.lease {
                  lease-class = "Dolphin.Hosting.Akka.SplitBrain.PostgresLease, Dolphin.Hosting.Akka"
                  connection-string = {{Quote(s.Journal.Connection)}}
                  heartbeat-timeout = 20s   # of a holder that died: longer than its membership takes to end
                  heartbeat-interval = 4s
                  lease-operation-timeout = 5s
                  patience = 10m            # how long a side waits for a database that does not answer, before it ends

                """);
        }
        return text.Append("}\n").ToString();
    }

    private static string Singletons(ClusterSettings s) => string.Create(CultureInfo.InvariantCulture, $$"""
        akka.cluster {
          singleton {
            role = {{Quote(ClusterSettings.TraderRole)}}
            hand-over-retry-interval = {{Durations.Hocon(FailoverBudget.Turn)}}
            # As long as a crashed predecessor can take to be removed, and half as long again: giving up earlier restarts the manager.
            min-number-of-hand-over-retries = {{HandOverRetries(s.SplitBrain)}}
            consider-app-version = off # a rolling upgrade must not drag singletons from node to node
          }
          singleton-proxy {
            role = {{Quote(ClusterSettings.TraderRole)}}
            singleton-identification-interval = 500ms
            buffer-size = 1000         # the oldest is dropped; who asked hears nothing, and asks again
          }
          pub-sub {
            role = {{Quote(ClusterSettings.TraderRole)}}
            gossip-interval = {{Durations.Hocon(FailoverBudget.Turn)}}
            removed-time-to-live = 30s
            send-to-dead-letters-when-no-subscribers = off
          }
          distributed-data {
            role = {{Quote(ClusterSettings.TraderRole)}}
            gossip-interval = {{Durations.Hocon(FailoverBudget.Turn)}}
            notify-subscribers-interval = 200ms
            pruning-interval = 30s
            max-pruning-dissemination = 60s
            durable.keys = []          # nothing of it outlives the cluster, so no file store is ever opened
          }
        }

        """);

    internal static int HandOverRetries(SplitBrainSettings s) =>
        Math.Max(15, (int)Math.Ceiling(1.5 * (FailoverBudget.Membership(s) / FailoverBudget.Turn)));

    private static string Sharding() => string.Create(CultureInfo.InvariantCulture, $$"""
        akka.cluster.sharding {
          role = {{Quote(ClusterSettings.TraderRole)}}
          state-store-mode = ddata
          remember-entities = on
          # On every node: who is left starts what a dead one had. Not in the journal: Akka.NET stores CLR names there, and a
          # shard would wait for the database; after a full stop every node starts its plan's entities anyway.
          remember-entities-store = ddata
          passivate-idle-entity-after = off            # a quiet market is not a reason to forget a position
          entity-restart-backoff = {{Durations.Hocon(EntityRestartBackoff)}}
          shard-failure-backoff = 3s
          coordinator-failure-backoff = 2s
          retry-interval = 1s
          shard-start-timeout = 5s
          handoff-timeout = 10s                        # an entity that does not stop by then is stopped
          buffer-size = 10000                          # for entities on their way; what does not fit is dropped, and asked for again
          waiting-for-state-timeout = 2s
          updating-state-timeout = 3s
          rebalance-interval = 5s
          least-shard-allocation-strategy {
            rebalance-absolute-limit = 8               # so many at once when a node joins
            rebalance-relative-limit = 0.2
          }
          # A killed node that comes back is a member before it answers, and with the defaults, which ask every node of a small cluster, a shard
          # would wait for it, fail, and wait again. Two of three have what was written: a coordinator still reads what all of them know.
          coordinator-state.write-majority-plus = 0
          distributed-data.majority-min-cap = 2
          distributed-data.durable.keys = []
          fail-on-invalid-entity-state-transition = off
        }

        """);

    private static string Persistence(JournalSettings journal)
    {
        var plugin = journal.Provider switch
        {
            JournalProvider.Postgres => (Connection: journal.Connection, Provider: "PostgreSQL", Writers: 3),
            // A file takes one writer at a time: more would only wait for each other.
            JournalProvider.Sqlite => (Connection: Sqlite(journal.Connection), Provider: "SQLite.MS", Writers: 1),
            _ => throw new ArgumentOutOfRangeException(nameof(journal), journal.Provider, "Not a provider."),
        };
        return string.Create(CultureInfo.InvariantCulture, $$"""
            akka.persistence {
              max-concurrent-recoveries = 32
              journal {
                plugin = akka.persistence.journal.sql
                auto-start-journals = ["akka.persistence.journal.sql"]
                sql {
                  connection-string = {{Quote(plugin.Connection)}}
                  provider-name = {{Quote(plugin.Provider)}}
                  table-mapping = default
                  # Nodes that make a table together would both fail, and need no right to: PostgresSchema and SqliteFile have made them.
                  auto-initialize = off
                  warn-on-auto-init-fail = true
                  # The default discards what an older writer stored and goes on; here that is damage, and whoever finds it halts.
                  replay-filter { mode = fail, window-size = 100, max-old-writers = 10, debug = off }
                  # One row that does not come for so long fails the recovery, instead of waiting for ever.
                  recovery-event-timeout = 10s
                  circuit-breaker {
                    max-failures = 5
                    # A write that nobody answered is a failed one: longer than this, its singleton's tenure would be over.
                    call-timeout = {{Durations.Hocon(JournalCallTimeout)}}
                    # So soon is a database that came back tried again.
                    reset-timeout = 5s
                  }
                  buffer-size = 5000   # batches that wait for the database; one more is refused, and its actor stops
                  parallelism = {{plugin.Writers}}
                }
              }
              snapshot-store {
                plugin = akka.persistence.snapshot-store.sql
                auto-start-snapshot-stores = ["akka.persistence.snapshot-store.sql"]
                sql {
                  connection-string = {{Quote(plugin.Connection)}}
                  provider-name = {{Quote(plugin.Provider)}}
                  table-mapping = default
                  auto-initialize = off
                  warn-on-auto-init-fail = true
                  circuit-breaker { max-failures = 5, call-timeout = 10s, reset-timeout = 5s }
                }
              }
            }

            """);
    }

    // The bundle has to be named before the first connection.
    private static string Sqlite(string path)
    {
        SQLitePCL.Batteries_V2.Init();
        return SqliteFile.ConnectionString(path);
    }

    /// <summary>A HOCON text in quotes, whatever it holds.</summary>
    internal static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
