namespace Dolphin.EngineTests;

public sealed class LoggingStories : BehaviourKit
{
    public LoggingStories() : base(new Circumstances { LogLevel = LogLevel.InfoLevel }) { }

    private sealed class Talker : ReceiveActor
    {
        public Talker()
        {
            var log = Context.GetLogger();
            Receive<int>(n => log.Info("got {0} of {1}", n, 7));
            Receive<string>(s => log.Warning("{0} at {1:0.00}", s, 1.5m));
            Receive<Exception>(e => log.Error(e, "broken"));
            Receive<bool>(_ => log.Debug("quiet"));
        }
    }

    [Fact(DisplayName = "A log event says who and how severe, and keeps template, arguments and cause apart")]
    public void Log_events()
    {
        var talker = ActorOf<Talker>("talker");
        Settle();
        Sys.EventStream.Subscribe<Info>(TestActor);
        Sys.EventStream.Subscribe<Warning>(TestActor);
        Sys.EventStream.Subscribe<Error>(TestActor);
        talker.Tell(3);
        var info = ExpectMsg<Info>();
        Assert.Equal("got 3 of 7", info.Message.ToString());
        Assert.Contains($"akka://{Sys.Name}/user/talker", info.LogSource, StringComparison.Ordinal);
        talker.Tell("BTC");
        var warning = (LogMessage)ExpectMsg<Warning>().Message;
        Assert.Equal("BTC at 1.50", warning.ToString());
        Assert.Equal("{0} at {1:0.00}", warning.Format);
        Assert.Equal(["BTC", 1.5m], warning.Parameters());
        var cause = new TimeoutException();
        talker.Tell(cause);
        Assert.Same(cause, ExpectMsg<Error>().Cause);
    }

    [Fact(DisplayName = "Below the system's level nothing is published")]
    public void Level()
    {
        var talker = ActorOf<Talker>("talker");
        Settle();
        Sys.EventStream.Subscribe<LogEvent>(TestActor);
        talker.Tell(true);
        Heard();
        talker.Tell(3);
        ExpectMsg<Info>();
    }
}
