using Dolphin.Node.Cli;
using Dolphin.Venues.Binance.Tests.Live;
using static Dolphin.Node.Tests.Live.BinanceStage;

namespace Dolphin.Node.Tests.Live;

/// <summary>A symbol of whose book nobody knows the whole, while the built program trades there.</summary>
public sealed class BinanceBookStories
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
}
