using System.Net;
using System.Net.Sockets;
using Akka.Configuration;
using Dolphin.Hosting.Akka.Joining;
using Dolphin.Hosting.Akka.Settings;

namespace Dolphin.Hosting.Akka.Tests.Joining;

/// <summary>A node that cannot join says whom it asked and what to check.</summary>
public sealed class JoiningStories() : TestKit(ConfigurationFactory.ParseString("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
    .WithFallback(AkkaConfig.Of(TestSettings.Of(0), ClusterSettings.LighthouseRole)))
{
    [Fact(DisplayName = "After ten seconds outside the cluster it names every address it asked, what came, and what to check; and again after twenty")]
    public void Says_whom_it_asked()
    {
        var log = CreateTestProbe();
        Sys.EventStream.Subscribe(log.Ref, typeof(Warning));
        var watch = Sys.ActorOf(Props.Create(() => new JoinWatch(new[] { "a:1", "b:2" }, Knock)));
        watch.Tell(new Identify("started"), TestActor); // Its timer counts from its start.
        ExpectMsg<ActorIdentity>(TimeSpan.FromSeconds(20));
        var first = After(log, TimeSpan.FromSeconds(10));
        Assert.Contains("Not in the cluster after 10 s. Asked: a:1: the machine is there, nothing listens on the port; b:2: the name is not known.", first, StringComparison.Ordinal);
        Assert.Contains("Check dolphin.cluster.seeds", first, StringComparison.Ordinal);
        Assert.Contains("It goes on trying", first, StringComparison.Ordinal);
        Assert.Contains("after 20 s", After(log, TimeSpan.FromSeconds(10)), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Somebody who answers and lets nobody in is another matter than nobody")]
    public void Advice()
    {
        Assert.Contains("TLS or neither", SeedProbe.Advice([SeedAnswer.Refuses, SeedAnswer.Answers]), StringComparison.Ordinal);
        Assert.Contains("DNS", SeedProbe.Advice([SeedAnswer.HasNoSuchName, SeedAnswer.HasNoSuchName]), StringComparison.Ordinal);
        Assert.Contains("firewall", SeedProbe.Advice([SeedAnswer.IsSilent, SeedAnswer.HasNoSuchName]), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Knocking tells a listener from a closed port and from a name that is not there")]
    public async Task Knocks()
    {
        using var listener = Listens("127.77.0.3", out var port);
        Assert.Equal(SeedAnswer.Answers, await SeedProbe.KnockAsync("127.77.0.3", port));
        Assert.Equal(SeedAnswer.Refuses, await SeedProbe.KnockAsync("127.77.0.4", port));
        Assert.NotEqual(SeedAnswer.Answers, await SeedProbe.KnockAsync("no-such-host.invalid", port));
    }

    [Fact(DisplayName = "A port in use, an address of another machine and a name that somebody else answers under are refused before anything starts")]
    public async Task Clashing_names()
    {
        using var other = Listens("127.77.0.1", out var port);
        var settings = TestSettings.Of(port) with { Host = "127.77.0.1", BindHost = "127.77.0.1" };
        Assert.Contains("is in use by another process", await AddressCheck.RefusalAsync(settings), StringComparison.Ordinal);
        // Bound elsewhere, so the port is free; but under this node's name somebody answers.
        Assert.Contains("which is this node's name in the cluster", await AddressCheck.RefusalAsync(settings with { BindHost = "127.77.0.2" }), StringComparison.Ordinal);
        Assert.Contains("is not an address of this machine", await AddressCheck.RefusalAsync(settings with { BindHost = "192.0.2.1" }), StringComparison.Ordinal);
        Assert.Null(await AddressCheck.RefusalAsync(settings with { Host = "127.77.0.2", BindHost = "127.77.0.2" }));
    }

    // While it listens on the one address, nobody can be given the port on all of them: on the machine's other addresses it is closed for certain. A port that was let go
    // is not: another test may be given it, and a process that is being started holds what was open a moment longer.
    private static TcpListener Listens(string address, out int port)
    {
        var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port;
        return listener;
    }

    private string After(TestProbe log, TimeSpan time)
    {
        ((TestScheduler)Sys.Scheduler).Advance(time);
        return ((Warning)log.FishForMessage(m => m is Warning w && w.Message.ToString()!.StartsWith("Not in the cluster", StringComparison.Ordinal), TimeSpan.FromSeconds(20))).Message.ToString()!;
    }

    private static Task<SeedAnswer> Knock(string host, int port) => Task.FromResult(host == "a" ? SeedAnswer.Refuses : SeedAnswer.HasNoSuchName);
}
