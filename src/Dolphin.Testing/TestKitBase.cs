using System.Runtime.CompilerServices;

namespace Dolphin.Testing;

/// <summary>An expectation of a test did not hold.</summary>
public class TestKitExpectationException : Exception
{
    public TestKitExpectationException() { }
    public TestKitExpectationException(string? message) : base(message) { }
    public TestKitExpectationException(string? message, Exception? cause) : base(message, cause) { }
}

/// <summary>A test's own actor and what can be expected of it. Names and meanings are those of Akka.TestKit.</summary>
/// <remarks>
/// On a virtual-time system waiting costs nothing: an expectation runs the actors and moves the clock to the next timer, up to
/// its timeout. With a test scheduler the clock moves only when told.
/// </remarks>
public abstract partial class TestKitBase
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(3); // akka.test.single-expect-default
    private readonly TestQueue _queue = new();
    private readonly IActorRef _testActor;
    private readonly bool _manualClock;
    private readonly long[] _counter; // Shared with probes: names of test actors are unique in a system.
    private TimeSpan? _end;
    private MessageEnvelope? _last;
    private TimeSpan? _lastNoMsgEnd;

    private protected TestKitBase(ActorSystem system, bool manualClock, string? testActorName, long[] counter)
    {
        Sys = system;
        _manualClock = manualClock;
        _counter = counter;
        var name = testActorName ?? $"testActor{Interlocked.Increment(ref counter[0])}";
        _testActor = TestRuntime.Start(system, Props.Create(() => new TestActor(_queue)), name);
        EventFilter = new EventFilterFactory(this, system);
    }

    public ActorSystem Sys { get; }
    public IActorRef TestActor => _testActor;
    public EventFilterFactory EventFilter { get; }
    public object? LastMessage => _last?.Message;
    public IActorRef LastSender => _last?.Sender ?? ActorRefs.Nobody;
    public bool HasMessages => _queue.Count > 0;
    public TimeSpan Remaining => _end is { } end
        ? end - Now
        : throw new InvalidOperationException("Remaining may only be used inside Within.");
    public TimeSpan RemainingOrDefault => _end is { } end ? Max(end - Now, TimeSpan.Zero) : DefaultTimeout;

    private protected long[] Counter => _counter;
    private protected bool HasManualClock => _manualClock;
    private protected TimeSpan Now => Sys.Scheduler.MonotonicClock;

    public TimeSpan Dilated(TimeSpan duration) => duration;
    public TimeSpan RemainingOrDilated(TimeSpan? duration) => duration ?? RemainingOrDefault;
    public TimeSpan GetTimeoutOrDefault(TimeSpan? timeout) => timeout ?? RemainingOrDefault;
    public EventFilterFactory CreateEventFilter(ActorSystem system) => new(this, system);

    public IActorRef ActorOf(Props props, string? name = null) => Ambient().Sys.ActorOf(props, name);
    public IActorRef ActorOf<TActor>(string? name = null) where TActor : ActorBase, new() => ActorOf(Props.Create<TActor>(), name);

    public IActorRef ActorOf<TActor>(System.Linq.Expressions.Expression<Func<TActor>> factory, string? name = null) where TActor : ActorBase =>
        ActorOf(Props.Create(factory), name);

    public ActorSelection ActorSelection(string actorPath) => Ambient().Sys.ActorSelection(actorPath);
    public ActorSelection ActorSelection(ActorPath actorPath) => Ambient().Sys.ActorSelection(actorPath);

    /// <summary>The actor that lives at a path, when all that was told before has happened.</summary>
    /// <exception cref="TestKitExpectationException">Nobody does.</exception>
    public IActorRef Resolve(string path)
    {
        if (TestRuntime.VirtualOf(Sys) is { } time) time.RunUntilIdle();
        ActorIdentity? found = null;
        var listener = TestRuntime.Listener(Sys, message => Volatile.Write(ref found, message as ActorIdentity));
        Sys.ActorSelection(path).Tell(new Identify(path), listener);
        _ = WaitUntil(() => Volatile.Read(ref found) is not null, DefaultTimeout);
        return found?.Subject ?? throw new TestKitExpectationException($"Nobody lives at {path} in '{Sys.Name}'.");
    }

    public virtual TestProbe CreateTestProbe(string? name = null) => new(Ambient().Sys, _manualClock, name, _counter);
    public IActorRef CreateTestActor(string name) =>
        TestRuntime.Start(Sys, Props.Create(() => new TestActor(_queue)), name);

    public IActorRef ChildActorOf(Props props, string? name = null)
    {
        IActorRef? child = null;
        _testActor.Tell(new TestActor.DoSpawn(props, name, made => child = made), ActorRefs.NoSender);
        return WaitUntil(() => Volatile.Read(ref child) is not null, DefaultTimeout)
            ? child!
            : throw new TestKitExpectationException($"The test actor did not create {props} within {DefaultTimeout}.");
    }

    public IActorRef ChildActorOf<T>(string? name = null) where T : ActorBase, new() => ChildActorOf(Props.Create<T>(), name);

    public void SetAutoPilot(AutoPilot? pilot) => _testActor.Tell(new TestActor.SetPilot(pilot), ActorRefs.NoSender);
    public void IgnoreMessages(Func<object, bool> shouldIgnoreMessage) => _queue.Ignore = shouldIgnoreMessage;
    public void IgnoreMessages<TMsg>(Func<TMsg, bool> shouldIgnoreMessage) => _queue.Ignore = m => m is TMsg typed && shouldIgnoreMessage(typed);
    public void IgnoreMessages<TMsg>() => _queue.Ignore = static m => m is TMsg;
    public void IgnoreNoMessages() => _queue.Ignore = null;

    public IActorRef Watch(IActorRef actorToWatch)
    {
        Control(done => new TestActor.DoWatch(actorToWatch, done), "watch");
        return actorToWatch;
    }

    public IActorRef Unwatch(IActorRef actorToUnwatch)
    {
        Control(done => new TestActor.DoUnwatch(actorToUnwatch, done), "unwatch");
        return actorToUnwatch;
    }

    private void Control(Func<Action, object> message, string what)
    {
        var done = new StrongBox<bool>();
        _testActor.Tell(
            message(() =>
            {
                Volatile.Write(ref done.Value, true);
                _queue.Wake();
            }),
            ActorRefs.NoSender);
        if (!WaitUntil(() => Volatile.Read(ref done.Value), DefaultTimeout))
            throw new TestKitExpectationException($"The test actor did not {what} within {DefaultTimeout}; has it been stopped?");
    }

    /// <summary>Ends the system and, if asked to, insists that it ends in time.</summary>
    public virtual void Shutdown(TimeSpan? duration = null, bool verifySystemShutdown = false) => Shutdown(Sys, duration, verifySystemShutdown);

    protected virtual void Shutdown(ActorSystem system, TimeSpan? duration = null, bool verifySystemShutdown = false)
    {
        var ended = system.End();
        var limit = duration ?? TimeSpan.FromSeconds(5);
        var inTime = WaitUntil(() => ended.IsCompleted, limit, wakesOn: ended);
        if (verifySystemShutdown && !inTime)
            throw new TestKitExpectationException($"Actor system '{system.Name}' did not end within {limit}.");
    }

    /// <summary>On the thread of a test, what is told without a sender is told by the test actor.</summary>
    private protected TestKitBase Ambient()
    {
        if (this is not INoImplicitSender && !IsRunning) TestRuntime.SpeakAs(_testActor);
        return this;
    }

    private bool IsRunning => TestRuntime.VirtualOf(Sys) is { IsRunning: true };

    /// <summary>Runs or waits until the condition holds. False when the time is over; in virtual time it then really is.</summary>
    private protected bool WaitUntil(Func<bool> condition, TimeSpan timeout, Task? wakesOn = null)
    {
        Ambient();
        if (TestRuntime.VirtualOf(Sys) is { } time)
        {
            var end = _manualClock ? time.Now : time.Now + timeout;
            while (!condition())
            {
                if (time.Step(end)) continue;
                if (time.Now < end) time.RunUntil(end);
                return condition();
            }

            return true;
        }

        var deadline = Now + timeout;
        if (wakesOn is not null) _ = wakesOn.ContinueWith(_ => _queue.Wake(), TaskScheduler.Default);
        lock (_queue.Gate)
        {
            while (!condition())
            {
                var left = deadline - Now;
                if (left <= TimeSpan.Zero) return false;
                Monitor.Wait(_queue.Gate, left);
            }
        }

        return true;
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}

/// <summary>Marks a test whose thread has no test actor for an implicit sender.</summary>
public interface INoImplicitSender;
