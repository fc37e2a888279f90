using Dolphin.Hosting.Akka.Settings;

namespace Dolphin.Hosting.Akka.Tests;

/// <summary>A node on loopback, with short times: a test waits for them.</summary>
internal static class TestSettings
{
    /// <param name="port">0 takes a free one.</param>
    public static ClusterSettings Of(int port, params string[] seeds) => new(
        "dolphin-test", "127.0.0.1", "127.0.0.1", port, [.. seeds.DefaultIfEmpty("127.0.0.1:4053")], Shards: 8, TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(1),
        new SplitBrainSettings(SplitBrainStrategy.KeepMajority, TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(2)),
        new TenureSettings(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(500)),
        new JournalSettings(JournalProvider.Postgres, ""), Tls: null, Cmd: null);
}
