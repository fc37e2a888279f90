using System.Collections.Immutable;
using Dolphin.Domain.Market;
using Dolphin.Domain.Scan;

namespace Dolphin.Domain.Tests.Scan;

/// <summary>What is done when scans are late: an alarm, a smaller universe, and the slow way back.</summary>
public sealed class ScanWatchStories
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    private static readonly ImmutableArray<Symbol> Ranking = [.. Enumerable.Range(0, 10).Select(i => new Symbol($"{(char)('J' - i)}USDT"))];
    private readonly ScanWatchPolicy _policy = Policy(new ScanWatchSettings { ShrinkAfter = 3, ShrinkTo = 4, CalmAfter = 2, GrowBy = 3 });
    private ScanWatchState _state = ScanWatchState.Initial;
    private ScanPunctuality _punctuality;
    private DateTimeOffset _at = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    private static ScanWatchPolicy Policy(ScanWatchSettings settings)
    {
        var errors = new List<string>();
        var policy = ScanWatchPolicy.Create(settings, "dolphin.scan.watch", errors);
        Assert.Empty(errors);
        return policy!;
    }

    private ImmutableArray<ScanEvent> Scans(params int[] driftsMs)
    {
        var all = ImmutableArray.CreateBuilder<ScanEvent>();
        foreach (var ms in driftsMs)
        {
            _at += Period;
            var drift = TimeSpan.FromMilliseconds(ms);
            _punctuality = _punctuality.After(_policy, drift);
            var events = ScanWatch.Decide(_policy, _state, _punctuality, drift, Period, Ranking, _at);
            _state = events.Aggregate(_state, ScanWatch.Evolve);
            all.AddRange(events);
        }
        return all.DrainToImmutable();
    }

    [Fact(DisplayName = "Half a second off is borne; more is an alarm, said once, and it says how much more")]
    public void Alarm()
    {
        Assert.Empty(Scans(0, 500, 500, 499));
        var alarm = Assert.IsType<ScanEvent.DriftAlarmed>(Assert.Single(Scans(501, 502)));
        Assert.Equal("scans are late: the last one was 501 ms off the 5 s between two, above 500 ms", alarm.ToText());
        Assert.True(_state.IsAlarmed);
    }

    [Fact(DisplayName = "The alarm ends after enough scans in a row that are well on time, not at the first one below the limit")]
    public void Calm()
    {
        Scans(900);
        Assert.Empty(Scans(499, 499, 499, 100));
        Assert.Equal(2, Assert.IsType<ScanEvent.DriftCalmed>(Assert.Single(Scans(250))).Scans);
        Assert.False(_state.IsAlarmed);
    }

    [Fact(DisplayName = "Three late scans in a row leave the best-ranked four, and it grows back by three after every two that were on time")]
    public void Shrinks_and_grows()
    {
        var late = Scans(600, 600, 600, 600);
        Assert.Equal([typeof(ScanEvent.DriftAlarmed), typeof(ScanEvent.UniverseShrunk)], late.Select(e => e.GetType()));
        Assert.Equal(["GUSDT", "HUSDT", "IUSDT", "JUSDT"], _state.Watched!.Value.Select(s => s.Name));
        Assert.Equal((10, 4), (((ScanEvent.UniverseShrunk)late[1]).From, ((ScanEvent.UniverseShrunk)late[1]).Kept.Length));

        Assert.IsType<ScanEvent.UniverseGrown>(Scans(0, 0)[^1]);
        Assert.Equal(["DUSDT", "EUSDT", "FUSDT", "GUSDT", "HUSDT", "IUSDT", "JUSDT"], _state.Watched!.Value.Select(s => s.Name));
        Assert.Empty(Scans(0));
        Assert.True(Assert.IsType<ScanEvent.UniverseGrown>(Assert.Single(Scans(0))).IsWhole);
        Assert.Null(_state.Watched);
        Assert.Empty(Scans(0, 0, 0, 0));
        Assert.Equal((1L, 1L, 2L), (_state.Alarms, _state.Shrinks, _state.Grows));
        Assert.Equal(5, _state.Actions.Length);
    }

    [Fact(DisplayName = "Late again on the way back, it shrinks again")]
    public void Again()
    {
        Scans(600, 600, 600, 0, 0);
        Assert.Equal(7, _state.Watched!.Value.Length);
        Scans(600, 600, 600);
        Assert.Equal((4, 2L), (_state.Watched!.Value.Length, _state.Shrinks));
    }

    [Fact(DisplayName = "Late now and then, never three in a row, costs an alarm and no asset")]
    public void Now_and_then()
    {
        var events = Scans(900, 900, 0, 900, 900, 300, 900);
        Assert.IsType<ScanEvent.DriftAlarmed>(Assert.Single(events));
        Assert.Null(_state.Watched);
    }

    [Fact(DisplayName = "Whatever the drift, the universe is never smaller than asked for, never larger than it is, and every event moves it")]
    public void Bounds()
    {
        var chance = new Chance(4);
        for (var i = 0; i < 5_000; i++)
        {
            var before = _state.Watched?.Length ?? 10;
            // Runs of one kind, or three late ones in a row would be rare.
            var kind = chance.NextInt(3);
            foreach (var e in Scans([.. Enumerable.Range(0, 1 + chance.NextInt(5)).Select(_ => kind == 0 ? 900 : kind == 1 ? 400 : 10)]))
            {
                if (e is ScanEvent.UniverseShrunk s) Assert.True(s.From > s.Kept.Length && s.Kept.Length == 4);
                if (e is ScanEvent.UniverseGrown g) Assert.True(g.Joined.Length is > 0 and <= 3 && g.To <= 10);
            }
            Assert.InRange(_state.Watched?.Length ?? 10, 4, 10);
            Assert.True(_state.Actions.Length <= ScanWatchState.MostActions);
        }
        Assert.True(_state.Shrinks > 50 && _state.Grows > 50, $"{_state.Shrinks} and {_state.Grows}");
    }

    [Fact(DisplayName = "Every mistake in its settings is named with its key")]
    public void Mistakes()
    {
        var errors = new List<string>();
        Assert.Null(ScanWatchPolicy.Create(new ScanWatchSettings { DriftLimit = TimeSpan.Zero, ShrinkAfter = 0, ShrinkTo = 1, CalmAfter = 0, GrowBy = 0 }, "dolphin.scan.watch", errors));
        Assert.Equal(["drift-limit", "shrink-after", "shrink-to", "calm-after", "grow-by"], errors.Select(e => e.Split(' ')[0]["dolphin.scan.watch.".Length..]));
    }
}
