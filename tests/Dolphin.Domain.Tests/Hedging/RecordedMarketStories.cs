using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Tests;
using Xunit.Abstractions;

namespace Dolphin.Domain.Tests.Hedging;

/// <summary>Thirty recorded days of BTCUSDT, one-minute closes, every order filled at once at the close it was decided at.</summary>
public sealed class RecordedMarketStories(ITestOutputHelper output)
{
    private const string Month = "01_usdm_1m_16sym_2025-05/BTCUSDT-1m.csv.gz";

    [RecordedFact(Month, DisplayName = "Thirty days of BTCUSDT are dozens of decisions over several cycles, and never dust for ever")]
    public void Cycles()
    {
        var (run, mark, longestDust) = Play(new HedgeSettings { RestartAfter = ExitCauses.Friction | ExitCauses.Capital });
        var decisions = run.Events.Count(e => e.Orders is not null);
        output.WriteLine($"{run.State.Cycle} cycles, {decisions} decisions with orders, {run.Events.Count} events, {run.State.Exits} exits, "
            + $"longest without a structure while active {longestDust}; equity {run.Book.EquityChangeAt(mark)}: net path {run.Book.NetPathAt(mark)}, two legs cost {run.Book.CostOfTwoLegs}");
        Assert.True(run.State.Cycle >= 5, $"Expected several cycles, got {run.State.Cycle}.");
        Assert.True(decisions >= 24, $"Expected dozens of decisions, got {decisions}.");
        Assert.True(longestDust < TimeSpan.FromHours(1), $"A strategy that may trade had no structure for {longestDust}.");
        Assert.Equal(0m, run.Book.IdentityGapAt(mark).Quote);
        Assert.Equal(0, run.NewFromRepeats);
        Assert.Empty(run.All<HedgeEvent.ExitBoundExceeded>());
        Assert.Equal(run.State, run.Events.Aggregate(HedgeState.Initial, HedgeDecider.Evolve));
    }

    [RecordedFact(Month, DisplayName = "Without reopening the same days are one structure that shrinks to dust: the literal seed")]
    public void LiteralSeed()
    {
        var (run, _, longestDust) = Play(new HedgeSettings { ReopenBelow = null });
        output.WriteLine($"{run.State.Cycle} cycle, gross {run.State.Legs.Gross} of {run.State.OpeningQuantity} a leg, dust for {longestDust}");
        Assert.Equal(1, run.State.Cycle);
        Assert.True(longestDust > TimeSpan.FromDays(10));
    }

    private static (HedgeRun Run, Price Mark, TimeSpan LongestDust) Play(HedgeSettings settings)
    {
        var (closes, instrument) = SharedData.ReadCloses(Recordings.PathOf(Month), new Symbol("BTCUSDT"));
        var run = new HedgeRun(HedgeRun.PolicyOf(settings), instrument) { Risk = new HedgeRisk(1d, true, true, new Money(10_000m), Leverage: 30m, FeeRate: 0.0005m) };
        run.Send(new HedgeInput.Start("ada", 1, DateTimeOffset.UnixEpoch));
        var (dust, longest) = (TimeSpan.Zero, TimeSpan.Zero);
        foreach (var (time, close) in closes)
        {
            run.Bar(time, close);
            var none = run.State.Mode == HedgeMode.Active && run.State.Cycle > 0 && run.State.Legs.Gross.Base < 0.2m * run.State.OpeningQuantity.Base;
            dust = none ? dust + TimeSpan.FromMinutes(1) : TimeSpan.Zero;
            longest = dust > longest ? dust : longest;
        }
        return (run, closes[^1].Close, longest);
    }
}
