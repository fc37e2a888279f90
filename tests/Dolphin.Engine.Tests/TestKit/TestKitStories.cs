using System.Diagnostics;

namespace Dolphin.EngineTests;

public sealed class TestKitStories : TestKit
{
    [Fact(DisplayName = "Waiting for nothing moves the virtual clock and no other")]
    public void Waiting_is_free()
    {
        var watch = Stopwatch.StartNew();
        var before = Sys.Scheduler.Now;
        ExpectNoMsg(TimeSpan.FromDays(1));
        Assert.Equal(TimeSpan.FromDays(1), Sys.Scheduler.Now - before);
        Assert.True(watch.Elapsed < TimeSpan.FromHours(1));
    }

    [Fact(DisplayName = "An expected message that does not come, or is another, fails the test and says what came")]
    public void Unmet()
    {
        Assert.Contains("got no message", Assert.Throws<TestKitExpectationException>(() => ExpectMsg<string>()).Message, StringComparison.Ordinal);
        TestActor.Tell(5);
        Assert.Contains("got 5", Assert.Throws<TestKitExpectationException>(() => ExpectMsg<string>()).Message, StringComparison.Ordinal);
        TestActor.Tell(5);
        Assert.Throws<TestKitExpectationException>(() => ExpectMsg(6));
        TestActor.Tell(5);
        Assert.Throws<TestKitExpectationException>(() => ExpectMsg<int>(n => n > 5));
        TestActor.Tell(5);
        Assert.Throws<TestKitExpectationException>(() => ExpectNoMsg(100));
    }

    [Fact(DisplayName = "All of a set may come in any order, but each must come")]
    public void All_of()
    {
        foreach (var n in new[] { 2, 1, 2 }) TestActor.Tell(n);
        ExpectMsgAllOf<int>([1, 2, 2]);
        foreach (var n in new[] { 1, 1 }) TestActor.Tell(n);
        Assert.Throws<TestKitExpectationException>(() => ExpectMsgAllOf<int>([1, 2]));
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

    [Fact(DisplayName = "Within limits what its expectations wait for, and insists on a minimum")]
    public void Within_limits()
    {
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(2), TestActor, "late", null);
        Assert.Throws<TestKitExpectationException>(() => Within(TimeSpan.FromSeconds(1), () => ExpectMsg("late")));
        Within(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), () => ExpectMsg("late"));
        Assert.Throws<TestKitExpectationException>(() => Within(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), () => { }));
    }

    [Fact(DisplayName = "An assertion is tried again until it passes, or its last failure is shown")]
    public void Awaiting()
    {
        var reached = false;
        Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromSeconds(1), () => reached = true);
        AwaitAssert(() => Assert.True(reached));
        var failure = Assert.Throws<TestKitExpectationException>(() => AwaitAssert(() => Assert.Fail("never")));
        Assert.Contains("never", failure.Message, StringComparison.Ordinal);
        Assert.False(AwaitConditionNoThrow(() => false, TimeSpan.FromSeconds(1)));
    }

    [Fact(DisplayName = "A probe answers, forwards, sends as itself, and stands for its reference anywhere")]
    public void Probes()
    {
        var (first, second) = (CreateTestProbe("first"), CreateTestProbe("second"));
        first.Tell("question", TestActor);
        first.ExpectMsg("question");
        first.Reply("answer");
        ExpectMsgFrom(first, "answer");
        first.Forward(second.Ref);
        second.ExpectMsgFrom(TestActor, "question");
        second.Send(first, "hello");
        first.ExpectMsgFrom(second.Ref, "hello");
        Watch(first);
        Sys.Stop(first);
        ExpectTerminated(first.Ref);
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
        probe.Tell("hello", TestActor);
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
        Assert.Throws<TestKitExpectationException>(() => EventFilter.Warning().ExpectOne(() => { }));
        Assert.Throws<TestKitExpectationException>(() => EventFilter.Warning().ExpectOne(() =>
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
        kit.Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(5), kit.TestActor, "due", null);
        kit.ExpectNoMsg(TimeSpan.FromHours(1));
        kit.TestScheduler.Advance(TimeSpan.FromSeconds(4));
        kit.ExpectNoMsg();
        kit.TestScheduler.Advance(TimeSpan.FromSeconds(1));
        kit.ExpectMsg("due");
    }
}
