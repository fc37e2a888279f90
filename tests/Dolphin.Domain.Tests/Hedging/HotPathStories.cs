using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Hedging;

public sealed class HotPathStories
{
    [Fact(DisplayName = "Observing a bar and deciding that there is nothing to do allocates nothing, in any mode")]
    public void NoAllocation()
    {
        var idle = HedgeStage.Idle();
        var flat = HedgeStage.Started();
        flat.Risk = flat.Risk with { EntriesAllowed = false };
        HedgeStage.At(flat, 1, 100m);
        var standing = HedgeStage.Opened();
        var naked = HedgeStage.Opened();
        HedgeStage.At(naked, 2, 100.5m);
        var exiting = HedgeStage.Opened();
        exiting.Send(new HedgeInput.RequestExit("ada", 1, HedgeStage.Minute(2)));
        HedgeStage.At(exiting, 3, 100m);
        var ended = HedgeStage.Idle();
        ended.Send(new HedgeInput.RequestExit("ada", 0, HedgeStage.Minute(0)));
        foreach (var run in new[] { idle, flat, standing, naked, exiting, ended })
        {
            Loop(run, 200); // Warm: the first calls compile.
            var before = GC.GetAllocatedBytesForCurrentThread();
            var decided = Loop(run, 1_000);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal((0L, 0), (allocated, decided));
        }
    }

    private static int Loop(HedgeRun run, int bars)
    {
        var (decided, monitor) = (0, run.Monitor);
        for (var i = 0; i < bars; i++)
        {
            var price = Price.Of(i % 2 == 0 ? 100.15m : 100.25m);
            monitor = StructureMonitor.Observe(run.Policy, monitor, price, (i + 1) * 60_000L);
            decided += HedgeDecider.Decide(run.Policy, run.Instrument, run.State, new HedgeMarket(price, HedgeStage.Minute(10 + i), run.Monitor, run.Risk)).Events.Length;
        }
        return decided;
    }
}

public sealed class QuietZoneProperties
{
    [Fact(DisplayName = "A look that the quiet zone covers decides nothing, in every state of every walk and at every edge")]
    public void Sound() => Prop.ForAll(Walks.Wild, walk =>
    {
        var run = Walks.Begin(walk.Settings);
        var (good, at) = (true, DateTimeOffset.UnixEpoch.AddYears(50));
        run.Watch = (_, state, decision) =>
        {
            if (decision.Events.IsEmpty) return;
            var zone = QuietZone.Of(run.Policy, state);
            foreach (var price in Edges(run.Policy, state))
            foreach (var monitor in new[] { HedgeStage.Market(), HedgeStage.Market(run.Policy.FrozenVariance), HedgeStage.Market(1e-9, 3), HedgeStage.Market(1e-9, 4), run.Monitor })
            {
                var look = new HedgeMarket(Price.Of(price), at, monitor, new HedgeRisk(1d, true, true, new Money(1_000m), Leverage: 3m, FeeRate: 0.0005m));
                if (zone.Covers(look)) good &= HedgeDecider.Decide(run.Policy, run.Instrument, state, look) is { Events.IsEmpty: true, Refusal: null };
            }
        };
        run.Play(walk.Stretches);
        return good;
    }).QuickCheckThrowOnFailure();

    [Fact(DisplayName = "It covers nearly all looks of a strategy with a standing structure: else it would be of no use")]
    public void Useful()
    {
        var run = HedgeStage.Opened();
        HedgeStage.At(run, 2, 100.5m);
        var zone = QuietZone.Of(run.Policy, run.State);
        foreach (var price in new[] { 100.11m, 100.3m, 100.5m, 100.89m })
            Assert.True(zone.Covers(new HedgeMarket(Price.Of(price), HedgeStage.Minute(3), run.Monitor, run.Risk)));
        Assert.False(zone.Covers(new HedgeMarket(Price.Of(100.91m), HedgeStage.Minute(3), run.Monitor, run.Risk)));
        Assert.False(default(QuietZone).Covers(new HedgeMarket(Price.Of(100m), HedgeStage.Minute(3), run.Monitor, run.Risk)));
    }

    private static IEnumerable<decimal> Edges(HedgePolicy policy, HedgeState state)
    {
        var middles = new List<decimal> { 100m };
        if (state.Reference is { } reference) middles.Add(reference.QuotePerBase);
        if (state.Exit is { } exit) middles.Add(exit.Reference.QuotePerBase);
        if (state.Legs.Net.Base != 0m && state.OpeningNotional.Quote > 0m)
            middles.Add(policy.MaxRiskLegs * state.OpeningNotional.Quote / Math.Abs(state.Legs.Net.Base));
        foreach (var middle in middles)
        foreach (var factor in new[] { 1m, policy.Band.Up, policy.Band.Down, policy.ExitBand.Up, policy.ExitBand.Down })
        foreach (var nudge in new[] { 1m, 1.000000000000001m, 0.999999999999999m, 1.0001m, 0.9999m })
            yield return middle * factor * nudge;
    }
}
