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
        const string own = "127.77.0.3"; // On 127.0.0.1 another test may be given the port as soon as it is free.
        using var listener = new TcpListener(IPAddress.Parse(own), 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Assert.Equal(SeedAnswer.Answers, await SeedProbe.KnockAsync(own, port));
        listener.Stop();
        Assert.Equal(SeedAnswer.Refuses, await SeedProbe.KnockAsync(own, port));
        Assert.NotEqual(SeedAnswer.Answers, await SeedProbe.KnockAsync("no-such-host.invalid", port));
    }

    [Fact(DisplayName = "A port in use, an address of another machine and a name that somebody else answers under are refused before anything starts")]
    public async Task Clashing_names()
    {
        const string own = "127.77.0.1"; // On 127.0.0.1 another test may be given the port as soon as it is free.
        using var other = new TcpListener(IPAddress.Parse(own), 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var settings = TestSettings.Of(port) with { Host = own, BindHost = own };
        Assert.Contains("is in use by another process", await AddressCheck.RefusalAsync(settings), StringComparison.Ordinal);
        // Bound elsewhere, so the port is free; but under this node's name somebody answers.
        Assert.Contains("which is this node's name in the cluster", await AddressCheck.RefusalAsync(settings with { BindHost = "127.77.0.2" }), StringComparison.Ordinal);
        Assert.Contains("is not an address of this machine", await AddressCheck.RefusalAsync(settings with { BindHost = "192.0.2.1" }), StringComparison.Ordinal);
        other.Stop();
        Assert.Null(await AddressCheck.RefusalAsync(settings));
    }

    private string After(TestProbe log, TimeSpan time)
    {
        ((TestScheduler)Sys.Scheduler).Advance(time);
        return ((Warning)log.FishForMessage(m => m is Warning w && w.Message.ToString()!.StartsWith("Not in the cluster", StringComparison.Ordinal), TimeSpan.FromSeconds(20))).Message.ToString()!;
    }

    private static Task<SeedAnswer> Knock(string host, int port) => Task.FromResult(host == "a" ? SeedAnswer.Refuses : SeedAnswer.HasNoSuchName);
}
