using Dolphin.Actors.Execution;
using Dolphin.Actors.Node;
using Dolphin.Domain;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Cli;
using Dolphin.Node.Running;
using Dolphin.Venues.Binance.Tests.Live;
using static Dolphin.Node.Tests.Live.BinanceStage;

namespace Dolphin.Node.Tests.Live;

/// <summary>A venue that changes a symbol's rules, or announces its end, while the built program trades there.</summary>
public sealed class BinanceRulesStories
{
    [Fact(DisplayName = "Nothing is opened of a symbol whose book is not whole, whatever its bars say; the others are, and it is too when its book is there")]
    public async Task No_book()
    {
        // Of so many one alone does not move the sensor of the books.
        string[] symbols = [.. Symbols, .. Enumerable.Range(1, 9).Select(i => $"X{i}USDT")];
        await using var venue = await StandInVenue.StartAsync(symbols);
        await using var turning = venue.Turning();
        venue.SnapshotOf = symbol => symbol == "ETHUSDT" ? "" : null; // Not to be had.
        using var place = new TemporaryFolder();
        using var run = LiveProcess.Start(place.File("plan.hocon", PlanOn(venue, string.Join(", ", symbols))), Path.Combine(place.Path, "state"), "--market", "binance", "--bar", "1s");

        var seen = await run.SeesAsync("holding what has a book, and with many bars of all", r =>
            r.InvariantsHold && r.Assets.Count(a => !IsFlat(r, a.Symbol.Name)) >= symbols.Length - 1 && r.Progress.BarsDone > 40 * symbols.Length);
        Assert.True(IsFlat(seen, "ETHUSDT"));

        venue.SnapshotOf = _ => null;
        await run.SeesAsync("holding that too", r => !IsFlat(r, "ETHUSDT"));
        Assert.Equal((int)ExitCode.Ok, await run.TerminateAsync());
    }

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

    [Theory(DisplayName = "Once the end of a symbol is announced nothing is opened there, and before it comes what is held is closed, orders as they are or worked; the others go on")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Delivery(bool works)
    {
        await using var venue = await StandInVenue.StartAsync(Symbols);
        await using var turning = venue.Turning();
        using var place = new TemporaryFolder();
        var state = Path.Combine(place.Path, "state");
        using (var run = LiveProcess.Start(place.File("plan.hocon", PlanOn(venue, works: works)), state, "--market", "binance", "--bar", "1s"))
        {
            await run.SeesAsync("holding both legs of every symbol", r => r.Phase == RunPhase.Running && r.InvariantsHold && HoldsAll(r));

            venue["SOLUSDT"].DeliveryMs = TimeProvider.System.GetUtcNow().AddDays(1).ToUnixTimeMilliseconds();
            var told = await run.SeesAsync("knowing of it", r => r.Feed is { Changed.IsEmpty: false });
            Assert.StartsWith("the venue settles it at ", told.Feed!.Changed[0].What, StringComparison.Ordinal);
            Assert.StartsWith("nothing is opened there any more, and what is held is closed from ", told.Feed.Changed[0].Then, StringComparison.Ordinal);
            var bars = told.Progress.BarsDone;
            var before = await run.SeesAsync("trading on", r => r.Progress.BarsDone > bars + 5 * Symbols.Length);
            Assert.True(HoldsAll(before)); // There is a day.

            venue["SOLUSDT"].DeliveryMs = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds();
            await run.SeesAsync("out of it", r => r.InvariantsHold && IsFlat(r, "SOLUSDT"));
            bars = (await run.SeesAsync("on", _ => true)).Progress.BarsDone;
            var after = await run.SeesAsync("long after that", r => r.Progress.BarsDone > bars + 10 * Symbols.Length && r.InvariantsHold);
            Assert.True(IsFlat(after, "SOLUSDT"));
            Assert.Equal(2, after.Assets.Count(a => a.Legs.Long.Quantity.Base > 0m && a.Legs.Short.Quantity.Base > 0m));
            Assert.Equal((int)ExitCode.Ok, await run.TerminateAsync());
        }

        using (var journal = new JournalReader(Path.Combine(state, StateFolder.NodeJournal)))
        {
            var wishes = journal.Events("strategy-hedge-SOLUSDT").Select(r => r.As<object>()).OfType<HedgeEvent.TrimAsked>().ToList();
            Assert.NotEmpty(wishes);
            Assert.All(wishes, w => Assert.Equal(("delivery-rule", Quantity.Zero, Quantity.Zero), (w.Wish.By, w.Wish.LongAtMost, w.Wish.ShortAtMost)));
        }
        Assert.Empty(Settled(state));
    }
}
