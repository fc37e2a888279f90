using System.Globalization;
using Dolphin.Actors.Node;
using Dolphin.Domain.Reporting;
using Serilog;

namespace Dolphin.Node.Running;

/// <summary>Notices that somebody set the wall clock or that the machine slept, and says so once each time. It decides nothing: the node's own time is right either way.</summary>
internal sealed class ClockWatch(SteadyClock clock, RunBoard board, ILogger log)
{
    /// <summary>NTP slews what is less, and then both clocks go at the same rate.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(100);

    private TimeSpan _ahead, _slept;
    private int _timesSet, _timesSlept;

    public static void Begin(ActorSystem system, SteadyClock clock, RunBoard board, ILogger log) =>
        system.Scheduler.Advanced.ScheduleRepeatedly(TimeSpan.Zero, Every, new ClockWatch(clock, board, log).Look);

    /// <summary>Compares the clocks. Not to be called by several threads at once.</summary>
    public void Look()
    {
        var began = clock.GetTimestamp();
        var (ahead, slept) = (clock.WallAhead, clock.Slept);
        if (clock.GetElapsedTime(began) > AtOnce) return; // Held up between two clocks: the next look is as good.

        var (set, longer) = (ahead - _ahead, slept - _slept);
        var (wasSet, hasSlept) = (set.Duration() >= Bound, longer >= Bound);
        (_ahead, _slept) = (wasSet ? ahead : _ahead, hasSlept ? slept : _slept); // What comes by and by is told when it has become as much.
        if (!wasSet && !hasSlept) return;
        (_timesSet, _timesSlept) = (_timesSet + (wasSet ? 1 : 0), _timesSlept + (hasSlept ? 1 : 0));
        board.Clock = new ClockPicture(_timesSet, ahead.TotalSeconds, _timesSlept, slept.TotalSeconds);
        if (hasSlept) Tell($"The machine slept for {Seconds(longer)} s. Nothing was heard meanwhile: every layer is as much older, and comes back when it is heard again.");
        if (wasSet)
        {
            Tell($"The wall clock was set {(set > TimeSpan.Zero ? "ahead" : "back")} by {Seconds(set.Duration())} s and is now {Seconds(ahead.Duration())} s {(ahead < TimeSpan.Zero ? "behind" : "ahead of")} "
                + "this node's time, which goes on as before: nothing is older or younger for it. A restart takes the wall clock's time.");
        }
    }

    private void Tell(string text)
    {
        log.Warning("{Said:l}", text);
        board.Tell(new NotableEvent(clock.GetUtcNow(), NotableKind.Warning, "clock", text));
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("#,##0.#", CultureInfo.InvariantCulture);
}
