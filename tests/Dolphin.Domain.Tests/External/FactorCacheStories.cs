using Dolphin.Domain.External;
using Dolphin.Domain.Market;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.External;

/// <summary>What the cache of external factors takes, when it calls something a shock, and how old it says it is.</summary>
public sealed class FactorCacheStories
{
    private static readonly DateTimeOffset T0 = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
    private static readonly Symbol Btc = new("BTCUSDT"), Eth = new("ETHUSDT"), Sol = new("SOLUSDT");
    private readonly FactorCache _cache = new(Policy());

    private static FactorPolicy Policy(params string[] expected)
    {
        var errors = new List<string>();
        return FactorPolicy.Create(new FactorSettings(), expected, "test", errors) ?? throw new InvalidOperationException(string.Join(' ', errors));
    }

    private FactorOutcome Take(string factor, double value, double hours, Symbol? asset = null, double? now = null) =>
        _cache.Take(new FactorValue(asset, factor, value, T0.AddHours(hours)), T0.AddHours(now ?? hours));

    private static DateTimeOffset At(double hours) => T0.AddHours(hours);

    // ---- what is taken -----------------------------------------------------------------------------------------------

    [Fact(DisplayName = "What is no number, absurd, older, from the future or unknown is not taken, and what there was stays and ages")]
    public void Refused()
    {
        Assert.Equal(FactorOutcome.Taken, Take(Factors.Funding, 0.0001, 1, Btc));
        var before = _cache.History();
        Assert.Equal(FactorOutcome.NotANumber, Take(Factors.Funding, double.NaN, 2, Btc));
        Assert.Equal(FactorOutcome.NotANumber, Take(Factors.Funding, double.PositiveInfinity, 2, Btc));
        Assert.Equal(FactorOutcome.Absurd, Take(Factors.Funding, 0.9, 2, Btc));
        Assert.Equal(FactorOutcome.Absurd, Take(Factors.Dvol, 0.5, 2));
        Assert.Equal(FactorOutcome.Absurd, Take(Factors.OpenInterest, -1, 2, Btc));
        Assert.Equal(FactorOutcome.Older, Take(Factors.Funding, 0.0002, 1, Btc, now: 2));
        Assert.Equal(FactorOutcome.Older, Take(Factors.Funding, 0.0002, 0.5, Btc, now: 2));
        Assert.Equal(FactorOutcome.Ahead, Take(Factors.Funding, 0.0002, 3, Btc, now: 2.9));
        Assert.Equal(FactorOutcome.Unknown, Take("phase-of-saturn", 1, 2));
        Assert.Equal(before.AsEnumerable(), _cache.History());
        Assert.Equal(TimeSpan.FromHours(11), _cache.LevelAt(At(21)).Age); // Nine of twenty are fresh.
        Assert.Equal([new FactorCount(Factors.Dvol, 0, 1, 0), new FactorCount(Factors.Funding, 1, 4, 0), new FactorCount(Factors.OpenInterest, 0, 1, 0)], _cache.Counts.AsEnumerable());
    }

    [Fact(DisplayName = "A minute ahead is two clocks, and taken")]
    public void Clocks() => Assert.Equal(FactorOutcome.Taken, Take(Factors.Dvol, 50, 1, now: 1 - 1 / 60.0));

    [Fact(DisplayName = "There are at most so many assets and factors; what comes beyond is refused and counted")]
    public void Full()
    {
        for (var i = 0; i < FactorPolicy.MostKeys; i++) Assert.Equal(FactorOutcome.Taken, Take(Factors.OpenInterest, i, 1, new Symbol($"A{i}")));
        Assert.Equal(FactorOutcome.Full, Take(Factors.OpenInterest, 1, 1, new Symbol("ONEMORE")));
        Assert.Equal(FactorOutcome.Taken, Take(Factors.OpenInterest, 1, 2, new Symbol("A0")));
    }

    [Fact(DisplayName = "Whatever comes, however often, what is kept of one asset is bounded, and the extremes of five days survive")]
    public void Bounded()
    {
        var worst = 0.0;
        for (var minute = 0; minute < 10 * 24 * 60; minute++)
        {
            var value = 0.0001 * Math.Sin(minute / 977.0) + (minute == 7 * 24 * 60 ? 0.004 : 0);
            worst = Math.Max(worst, Math.Abs(value));
            Take(Factors.Funding, value, minute / 60.0, Btc);
        }

        var state = _cache.Capture().Tracks.Single();
        Assert.InRange(state.Kept.Length, 20, FactorPolicy.SlotsKept + 2);
        Assert.InRange(state.Recent.Length, 10, 20);
        Assert.Contains(_cache.History(), v => v.Value == worst);
        Assert.True(_cache.History()[0].At <= At(5 * 24 + 1)); // One that is a whole lag old: it is what counts now.
        Assert.Equal(_cache.History().OrderBy(v => v.At), _cache.History().AsEnumerable());
    }

    // ---- shocks ------------------------------------------------------------------------------------------------------

    [Fact(DisplayName = "DVOL that rises by a tenth within a day is a shock; that falls, or rises as much in two days, is none; staying high is no second one")]
    public void Dvol()
    {
        Take(Factors.Dvol, 50, 0);
        Take(Factors.Dvol, 54.9, 20);
        Take(Factors.Dvol, 59, 44);
        Assert.Null(_cache.ShockAt);
        Take(Factors.Dvol, 40, 46);
        Assert.Null(_cache.ShockAt);
        Take(Factors.Dvol, 65, 47);
        Assert.Equal(At(47), _cache.ShockAt);
        Assert.Contains("dvol", _cache.Why, StringComparison.Ordinal);
        Take(Factors.Dvol, 66, 48);
        Assert.Equal(At(47), _cache.ShockAt);
    }

    [Fact(DisplayName = "Funding that flips is a shock once half of the assets flip within a quarter of an hour; noise around zero, and one asset alone, are none")]
    public void Funding()
    {
        foreach (var asset in (Symbol[])[Btc, Eth, Sol]) Take(Factors.Funding, 0.0001, 0, asset);
        foreach (var asset in (Symbol[])[Btc, Eth, Sol]) Take(Factors.Funding, -0.00005, 8, asset);
        Assert.Null(_cache.ShockAt);
        Take(Factors.Funding, 0.00019, 16, Btc);
        Assert.Null(_cache.ShockAt);
        Take(Factors.Funding, 0.00019, 16.5, Eth); // Half an hour later the first has been forgotten.
        Assert.Null(_cache.ShockAt);
        Take(Factors.Funding, 0.00019, 16.6, Sol);
        Assert.Equal(At(16.6), _cache.ShockAt);
        Assert.Equal("funding of 2 of 3 assets, last 0.00019", _cache.Why);
    }

    // Of the same values as the venue makes them: a line from one settlement to the next, told by the minute.
    private void TakeByMinute(double from, double to, double hour, double hours)
    {
        for (var minute = 1; minute <= hours * 60; minute++) Take(Factors.Funding, from + (to - from) * minute / (hours * 60), hour + minute / 60.0, Btc);
    }

    [Fact(DisplayName = "Funding that turns from one side to the other by the minute is the shock that it is between two settlements; staying there, and noise around zero, is no second one")]
    public void Slow_flip()
    {
        Take(Factors.Funding, 0.0002, 0, Btc);
        TakeByMinute(0.0002, -0.0002, 0, 2);
        Assert.NotNull(_cache.ShockAt);
        Assert.InRange(_cache.ShockAt.Value, At(1), At(1.05)); // Where it crosses zero.
        var (shock, crossings) = (_cache.ShockAt, 0);
        TakeByMinute(-0.0002, 0, 2, 1);
        for (var minute = 1; minute <= 4 * 60; minute++, crossings++) Take(Factors.Funding, 0.00003 * (minute % 2 == 0 ? 1 : -1), 3 + minute / 60.0, Btc);
        Assert.Equal((240, shock), (crossings, _cache.ShockAt));
    }

    [Fact(DisplayName = "Funding that crosses zero slowly and by little, within eight hours, is noise")]
    public void Slow_noise()
    {
        Take(Factors.Funding, 0.00009, 0, Btc);
        TakeByMinute(0.00009, -0.00009, 0, 4);
        TakeByMinute(-0.00009, 0.00009, 4, 4);
        Assert.Null(_cache.ShockAt);
    }

    [Fact(DisplayName = "Of settlements eight hours apart each is compared with the one before and with no other, whatever they are")]
    public void Settlements() => Prop.ForAll(Gen.Choose(-80, 80).ArrayOf().ToArbitrary(), rates =>
    {
        var (cache, expected, wasIn) = (new FactorCache(Policy()), new List<DateTimeOffset>(), false);
        var heard = new List<DateTimeOffset>();
        for (var i = 0; i < rates.Length; i++)
        {
            var at = At(8 * i).AddMilliseconds(i * 7 % 13); // The venue settles some milliseconds late.
            cache.Take(new FactorValue(Btc, Factors.Funding, rates[i] * 1e-5, at), at);
            if (cache.ShockAt is { } shock && (heard.Count == 0 || heard[^1] != shock)) heard.Add(shock);
            if (i == 0) continue;
            var (before, now) = (rates[i - 1] * 1e-5, rates[i] * 1e-5);
            var isIn = Math.Abs(now - before) >= 0.0005 || (Math.Sign(now) * Math.Sign(before) < 0 && Math.Abs(now - before) >= 0.0002);
            if (isIn && !wasIn) expected.Add(at);
            wasIn = isIn;
        }
        return heard.SequenceEqual(expected);
    }).Check(Draws.Same(300));

    [Fact(DisplayName = "Funding that jumps, a basis that jumps and takers who only sell are shocks; an extreme must be left before it can shock again")]
    public void Others()
    {
        Take(Factors.Funding, 0.0001, 0, Btc);
        Take(Factors.Funding, 0.00061, 8, Btc);
        Assert.Equal(At(8), _cache.ShockAt);
        Take(Factors.Basis, 0.0001, 9, Btc);
        Take(Factors.Basis, -0.005, 9.5, Btc);
        Assert.Equal(At(9.5), _cache.ShockAt);
        Take(Factors.TakerRatio, 1, 10, Btc);
        Take(Factors.TakerRatio, 0.8, 11, Btc);
        Assert.Equal(At(11), _cache.ShockAt);
        Take(Factors.TakerRatio, 0.5, 12, Btc);
        Assert.Equal(At(11), _cache.ShockAt);
        Take(Factors.TakerRatio, 1, 13, Btc);
        Take(Factors.TakerRatio, 1.3, 14, Btc);
        Assert.Equal(At(14), _cache.ShockAt);
    }

    // ---- age ---------------------------------------------------------------------------------------------------------

    [Fact(DisplayName = "A fresh factor has no age; then the oldest counts; one that never came ages from the beginning")]
    public void Age()
    {
        var cache = new FactorCache(Policy(Factors.Dvol, Factors.Funding));
        cache.Begin(T0);
        Assert.Equal(TimeSpan.FromMinutes(50), cache.LevelAt(At(1)).Age); // DVOL's ten minutes are over.
        cache.Take(new FactorValue(null, Factors.Dvol, 50, At(1)), At(1));
        Assert.Equal(TimeSpan.Zero, cache.LevelAt(At(1)).Age);
        Assert.Equal(TimeSpan.FromHours(1), cache.LevelAt(At(10)).Age - TimeSpan.FromHours(7.75) - TimeSpan.FromMinutes(5)); // DVOL again: eight hours and fifty minutes.
        cache.Begin(At(10));
        Assert.Equal(2, cache.FreshnessAt(At(10)).Length);
    }

    [Fact(DisplayName = "One asset that is halted does not age a factor, half of them do")]
    public void Middle()
    {
        foreach (var asset in (Symbol[])[Btc, Eth, Sol]) Take(Factors.OpenInterest, 1, 0, asset);
        foreach (var asset in (Symbol[])[Btc, Eth]) Take(Factors.OpenInterest, 1, 1, asset);
        Assert.Equal(TimeSpan.Zero, _cache.LevelAt(At(1)).Age);
        Take(Factors.OpenInterest, 1, 2, Btc);
        Assert.Equal(TimeSpan.FromMinutes(45), _cache.LevelAt(At(2)).Age);
    }

    // ---- properties --------------------------------------------------------------------------------------------------

    private sealed record Step(int Factor, int Asset, int Wait, int Value);

    private static readonly string[] All = [Factors.Funding, Factors.Dvol, Factors.TakerRatio, Factors.Basis, Factors.OpenInterest];

    private static FactorValue ValueOf(Step s, DateTimeOffset at) => new(
        s.Factor == 1 ? null : new Symbol($"A{s.Asset}"), All[s.Factor],
        s.Factor switch { 0 => s.Value * 1e-6, 1 => 50 + s.Value / 50.0, 2 => Math.Exp(s.Value / 1000.0), 3 => s.Value * 1e-5, _ => 1000 + s.Value }, at);

    private static Arbitrary<Step[]> Steps =>
        (from factor in Gen.Choose(0, 4)
         from asset in Gen.Choose(0, 2)
         from wait in Gen.Frequency((5, Gen.Choose(0, 60)), (2, Gen.Choose(60, 900)))
         from value in Gen.Choose(-999, 999)
         select new Step(factor, asset, wait, value)).ArrayOf().ToArbitrary();

    [Fact(DisplayName = "A cache that was stored and restored goes on as if nothing had been, at any moment; and told everything twice it is the same")]
    public void Restored() => Prop.ForAll(Steps, steps =>
    {
        var (whole, now) = (new FactorCache(Policy(Factors.Dvol)), T0);
        var broken = new FactorCache(Policy(Factors.Dvol));
        whole.Begin(T0);
        broken.Begin(T0);
        foreach (var (step, i) in steps.Select((s, i) => (s, i)))
        {
            now += TimeSpan.FromMinutes(step.Wait);
            var value = ValueOf(step, now);
            if (whole.Take(value, now) != broken.Take(value, now)) return false;
            broken.Take(value, now);
            if (i % 3 != 0) continue;
            var state = broken.Capture();
            broken = new FactorCache(Policy(Factors.Dvol));
            broken.Restore(state);
        }
        return whole.LevelAt(now.AddHours(1)) == broken.LevelAt(now.AddHours(1)) && whole.History().SequenceEqual(broken.History()) && whole.Counts.SequenceEqual(broken.Counts);
    }).Check(Draws.Same(200));

    [Fact(DisplayName = "Less information is never less age: a value that does not come, comes broken or comes old leaves no factor fresher than if it had come")]
    public void Less_information() => Prop.ForAll(Steps, Gen.Choose(0, 3).ArrayOf().ToArbitrary(), (steps, losses) =>
    {
        var (informed, deprived, now) = (new FactorCache(Policy(All)), new FactorCache(Policy(All)), T0);
        informed.Begin(T0);
        deprived.Begin(T0);
        for (var i = 0; i < steps.Length; i++)
        {
            now += TimeSpan.FromMinutes(steps[i].Wait);
            var value = ValueOf(steps[i], now);
            informed.Take(value, now);
            switch (losses.Length == 0 ? 0 : losses[i % losses.Length])
            {
                case 1: break;
                case 2: deprived.Take(value with { Value = double.NaN }, now); break;
                default: deprived.Take(value, now); break;
            }
            // An asset that was never heard of does not count as old, so compare where both know the same assets.
            var (a, b) = (informed.FreshnessAt(now), deprived.FreshnessAt(now));
            if (a.Zip(b).Any(p => p.First.Assets == p.Second.Assets && p.Second.Age < p.First.Age)) return false;
        }
        return deprived.LevelAt(now.AddHours(30)).Age >= deprived.LevelAt(now.AddHours(20)).Age;
    }).Check(Draws.Same(300));

    [Fact(DisplayName = "Settings that make no sense are refused with their keys, all at once")]
    public void Settings()
    {
        var errors = new List<string>();
        Assert.Null(FactorPolicy.Create(new FactorSettings { BasisJump = double.NaN, Breadth = 0, FundingKept = TimeSpan.FromDays(90) }, [], "dolphin.exf", errors));
        Assert.Equal(["dolphin.exf.shock.basis-jump", "dolphin.exf.shock.breadth", "dolphin.exf.keep.funding"], errors.Select(e => e[..e.IndexOf(' ')]));
    }
}
