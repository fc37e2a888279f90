namespace Dolphin.EngineTests;

public sealed class MailboxStories : BehaviourKit
{
    public MailboxStories() : base(new Circumstances { Mailboxes = [("small", 3), ("single", 1)] }) { }

    private sealed class Collector : ReceiveActor
    {
        public Collector(IActorRef log) => ReceiveAny(m => log.Tell(m));
    }

    [Fact(DisplayName = "A bounded mailbox keeps what it holds; each message more becomes a dead letter, and its sender is not held up")]
    public void Overflow()
    {
        var letters = CreateTestProbe();
        Sys.EventStream.Subscribe<DeadLetter>(letters);
        var actor = Sys.ActorOf(Props.Create<Collector>(TestActor).WithMailbox("small"), "small");
        Settle();
        Together(() =>
        {
            for (var i = 1; i <= 8; i++) actor.Tell(i);
        });
        Heard(1, 2, 3);
        Assert.Equal([4, 5, 6, 7, 8], letters.ReceiveN(5).Cast<DeadLetter>().Select(d => d.Message));
        Heard(letters);
    }

    [Fact(DisplayName = "A bounded mailbox takes messages again once it has room")]
    public void Room_again()
    {
        var actor = Sys.ActorOf(Props.Create<Collector>(TestActor).WithMailbox("small"));
        Settle();
        Together(() =>
        {
            for (var i = 1; i <= 5; i++) actor.Tell(i);
        });
        Heard(1, 2, 3);
        actor.Tell(6);
        Heard(6);
    }

    // Stop, and not a PoisonPill: that is a message like any other for Akka.NET, and a full mailbox makes it a dead letter.
    [Fact(DisplayName = "A full mailbox still lets its actor be stopped")]
    public void Full_can_be_stopped()
    {
        var actor = Sys.ActorOf(Props.Create<Collector>(TestActor).WithMailbox("single"));
        Watched(actor);
        Together(() =>
        {
            actor.Tell(1);
            actor.Tell(2);
            Sys.Stop(actor);
        });
        Assert.Single(AllHeard().OfType<Terminated>());
    }

    [Fact(DisplayName = "An unknown mailbox is refused by name")]
    public void Unknown_mailbox()
    {
        var refusal = Assert.Throws<ConfigurationException>(() => Sys.ActorOf(Props.Create<Collector>(TestActor).WithMailbox("large")));
        Assert.Contains("large", refusal.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "What is told to an ended actor becomes a dead letter with sender and receiver")]
    public void Dead_letters()
    {
        var actor = Sys.ActorOf(Props.Create<Collector>(TestActor));
        Watched(actor).Tell(PoisonPill.Instance);
        HasEnded(actor);
        Sys.EventStream.Subscribe<DeadLetter>(TestActor);
        actor.Tell("late");
        var letter = ExpectMsg<DeadLetter>();
        Assert.Equal(("late", TestActor, actor), (letter.Message, letter.Sender, letter.Recipient));
    }

    [Fact(DisplayName = "What waited in the mailbox of an actor that ends becomes dead letters, in order")]
    public void Left_behind()
    {
        var letters = CreateTestProbe();
        Sys.EventStream.Subscribe<DeadLetter>(letters);
        var actor = Sys.ActorOf(Props.Create<Collector>(TestActor));
        Settle();
        Together(() =>
        {
            foreach (var m in new object[] { "handled", PoisonPill.Instance, "one", "two" }) actor.Tell(m);
        });
        Heard("handled");
        Assert.Equal(["one", "two"], letters.ReceiveN(2).Cast<DeadLetter>().Select(d => d.Message));
        Heard(letters);
    }

    private sealed record Trivial : IDeadLetterSuppression;

    [Fact(DisplayName = "A message that says its loss is normal becomes a suppressed dead letter, which only those hear who ask for it")]
    public void Suppressed()
    {
        var (letters, all) = (CreateTestProbe(), CreateTestProbe());
        Sys.EventStream.Subscribe<DeadLetter>(letters);
        Sys.EventStream.Subscribe<AllDeadLetters>(all);
        Sys.DeadLetters.Tell(new Trivial());
        Assert.IsType<Trivial>(all.ExpectMsg<SuppressedDeadLetter>().Message);
        Heard(letters);
    }
}
