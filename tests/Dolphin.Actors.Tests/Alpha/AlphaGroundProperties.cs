using System.Collections.Immutable;
using Dolphin.Actors.Alpha;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.Market;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Actors.Tests.Alpha;

/// <summary>Less information never means more risk: whatever breakers were told, and however long nobody has told of them since.</summary>
public sealed class AlphaGroundProperties
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
    private static readonly Symbol Btc = new("BTCUSDT");

    private sealed record Told(BreakerFactor Factor, double Value, double HoursAgo);

    private static Gen<double> ValueOf(BreakerFactor factor) => factor switch
    {
        BreakerFactor.Funding => from tenths in Gen.Choose(-15, 15) select tenths * 0.0001,
        BreakerFactor.TakerRatio => from hundredths in Gen.Choose(40, 140) select hundredths * 0.01,
        _ => from points in Gen.Choose(20, 100) select (double)points,
    };

    // Ages around each factor's own lag: what is younger does not count yet, what is much older is blind.
    private static Gen<Told> Observation =>
        from factor in Gen.Elements(Enum.GetValues<BreakerFactor>())
        from value in ValueOf(factor)
        from hours in Gen.Choose(0, 60)
        select new Told(factor, value, new AdaptiveBreakerSettings().Of(factor).Lag.TotalHours + hours / 4.0 - 2);

    private static Gen<(Told[] History, int Seconds)> Cases =>
        from history in Observation.ArrayOf().Resize(12)
        from seconds in Gen.Choose(0, 2_000)
        select (history, seconds);

    private static AlphaSnapshot Snapshot(AlphaPlan plan, Told[] history)
    {
        var breaker = new AdaptiveBreaker(plan.Breaker);
        foreach (var told in history.OrderByDescending(t => t.HoursAgo)) breaker.Observe(told.Factor, told.Value, Start.AddHours(-told.HoursAgo), Start);
        var reading = breaker.At(Start);
        return AlphaSnapshot.Of(1, 1, Start, [new AlphaFeatures(Btc, null, null, null, null, null, null, null, null, reading.Cut, reading.Boost)], null, []);
    }

    private static (AlphaGround Ground, double Last) Heard(Told[] history)
    {
        var plan = AlphaStories.Plan();
        var (board, snapshot) = (new AlphaBoard(plan.Patience), Snapshot(plan, history));
        Assert.True(board.Publish(snapshot));
        return (new AlphaGround(plan, board), snapshot.Find(Btc)!.Multiplier);
    }

    [Fact(DisplayName = "Silence never leaves more of a size than what was known last, nor than what a breaker leaves that knows nothing, and the longer it lasts never more")]
    public void Silence() => Prop.ForAll(Cases.ToArbitrary(), c =>
    {
        var (ground, last) = Heard(c.History);
        var (now, later) = (Start.AddSeconds(c.Seconds), Start.AddSeconds(2 * c.Seconds));
        var left = ground.MultiplierOf(Btc, now);
        var isSilent = now - Start > ground.Plan.Patience;
        return left <= last && (!isSilent || left <= ground.Plan.Blind) && (isSilent || left == last) && ground.MultiplierOf(Btc, later) <= left;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));

    [Fact(DisplayName = "The cases reach breakers that leave less than one which knows nothing, and more, each silent and not")]
    public void Reaches()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        Prop.ForAll(Cases.ToArbitrary(), c =>
        {
            var (ground, last) = Heard(c.History);
            seen.Add($"{(last < ground.Plan.Blind ? "less" : last > ground.Plan.Blind ? "more" : "same")} {(TimeSpan.FromSeconds(c.Seconds) > ground.Plan.Patience ? "silent" : "heard")}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithReplay(8170232399032180938UL, 84140441106237821UL));
        Assert.Equal(["less heard", "less silent", "more heard", "more silent", "same heard", "same silent"], seen);
    }

    [Fact(DisplayName = "In a crisis 21 % of a size are left; when alpha falls silent then, 21 % stay left")]
    public void Crisis()
    {
        var (ground, last) = Heard([new(BreakerFactor.Funding, 0.001, 120), new(BreakerFactor.TakerRatio, 0.7, 24), new(BreakerFactor.Dvol, 80, 0)]);
        Assert.Equal(0.21, last, 1e-12);
        Assert.Equal(last, ground.MultiplierOf(Btc, Start.AddDays(1)));
    }
}
