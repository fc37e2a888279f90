namespace Dolphin.EngineTests;

/// <summary>What a driver's own Ask, and a handler's await, mean when one thread is all there is.</summary>
public sealed class AskInVirtualTimeStories : TestKit
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private sealed record Later(TimeSpan Delay, object Answer);

    private sealed class Oracle : ReceiveActor
    {
        public Oracle()
        {
            Receive<Later>(l => Context.System.Scheduler.ScheduleTellOnce(l.Delay, Sender, l.Answer, Self));
            ReceiveAsync<Task>(t => t);
            Receive<string>(m => Sender.Tell(m));
        }
    }

    [Fact(DisplayName = "An ask by the driver itself runs the actors and the clock until the answer or the timeout")]
    public async Task Drives()
    {
        var oracle = ActorOf<Oracle>("oracle");
        Assert.Equal("soon", await oracle.Ask<string>(new Later(Second, "soon"), 2 * Second));
        Assert.Equal(Second, Sys.Scheduler.MonotonicClock);
        await Assert.ThrowsAsync<AskTimeoutException>(() => oracle.Ask<string>(new Later(3 * Second, "late"), 2 * Second));
        Assert.Equal(3 * Second, Sys.Scheduler.MonotonicClock);
        EventFilter.DeadLetter<string>(m => m == "late").ExpectOne(() => { });
    }

    [Fact(DisplayName = "In virtual time an await that another thread completes is refused: the run could not be repeated")]
    public void Awaiting_the_outside_is_refused() =>
        EventFilter.Exception<InvalidOperationException>(contains: "outside virtual time").ExpectOne(() =>
        {
            var outside = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            ActorOf<Oracle>().Tell(outside.Task);
            Sys.VirtualTime().RunUntilIdle();
            var thread = new Thread(() => outside.SetResult());
            thread.Start();
            thread.Join();
            SpinWait.SpinUntil(() => !Sys.VirtualTime().IsIdle, TimeSpan.FromSeconds(5));
        });

    [Fact(DisplayName = "An await completed by a posted action goes on")]
    public void Awaiting_a_posted_action()
    {
        var later = new TaskCompletionSource();
        var oracle = ActorOf<Oracle>();
        oracle.Tell(later.Task);
        oracle.Tell("next");
        ExpectNoMsg(Second);
        Sys.VirtualTime().Post(later.SetResult);
        ExpectMsg("next");
    }
}
