using Dolphin.Actors.Node;
using Dolphin.Domain;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Cli;
using Dolphin.Node.Running;
using Dolphin.Venues.Binance.Tests.Live;
using static Dolphin.Node.Tests.Live.BinanceStage;

namespace Dolphin.Node.Tests.Live;

/// <summary>A venue that announces the end of a symbol while the built program trades there.</summary>
public sealed class BinanceDeliveryStories
{
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
