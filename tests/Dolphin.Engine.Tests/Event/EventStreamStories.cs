namespace Dolphin.EngineTests;

public sealed class EventStreamStories : BehaviourKit
{
    private abstract record Animal;
    private sealed record Dolphin(string Name) : Animal, IComparable
    {
        public int CompareTo(object? obj) => 0;
    }

    private sealed record Heron : Animal;

    [Fact(DisplayName = "A subscriber to a base type or an interface hears of all that is one, each event once")]
    public void Subtypes()
    {
        Sys.EventStream.Subscribe<Animal>(TestActor);
        Sys.EventStream.Subscribe<IComparable>(TestActor);
        Sys.EventStream.Publish(new Dolphin("Flipper"));
        Sys.EventStream.Publish(new Heron());
        Sys.EventStream.Publish(new object());
        Heard(new Dolphin("Flipper"), new Heron());
    }

    [Fact(DisplayName = "Unsubscribing ends it, from one channel or from all")]
    public void Unsubscribes()
    {
        Assert.True(Sys.EventStream.Subscribe<Heron>(TestActor));
        Assert.False(Sys.EventStream.Subscribe<Heron>(TestActor));
        Assert.True(Sys.EventStream.Subscribe<Dolphin>(TestActor));
        Assert.True(Sys.EventStream.Unsubscribe<Heron>(TestActor));
        Sys.EventStream.Publish(new Heron());
        Sys.EventStream.Publish(new Dolphin(""));
        ExpectMsg<Dolphin>();
        Assert.True(Sys.EventStream.Unsubscribe(TestActor));
        Sys.EventStream.Publish(new Dolphin(""));
        Silence(Second);
    }

    [Fact(DisplayName = "An actor that ends is unsubscribed, so that events do not become dead letters")]
    public void Ended_actors()
    {
        var probe = CreateTestProbe();
        Sys.EventStream.Subscribe<Animal>(probe.Ref);
        Sys.Stop(Watched(probe.Ref));
        HasEnded(probe.Ref);
        Sys.EventStream.Subscribe<DeadLetter>(TestActor);
        Sys.EventStream.Publish(new Heron());
        Silence(Second);
    }
}
