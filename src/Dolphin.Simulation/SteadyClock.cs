namespace Dolphin.Simulation;

/// <summary>
/// The one time of everything that decides in a process: what the wall clock said when it began, and what has passed since. It never goes back, and setting the wall
/// clock does not move it, so two moments of it are as far apart as they really were.
/// </summary>
/// <remarks>
/// While the machine sleeps it goes on where the machine can count that (<see cref="BootTime"/>): who wakes up has heard nothing for as long as he slept. What leaves the process
/// to be compared with another clock is not stamped by it but by the wall clock, or by it and a measured offset.
/// </remarks>
public sealed class SteadyClock : TimeProvider
{
    /// <summary>Of this process. Everything that compares its times has to have this one.</summary>
    public static SteadyClock Machine { get; } = new(BootTime.IsThere ? new BootTime() : System, awake: System);

    private readonly TimeProvider _machine, _awake;
    private readonly DateTimeOffset _wallAtStart;
    private readonly long _start, _awakeStart;

    /// <param name="machine">Its wall clock is read once; what passes is its timestamps. Its timers are used as they are.</param>
    /// <param name="awake">Its timestamps stand still while the machine sleeps; null where that cannot be told apart.</param>
    public SteadyClock(TimeProvider machine, TimeProvider? awake = null)
    {
        (_machine, _awake, _wallAtStart) = (machine, awake ?? machine, machine.GetUtcNow());
        (_start, _awakeStart) = (_machine.GetTimestamp(), _awake.GetTimestamp());
    }

    /// <summary>This clock itself, unless it is steady already.</summary>
    public static SteadyClock Of(TimeProvider clock) => clock as SteadyClock ?? new SteadyClock(clock);

    /// <summary>The wall clock minus this one: what it was set by since.</summary>
    public TimeSpan WallAhead => _machine.GetUtcNow() - GetUtcNow();

    /// <summary>How long the machine slept since this clock began; zero where that cannot be told.</summary>
    public TimeSpan Slept => _machine.GetElapsedTime(_start) - _awake.GetElapsedTime(_awakeStart);

    public override TimeZoneInfo LocalTimeZone => _machine.LocalTimeZone;
    public override long TimestampFrequency => _machine.TimestampFrequency;
    public override long GetTimestamp() => _machine.GetTimestamp();
    public override DateTimeOffset GetUtcNow() => _wallAtStart + _machine.GetElapsedTime(_start);
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _machine.CreateTimer(callback, state, dueTime, period);
}
