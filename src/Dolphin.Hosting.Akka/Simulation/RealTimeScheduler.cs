using Akka.Configuration;
using Dolphin.Simulation;

namespace Dolphin.Hosting.Akka.Simulation;

/// <summary>Fires by the machine's clock, or by the one that <see cref="EngineSettings.Clock"/> names.</summary>
internal sealed class RealTimeScheduler : EngineScheduler, IDisposable
{
    private readonly RealTimers _timers;

    /// <summary>Made by Akka.NET, from the name of the type.</summary>
    public RealTimeScheduler(Config config, ILoggingAdapter log) : base(config, log) => _timers = new RealTimers(
        Setup.Settings.Clock, e => log.Error(e, "A scheduled action failed; the scheduler goes on: {0}", e.Message));

    public override TimeSpan MonotonicClock => _timers.Elapsed;
    public override TimeSpan HighResMonotonicClock => _timers.Elapsed;
    protected override DateTimeOffset TimeNow => _timers.Now;
    protected override void Arm(Timer timer, TimeSpan delay) => _timers.Arm(timer, delay);
    protected override void Disarm(Timer timer) => _timers.Disarm(timer);
    public void Dispose() => _timers.Dispose();
}
