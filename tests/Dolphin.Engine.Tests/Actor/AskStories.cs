namespace Dolphin.EngineTests;

public sealed class AskStories : TestKit
{
    private sealed record Later(TimeSpan Delay, object Answer);

    private sealed class Oracle : ReceiveActor
    {
        public Oracle()
        {
            Receive<string>(m => Sender.Tell(m.ToUpperInvariant()));
            Receive<Exception>(e => Sender.Tell(new Status.Failure(e)));
            Receive<Later>(l => Context.System.Scheduler.ScheduleTellOnce(l.Delay, Sender, l.Answer, Self));
        }
    }

    [Fact(DisplayName = "Ask completes with the first answer")]
    public async Task Answers() => Assert.Equal("YES", await ActorOf<Oracle>().Ask<string>("yes", TimeSpan.FromSeconds(1)));

    [Fact(DisplayName = "No answer in time fails with a timeout that names who was asked; the late answer is a dead letter")]
    public async Task Times_out()
    {
        var oracle = ActorOf<Oracle>("oracle");
        var timeout = await Assert.ThrowsAsync<AskTimeoutException>(
            () => oracle.Ask<string>(new Later(TimeSpan.FromSeconds(3), "late"), TimeSpan.FromSeconds(2)));
        Assert.Contains("/user/oracle", timeout.Message, StringComparison.Ordinal);
        EventFilter.DeadLetter<string>(m => m == "late").ExpectOne(() => { });
        Assert.Equal(TimeSpan.FromSeconds(3), Sys.Scheduler.MonotonicClock);
    }

    [Fact(DisplayName = "A failure as an answer fails the task with its cause")]
    public async Task Status_failure() => await Assert.ThrowsAsync<InvalidDataException>(
        () => ActorOf<Oracle>().Ask<string>(new InvalidDataException(), TimeSpan.FromSeconds(1)));

    [Fact(DisplayName = "An answer of another type fails the task and says both types")]
    public async Task Wrong_type()
    {
        var wrong = await Assert.ThrowsAsync<ArgumentException>(() => ActorOf<Oracle>().Ask<int>("text", TimeSpan.FromSeconds(1)));
        Assert.Contains("System.String", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("System.Int32", wrong.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Who asks for any object gets a failure as the answer")]
    public async Task Status_failure_as_object() =>
        Assert.IsType<Status.Failure>(await ActorOf<Oracle>().Ask(new InvalidDataException(), TimeSpan.FromSeconds(1)));

    [Fact(DisplayName = "Cancelling cancels the task, and nobody hears of the answer")]
    public async Task Cancelled()
    {
        using var cancel = new CancellationTokenSource();
        var asked = ActorOf<Oracle>().Ask<string>(new Later(TimeSpan.FromSeconds(3), "late"), cancel.Token);
        await cancel.CancelAsync();
        Sys.VirtualTime().RunUntilIdle();
        await Assert.ThrowsAsync<TaskCanceledException>(() => asked);
        EventFilter.DeadLetter<string>().Expect(0, () => Sys.VirtualTime().RunFor(TimeSpan.FromSeconds(3)));
    }

    [Fact(DisplayName = "A second answer is a dead letter")]
    public async Task Only_first()
    {
        var probe = CreateTestProbe();
        var asked = probe.Ref.Ask<string>("q", TimeSpan.FromSeconds(9));
        await EventFilter.DeadLetter<string>(m => m == "second").ExpectOneAsync(() =>
        {
            probe.ExpectMsg("q");
            probe.Reply("first");
            probe.Reply("second");
            return Task.CompletedTask;
        });
        Sys.VirtualTime().RunUntilIdle();
        await Assert.ThrowsAsync<AskTimeoutException>(() => asked); // The ask had driven the clock to its end already.
    }

    private sealed class Piper : ReceiveActor
    {
        public Piper(IActorRef log)
        {
            Receive<Task<int>>(task => _ = task.PipeTo(Self, Sender, n => n * 2, e => $"failed: {e.Message}"));
            Receive<Task>(task => _ = task.PipeTo(Self, success: () => "done"));
            Receive<int>(n => log.Tell(n, Sender));
            Receive<string>(m => log.Tell(m));
        }
    }

    [Fact(DisplayName = "PipeTo turns a result, a failure and a cancellation into messages, with the given sender")]
    public void Pipes()
    {
        var piper = ActorOf(Props.Create<Piper>(TestActor));
        piper.Tell(Task.FromResult(21), TestActor);
        ExpectMsgFrom(TestActor, 42);
        piper.Tell(Task.FromException<int>(new InvalidDataException("no number")));
        ExpectMsg("failed: no number");
        piper.Tell(Task.FromCanceled<int>(new CancellationToken(canceled: true)));
        ExpectMsg<string>(m => m.StartsWith("failed: A task was canceled", StringComparison.Ordinal));
        piper.Tell(Task.CompletedTask);
        ExpectMsg("done");
    }

    [Fact(DisplayName = "A task that ends later is piped when it ends")]
    public void Pipes_later()
    {
        var later = new TaskCompletionSource<int>();
        ActorOf(Props.Create<Piper>(TestActor)).Tell(later.Task, TestActor);
        ExpectNoMsg(TimeSpan.FromSeconds(1));
        Sys.VirtualTime().Post(() => later.SetResult(4));
        ExpectMsg(8);
    }

    private sealed class Asker : ReceiveActor
    {
        private int _order;

        public Asker(IActorRef oracle, IActorRef log)
        {
            ReceiveAsync<string>(async m =>
            {
                log.Tell($"{m} begins as {++_order}");
                var answer = await oracle.Ask<string>(new Later(TimeSpan.FromSeconds(1), m), TimeSpan.FromSeconds(5));
                log.Tell($"{answer} ends as {_order}, {Sender.Path.Name}, {Self.Path.Name}");
            });
            ReceiveAsync<int>(async _ =>
            {
                await oracle.Ask<string>(new Later(TimeSpan.FromSeconds(9), ""), TimeSpan.FromSeconds(1));
            });
            ReceiveAsync<Task>(t => t);
        }

        protected override void PreRestart(Exception reason, object? message)
        {
            Sender.Tell($"restart by {reason.GetType().Name} over {message}");
            base.PreRestart(reason, message);
        }
    }

    private IActorRef NewAsker(IActorRef log) => ActorOf(Props.Create<Asker>(ActorOf<Oracle>(), log), "asker");

    [Fact(DisplayName = "While a handler awaits, no other message is handled; after it, sender and self are those of its message")]
    public void Awaiting_suspends()
    {
        var log = CreateTestProbe();
        var asker = NewAsker(log);
        asker.Tell("a");
        asker.Tell("b");
        var me = TestActor.Path.Name;
        Assert.Equal(["a begins as 1", $"a ends as 1, {me}, asker", "b begins as 2", $"b ends as 2, {me}, asker"], log.ReceiveN(4));
        Assert.Equal(TimeSpan.FromSeconds(2), Sys.Scheduler.MonotonicClock);
    }

    [Fact(DisplayName = "A handler that fails after an await fails its actor, with its message")]
    public void Awaiting_fails() => EventFilter.Exception<AskTimeoutException>().ExpectOne(() => NewAsker(CreateTestProbe()).Tell(1));

    [Fact(DisplayName = "In virtual time an await that another thread completes is refused: the run could not be repeated")]
    public void Awaiting_the_outside_is_refused() =>
        EventFilter.Exception<InvalidOperationException>(contains: "outside virtual time").ExpectOne(() =>
        {
            var outside = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            NewAsker(CreateTestProbe()).Tell(outside.Task);
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
        var asker = NewAsker(TestActor);
        asker.Tell(later.Task);
        asker.Tell("next");
        ExpectNoMsg(TimeSpan.FromSeconds(1));
        Sys.VirtualTime().Post(later.SetResult);
        ExpectMsg("next begins as 1");
    }
}
