using Akka.Configuration;
using Dolphin.Hosting.Akka.Joining;
using Dolphin.Hosting.Akka.Tests.Cluster;
using Dolphin.Tests;

namespace Dolphin.Hosting.Akka.Tests.Joining;

public sealed class RemovalStories
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact(DisplayName = "A system that its cluster has removed ends, also where Akka.NET does not end it")]
    public async Task Removed()
    {
        var port = FreePort.Next();
        // With the first key off Akka.NET leaves a downed system alone, as it leaves a leader that has removed itself.
        using var system = ActorSystem.Create("removal", ConfigurationFactory.ParseString($$"""
            akka {
              cluster.run-coordinated-shutdown-when-down = off
              loglevel = OFF
              stdout-loglevel = OFF
              actor.provider = cluster
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{port}} }
              cluster.seed-nodes = ["akka.tcp://removal@127.0.0.1:{{port}}"]
              coordinated-shutdown.run-by-clr-shutdown-hook = off
            }
            """));
        var cluster = global::Akka.Cluster.Cluster.Get(system);
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.RegisterOnMemberUp(() => up.TrySetResult());
        await up.Task.WaitAsync(Patience);

        Removal.Ends(system);
        cluster.Down(cluster.SelfAddress);
        await system.WhenTerminated.WaitAsync(Patience);
        Assert.IsType<CoordinatedShutdown.ClusterDowningReason>(CoordinatedShutdown.Get(system).ShutdownReason);
    }
}
