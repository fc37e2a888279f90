using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Dolphin.Engine.Event;
using Dolphin.Simulation;

namespace Dolphin.Engine.Actor;

/// <summary>The one implementation of an actor system: in this process, in real or in virtual time.</summary>
internal sealed class LocalActorSystem : ExtendedActorSystem
{
    private readonly ActorPath _rootPath;
    private readonly ActorCell _user;
    private readonly ActorCell _system;
    private readonly TaskCompletionSource _terminated;
    private readonly Lock _gate = new();
    private readonly List<Action> _onTermination = [];
    private readonly Dictionary<Type, object> _extensions = [];
    private readonly ConcurrentDictionary<string, InternalActorRef> _temporary = new();
    private readonly RealTimeScheduler? _realTime;
    private readonly TimeSpan _created;
    private long _uid;
    private long _nextTemporary;
    private bool _terminating;
    private volatile Exception? _failure;

    internal LocalActorSystem(string name, EngineSettings settings)
    {
        Name = name;
        Settings = settings;
        _rootPath = ActorPath.RootOf(new Address("akka", name));
        EventStream = new EventStream();
        DeadLetterRef = new DeadLetterActorRef(_rootPath / "deadLetters", EventStream);
        IgnoreRef = new FunctionRef(_rootPath / "ignore", static (_, _) => { });
        // In virtual time the one thread completes the task itself, so that what follows happens at a known place in the run.
        _terminated = new TaskCompletionSource(
            settings.Time == EngineTime.Virtual ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        if (settings.Time == EngineTime.Virtual)
        {
            Virtual = new VirtualTime(new Runtime(this), settings.VirtualStart, settings.ExplorationSeed, settings.MaxTurnsPerInstant);
            EngineScheduler = new VirtualScheduler(Virtual);
        }
        else
        {
            EngineScheduler = _realTime = new RealTimeScheduler(
                settings.Clock, e => Log!.Error(e, "A scheduled action failed; the scheduler goes on: {0}", e.Message));
        }

        _created = EngineScheduler.MonotonicClock;
        Log = Logging.GetLogger(this, name, typeof(ActorSystem));
        var root = new RootRef(this, _rootPath);
        var guard = settings.GuardianStrategy ?? SupervisorStrategy.DefaultStrategy;
        _user = new ActorCell(this, Props.CreateBy(() => new GuardianActor()).WithSupervisorStrategy(guard), root, _rootPath.Child("user", NextUid()));
        _system = new ActorCell(
            this,
            Props.CreateBy(() => new GuardianActor()).WithSupervisorStrategy(SupervisorStrategy.DefaultStrategy),
            root,
            _rootPath.Child("system", NextUid()));
        _system.Start();
        _user.Start();
    }

    public override string Name { get; }
    public override EngineSettings Settings { get; }
    public override EventStream EventStream { get; }
    public override IActorRef DeadLetters => DeadLetterRef;
    public override IActorRef IgnoreRef { get; }
    public override IScheduler Scheduler => EngineScheduler;
    public override ILoggingAdapter Log { get; }
    public override TimeSpan Uptime => EngineScheduler.MonotonicClock - _created;
    public override Task WhenTerminated => _terminated.Task;
    public override IActorRef Guardian => _user.Self;
    public override IActorRef SystemGuardian => _system.Self;

    internal DeadLetterActorRef DeadLetterRef { get; }
    internal EngineScheduler EngineScheduler { get; }
    /// <summary>Null in real time.</summary>
    internal VirtualTime? Virtual { get; }
    /// <summary>What escalated past the user guardian, if anything did.</summary>
    internal Exception? Failure => _failure;

    internal long NextUid() => Interlocked.Increment(ref _uid);

    internal Mailbox CreateMailbox(Props props, ActorPath path)
    {
        var bound = props.MailboxBound ?? Settings.MailboxBound;
        if (props.Mailbox is { } name)
        {
            bound = Settings.Mailboxes.TryGetValue(name, out var configured)
                ? configured
                : throw new ConfigurationException(
                    $"{path} asks for the mailbox '{name}', which {nameof(EngineSettings)}.{nameof(EngineSettings.Mailboxes)} does not define; not created.");
        }

        if (Virtual is { } time) return new VirtualMailbox(time, Settings.ExplorationSeed is null ? Settings.Throughput : 1, bound);
        return bound is { } b ? new BoundedConcurrentMailbox(Settings.Throughput, b) : new ConcurrentMailbox(Settings.Throughput);
    }

    public override IActorRef ActorOf(Props props, string? name = null) => _user.ActorOf(props, name);
    public override IActorRef SystemActorOf(Props props, string? name = null) => _system.ActorOf(props, name);
    public override ActorSelection ActorSelection(ActorPath actorPath) => ActorSelection(actorPath.ToStringWithAddress());

    public override ActorSelection ActorSelection(string actorPath)
    {
        if (actorPath.Contains("://", StringComparison.Ordinal))
        {
            var path = ActorPath.Parse(actorPath);
            if (path.Address != _rootPath.Address)
                throw new ArgumentException($"'{actorPath}' is in another system; expected {_rootPath.Address}/...", nameof(actorPath));
            actorPath = path.ToStringWithoutAddress();
        }

        return new ActorSelection(this, anchor: null, actorPath);
    }

    public override void Stop(IActorRef actor)
    {
        var target = actor is IWrappedActorRef wrapped ? wrapped.Wrapped : actor;
        if (target is LocalActorRef { Cell.Parent: LocalActorRef parent }) parent.Cell.Stop(target);
        else (target as InternalActorRef)?.SendSystemMessage(new Terminate());
    }

    public override Task Terminate()
    {
        lock (_gate)
        {
            if (_terminating) return Driven(WhenTerminated);
            _terminating = true;
        }

        _user.SelfRef.SendSystemMessage(new Terminate());
        return Driven(WhenTerminated);
    }

    /// <summary>Where the driver itself asks for something, lets all that was told before happen first.</summary>
    internal void DriveUntilIdle()
    {
        if (Settings.AskDrivesTime && Virtual is { MayDrive: true } time) time.RunUntilIdle();
    }

    /// <summary>Where the driver itself waits for a task, runs the system for it, as far as that needs no time to pass.</summary>
    private Task Driven(Task task)
    {
        if (Settings.AskDrivesTime && Virtual is { MayDrive: true } time)
        {
            while (!task.IsCompleted && time.Step(time.Now))
            {
                // Each step is a turn of an actor that stops.
            }
        }

        return task;
    }

    public override void RegisterOnTermination(Action code)
    {
        lock (_gate)
        {
            if (!_terminated.Task.IsCompleted)
            {
                _onTermination.Add(code);
                return;
            }
        }

        code();
    }

    /// <summary>The reference at an absolute path, or nobody.</summary>
    internal InternalActorRef? Resolve(IReadOnlyList<string> elements)
    {
        if (elements.Count == 0) return null;
        switch (elements[0])
        {
            case "temp" when elements.Count == 2:
                return _temporary.TryGetValue(elements[1], out var temporary) ? temporary : null;
            case "deadLetters" when elements.Count == 1:
                return DeadLetterRef;
            default:
                var found = elements[0] switch { "user" => _user.SelfRef, "system" => _system.SelfRef, _ => null };
                for (var i = 1; i < elements.Count && found is not null; i++) found = found.Cell.ChildRef(elements[i]);
                return found;
        }
    }

    internal ActorPath NextTemporaryPath()
    {
        var name = "$" + Base64Name.Of(Interlocked.Increment(ref _nextTemporary));
        return (_rootPath / "temp").Child(name, NextUid());
    }

    internal void AddTemporary(InternalActorRef actor) => _temporary[actor.Path.Name] = actor;
    internal void RemoveTemporary(InternalActorRef actor) => _temporary.TryRemove(actor.Path.Name, out _);

    public override object RegisterExtension(IExtensionId extension)
    {
        lock (_gate)
        {
            if (_extensions.TryGetValue(extension.ExtensionType, out var existing)) return existing;
            var created = extension.CreateExtension(this);
            _extensions.Add(extension.ExtensionType, created);
            return created;
        }
    }

    public override object GetExtension(IExtensionId extensionId) => TryGetExtension(extensionId.ExtensionType, out var extension)
        ? extension
        : throw new InvalidOperationException($"Extension {extensionId.ExtensionType.Name} is not registered with '{Name}'; call Apply first.");

    public override T GetExtension<T>() => TryGetExtension<T>(out var extension)
        ? extension
        : throw new InvalidOperationException($"Extension {typeof(T).Name} is not registered with '{Name}'.");

    public override bool HasExtension(Type type) => TryGetExtension(type, out _);
    public override bool HasExtension<T>() => TryGetExtension(typeof(T), out _);

    public override bool TryGetExtension(Type extensionType, [MaybeNullWhen(false)] out object extension)
    {
        lock (_gate) return _extensions.TryGetValue(extensionType, out extension);
    }

    public override bool TryGetExtension<T>([MaybeNullWhen(false)] out T extension)
    {
        var found = TryGetExtension(typeof(T), out var any);
        extension = any as T;
        return found && extension is not null;
    }

    private void GuardianEnded(InternalActorRef guardian)
    {
        if (ReferenceEquals(guardian, _user.SelfRef))
        {
            lock (_gate) _terminating = true;
            _system.SelfRef.SendSystemMessage(new Terminate());
        }
        else if (ReferenceEquals(guardian, _system.SelfRef))
        {
            Complete();
        }
    }

    private void Complete()
    {
        _realTime?.Dispose();
        Action[] actions;
        lock (_gate)
        {
            actions = [.. _onTermination];
            _onTermination.Clear();
        }

        foreach (var action in actions)
        {
            try
            {
                action();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Log.Error(e, "An action registered for the end of '{0}' failed; the others run: {1}", Name, e.Message);
            }
        }

        if (Virtual is { } time) time.Post(() => _terminated.TrySetResult());
        else _terminated.TrySetResult();
    }

    private void GuardianFailed(Failed failed)
    {
        _failure = failed.Cause;
        Log.Error(failed.Cause, "A failure escalated past {0}; '{1}' terminates: {2}", failed.Child, Name, failed.Cause.Message);
        lock (_gate) _terminating = true;
        failed.Child.SendSystemMessage(new Terminate());
    }

    private sealed class Runtime(LocalActorSystem system) : IVirtualRuntime
    {
        public object? Ambient
        {
            get => ActorCell.Current;
            set => ActorCell.Current = (ActorCell?)value;
        }

        public Exception? Failure => system._failure;
    }

    /// <summary>The parent of both guardians. It supervises by ending everything.</summary>
    private sealed class RootRef(LocalActorSystem system, ActorPath path) : MinimalActorRef
    {
        public override ActorPath Path { get; } = path;
        public override void Tell(object message, IActorRef? sender) => system.DeadLetterRef.Undeliverable(message, sender, this);

        internal override void SendSystemMessage(SystemMessage message)
        {
            switch (message)
            {
                case Failed failed:
                    system.GuardianFailed(failed);
                    break;
                case DeathWatchNotification death:
                    system.GuardianEnded(death.Actor);
                    break;
                default:
                    base.SendSystemMessage(message);
                    break;
            }
        }
    }

    /// <summary>Holds children; what it is told is nobody's.</summary>
    private sealed class GuardianActor : UntypedActor
    {
        protected override void OnReceive(object message) => Context.System.DeadLetters.Tell(message, Sender);

        // Its parent never restarts it, but its children must survive if that changes.
        protected override void PreRestart(Exception reason, object? message)
        {
            // Deliberately not the default, which stops all children.
        }
    }
}
