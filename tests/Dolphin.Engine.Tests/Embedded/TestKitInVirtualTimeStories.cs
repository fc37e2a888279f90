using System.Diagnostics;

namespace Dolphin.EngineTests;

/// <summary>With the engine the test kit's own clock is virtual, and waiting moves it.</summary>
public sealed class TestKitInVirtualTimeStories : TestKit
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

    [Fact(DisplayName = "An expectation that is not met says what came, or that nothing did")]
    public void Unmet()
    {
        Assert.Contains("got no message", Assert.Throws<TestKitExpectationException>(() => ExpectMsg<string>()).Message, StringComparison.Ordinal);
        TestActor.Tell(5);
        Assert.Contains("got 5", Assert.Throws<TestKitExpectationException>(() => ExpectMsg<string>()).Message, StringComparison.Ordinal);
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
}
