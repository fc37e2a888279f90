namespace Dolphin.EngineTests;

public sealed class AskStories : BehaviourKit
{
    /// <summary>Short: Akka.NET measures the timeout of an ask by the machine's clock, whatever the scheduler.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(50);

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
    public void Answers() => Assert.Equal("YES", Outcome(ActorOf<Oracle>().Ask<string>("yes", Patience)));

    [Fact(DisplayName = "No answer in time fails with a timeout; the late answer is a dead letter")]
    public void Times_out()
    {
        var letters = CreateTestProbe();
        Sys.EventStream.Subscribe<DeadLetter>(letters);
        var asked = ActorOf<Oracle>("oracle").Ask<string>(new Later(3 * Second, "late"), Limit);
        Assert.Throws<AskTimeoutException>(() => OutcomeAfter(asked, Limit));
        Heard(letters);
        Advance(3 * Second);
        Assert.Equal("late", letters.ExpectMsg<DeadLetter>().Message);
    }

    [Fact(DisplayName = "A failure as an answer fails the task with its cause")]
    public void Status_failure() => Assert.Throws<InvalidDataException>(
        () => Outcome(ActorOf<Oracle>().Ask<string>(new InvalidDataException(), Patience)));

    [Fact(DisplayName = "An answer of another type fails the task and says both types")]
    public void Wrong_type()
    {
        var wrong = Assert.Throws<ArgumentException>(() => Outcome(ActorOf<Oracle>().Ask<int>("text", Patience)));
        Assert.Contains("System.String", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("System.Int32", wrong.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Who asks for any object gets a failure as the answer")]
    public void Status_failure_as_object() =>
        Assert.IsType<Status.Failure>(Outcome(ActorOf<Oracle>().Ask(new InvalidDataException(), Patience)));

    [Fact(DisplayName = "Cancelling cancels the task, and nobody hears of the answer")]
    public void Cancelled()
    {
        var letters = CreateTestProbe();
        Sys.EventStream.Subscribe<DeadLetter>(letters);
        using var cancel = new CancellationTokenSource();
        var asked = ActorOf<Oracle>().Ask<string>(new Later(3 * Second, "late"), cancel.Token);
        cancel.Cancel();
        Assert.Throws<TaskCanceledException>(() => Outcome(asked));
        Silence(letters, 3 * Second);
    }

    [Fact(DisplayName = "A second answer is a dead letter")]
    public void Only_first()
    {
        var (probe, letters) = (CreateTestProbe(), CreateTestProbe());
        Sys.EventStream.Subscribe<DeadLetter>(letters);
        var asked = probe.Ref.Ask<string>("q", Patience);
        probe.ExpectMsg("q");
        probe.Reply("first");
        Assert.Equal("first", Outcome(asked));
        probe.Reply("second");
        Assert.Equal("second", letters.ExpectMsg<DeadLetter>().Message);
    }

    private sealed class Piper : ReceiveActor
    {
        public Piper(IActorRef log)
        {
            Receive<Task<int>>(task => _ = task.PipeTo(Self, Sender, n => n * 2, e => $"failed: {e.Message}"));
            Receive<Task<long>>(task => _ = task.PipeTo(Self));
            Receive<Task>(task => _ = task.PipeTo(Self, success: () => "done"));
            Receive<int>(n => log.Tell(n, Sender));
            Receive<long>(n => log.Tell((n, Sender.Equals(Context.System.DeadLetters))));
            Receive<Status.Failure>(f => log.Tell(f.Cause.Message));
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

    [Fact(DisplayName = "PipeTo without a mapping for failure tells a Status.Failure with the cause")]
    public void Pipes_failure()
    {
        ActorOf(Props.Create<Piper>(TestActor)).Tell(Task.FromException<long>(new InvalidDataException("no number")));
        ExpectMsg("no number");
    }

    [Fact(DisplayName = "PipeTo without a sender sends as nobody, and not as the actor that pipes: answers would be dead letters")]
    public void Pipes_as_nobody()
    {
        // A surprise: Tell fills in the running actor, PipeTo does not.
        ActorOf(Props.Create<Piper>(TestActor)).Tell(Task.FromResult(3L));
        ExpectMsg((3L, true));
    }

    [Fact(DisplayName = "A task that ends later is piped when it ends")]
    public void Pipes_later()
    {
        var later = new TaskCompletionSource<int>();
        ActorOf(Props.Create<Piper>(TestActor)).Tell(later.Task, TestActor);
        Silence(Second);
        Outside(() => later.SetResult(4));
        ExpectMsg(8);
    }

    private sealed class Asker : ReceiveActor
    {
        private int _order;

        public Asker(IActorRef oracle, IActorRef log)
        {
            ReceiveAsync<(string Name, Task<string> Answer)>(async m =>
            {
                log.Tell($"{m.Name} begins as {++_order}");
                var answer = await m.Answer;
                log.Tell($"{m.Name} ends as {_order} with {answer}, {Sender.Path.Name}, {Self.Path.Name}");
            });
            ReceiveAsync<int>(async _ => log.Tell(await oracle.Ask<string>("hello", Patience)));
            ReceiveAsync<TimeSpan>(async limit => await oracle.Ask<string>(new Later(TimeSpan.FromDays(1), ""), limit));
        }
    }

    private IActorRef NewAsker(IActorRef log) => ActorOf(Props.Create<Asker>(ActorOf<Oracle>(), log), "asker");

    [Fact(DisplayName = "While a handler awaits, no other message is handled; after it, sender and self are those of its message")]
    public void Awaiting_suspends()
    {
        var log = CreateTestProbe();
        var asker = NewAsker(log);
        var (first, second) = (new TaskCompletionSource<string>(), new TaskCompletionSource<string>());
        asker.Tell(("a", first.Task));
        asker.Tell(("b", second.Task));
        Heard(log, "a begins as 1");
        Outside(() => second.SetResult("2"));
        Heard(log);
        Outside(() => first.SetResult("1"));
        var me = TestActor.Path.Name;
        Heard(log, $"a ends as 1 with 1, {me}, asker", "b begins as 2", $"b ends as 2 with 2, {me}, asker");
    }

    [Fact(DisplayName = "A handler can await the answer of another actor")]
    public void Awaiting_an_answer()
    {
        NewAsker(TestActor).Tell(1);
        Heard("HELLO");
    }

    [Fact(DisplayName = "A handler that fails after an await fails its actor")]
    public void Awaiting_fails() => EventFilter.Exception<AskTimeoutException>().ExpectOne(() =>
    {
        NewAsker(CreateTestProbe()).Tell(Limit);
        Settle();
        Advance(Limit);
    });
}
