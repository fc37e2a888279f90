using Akka.Configuration;
using Dolphin.Hosting.Akka.Settings;
using Dolphin.Simulation;

namespace Dolphin.Hosting.Akka.Tests.Settings;

/// <summary>The time of a node's actor system, and who fires its timers.</summary>
public sealed class SteadySchedulerStories
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact(DisplayName = "A node's actors have the time of the steady clock, and what is scheduled comes, once or again and again, until it is called off")]
    public async Task Scheduler()
    {
        var name = AkkaConfig.Of(TestSettings.Of(4054), ClusterSettings.LighthouseRole).GetString("akka.scheduler.implementation");
        Assert.Equal(typeof(SteadyScheduler), Type.GetType(name));
        using var system = ActorSystem.Create("steady", ConfigurationFactory.ParseString($"akka {{ scheduler.implementation = \"{name}\", stdout-loglevel = OFF, loggers = [] }}"));
        var scheduler = system.Scheduler;
        Assert.IsType<SteadyScheduler>(scheduler);

        var before = SteadyClock.Machine.GetUtcNow();
        var now = scheduler.Now;
        Assert.InRange(now, before, SteadyClock.Machine.GetUtcNow());

        var (once, thrice, told) = (Source(), Source(), Source());
        using var cancelable = new Cancelable(scheduler.Advanced);
        var beats = 0;
        scheduler.Advanced.ScheduleOnce(TimeSpan.FromMilliseconds(20), once.SetResult);
        scheduler.Advanced.ScheduleRepeatedly(TimeSpan.Zero, TimeSpan.FromMilliseconds(20), () =>
        {
            if (++beats != 3) return;
            cancelable.Cancel();
            thrice.SetResult();
        }, cancelable);
        scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(20), system.ActorOf(Props.Create(() => new Listener(told))), "now", ActorRefs.NoSender);
        await Task.WhenAll(once.Task, thrice.Task, told.Task).WaitAsync(Long);
        Assert.True(scheduler.Now - now >= TimeSpan.FromMilliseconds(10));
        await system.Terminate().WaitAsync(Long);

        static TaskCompletionSource Source() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(TaskCompletionSource heard) => Receive<string>(_ => heard.TrySetResult());
    }
}
