using System.Collections.Immutable;

namespace Dolphin.EngineTests;

public sealed class MailboxStories : TestKit
{
    private static readonly EngineSettings Bounded = EngineSettings.VirtualTime with
    {
        Mailboxes = ImmutableDictionary<string, int>.Empty.Add("small", 3),
    };

    public MailboxStories() : base(Bounded) { }

    private sealed class Collector : ReceiveActor
    {
        public Collector(IActorRef log) => ReceiveAny(m => log.Tell(m));
    }

    [Fact(DisplayName = "A bounded mailbox keeps what it holds; more becomes dead letters, counted in warnings at the 1st, 2nd, 4th, ...")]
    public void Overflow()
    {
        var warnings = new List<string>();
        var probe = CreateTestProbe();
        Sys.EventStream.Subscribe<Warning>(probe);
        Sys.EventStream.Subscribe<DeadLetter>(probe);
        var actor = Sys.ActorOf(Props.Create<Collector>(TestActor).WithMailbox("small"), "small");
        Sys.VirtualTime().RunUntilIdle();
        for (var i = 1; i <= 8; i++) actor.Tell(i);
        Assert.Equal([1, 2, 3], ReceiveN(3));
        ExpectNoMsg(TimeSpan.FromSeconds(1));
        var said = probe.ReceiveN(5 + 3);
        Assert.Equal([4, 5, 6, 7, 8], said.OfType<DeadLetter>().Select(d => d.Message));
        warnings.AddRange(said.OfType<Warning>().Select(w => w.Message.ToString()!));
        Assert.Equal(3, warnings.Count);
        Assert.Contains("4. so far", warnings[2], StringComparison.Ordinal);
        Assert.All(warnings, w => Assert.Contains("3 messages wait", w, StringComparison.Ordinal));
    }

    [Fact(DisplayName = "A full mailbox still takes the pill that ends it")]
    public void Full_can_be_stopped()
    {
        var actor = Sys.ActorOf(Props.Create<Collector>(TestActor).WithMailboxBound(1));
        Watch(actor);
        actor.Tell(1);
        actor.Tell(2);
        actor.Tell(PoisonPill.Instance);
        ExpectMsg(1);
        ExpectTerminated(actor);
    }

    [Fact(DisplayName = "An unknown mailbox is refused by name")]
    public void Unknown_mailbox()
    {
        var refusal = Assert.Throws<ConfigurationException>(() => Sys.ActorOf(Props.Create<Collector>(TestActor).WithMailbox("large")));
        Assert.Contains("'large'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Wrong settings are refused all at once")]
    public void Wrong_settings()
    {
        var refusal = Assert.Throws<ConfigurationException>(() => ActorSystem.Create(
            "wrong", EngineSettings.RealTime with { Throughput = 0, MailboxBound = 0, ExplorationSeed = 1 }));
        foreach (var word in new[] { "Throughput is 0", "MailboxBound is 0", "ExplorationSeed" })
            Assert.Contains(word, refusal.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "What is told to an ended actor becomes a dead letter with sender and receiver")]
    public void Dead_letters()
    {
        var actor = Sys.ActorOf(Props.Create<Collector>(TestActor));
        Watch(actor);
        actor.Tell(PoisonPill.Instance);
        ExpectTerminated(actor);
        Sys.EventStream.Subscribe<DeadLetter>(TestActor);
        actor.Tell("late");
        var letter = ExpectMsg<DeadLetter>();
        Assert.Equal(("late", TestActor, actor), (letter.Message, letter.Sender, letter.Recipient));
    }
}
