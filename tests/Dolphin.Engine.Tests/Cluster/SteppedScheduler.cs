using Akka.Configuration;
using Akka.Dispatch;

namespace Dolphin.EngineTests;

/// <summary>A clock moved by hand, and the one thread on which all actors of a system run.</summary>
public sealed class SteppedScheduler : SchedulerBase, IDateTimeOffsetNowTimeProvider, IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly object _gate = new();
    private readonly Queue<IRunnable> _ready = new();
    private readonly PriorityQueue<Due, (long At, long Order)> _due = new();
    private readonly Thread _thread;
    private TimeSpan _now;
    private long _order;
    private int _holds;
    private bool _running;
    private bool _closed;

    private sealed record Due(Action Fire, TimeSpan? Period, ICancelable? Cancelable);

    public SteppedScheduler(Config config, ILoggingAdapter log) : base(config, log)
    {
        _thread = new Thread(Work) { IsBackground = true, Name = "stepped" };
        _thread.Start();
    }

    public override TimeSpan MonotonicClock
    {
        get
        {
            lock (_gate) return _now;
        }
    }

    public override TimeSpan HighResMonotonicClock => MonotonicClock;
    protected override DateTimeOffset TimeNow => Start + MonotonicClock;

    /// <summary>Takes a turn of an actor.</summary>
    internal void Run(IRunnable turn)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _ready.Enqueue(turn);
                Monitor.PulseAll(_gate);
                return;
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(static t => t.Run(), turn, preferLocal: false); // The system has ended; its last words may go anywhere.
    }

    /// <summary>Waits until no actor has a turn left.</summary>
    internal void Settle(TimeSpan patience)
    {
        if (Thread.CurrentThread == _thread) throw new InvalidOperationException("An actor cannot wait for all actors to be done.");
        lock (_gate)
        {
            while (_holds == 0 && !_closed && (_running || _ready.Count > 0))
            {
                if (!Monitor.Wait(_gate, patience)) throw new TimeoutException($"The actors were still busy after {patience}; {_ready.Count} turns wait.");
            }
        }
    }

    /// <summary>Moves the clock, stopping at each due time.</summary>
    internal void Advance(TimeSpan by, TimeSpan patience)
    {
        Settle(patience);
        var end = MonotonicClock + by;
        while (Next(end) is { } due)
        {
            Run(new ActionRunnable(due.Fire)); // On the thread of the actors, so that what it completes goes on there and then.
            Settle(patience);
        }

        lock (_gate) _now = end;
    }

    /// <summary>Keeps every actor from running until the result is disposed.</summary>
    internal IDisposable Hold()
    {
        lock (_gate)
        {
            while (_running) Monitor.Wait(_gate);
            _holds++;
        }

        return new Held(this);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private Due? Next(TimeSpan end)
    {
        lock (_gate)
        {
            while (_due.TryPeek(out var due, out var key) && key.At <= end.Ticks)
            {
                _due.Dequeue();
                if (due.Cancelable is { IsCancellationRequested: true }) continue;
                _now = TimeSpan.FromTicks(key.At);
                if (due.Period is { } period) _due.Enqueue(due, (key.At + period.Ticks, _order++));
                return due;
            }

            return null;
        }
    }

    private void Work()
    {
        while (true)
        {
            IRunnable turn;
            lock (_gate)
            {
                while (_ready.Count == 0 || (_holds > 0 && !_closed))
                {
                    if (_closed && _ready.Count == 0) return;
                    Monitor.Wait(_gate);
                }

                turn = _ready.Dequeue();
                _running = true;
            }

            try
            {
                turn.Run();
            }
            finally
            {
                lock (_gate)
                {
                    _running = false;
                    Monitor.PulseAll(_gate);
                }
            }
        }
    }

    private void Arm(TimeSpan delay, TimeSpan? period, Action fire, ICancelable? cancelable)
    {
        if (cancelable is { IsCancellationRequested: true }) return;
        lock (_gate)
        {
            // A delay that never ends must not overflow into the past.
            var at = delay.Ticks > long.MaxValue - _now.Ticks ? long.MaxValue : (_now + delay).Ticks;
            _due.Enqueue(new Due(fire, period, cancelable), (at, _order++));
        }
    }

    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Arm(delay, period: null, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Arm(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable) => Arm(delay, period: null, action, cancelable);
    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable? cancelable) => Arm(delay, period: null, action.Run, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable) =>
        Arm(initialDelay, interval, action, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable? cancelable) =>
        Arm(initialDelay, interval, action.Run, cancelable);

    private sealed class Held(SteppedScheduler scheduler) : IDisposable
    {
        public void Dispose()
        {
            lock (scheduler._gate)
            {
                scheduler._holds--;
                Monitor.PulseAll(scheduler._gate);
            }
        }
    }
}

/// <summary>Makes the dispatcher that gives all turns to the system's <see cref="SteppedScheduler"/>.</summary>
public sealed class SteppedDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites) : MessageDispatcherConfigurator(config, prerequisites)
{
    private SteppedDispatcher? _dispatcher;

    public override MessageDispatcher Dispatcher() => _dispatcher ??= new SteppedDispatcher(this);
}

public sealed class SteppedDispatcher : MessageDispatcher
{
    private readonly SteppedScheduler _scheduler;

    public SteppedDispatcher(MessageDispatcherConfigurator configurator) : base(configurator)
    {
        _scheduler = (SteppedScheduler)configurator.Prerequisites.Scheduler;
        Id = configurator.Config.GetString("id");
        Throughput = 30; // akka.actor.default-dispatcher.throughput
        ShutdownTimeout = TimeSpan.FromSeconds(1);
    }

    protected override void ExecuteTask(IRunnable run) => _scheduler.Run(run);

    protected override void Shutdown()
    {
        // The thread belongs to the scheduler, which the system disposes of.
    }
}
