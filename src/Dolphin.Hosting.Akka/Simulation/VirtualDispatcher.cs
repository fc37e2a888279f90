using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.SysMsg;
using Dolphin.Simulation;

namespace Dolphin.Hosting.Akka.Simulation;

/// <summary>Gives mailboxes their turns on the one thread that drives virtual time.</summary>
internal sealed class VirtualDispatcher : MessageDispatcher
{
    private readonly VirtualScheduler _scheduler;
    private readonly VirtualTime _time;

    public VirtualDispatcher(MessageDispatcherConfigurator configurator, string id) : base(configurator)
    {
        Id = id;
        _scheduler = (VirtualScheduler)configurator.Prerequisites.Scheduler;
        _time = _scheduler.Time;
        // A mailbox goes on as long as messages are left to it after the one it has handled: so many and one more.
        Throughput = _scheduler.Setup.Settings.Throughput - 1;
        // One message a turn: Akka.NET has no smaller throughput than two, but a deadline that is always over.
        if (_scheduler.Setup.Settings.ExplorationSeed is not null || Throughput < 1) ThroughputDeadlineTime = 0;
    }

    protected override void ExecuteTask(IRunnable run)
    {
        var turn = new Turn(run);
        if (_time.IsDriver) _time.Enqueue(turn);
        else _time.PostFromOutside(new Arrival(_time, turn));
    }

    /// <summary>
    /// Where the driver itself ends the system, runs it for that, as far as it needs no time to pass: Akka.NET's Dispose waits for the end,
    /// and nobody else would bring it about.
    /// </summary>
    public override void SystemDispatch(ActorCell cell, SystemMessage message)
    {
        base.SystemDispatch(cell, message);
        if (message is not Terminate || !_time.MayDrive || !IsGuardian(cell)) return;
        while (_time.Step(_time.Now))
        {
            // Each step is a turn of an actor that stops.
        }
    }

    protected override void Shutdown()
    {
        // The driver ends with the system.
    }

    private static bool IsGuardian(ActorCell cell) => cell.Self.Path.Elements is ["user"];

    private sealed class Turn(IRunnable run) : IVirtualRunnable
    {
        public bool RunTurn()
        {
            run.Run();
            return false;
        }

        public override string ToString() => run.ToString() ?? run.GetType().Name;
    }

    private sealed class Arrival(VirtualTime time, Turn turn) : IVirtualRunnable
    {
        public bool RunTurn()
        {
            time.Enqueue(turn);
            return false;
        }
    }
}

/// <summary>Made by Akka.NET, from the name of the type.</summary>
internal sealed class VirtualDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly VirtualDispatcher _dispatcher;

    public VirtualDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites) : base(config, prerequisites) =>
        _dispatcher = new VirtualDispatcher(this, config.GetString("id", "virtual"));

    public override MessageDispatcher Dispatcher() => _dispatcher;
}

/// <summary>
/// Runs an actor at once, inside whoever tells it something: the event store, so that an actor that persists has its answer before it
/// looks at its next message, whatever else has messages.
/// </summary>
internal sealed class InlineDispatcher : MessageDispatcher
{
    private readonly VirtualTime _time;

    public InlineDispatcher(MessageDispatcherConfigurator configurator, string id) : base(configurator)
    {
        Id = id;
        Throughput = int.MaxValue;
        _time = ((VirtualScheduler)configurator.Prerequisites.Scheduler).Time;
    }

    protected override void ExecuteTask(IRunnable run)
    {
        if (_time.IsOnDriverThread) run.Run();
        else _time.Post(run.Run);
    }

    protected override void Shutdown()
    {
        // Nothing runs of its own.
    }
}

/// <summary>Made by Akka.NET, from the name of the type.</summary>
internal sealed class InlineDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly InlineDispatcher _dispatcher;

    public InlineDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites) : base(config, prerequisites) =>
        _dispatcher = new InlineDispatcher(this, config.GetString("id", "inline"));

    public override MessageDispatcher Dispatcher() => _dispatcher;
}
