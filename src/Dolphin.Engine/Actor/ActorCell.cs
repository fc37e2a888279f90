using System.Runtime.CompilerServices;
using Dolphin.Engine.Event;

namespace Dolphin.Engine.Actor;

/// <summary>The lasting part of an actor: its place, mailbox, behaviours and children. Instances come and go inside it.</summary>
/// <remarks>Everything here runs inside the mailbox's loop unless it says otherwise.</remarks>
internal sealed partial class ActorCell : IUntypedActorContext
{
    [ThreadStatic] private static ActorCell? t_current;

    private readonly LocalActorSystem _system;
    private readonly LocalActorRef _self;
    private readonly InternalActorRef _parent;
    private readonly Mailbox _mailbox;
    private Stack<Receive>? _below; // The behaviours under the newest; few actors ever stack one.
    private Receive _behaviour = static _ => false;
    private ActorBase? _actor;
    private object? _message;
    private IActorRef? _sender;
    private object? _stashedInto; // The stash that holds the current delivery, to refuse stashing it twice.

    internal ActorCell(LocalActorSystem system, Props props, InternalActorRef parent, ActorPath path)
    {
        _system = system;
        Props = props;
        _parent = parent;
        _mailbox = system.CreateMailbox(props, path);
        _mailbox.Attach(this);
        _self = new LocalActorRef(this, _mailbox, path);
    }

    /// <summary>The cell whose actor is running on this thread.</summary>
    internal static ActorCell? Current
    {
        get => t_current;
        set => t_current = value;
    }

    internal static IActorRef? CurrentSelf
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => t_current?._self;
    }

    public IActorRef Self => _self;
    public Props Props { get; }
    public IActorRef Sender => _sender ?? _system.DeadLetters;
    public ActorSystem System => _system;
    public IActorRef Parent => _parent;
    internal LocalActorRef SelfRef => _self;
    internal LocalActorSystem Engine => _system;
    internal Mailbox Mailbox => _mailbox;
    /// <summary>The path as text: timers are ordered by it.</summary>
    internal string OwnerPath => _self.Path.ToStringWithoutAddress();
    internal ActorBase? Instance => _actor;
    internal object? CurrentMessage => _message;
    internal IActorRef? RawSender => _sender;
    internal bool IsTerminated { get; private set; }

    /// <summary>Sends the first message of a cell's life.</summary>
    internal void Start() => _mailbox.PostSystem(new CreateActor());

    /// <summary>Handles one user message.</summary>
    internal void Invoke(object message, IActorRef? sender)
    {
        _message = message;
        _sender = sender;
        _stashedInto = null;
        try
        {
            if (_silence is not null) NoteInfluence(message);
            if (message is AutoReceivedMessage auto) AutoReceive(auto);
            else _actor!.AroundReceive(_behaviour, message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            HandleFailure(e, message);
        }
    }

    /// <summary>Runs the behaviour on a message that does not come straight from the mailbox.</summary>
    internal void ReceiveMessage(object message)
    {
        _message = message;
        _actor!.AroundReceive(_behaviour, message);
    }

    /// <summary>At the end of a batch: keep no message alive.</summary>
    internal void ForgetMessage()
    {
        _message = null;
        _sender = null;
        _stashedInto = null;
    }

    /// <summary>For a handler that goes on after an await: its message and sender are current again.</summary>
    internal void Restore(object? message, IActorRef? sender) => (_message, _sender) = (message, sender);

    /// <returns>False if that stash has the current message already.</returns>
    internal bool MarkStashed(object stash)
    {
        if (ReferenceEquals(_stashedInto, stash)) return false;
        _stashedInto = stash;
        return true;
    }

    private void AutoReceive(AutoReceivedMessage message)
    {
        switch (message)
        {
            case TimerTick tick:
                if (tick.Owner.TryDeliver(tick)) ReceiveMessage(tick.Payload);
                break;
            case ReceiveTimerFired fired:
                ReceiveTimerHasFired(fired);
                break;
            case Terminated terminated:
                if (_terminatedQueued?.Remove(terminated.ActorRef, out _) ?? false) ReceiveMessage(terminated);
                break;
            case PoisonPill:
                Stop(_self);
                break;
            case Actor.Kill:
                throw new ActorKilledException($"{_self} was told Kill.");
            case Identify identify:
                Sender.Tell(new ActorIdentity(identify.MessageId, _self), _self);
                break;
            default:
                throw new InvalidOperationException($"{message.GetType().Name} is handled nowhere; {_self} cannot go on.");
        }
    }

    public void Become(Receive receive) => _behaviour = receive;

    public void BecomeStacked(Receive receive)
    {
        (_below ??= new Stack<Receive>()).Push(_behaviour);
        _behaviour = receive;
    }

    public void UnbecomeStacked()
    {
        // The first behaviour stays: an actor always has one.
        if (_below is { Count: > 0 } below) _behaviour = below.Pop();
    }

    public void Become(UntypedReceive receive) => Become(Always(receive));
    public void BecomeStacked(UntypedReceive receive) => BecomeStacked(Always(receive));

    private static Receive Always(UntypedReceive receive) => message =>
    {
        receive(message);
        return true;
    };

    public ActorSelection ActorSelection(ActorPath actorPath) => _system.ActorSelection(actorPath);

    public ActorSelection ActorSelection(string actorPath) =>
        actorPath.StartsWith('/') || actorPath.Contains("://", StringComparison.Ordinal)
            ? _system.ActorSelection(actorPath)
            : new ActorSelection(_system, _self, actorPath);

    /// <summary>The mailbox is closed: what it held becomes dead letters.</summary>
    internal void Undeliverable(object message, IActorRef? sender) => _system.DeadLetterRef.Undeliverable(message, sender, _self);

    /// <summary>From the sender's thread: a bounded mailbox is full.</summary>
    internal void Overflowed(OverflowCounter counter, int bound, object message, IActorRef? sender)
    {
        if (counter.Count(out var dropped))
        {
            _system.EventStream.Publish(new Warning(
                cause: null,
                _self.Path.ToStringWithAddress(),
                typeof(Mailbox),
                $"The mailbox of {_self} is full: {bound} messages wait. {message.GetType().Name} became a dead letter, the {dropped}. so far.",
                _system.Scheduler.Now));
        }

        _system.DeadLetterRef.Undeliverable(message, sender, _self);
    }

    private void Publish(LogEvent @event)
    {
        if (@event.LogLevel() >= _system.Settings.LogLevel) _system.EventStream.Publish(@event);
    }

    private void LogError(Exception cause, string message) => Publish(new Error(cause, _self.Path.ToStringWithAddress(), LogClass, message, _system.Scheduler.Now));
    private Type LogClass => _actor?.GetType() ?? Props.Type;

    /// <summary>Makes an instance inside this context.</summary>
    private ActorBase NewActor()
    {
        _below = null;
        _behaviour = static _ => false;
        var actor = Props.NewActor()
            ?? throw new ActorInitializationException(_self, $"The producer of {_self} returned null; expected an actor.");
        actor.Started();
        if (actor is IActorStash stashing) StashFactory.Inject(this, stashing);
        if (actor is IWithTimers timed) timed.Timers = _timers = new TimerScheduler(this);
        return actor;
    }

    /// <summary>Detaches the instance: from here on it is nobody's.</summary>
    private void ReleaseActor()
    {
        if (_actor is not { } actor) return;
        _actor = null;
        _below = null;
        _behaviour = static _ => false;
        actor.Clear(_self);
        Props.Release(actor);
        if (actor is not IDisposable disposable) return;
        try
        {
            disposable.Dispose();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogError(e, $"Dispose of {actor.GetType().Name} in {_self} failed; the cell goes on: {e.Message}");
        }
    }
}
