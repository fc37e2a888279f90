using Akka.Configuration;
using Dolphin.Simulation;

namespace Dolphin.Hosting.Akka.Simulation;

/// <summary>Fires when the driver moves virtual time.</summary>
internal sealed class VirtualScheduler : EngineScheduler
{
    /// <summary>Made by Akka.NET, from the name of the type.</summary>
    public VirtualScheduler(Config config, ILoggingAdapter log) : base(config, log)
    {
        var settings = Setup.Settings;
        Time = new VirtualTime(new Runtime(Setup), settings.VirtualStart, settings.ExplorationSeed, settings.MaxTurnsPerInstant);
    }

    public VirtualTime Time { get; }
    public override TimeSpan MonotonicClock => Time.Elapsed;
    public override TimeSpan HighResMonotonicClock => Time.Elapsed;
    protected override DateTimeOffset TimeNow => Time.Now;

    protected override void Arm(Timer timer, TimeSpan delay)
    {
        if (Time.IsDriver) Time.Arm(timer, delay);
        else Time.Post(() => Time.Arm(timer, delay));
    }

    protected override void Disarm(Timer timer)
    {
        timer.Cancelled = true;
        if (Time.IsDriver) Time.Disarm(timer); // From elsewhere the mark is enough: the entry is skipped when its time comes.
    }

    private sealed class Runtime(EngineSetup setup) : IVirtualRuntime
    {
        public object? Ambient
        {
            get => global::Akka.Actor.Internal.InternalCurrentActorCellKeeper.Current;
            set => global::Akka.Actor.Internal.InternalCurrentActorCellKeeper.Current = (ActorCell?)value!;
        }

        public Exception? Failure => setup.Failure;
    }
}
