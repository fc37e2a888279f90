using Dolphin.Domain;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Cli;
using Dolphin.Venues.Binance.Tests.Live;
using static Dolphin.Node.Tests.Live.BinanceStage;

namespace Dolphin.Node.Tests.Live;

/// <summary>A symbol that stops trading, or is gone, and what was held of it: the built program, killed and started again.</summary>
public sealed class BinanceEndStories
{
    [Fact(DisplayName = "What is held of a symbol that stops trading stays through kill -9 and a start; when its end comes the venue settles it, and no ghost of it is left, through another kill -9 too")]
    public async Task Settles()
    {
        await using var venue = await StandInVenue.StartAsync(Symbols);
        await using var turning = venue.Turning();
        using var place = new TemporaryFolder();
        var (state, plan) = (Path.Combine(place.Path, "state"), place.File("plan.hocon", PlanOn(venue)));
        using (var run = LiveProcess.Start(plan, state, "--market", "binance", "--bar", "1s"))
        {
            await run.SeesAsync("holding both legs of every symbol", r => r.Phase == RunPhase.Running && r.InvariantsHold && HoldsAll(r));
            venue["SOLUSDT"].Status = "SETTLING";
            await run.SeesAsync("knowing of it", r => r.Feed is { Listed: 2 } f && f.Changed.Any(c => c.What == "it is SETTLING"));
            await run.KillAsync();
        }

        using (var run = LiveProcess.Start(plan, state, "--market", "binance", "--bar", "1s"))
        {
            var back = await run.SeesAsync("back, with what it held", r => r.Phase == RunPhase.Running && r.InvariantsHold && r.Feed is { ConnectionsUp: 2 } && HoldsAll(r));
            Assert.Contains(back.Notable, n => n.Text.StartsWith("SOLUSDT is not traded any more (SETTLING)", StringComparison.Ordinal));
            Assert.Empty(Settled(state));

            venue["SOLUSDT"].DeliveryMs = TimeProvider.System.GetUtcNow().AddMinutes(-1).ToUnixTimeMilliseconds();
            await run.SaysAsync("SOLUSDT: the venue has settled it.");
            await run.KillAsync(); // Wherever it is: told, stored at the venue, booked, or none of them.
        }

        using (var run = LiveProcess.Start(plan, state, "--market", "binance", "--bar", "1s"))
        {
            var after = await run.SeesAsync("without it", r => r.Phase == RunPhase.Running && r.InvariantsHold && IsFlat(r, "SOLUSDT"));
            var bars = after.Progress.BarsDone;
            await run.SeesAsync("trading the others", r => r.Progress.BarsDone > bars + 20 && r.InvariantsHold && IsFlat(r, "SOLUSDT")
                && r.Assets.Count(a => a.Legs.Long.Quantity.Base > 0m && a.Legs.Short.Quantity.Base > 0m) == 2);
            Assert.Equal((int)ExitCode.Ok, await run.TerminateAsync());
        }

        var settled = Settled(state);
        Assert.Equal([PositionSide.Long, PositionSide.Short], settled.Select(f => f.Leg));
        Assert.All(settled, f => Assert.True(f.Symbol.Name == "SOLUSDT" && f.Fee.Quote > 0m && f.Order.Value.StartsWith("settlement_autoclose-", StringComparison.Ordinal)));
    }

    [Fact(DisplayName = "A plan of all symbols is started without those that do not trade, but with those it holds: one that is not listed any more is settled at the last price that is known")]
    public async Task Vanishes_while_nobody_looks()
    {
        await using var venue = await StandInVenue.StartAsync(Symbols);
        await using var turning = venue.Turning();
        using var place = new TemporaryFolder();
        var (state, plan) = (Path.Combine(place.Path, "state"), place.File("plan.hocon", PlanOn(venue).Replace("universe.symbols = [BTCUSDT, ETHUSDT, SOLUSDT]", "universe.symbols = all", StringComparison.Ordinal)));
        Assert.Contains("symbols = all", await File.ReadAllTextAsync(plan), StringComparison.Ordinal);
        venue["ETHUSDT"].Status = "PENDING_TRADING";
        using (var run = LiveProcess.Start(plan, state, "--market", "binance", "--bar", "1s"))
        {
            await run.SeesAsync("holding both legs of two", r => r.Phase == RunPhase.Running && r.InvariantsHold && r.Assets.Length == 2 && r.Assets.All(a => a.Legs.Long.Quantity.Base > 0m && a.Legs.Short.Quantity.Base > 0m));
            await run.KillAsync();
        }

        venue["SOLUSDT"].Status = "";
        using (var run = LiveProcess.Start(plan, state, "--market", "binance", "--bar", "1s"))
        {
            await run.SeesAsync("without it", r => r.Phase == RunPhase.Running && r.InvariantsHold && IsFlat(r, "SOLUSDT") && !IsFlat(r, "BTCUSDT"));
            Assert.Equal((int)ExitCode.Ok, await run.TerminateAsync());
        }

        Assert.Equal(2, Settled(state).Length);
        Assert.All(Settled(state), f => Assert.InRange(f.Price.QuotePerBase, 990m, 1_010m));
        using (var run = LiveProcess.Start(plan, state, "--market", "binance", "--bar", "1s")) // Nothing is held of it any more, and its past counts.
        {
            await run.SeesAsync("running", r => r.Phase == RunPhase.Running && r.InvariantsHold && r.Assets.Length == 2 && IsFlat(r, "SOLUSDT"));
            Assert.Equal((int)ExitCode.Ok, await run.TerminateAsync());
        }
        Assert.Equal(2, Settled(state).Length);
    }
}
