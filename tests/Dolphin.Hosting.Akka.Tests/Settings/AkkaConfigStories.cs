using System.Collections.Immutable;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Wire;
using Dolphin.Hosting.Akka.Settings;
using JournalSettings = Dolphin.Hosting.Akka.Settings.JournalSettings;

namespace Dolphin.Hosting.Akka.Tests.Settings;

/// <summary>Facts about what Akka.NET is told that no later change may lose unnoticed.</summary>
public sealed class AkkaConfigStories
{
    private static readonly ClusterSettings Trader = TestSettings.Of(4054) with { Journal = new JournalSettings(JournalProvider.Postgres, "Host=db;Database=d") };

    [Fact(DisplayName = "An older writer's events are never discarded: replay fails instead")]
    public void Replay_filter_fails() => Assert.Equal("fail", AkkaConfig.Of(Trader, ClusterSettings.TraderRole).GetString("akka.persistence.journal.sql.replay-filter.mode"));

    [Fact(DisplayName = "The split-brain resolver is on, and counts traders only")]
    public void Split_brain_resolver()
    {
        var config = AkkaConfig.Of(Trader, ClusterSettings.TraderRole);
        Assert.Equal("Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster", config.GetString("akka.cluster.downing-provider-class"));
        Assert.Equal("keep-majority", config.GetString("akka.cluster.split-brain-resolver.active-strategy"));
        Assert.Equal("trader", config.GetString("akka.cluster.split-brain-resolver.keep-majority.role"));
        var lease = AkkaConfig.Of(Trader with { SplitBrain = Trader.SplitBrain with { Strategy = SplitBrainStrategy.LeaseMajority } }, ClusterSettings.TraderRole);
        Assert.Equal("lease-majority", lease.GetString("akka.cluster.split-brain-resolver.active-strategy"));
        Assert.Equal("trader", lease.GetString("akka.cluster.split-brain-resolver.lease-majority.role"));
        Assert.NotNull(Type.GetType(lease.GetString("dolphin.lease.lease-class")));
    }

    [Fact(DisplayName = "Nothing is kept in local files: no durable distributed data, entities remembered by the nodes themselves")]
    public void No_local_store()
    {
        var config = AkkaConfig.Of(Trader, ClusterSettings.TraderRole);
        Assert.Empty(config.GetStringList("akka.cluster.distributed-data.durable.keys"));
        Assert.Empty(config.GetStringList("akka.cluster.sharding.distributed-data.durable.keys"));
        Assert.Equal("ddata", config.GetString("akka.cluster.sharding.remember-entities-store"));
        Assert.True(config.GetBoolean("akka.cluster.sharding.remember-entities"));
        Assert.Equal("off", config.GetString("akka.cluster.sharding.passivate-idle-entity-after"));
    }

    [Fact(DisplayName = "No serializer that believes type names has a name, a number or a binding of its own")]
    public void No_type_names()
    {
        using var system = Start(AkkaConfig.Of(TestSettings.Of(0), ClusterSettings.LighthouseRole));
        var serializers = system.Serialization;
        foreach (var type in new[] { typeof(object), typeof(Exception), typeof(ImmutableArray<int>), typeof(AkkaConfigStories), typeof(Dictionary<string, object>) })
            Assert.IsType<WireSerializer>(serializers.FindSerializerForType(type));
        // Number 1 is Newtonsoft's: whoever sends it a message is refused.
        var hostile = "{\"$type\":\"System.IO.FileInfo, System.Private.CoreLib\"}"u8.ToArray();
        var refused = Assert.ThrowsAny<Exception>(() => serializers.Deserialize(hostile, 1, typeof(FileInfo).AssemblyQualifiedName));
        Assert.Contains("names the type that it wants to become", refused.ToString(), StringComparison.Ordinal);
        var names = system.Settings.Config.GetConfig("akka.actor.serializers").AsEnumerable().Select(s => s.Value.GetString()).ToList();
        Assert.DoesNotContain(names, n => n.Contains("Newtonsoft", StringComparison.OrdinalIgnoreCase) || n.Contains("Hyperion", StringComparison.OrdinalIgnoreCase));
    }

    [Fact(DisplayName = "What other nodes say of shards, singletons, topics and distributed data is understood before those extensions have started")]
    public void Extensions_are_understood()
    {
        using var system = Start(AkkaConfig.Of(TestSettings.Of(0), ClusterSettings.LighthouseRole));
        Type[] said =
        [
            typeof(global::Akka.Cluster.Sharding.ShardRegion.StartEntity), typeof(global::Akka.Cluster.Tools.PublishSubscribe.IDistributedPubSubMessage),
            typeof(global::Akka.Cluster.Tools.Singleton.IClusterSingletonMessage), typeof(global::Akka.DistributedData.IReplicatorMessage),
            typeof(global::Akka.DistributedData.IReplicatedDataSerialization),
        ];
        Assert.Equal([13, 9, 14, 12, 11], said.Select(type => system.Serialization.FindSerializerForType(type).Identifier));
    }

    [Fact(DisplayName = "Every stored type is written by the journal's serializer, every other message by the wire's")]
    public void Bindings()
    {
        using var system = Start(AkkaConfig.Of(TestSettings.Of(0), ClusterSettings.LighthouseRole));
        foreach (var (_, type) in StoredTypes.Table) Assert.Equal(DolphinSerializer.Id, system.Serialization.FindSerializerForType(type).Identifier);
        foreach (var (_, type) in WireTypes.Table.Where(w => !StoredTypes.Table.Any(s => s.Type == w.Type)))
            Assert.Equal(WireSerializer.Id, system.Serialization.FindSerializerForType(type).Identifier);
    }

    [Fact(DisplayName = "A type stands once in each table, and under one name if it stands in both")]
    public void One_name_for_a_type()
    {
        foreach (var table in new[] { StoredTypes.Table, WireTypes.Table })
        {
            Assert.Empty(table.GroupBy(t => t.Type).Where(g => g.Skip(1).Any()).Select(g => g.Key));
            Assert.Empty(table.GroupBy(t => t.Name, StringComparer.Ordinal).Where(g => g.Skip(1).Any()).Select(g => g.Key));
        }
        // Bound to the journal's serializer, which has to know it by the name that the other table promises.
        foreach (var (name, type) in WireTypes.Table)
        {
            if (StoredTypes.Table.FirstOrDefault(s => s.Type == type) is { Name: { } stored }) Assert.Equal(name, stored);
        }
    }

    [Fact(DisplayName = "TLS asks for both sides' certificates and names, and validation is never suppressed")]
    public void Tls()
    {
        var config = AkkaConfig.Of(Trader with { Tls = new TlsSettings("/etc/dolphin/node.p12", "pa\"ss\\word") }, ClusterSettings.TraderRole);
        Assert.True(config.GetBoolean("akka.remote.dot-netty.tcp.enable-ssl"));
        Assert.False(config.GetBoolean("akka.remote.dot-netty.tcp.ssl.suppress-validation"));
        Assert.True(config.GetBoolean("akka.remote.dot-netty.tcp.ssl.require-mutual-authentication"));
        Assert.True(config.GetBoolean("akka.remote.dot-netty.tcp.ssl.validate-certificate-hostname"));
        Assert.Equal("pa\"ss\\word", config.GetString("akka.remote.dot-netty.tcp.ssl.certificate.password"));
        Assert.StartsWith("akka.ssl.tcp://dolphin-test@", config.GetStringList("akka.cluster.seed-nodes")[0], StringComparison.Ordinal);
        Assert.False(AkkaConfig.Of(Trader, ClusterSettings.TraderRole).GetBoolean("akka.remote.dot-netty.tcp.enable-ssl"));
    }

    [Fact(DisplayName = "The configuration, which holds secrets, is never printed at the start")]
    public void Not_logged() => Assert.False(AkkaConfig.Of(Trader, ClusterSettings.TraderRole).GetBoolean("akka.log-config-on-start"));

    [Fact(DisplayName = "A journal that never answers is given up within bounds")]
    public void Journal_is_bounded()
    {
        var config = AkkaConfig.Of(Trader, ClusterSettings.TraderRole);
        Assert.Equal(AkkaConfig.JournalCallTimeout, config.GetTimeSpan("akka.persistence.journal.sql.circuit-breaker.call-timeout"));
        Assert.Equal(TimeSpan.FromSeconds(10), config.GetTimeSpan("akka.persistence.journal.sql.recovery-event-timeout"));
        Assert.Equal("PostgreSQL", config.GetString("akka.persistence.journal.sql.provider-name"));
        var sqlite = AkkaConfig.Of(Trader with { Journal = new JournalSettings(JournalProvider.Sqlite, "/tmp/x.db") }, ClusterSettings.TraderRole);
        Assert.Equal("SQLite.MS", sqlite.GetString("akka.persistence.journal.sql.provider-name"));
        Assert.Contains("/tmp/x.db", sqlite.GetString("akka.persistence.snapshot-store.sql.connection-string"), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A lighthouse names no journal, so it needs no database")]
    public void Lighthouse_has_no_journal() => Assert.False(AkkaConfig.Of(Trader, ClusterSettings.LighthouseRole).HasPath("akka.persistence.journal.sql"));

    [Fact(DisplayName = "What Akka.NET's parts add to the configuration when they start is in it before: of two that start at once neither can take it from the other")]
    public void Nothing_is_added_later()
    {
        var config = AkkaConfig.Of(TestSettings.Of(0) with { Journal = new JournalSettings(JournalProvider.Sqlite, "/tmp/nobody-opens.db") }, ClusterSettings.TraderRole);
        var begun = Leaves("", config.Root).Concat(Leaves("", new ClusterDefaults().All.Root)).ToHashSet(StringComparer.Ordinal);
        using var system = Start(config);
        global::Akka.Cluster.Sharding.ClusterSharding.Get(system);
        global::Akka.Cluster.Tools.PublishSubscribe.DistributedPubSub.Get(system);
        global::Akka.Cluster.Tools.Singleton.ClusterSingletonManagerSettings.Create(system);
        global::Akka.Cluster.Tools.Singleton.ClusterSingletonProxySettings.Create(system);
        global::Akka.Coordination.LeaseProvider.Get(system);
        global::Akka.Persistence.Persistence.Instance.Apply(system); // It starts journal and snapshot store, and they their streams.
        global::Akka.Persistence.Sql.SqlPersistence.Get(system);
        global::Akka.Streams.ActorMaterializerExtensions.Materializer(system);
        Assert.Empty(Leaves("", system.Settings.Config.Root).Except(begun, StringComparer.Ordinal));
    }

    [Fact(DisplayName = "Every key that is derived is one that Akka.NET knows")]
    public void No_misspelt_key()
    {
        var derived = AkkaConfig.Of(Trader with { Tls = new TlsSettings("/x", "y") }, ClusterSettings.TraderRole);
        using var system = Start(AkkaConfig.Of(TestSettings.Of(0), ClusterSettings.LighthouseRole));
        system.WithExtension<global::Akka.Cluster.Sharding.ClusterSharding, global::Akka.Cluster.Sharding.ClusterShardingExtensionProvider>();
        var known = global::Akka.Cluster.Sharding.ClusterSharding.DefaultConfig()
            .WithFallback(global::Akka.Cluster.Tools.Singleton.ClusterSingletonManager.DefaultConfig())
            .WithFallback(global::Akka.Cluster.Tools.PublishSubscribe.DistributedPubSub.DefaultConfig())
            .WithFallback(global::Akka.DistributedData.DistributedData.DefaultConfig())
            .WithFallback(global::Akka.Persistence.Persistence.DefaultConfig())
            .WithFallback(global::Akka.Persistence.Sql.SqlPersistence.DefaultConfiguration)
            .WithFallback(global::Akka.Streams.ActorMaterializer.DefaultConfig())
            .WithFallback(global::Akka.Coordination.LeaseProvider.DefaultConfig())
            .WithFallback(new ClusterDefaults().All);
        // What newer versions of Akka.NET know, and what this program reads itself.
        string[] ours = ["akka.remote.dot-netty.tcp.ssl.require-mutual-authentication", "akka.remote.dot-netty.tcp.ssl.validate-certificate-hostname", "akka.remote.dot-netty.tcp.ssl.certificate.flags"];
        var unknown = Leaves("", derived.Root).Where(key => key.StartsWith("akka.", StringComparison.Ordinal)
            && !key.Contains("serializ", StringComparison.Ordinal) && !ours.Contains(key) && !IsKnown(key)).ToList();
        Assert.Empty(unknown);

        // A plugin's section falls back to the one that all plugins share, and every phase of the shutdown may have a timeout.
        bool IsKnown(string key) => known.HasPath(key)
            || (key.StartsWith("akka.coordinated-shutdown.phases.", StringComparison.Ordinal) && known.HasPath(key.Replace(".timeout", ".depends-on", StringComparison.Ordinal)))
            || known.HasPath(key.Replace("persistence.journal.sql", "persistence.journal-plugin-fallback", StringComparison.Ordinal))
            || known.HasPath(key.Replace("persistence.snapshot-store.sql", "persistence.snapshot-store-plugin-fallback", StringComparison.Ordinal))
            || known.HasPath(key.Replace("cluster.sharding.distributed-data", "cluster.distributed-data", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Leaves(string path, global::Akka.Configuration.Hocon.HoconValue value) => value.IsObject()
        ? value.GetObject().Items.SelectMany(i => Leaves(path.Length == 0 ? i.Key : $"{path}.{i.Key}", i.Value))
        : [path];

    private static ExtendedActorSystem Start(global::Akka.Configuration.Config config) => (ExtendedActorSystem)ActorSystem.Create("dolphin-test", config);

    /// <summary>What the cluster's provider brings with it, read from a system that has it.</summary>
    private sealed class ClusterDefaults
    {
        public global::Akka.Configuration.Config All { get; }

        public ClusterDefaults()
        {
            using var system = ActorSystem.Create("defaults", global::Akka.Configuration.ConfigurationFactory.ParseString(
                "akka { actor.provider = cluster, loggers = [], stdout-loglevel = OFF, remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 } }"));
            All = system.Settings.Config;
        }
    }
}
