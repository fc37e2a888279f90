using System.Collections.Concurrent;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Remote;
using Dolphin.Hosting.Akka.Settings;
using Dolphin.Hosting.Akka.Tests.Cluster;
using Dolphin.Hosting.Akka.Upgrades;
using Dolphin.Tests;
using ClusterExtension = Akka.Cluster.Cluster;
using JournalSettings = Dolphin.Hosting.Akka.Settings.JournalSettings;
using NodeSettings = Dolphin.Hosting.Akka.Settings.ClusterSettings;

namespace Dolphin.Hosting.Akka.Tests.Upgrades;

/// <summary>A cluster of two nodes over real sockets: the program of today, and one whose wire is newer.</summary>
internal sealed class TwoVersions : IAsyncDisposable
{
    /// <summary>How long a test waits for what takes a second or two on an idle machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>What the older one's log was told, warnings and errors.</summary>
    public ConcurrentQueue<string> Said { get; } = new();

    /// <summary>Connections between the two that ended, or failed, or were given up for good.</summary>
    public ConcurrentQueue<string> Ended { get; } = new();

    public ActorSystem Older { get; }
    public ActorSystem Newer { get; }

    public TwoVersions()
    {
        var port = FreePort.Next();
        Older = Start(port, port, "");
        Newer = Start(0, port, $$"""
            akka.actor {
              serializers.dolphin-wire = "{{NameOf(typeof(NewerWire))}}"
              serialization-identifiers."{{NameOf(typeof(NewerWire))}}" = {{Dolphin.Actors.Wire.WireSerializer.Id}}
            }
            """);
        var (said, ended) = (Said, Ended);
        // As ClusterNode does it.
        Older.EventStream.Subscribe(Older.ActorOf(UnreadMessagesActor.Props(Older.ActorOf(Props.Create(() => new Log(said)), "log")), "log-of-the-wire"), typeof(LogEvent));
        foreach (var system in new[] { Older, Newer })
            system.EventStream.Subscribe(system.ActorOf(Props.Create(() => new Connections(ended))), typeof(RemotingLifecycleEvent));
    }

    public static string AddressOf(ActorSystem system) => NodeNames.Of(ClusterExtension.Get(system).SelfAddress);

    public bool AreTogether => new[] { Older, Newer }.All(s => ClusterExtension.Get(s).State is { Unreachable.Count: 0 } state && state.Members.Count(m => m.Status == MemberStatus.Up) == 2);

    public Task FormedAsync() => UntilAsync(() => AreTogether, "both are up");

    /// <returns>The actor of one system as the other reaches it.</returns>
    public static async Task<IActorRef> SeenFromAsync(ActorSystem other, ActorSystem home, string name)
    {
        var path = new RootActorPath(ClusterExtension.Get(home).SelfAddress) / "user" / name;
        return await other.ActorSelection(path).ResolveOne(Patience);
    }

    /// <summary>Looks again every few milliseconds until it is so.</summary>
    public async Task UntilAsync(Func<bool> isSo, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!isSo())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
                Assert.Fail($"After {Patience.TotalSeconds:0} s it is still not so that {what}. Said:\n{string.Join('\n', Said.Take(40))}\nEnded:\n{string.Join('\n', Ended.Take(10))}");
            await look.WaitForNextTickAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var system in new[] { Newer, Older }) await system.Terminate().WaitAsync(Patience);
    }

    private static ActorSystem Start(int port, int seed, string more)
    {
        // Nothing is stored, so the database is one that nobody ever asks.
        var settings = TestSettings.Of(port, $"127.0.0.1:{seed}") with { Journal = new JournalSettings(JournalProvider.Postgres, "Host=127.0.0.1;Port=1;Database=none") };
        return ActorSystem.Create(settings.SystemName, ConfigurationFactory.ParseString($"akka.stdout-loglevel = OFF\n{more}").WithFallback(AkkaConfig.Of(settings, NodeSettings.TraderRole)));
    }

    // Without the version of the assembly: as AkkaConfig writes them.
    private static string NameOf(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";

    private sealed class Log : ReceiveActor
    {
        public Log(ConcurrentQueue<string> said)
        {
            Receive<Warning>(w => said.Enqueue($"{w.Message} {w.Cause?.Message}"));
            Receive<Error>(e => said.Enqueue($"{e.Message} {e.Cause?.Message}"));
            ReceiveAny(_ => { });
        }
    }

    private sealed class Connections : ReceiveActor
    {
        public Connections(ConcurrentQueue<string> ended) => Receive<RemotingLifecycleEvent>(e =>
        {
            if (e is DisassociatedEvent or AssociationErrorEvent or QuarantinedEvent or ThisActorSystemQuarantinedEvent or RemotingErrorEvent) ended.Enqueue(e.ToString() ?? e.GetType().Name);
        });
    }
}
