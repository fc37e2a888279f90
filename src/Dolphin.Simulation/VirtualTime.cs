using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Dolphin.Simulation;

/// <summary>Drives a virtual-time system: one thread, no waiting, the same run from the same inputs.</summary>
/// <remarks>
/// The thread that calls a Run method is the driver. Messages from other threads are taken in at the start of the next turn, in
/// the order they arrived; a run that depends on such messages is not reproducible. Timers that are due at the same instant
/// fire in order of their actor's path, then of the timer's name, then of arming.
/// </remarks>
public sealed class VirtualTime
{
    private readonly long _start;
    private readonly TimerHeap _timers = new();
    private readonly ConcurrentQueue<IVirtualRunnable> _outside = new();
    private readonly bool _explore;
    private readonly long _turnsPerInstant;
    private SplitMix64 _chance;
    private Place[] _queue = new Place[64];
    private int _head;
    private int _count;
    private long _now;
    private int _driver = Environment.CurrentManagedThreadId;
    private volatile bool _hasOutside;
    private bool _running;
    private object? _ambient;
    private SynchronizationContext? _context;
    private long _turnsAtThisInstant;
    private readonly IVirtualRuntime _runtime;

    /// <param name="start">Where the clock begins.</param>
    /// <param name="explorationSeed">With a seed, who comes next is chosen at random; null is first come, first served.</param>
    /// <param name="turnsPerInstant">Turns without the clock moving after which a run is given up as endless.</param>
    internal VirtualTime(IVirtualRuntime runtime, DateTimeOffset start, ulong? explorationSeed, long turnsPerInstant)
    {
        _runtime = runtime;
        _now = _start = start.UtcTicks;
        _explore = explorationSeed is not null;
        _chance = new SplitMix64(explorationSeed ?? 0);
        _turnsPerInstant = turnsPerInstant;
    }

    public DateTimeOffset Now => new(_now, TimeSpan.Zero);
    /// <summary>Virtual time since the system was created.</summary>
    public TimeSpan Elapsed => new(_now - _start);
    /// <summary>User messages handled so far.</summary>
    public long MessagesDelivered { get; private set; }
    /// <summary>True when nothing can happen before the next timer.</summary>
    public bool IsIdle => _count == 0 && _outside.IsEmpty;
    /// <summary>When the next timer is due, if there is one.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            SkipCancelled();
            return _timers.Count == 0 ? null : new DateTimeOffset(_timers.Earliest.Due, TimeSpan.Zero);
        }
    }

    /// <summary>True while a Run method is on the stack.</summary>
    public bool IsRunning => _running;

    internal bool IsDriver
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Environment.CurrentManagedThreadId == _driver && !_hasOutside;
    }

    internal bool IsOnDriverThread => Environment.CurrentManagedThreadId == _driver;

    /// <summary>True outside a run: the caller may drive.</summary>
    internal bool MayDrive => !_running;

    /// <summary>Runs an action on the driver thread, outside any actor, in turn with the messages. From any thread.</summary>
    public void Post(Action action)
    {
        var posted = new PostedAction(action);
        if (IsDriver) Enqueue(posted);
        else PostFromOutside(posted);
    }

    /// <summary>Handles messages until none is left. Time stands still.</summary>
    /// <exception cref="ActorSystemFailedException">A failure escalated past the user guardian.</exception>
    /// <exception cref="InvalidOperationException">Actors keep each other busy without time passing, or a run is on already.</exception>
    public void RunUntilIdle()
    {
        Begin();
        try
        {
            while (RunTurn())
            {
                // Each turn is one actor's batch of messages.
            }
        }
        finally
        {
            End();
        }

        SurfaceFailure();
    }

    /// <summary>Handles all messages, and every timer due up to and including <paramref name="time"/>; the clock then stands there.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is in the past: virtual time never runs backward.</exception>
    /// <exception cref="ActorSystemFailedException">A failure escalated past the user guardian.</exception>
    public void RunUntil(DateTimeOffset time)
    {
        var end = time.UtcTicks;
        if (end < _now)
            throw new ArgumentOutOfRangeException(nameof(time), time, $"Virtual time is {Now:O} and never runs backward; nothing was run.");
        Begin();
        try
        {
            while (RunTurn() || FireNext(end))
            {
                // Messages first, then the next instant.
            }

            AdvanceTo(end);
        }
        finally
        {
            End();
        }

        SurfaceFailure();
    }

    public void RunFor(TimeSpan duration) => RunUntil(Now + duration);

    /// <summary>Does the smallest piece of work: one turn, or the timers of the next instant up to <paramref name="limit"/>.</summary>
    /// <returns>False if there was nothing to do up to then; the clock has not moved in that case.</returns>
    internal bool Step(DateTimeOffset limit)
    {
        Begin();
        try
        {
            if (!RunTurn() && !FireNext(limit.UtcTicks)) return false;
        }
        finally
        {
            End();
        }

        SurfaceFailure();
        return true;
    }

    internal void Delivered(int messages) => MessagesDelivered += messages;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enqueue(IVirtualRunnable runnable)
    {
        if (_count == _queue.Length) Grow();
        _queue[(_head + _count++) & (_queue.Length - 1)] = new Place(runnable);
    }

    internal void PostFromOutside(IVirtualRunnable runnable)
    {
        _outside.Enqueue(runnable);
        _hasOutside = true;
        // Between runs the driver may itself be here, behind messages of others: take all in, in order.
        if (Environment.CurrentManagedThreadId == _driver) TakeOutside();
    }

    internal void Arm(TimerEntry entry, TimeSpan delay)
    {
        entry.Due = delay.Ticks > DateTimeOffset.MaxValue.UtcTicks - _now ? DateTimeOffset.MaxValue.UtcTicks : _now + delay.Ticks;
        _timers.Add(entry);
    }

    internal void Disarm(TimerEntry entry) => _timers.Remove(entry);

    private void Begin()
    {
        if (_running) throw new InvalidOperationException("Virtual time is already being run; an actor or a second thread must not run it too.");
        _running = true;
        _driver = Environment.CurrentManagedThreadId;
        _ambient = _runtime.Ambient;
        // A test runner's context would send continuations to other threads; inside a run they belong to this one.
        _context = SynchronizationContext.Current;
        if (_context is not null) SynchronizationContext.SetSynchronizationContext(null);
    }

    /// <summary>A test thread has a standing actor of its own, which turns overwrite.</summary>
    private void End()
    {
        _running = false;
        _runtime.Ambient = _ambient;
        _ambient = null;
        if (_context is null) return;
        SynchronizationContext.SetSynchronizationContext(_context);
        _context = null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool RunTurn()
    {
        if (_hasOutside) TakeOutside();
        if (_count == 0) return false;
        if (_explore) BringForwardAny();
        var runnable = _queue[_head].Runnable;
        _queue[_head] = default;
        _head = (_head + 1) & (_queue.Length - 1);
        _count--;
        if (runnable.RunTurn()) Enqueue(runnable);
        if (++_turnsAtThisInstant > _turnsPerInstant) ThrowLivelock();
        return true;
    }

    private bool FireNext(long end)
    {
        SkipCancelled();
        if (_timers.Count == 0 || _timers.Earliest.Due > end) return false;
        var due = _timers.Earliest.Due;
        AdvanceTo(due);
        do
        {
            var entry = _timers.TakeEarliest();
            if (entry.Period > 0)
            {
                entry.Due += entry.Period;
                _timers.Add(entry);
            }
            else
            {
                entry.Over();
            }

            entry.Fire();
            SkipCancelled();
        }
        // In order, each timer's consequences come before the next timer. When exploring, all of an instant are let loose
        // together, so that their handlers run in every order.
        while (_explore && _timers.Count > 0 && _timers.Earliest.Due == due);
        return true;
    }

    private void AdvanceTo(long time)
    {
        if (time == _now) return;
        _now = time;
        _turnsAtThisInstant = 0;
    }

    private void SkipCancelled()
    {
        while (_timers.Count > 0 && _timers.Earliest.IsOff) _timers.TakeEarliest();
    }

    private void BringForwardAny()
    {
        var other = (_head + _chance.Below(_count)) & (_queue.Length - 1);
        (_queue[_head], _queue[other]) = (_queue[other], _queue[_head]);
    }

    private void TakeOutside()
    {
        _hasOutside = false;
        while (_outside.TryDequeue(out var runnable))
        {
            // A message only enters its mailbox here; an action is code, and waits for its turn outside all actors.
            if (runnable is PostedAction) Enqueue(runnable);
            else runnable.RunTurn();
        }
    }

    private void Grow()
    {
        var larger = new Place[_queue.Length * 2];
        for (var i = 0; i < _count; i++) larger[i] = _queue[(_head + i) & (_queue.Length - 1)];
        (_queue, _head) = (larger, 0);
    }

    private void ThrowLivelock() => throw new InvalidOperationException(
        $"{_turnsPerInstant} turns at {Now:O} and still busy: actors keep telling each other without time passing. " +
        $"Next in line: {_queue[_head].Runnable}. The run stops here; raise EngineSettings.MaxTurnsPerInstant if this is meant.");

    private void SurfaceFailure()
    {
        if (_runtime.Failure is { } failure)
            throw new ActorSystemFailedException($"The actor system was terminated by a failure nobody supervised: {failure.Message}", failure);
    }

    /// <summary>In a struct, because an array of references asks at every store whether it may hold it.</summary>
    private readonly struct Place(IVirtualRunnable runnable)
    {
        public IVirtualRunnable Runnable { get; } = runnable;
    }

    private sealed class PostedAction(Action action) : IVirtualRunnable
    {
        public bool RunTurn()
        {
            action();
            return false;
        }
    }
}
