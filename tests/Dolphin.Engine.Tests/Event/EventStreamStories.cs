namespace Dolphin.EngineTests;

public sealed class EventStreamStories : TestKit
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
        ExpectMsg(new Dolphin("Flipper"));
        ExpectMsg(new Heron());
        ExpectNoMsg(TimeSpan.FromSeconds(1));
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
        ExpectNoMsg(TimeSpan.FromSeconds(1));
    }

    [Fact(DisplayName = "An actor that ends is unsubscribed, so that events do not become dead letters")]
    public void Ended_actors()
    {
        var probe = CreateTestProbe();
        Sys.EventStream.Subscribe<Animal>(probe.Ref);
        Watch(probe.Ref);
        Sys.Stop(probe.Ref);
        ExpectTerminated(probe.Ref);
        Sys.EventStream.Subscribe<DeadLetter>(TestActor);
        Sys.EventStream.Publish(new Heron());
        ExpectNoMsg(TimeSpan.FromSeconds(1));
    }
}

public sealed class LoggingStories : TestKit
{
    private sealed class Talker : ReceiveActor
    {
        public Talker()
        {
            var log = Context.GetLogger();
            Receive<int>(n => log.Info("got {0} of {1}", n, 7));
            Receive<string>(s => log.Warning("{Symbol} at {Price:0.00}", s, 1.5m));
            Receive<Exception>(e => log.Error(e, "broken"));
            Receive<bool>(_ => log.Debug("literal {{braces}} and {0}", "hole"));
        }
    }

    [Fact(DisplayName = "A log event says who, when by the system's clock, how severe, and keeps template and arguments apart")]
    public void Log_events()
    {
        Sys.EventStream.Subscribe<LogEvent>(TestActor);
        var talker = ActorOf<Talker>("talker");
        Sys.VirtualTime().RunFor(TimeSpan.FromSeconds(1));
        talker.Tell(3);
        var info = ExpectMsg<Info>();
        Assert.Equal("got 3 of 7", info.Message.ToString());
        Assert.Equal($"akka://{Sys.Name}/user/talker", info.LogSource);
        Assert.Equal(Sys.Scheduler.Now.UtcDateTime, info.Timestamp);
        talker.Tell("BTC");
        var warning = (LogMessage)ExpectMsg<Warning>().Message;
        Assert.Equal("BTC at 1.50", warning.ToString());
        Assert.Equal("{Symbol} at {Price:0.00}", warning.Format);
        Assert.Equal(["BTC", 1.5m], warning.Parameters());
        var cause = new TimeoutException();
        talker.Tell(cause);
        Assert.Same(cause, ExpectMsg<Error>().Cause);
        talker.Tell(true);
        Assert.Equal("literal {braces} and hole", ExpectMsg<Debug>().Message.ToString());
    }

    [Fact(DisplayName = "Below the system's level nothing is published")]
    public void Level()
    {
        using var kit = new TestKit(EngineSettings.VirtualTime with { LogLevel = LogLevel.WarningLevel, AskDrivesTime = true });
        kit.Sys.EventStream.Subscribe<LogEvent>(kit.TestActor);
        kit.Sys.Log.Info("quiet");
        kit.Sys.Log.Warning("loud");
        Assert.Equal("loud", kit.ExpectMsg<Warning>().Message);
    }
}
