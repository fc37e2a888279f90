using Dolphin.Engine.Actor;
using Dolphin.EngineTests.Persistence;

namespace Dolphin.EngineTests;

/// <summary>Hundreds of actors of one class have one table of handlers, and nobody notices.</summary>
public sealed class SharedHandlerStories() : TestKit(EngineSettings.VirtualTime with { AskDrivesTime = true, Serializers = TestSerializer.Bindings })
{
    private abstract class Counting : ReceiveActor
    {
        private int _heard;

        protected Counting()
        {
            Receive<int>(OnNumber);
            Receive<string>(text => Sender.Tell($"{Self.Path.Name} {text} {++_heard}"));
            Receive<byte>(static _ => { });
        }

        protected virtual void OnNumber(int number) => _heard += number;
    }

    private sealed class Plain : Counting;

    private sealed class Doubling : Counting
    {
        protected override void OnNumber(int number) => base.OnNumber(2 * number);
    }

    private sealed class Greeting : ReceiveActor
    {
        public Greeting(string word) => Receive<string>(_ => Sender.Tell(word));
    }

    private sealed class Choosing : ReceiveActor
    {
        public Choosing(bool shouts)
        {
            if (shouts) Receive<string>(Shout);
            else Receive<string>(Say);
        }

        private void Say(string text) => Sender.Tell(text);
        private void Shout(string text) => Sender.Tell(text.ToUpperInvariant());
    }

    private sealed class Remembering<TKind> : ReceivePersistentActor
    {
        private readonly List<string> _stored = [typeof(TKind).Name];
        public override string PersistenceId { get; }

        public Remembering(string id)
        {
            PersistenceId = id;
            Recover<Noted>(Take);
            Command<string>(text => Persist(new Noted(text), stored =>
            {
                Take(stored);
                Sender.Tell(string.Join(' ', _stored));
            }));
        }

        private void Take(Noted noted) => _stored.Add(noted.Text);
    }

    [Fact(DisplayName = "Each instance handles its own messages with its own state")]
    public void Own_state()
    {
        var (first, second) = (ActorOf<Plain>("first"), ActorOf<Plain>("second"));
        first.Tell(40);
        second.Tell(1);
        foreach (var actor in new[] { first, second })
        {
            actor.Tell((byte)0);
            actor.Tell("heard");
        }

        ExpectMsg("first heard 41");
        ExpectMsg("second heard 2");
    }

    [Fact(DisplayName = "A handler that a subclass overrides is its own, before and after others of the base were there")]
    public void Overridden()
    {
        var actors = new[] { ActorOf<Plain>("plain"), ActorOf<Doubling>("doubling"), ActorOf<Plain>("another") };
        foreach (var actor in actors)
        {
            actor.Tell(3);
            actor.Tell("heard");
        }

        ExpectMsg("plain heard 4");
        ExpectMsg("doubling heard 7");
        ExpectMsg("another heard 4");
    }

    [Fact(DisplayName = "A handler that captured a parameter of the constructor keeps what it captured")]
    public void Captured()
    {
        foreach (var word in new[] { "hello", "goodbye" }) ActorOf(Props.Create(() => new Greeting(word))).Tell("?");
        ExpectMsg("hello");
        ExpectMsg("goodbye");
    }

    [Fact(DisplayName = "Instances of one class that declare different handlers have different ones")]
    public void Different()
    {
        foreach (var shouts in new[] { true, false, true }) ActorOf(Props.Create(() => new Choosing(shouts))).Tell("word");
        ExpectMsg("WORD");
        ExpectMsg("word");
        ExpectMsg("WORD");
    }

    [Fact(DisplayName = "What is recovered goes to the instance it is for, and each form of a generic class has a table of its own")]
    public void Recovery()
    {
        foreach (var (word, expected) in new[] { ("once", "once"), ("again", "once again") })
        {
            foreach (var id in new[] { "a", "b" })
            {
                Remember(Props.Create(() => new Remembering<Uri>($"places-{id}")), word, $"Uri {expected}");
                Remember(Props.Create(() => new Remembering<Version>($"versions-{id}")), word, $"Version {expected}");
            }
        }

        void Remember(Props props, string word, string all)
        {
            var actor = Watch(ActorOf(props));
            actor.Tell(word);
            ExpectMsg(all);
            actor.Tell(PoisonPill.Instance);
            ExpectTerminated(actor);
        }
    }

    private sealed class Subject
    {
        public List<object> Heard { get; } = [];
        public void Take(string text) => Heard.Add(text);
        public void TakeAll(object other) => Heard.Add(other);

        public MessageHandlers Declare(string? captured = null, bool inOtherOrder = false)
        {
            var declared = new HandlerDeclarations();
            if (inOtherOrder) declared.Add<Uri>(TakeAll, when: null);
            declared.Add<string>(Take, when: null);
            if (!inOtherOrder) declared.Add<Uri>(TakeAll, when: null);
            if (captured is not null) declared.Add<Version>(_ => Heard.Add(captured), when: null);
            declared.Add<byte[]>(static _ => { }, when: null);
            declared.AddAny(TakeAll);
            return declared.ToHandlers(this, HandlerRole.Commands);
        }
    }

    [Fact(DisplayName = "Methods and functions that capture nothing are one table for all; what is captured, or declared in another order, is the instance's own")]
    public void One_table()
    {
        var (first, second) = (new Subject(), new Subject());
        var shared = first.Declare();
        Assert.Same(shared, second.Declare());
        Assert.NotSame(shared, new Subject().Declare("captured"));
        Assert.NotSame(shared, new Subject().Declare(inOtherOrder: true));
        Assert.Same(shared, new Subject().Declare());
        Assert.True(shared.TryHandle(first, "one"));
        Assert.True(shared.TryHandle(second, 2));
        Assert.True(shared.TryHandle(second, new byte[1]));
        Assert.Equal(["one"], first.Heard);
        Assert.Equal([2], second.Heard);
    }

    [Fact(DisplayName = "A table keeps no instance alive, not even the first")]
    public void Nobody_is_kept()
    {
        var first = Abandoned();
        for (var pass = 0; pass < 3 && first.IsAlive; pass++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(first.IsAlive);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static WeakReference Abandoned()
        {
            var subject = new Subject();
            subject.Declare();
            subject.Declare("captured");
            return new WeakReference(subject);
        }
    }
}
