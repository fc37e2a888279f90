namespace Dolphin.EngineTests;

public sealed class TellingStories : BehaviourKit
{
    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(m => Sender.Tell(m));
    }

    private sealed class Numbers : ReceiveActor
    {
        public Numbers(IActorRef log)
        {
            Receive<int>(n => log.Tell($"even {n}"), n => n % 2 == 0);
            Receive<int>(n => n > 100, n => log.Tell($"large {n}"));
            Receive<int>(n =>
            {
                if (n < 0) return false;
                log.Tell($"odd {n}");
                return true;
            });
            Receive<int>(n => log.Tell($"negative {n}"));
            Receive<IComparable>(c => log.Tell($"comparable {c}"));
        }
    }

    private sealed class Courier : ReceiveActor
    {
        public Courier(IActorRef to) => ReceiveAny(m => to.Forward(m));
    }

    [Fact(DisplayName = "What one actor tells another arrives in the order it was told")]
    public void Order_per_pair()
    {
        var echo = ActorOf<Echo>();
        for (var i = 0; i < 500; i++) echo.Tell(i);
        Assert.Equal(Enumerable.Range(0, 500).Cast<object>(), ReceiveN(500));
    }

    [Fact(DisplayName = "The first handler whose type and predicate match gets the message, in order of declaration")]
    public void First_match_wins()
    {
        var actor = ActorOf(() => new Numbers(TestActor));
        foreach (var n in new[] { 4, 103, 7, -3 }) actor.Tell(n);
        actor.Tell("text");
        Assert.Equal(["even 4", "large 103", "odd 7", "negative -3", "comparable text"], ReceiveN(5));
    }

    [Fact(DisplayName = "A message nobody handles is published as unhandled, with its sender and receiver")]
    public void Unhandled()
    {
        Sys.EventStream.Subscribe<UnhandledMessage>(TestActor);
        var actor = ActorOf(() => new Numbers(ActorRefs.Nobody));
        actor.Tell(new object());
        var unhandled = ExpectMsg<UnhandledMessage>();
        Assert.Equal(actor, unhandled.Recipient);
        Assert.Equal(TestActor, unhandled.Sender);
    }

    [Fact(DisplayName = "Forwarding keeps the first sender, so the answer goes past the one in between")]
    public void Forward_keeps_sender()
    {
        var courier = ActorOf(Props.Create<Courier>(ActorOf<Echo>()));
        courier.Tell("there and back");
        ExpectMsg("there and back");
        Assert.NotEqual(courier, LastSender);
    }

    [Fact(DisplayName = "A handler declared after one that takes everything is refused: it could never run")]
    public void Nothing_after_any() =>
        EventFilter.Exception<ActorInitializationException>().ExpectOne(() => ActorOf<DeclaresTooLate>());

    private sealed class DeclaresTooLate : ReceiveActor
    {
        public DeclaresTooLate()
        {
            ReceiveAny(_ => { });
            Receive<int>(_ => { });
        }
    }

    [Fact(DisplayName = "An actor made with new instead of ActorOf is refused")]
    public void No_actor_without_context()
    {
        var thrown = Record.Exception(() => OnThreadWithoutActor(() => new Echo()));
        Assert.IsType<ActorInitializationException>(thrown);
    }

    private static void OnThreadWithoutActor(Func<object> action)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(() => { action(); }));
        thread.Start();
        thread.Join();
        if (failure is not null) throw failure;
    }

    [Fact(DisplayName = "More than a dozen message types in one actor still find their own handlers")]
    public void Many_types()
    {
        var actor = ActorOf(() => new ManyTypes(TestActor));
        object[] messages =
            [1, 2L, (short)3, (byte)4, 5f, 6d, 7m, 'c', "s", true, (sbyte)8, (ushort)9, 10u, 11ul, TimeSpan.Zero, DayOfWeek.Friday, new Version(1, 0)];
        foreach (var m in messages.Concat(messages)) actor.Tell(m);
        Assert.Equal(messages.Concat(messages).Select(m => m.GetType().Name), ReceiveN(2 * messages.Length));
    }

    private sealed class ManyTypes : ReceiveActor
    {
        public ManyTypes(IActorRef log)
        {
            On<int>(); On<long>(); On<short>(); On<byte>(); On<float>(); On<double>(); On<decimal>(); On<char>(); On<string>(); On<bool>();
            On<sbyte>(); On<ushort>(); On<uint>(); On<ulong>(); On<TimeSpan>(); On<DayOfWeek>(); On<Version>();
            void On<T>() => Receive<T>(_ => log.Tell(typeof(T).Name));
        }
    }

    // Akka.NET lists them in no order that could be relied on; the engine's is in Embedded/EngineAloneStories.
    [Fact(DisplayName = "All children are listed, and unnamed ones are called $a, $b, ...")]
    public void Children_are_listed()
    {
        var parent = ActorOf<Parent>("parent");
        foreach (var name in new[] { "zoe", "", "adam", "" }) parent.Tell(name);
        parent.Tell(1);
        Assert.Equal(["$a", "$b", "adam", "zoe"], ExpectMsg<string[]>().Order(StringComparer.Ordinal));
    }

    private sealed class Parent : ReceiveActor
    {
        public Parent()
        {
            Receive<string>(name => Context.ActorOf(Props.Create<Echo>(), name.Length == 0 ? null : name));
            Receive<int>(_ => Sender.Tell(Context.GetChildren().Select(c => c.Path.Name).ToArray()));
        }
    }

    [Theory(DisplayName = "A name that is taken, empty, malformed or begins with $ is refused")]
    [InlineData("taken")]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("$mine")]
    [InlineData("blank space")]
    public void Bad_names(string name)
    {
        ActorOf<Echo>("taken");
        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(Props.Create<Echo>(), name));
    }

    [Fact(DisplayName = "The arguments of an actor's constructor are evaluated once, when the props are made")]
    public void Props_evaluate_once()
    {
        var made = 0;
        Func<IActorRef> log = () =>
        {
            made++;
            return TestActor;
        };
        var props = Props.Create(() => new Numbers(log()));
        ActorOf(props).Tell(2);
        ActorOf(props).Tell(4);
        ExpectMsgAllOf<string>(["even 2", "even 4"]);
        Assert.Equal(1, made);
    }

    [Fact(DisplayName = "A selection finds by absolute path, by relative path and by wildcard, and makes what nobody takes a dead letter")]
    public void Selections()
    {
        var parent = ActorOf<Parent>("parent");
        parent.Tell("one");
        parent.Tell("two");
        Settle();
        Sys.ActorSelection("/user/parent/one").Tell("hello", TestActor);
        ExpectMsgFrom<string>(Outcome(ActorSelection("/user/parent/one").ResolveOne(Second)), "hello");
        Sys.ActorSelection($"akka://{Sys.Name}/user/parent/*").Tell("all", TestActor);
        Assert.Equal(["all", "all"], ReceiveN(2));
        EventFilter.DeadLetter<string>(m => m == "nobody home").ExpectOne(() => Sys.ActorSelection("/user/parent/three").Tell("nobody home"));
    }

    [Fact(DisplayName = "Identify is answered by the actor that lives there, and with null where nobody does")]
    public void Identify_answers()
    {
        var echo = ActorOf<Echo>("echo");
        echo.Tell(new Identify(1));
        Assert.Equal(echo, ExpectMsg<ActorIdentity>(i => i.MessageId.Equals(1)).Subject);
        ActorSelection("/user/nobody").Tell(new Identify(2), TestActor);
        Assert.Null(ExpectMsg<ActorIdentity>(i => i.MessageId.Equals(2)).Subject);
    }
}
