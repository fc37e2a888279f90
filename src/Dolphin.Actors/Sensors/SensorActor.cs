using Dolphin.Actors.Journal;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Sensors;

/// <summary>Measures one layer and tells the controller on every pulse, news or not: silence is what decays.</summary>
/// <remarks>Its state is measured, never decided: it has snapshots, and events only for what no restart may forget.</remarks>
public abstract class SensorActor<TState> : DurableActor<TState>, IWithTimers where TState : class
{
    private readonly LayerId _layer;
    private readonly SensorContext _context;

    public ITimerScheduler Timers { get; set; } = null!;
    public override string PersistenceId => SensorsActor.IdOf(_layer);

    protected SensorActor(LayerId layer, SensorContext context)
    {
        (_layer, _context) = (layer, context);
        Recover<RecoveryCompleted>(_ => Timers.StartPeriodicTimer(Pulse.Key, Pulse.Beat, Grid.Until(Now, context.Pulse), context.Pulse));
        Command<Pulse>(_ => OnPulse());
    }

    /// <summary>What the layer is worth at <paramref name="now"/>; null before there is anything to say.</summary>
    protected abstract LayerReading? Read(DateTimeOffset now);

    /// <summary>Until when what it has heard vouches for its reading. A report is never dated later: who goes on speaking of what he heard long ago says nothing new.</summary>
    protected virtual DateTimeOffset VouchedUntil(DateTimeOffset now) => now;

    protected virtual void OnPulse() => Report();

    protected void Report()
    {
        var now = Now;
        if (Read(now) is not { } reading) return;
        var vouched = VouchedUntil(now);
        _context.Controller.Tell(new LayerReport(_layer, reading, vouched < now ? vouched : now));
    }

    private sealed record Pulse
    {
        public const string Key = "pulse";
        public static readonly Pulse Beat = new();
    }
}

/// <param name="Pulse">How often a sensor reports; a bar replay's is its bar, since nothing but age can change in between.</param>
public sealed record SensorContext(IActorRef Controller, TimeSpan Pulse);
