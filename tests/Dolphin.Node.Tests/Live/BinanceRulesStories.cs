using Dolphin.Actors.Execution;
using Dolphin.Actors.Node;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Cli;
using Dolphin.Node.Running;
using Dolphin.Venues.Binance.Tests.Live;
using static Dolphin.Node.Tests.Live.BinanceStage;

namespace Dolphin.Node.Tests.Live;

/// <summary>A venue that changes a symbol's rules while the built program trades there.</summary>
public sealed class BinanceRulesStories
{
    [Theory(DisplayName = "When the venue changes a symbol's rules nothing is opened there any more by the old ones, orders as they are or worked; the others go on, and status says it")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rules_change(bool works)
    {
        await using var venue = await StandInVenue.StartAsync(Symbols);
        await using var turning = venue.Turning();
        using var place = new TemporaryFolder();
        var state = Path.Combine(place.Path, "state");
        DateTimeOffset changedAt;
        using (var run = LiveProcess.Start(place.File("plan.hocon", PlanOn(venue, works: works)), state, "--market", "binance", "--bar", "1s"))
        {
            await run.SeesAsync("running", r => r.Phase == RunPhase.Running);

            venue["SOLUSDT"].Retick(0.5m);

            var told = await run.SeesAsync("knowing of it", r => r.Notable.Any(n => n.Text.StartsWith("SOLUSDT: tick 0.1 is 0.5 now", StringComparison.Ordinal)));
            var shown = await run.SeesAsync("showing it", r => r.Feed is { Changed.IsEmpty: false }); // The picture is a second old at most.
            Assert.Equal([new FeedRuleChange(new Symbol("SOLUSDT"), "tick 0.1 is 0.5 now")], shown.Feed!.Changed.AsEnumerable());
            changedAt = told.Notable.First(n => n.Text.StartsWith("SOLUSDT: tick", StringComparison.Ordinal)).At;
            await run.SeesAsync("holding the others", r => r.InvariantsHold && r.Assets.Count(a => a.Legs.Long.Quantity.Base > 0m && a.Legs.Short.Quantity.Base > 0m) >= 2
                && r.Assets.Single(a => a.Symbol.Name == "SOLUSDT").LastPrice is not null);
            var bars = (await run.SeesAsync("on", _ => true)).Progress.BarsDone;
            await run.SeesAsync("long after that", r => r.Progress.BarsDone > bars + 15 * Symbols.Length && r.InvariantsHold);
            Assert.Equal((int)ExitCode.Ok, await run.TerminateAsync());
        }

        using (var journal = new JournalReader(Path.Combine(state, StateFolder.NodeJournal)))
        {
            var events = journal.Events("execution").Select(r => r.As<ExecutionEvent>()).ToList();
            Assert.DoesNotContain(events.OfType<ExecutionEvent.Intended>(), i => i.Order.Symbol.Name == "SOLUSDT" && i.At > changedAt && !i.Order.ReducesLeg);
            Assert.DoesNotContain(events.OfType<ExecutionEvent.PlacementBegan>(), p => p.Symbol.Name == "SOLUSDT" && p.At > changedAt && p.Side != p.Leg.Reducing());
            Assert.Contains(events.OfType<ExecutionEvent.Intended>(), i => i.Order.Symbol.Name == "BTCUSDT" && i.At > changedAt);
        }
    }
}
