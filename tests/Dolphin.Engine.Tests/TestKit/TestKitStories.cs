namespace Dolphin.EngineTests;

public sealed class TestKitStories : BehaviourKit
{
    /// <summary>How long an expectation waits that is meant to fail: real time with Akka.NET, none with the engine.</summary>
    private static readonly TimeSpan Brief = TimeSpan.FromMilliseconds(20);

    [Fact(DisplayName = "An expected message that does not come, or is another, fails the test")]
    public void Unmet()
    {
        Assert.ThrowsAny<Exception>(() => ExpectMsg<string>(Brief));
        TestActor.Tell(5);
        Assert.ThrowsAny<Exception>(() => ExpectMsg<string>(Brief));
        TestActor.Tell(5);
        Assert.ThrowsAny<Exception>(() => ExpectMsg(6, Brief));
        TestActor.Tell(5);
        Assert.ThrowsAny<Exception>(() => ExpectMsg<int>(n => n > 5, Brief));
        TestActor.Tell(5);
        Assert.ThrowsAny<Exception>(() => ExpectNoMsg(Brief));
    }

    [Fact(DisplayName = "All of a set may come in any order, but each must come")]
    public void All_of()
    {
        foreach (var n in new[] { 2, 1, 2 }) TestActor.Tell(n);
        ExpectMsgAllOf<int>([1, 2, 2]);
        foreach (var n in new[] { 1, 1 }) TestActor.Tell(n);
        Assert.ThrowsAny<Exception>(() => ExpectMsgAllOf<int>([1, 2]));
    }

    [Fact(DisplayName = "Fishing drops what does not match; ignored messages never come")]
    public void Fishing()
    {
        IgnoreMessages<bool>();
        foreach (var m in new object[] { true, 1, "bait", 7 }) TestActor.Tell(m);
        Assert.Equal(7, FishForMessage<int>(n => n > 5));
        Assert.False(HasMessages);
        IgnoreNoMessages();
        TestActor.Tell(true);
        ExpectMsg(true);
    }

    [Fact(DisplayName = "A probe answers, forwards, sends as itself, and stands for its reference anywhere")]
    public void Probes()
    {
        var (first, second) = (CreateTestProbe("first"), CreateTestProbe("second"));
        first.Ref.Tell("question", TestActor);
        first.ExpectMsg("question");
        first.Reply("answer");
        ExpectMsgFrom(first, "answer");
        first.Forward(second.Ref);
        second.ExpectMsgFrom(TestActor, "question");
        second.Send(first, "hello");
        first.ExpectMsgFrom(second.Ref, "hello");
        Sys.Stop(Watched(first.Ref));
        HasEnded(first.Ref);
    }

    private sealed class Parrot : AutoPilot
    {
        public override AutoPilot Run(IActorRef sender, object message)
        {
            sender.Tell($"{message}!", ActorRefs.NoSender);
            return this;
        }
    }

    [Fact(DisplayName = "An auto pilot answers by itself, and the test still sees the message")]
    public void Auto_pilot()
    {
        var probe = CreateTestProbe();
        probe.SetAutoPilot(new Parrot());
        probe.Ref.Tell("hello", TestActor);
        ExpectMsg("hello!");
        probe.ExpectMsg("hello");
    }

    [Fact(DisplayName = "Receiving goes on while the filter makes something of a message, until a silence or a number")]
    public void Receive_while()
    {
        foreach (var m in new object[] { "a", "b", "c", 4, "e" }) TestActor.Tell(m);
        Assert.Equal(["a", "b"], ReceiveWhile(m => m as string, msgs: 2));
        Assert.Equal(["c"], ReceiveWhile(m => m as string));
        ExpectMsg(4);
        Assert.Equal(["e"], ReceiveWhile(m => m as string, idle: TimeSpan.FromSeconds(1)));
    }

    private sealed class Adder : ReceiveActor
    {
        public int Sum { get; private set; }
        public Adder() => Receive<int>(n => Sum += n);
    }

    [Fact(DisplayName = "A test reference shows the actor behind it")]
    public void Test_reference()
    {
        var adder = ActorOfAsTestActorRef<Adder>();
        adder.Tell(3);
        AwaitCondition(() => adder.UnderlyingActor.Sum == 3);
    }

    [Fact(DisplayName = "An event filter counts exactly: one too few and one too many both fail")]
    public void Event_filter()
    {
        EventFilter.Warning(start: "low").ExpectOne(() => Sys.Log.Warning("low fuel"));
        Assert.ThrowsAny<Exception>(() => EventFilter.Warning().ExpectOne(Brief, () => { }));
        Assert.ThrowsAny<Exception>(() => EventFilter.Warning().ExpectOne(Brief, () =>
        {
            Sys.Log.Warning("one");
            Sys.Log.Warning("two");
        }));
        EventFilter.Error(contains: "x").Expect(0, () => Sys.Log.Error("y"));
    }

    [Fact(DisplayName = "With a test scheduler the clock moves only by hand")]
    public void Manual_clock()
    {
        using var kit = new TestKit("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"");
        kit.Sys.Scheduler.ScheduleTellOnce(5 * Second, kit.TestActor, "due", ActorRefs.NoSender);
        ClockOf(kit).Advance(TimeSpan.FromSeconds(4));
        kit.ExpectNoMsg(Brief);
        ClockOf(kit).Advance(TimeSpan.FromSeconds(1));
        kit.ExpectMsg("due");
    }
}
