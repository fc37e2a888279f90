using System.Collections.Immutable;
using System.Net;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Node;
using Dolphin.Domain;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Cli;
using Dolphin.Node.Running;
using Dolphin.Venues.Binance.Tests.Live;
using Dolphin.Venues.Paper;

namespace Dolphin.Node.Tests.Live;

/// <summary><c>dolphin run --market binance</c>, from outside: the built program on a venue of this machine that speaks Binance's protocol.</summary>
public sealed class BinanceStories
{
    private static readonly string[] Symbols = ["BTCUSDT", "ETHUSDT", "SOLUSDT"];

    // Warm after twenty bars, and never too quiet to trade.
    private static string PlanOn(StandInVenue venue, string symbols = "BTCUSDT, ETHUSDT, SOLUSDT", bool works = false, string more = "") => $$"""
        dolphin {
          universe.symbols = [{{symbols}}]
          hedging { warm-up-bars = 20, gamma1 = 0.0001, max-interval = 365d }
          sizing.fraction = 1 %
          execution.placement { enabled = {{(works ? "true" : "false")}}, timeout = 5s }
          venues.binance { streams = "{{venue.Streams}}", rest = "{{venue.Rest}}", relist-every = 1s }
          {{more}}
        }
        """;

    [Theory(DisplayName = "It trades the live market on paper, by orders as they are or worked through its books, goes on after its connections were cut, and stops when asked with everything saved")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Trades_on_paper(bool works)
    {
        await using var venue = await StandInVenue.StartAsync(Symbols);
        using var stop = new CancellationTokenSource();
        var turning = venue.TurnAsync(TimeSpan.FromMilliseconds(50), stop.Token);
        using var place = new TemporaryFolder();
        var state = Path.Combine(place.Path, "state");
        using (var run = LiveProcess.Start(place.File("plan.hocon", PlanOn(venue, works: works)), state, "--market", "binance", "--bar", "1s"))
        {
            var before = await run.SeesAsync("holding both legs of every symbol", r => r.Phase == RunPhase.Running && r.InvariantsHold && HoldsAll(r));
            Assert.Equal(HttpStatusCode.OK, await run.HealthAsync());
            Assert.Equal("binance", before.Market);
            var opened = venue.Opened;
            var feed = (await run.SeesAsync("with its feed", r => r.Feed is { IsWhole: true })).Feed!;
            Assert.Equal((2, 2, 3, 3), (feed.Connections, feed.ConnectionsUp, feed.Symbols, feed.Listed));
            Assert.True(feed is { RoundTripMs: not null, WeightPerMinute: 1_200, WeightUsed: > 0, Refusals: 0, ClosedSeconds: 0 } && feed.Counts["snapshotsTaken"] >= 3 && feed.Faults.Values.All(f => f == 0));

            foreach (var socket in venue.Sockets) socket.Abort();

            await run.SeesAsync("on newer bars", r => r.Progress.BarsDone > before.Progress.BarsDone + 5 * Symbols.Length && r.InvariantsHold);
            Assert.True(venue.Opened >= opened + 2);
            Assert.Contains("Books of 3 symbols from BTCUSDT on", run.Output, StringComparison.Ordinal);
            Assert.Equal((int)ExitCode.Ok, await run.TerminateAsync());
            Assert.Contains("messages of the market 0 were dropped", run.Output, StringComparison.Ordinal);
            Assert.Contains("market feed 2 of 2 connections, 3 of 3 books valid", run.Output, StringComparison.Ordinal); // In the report.
        }

        using (var journal = new JournalReader(Path.Combine(state, StateFolder.NodeJournal)))
        {
            var worked = journal.Events("execution").Select(r => r.As<ExecutionEvent>()).OfType<ExecutionEvent.PlacementBegan>().Select(p => (p.Symbol, p.Leg)).Distinct().Count();
            Assert.Equal(works ? 2 * Symbols.Length : 0, worked);
        }

        await stop.CancelAsync();
        await turning;
        Assert.DoesNotContain(venue.Asked, a => a.Path.Contains("order", StringComparison.OrdinalIgnoreCase) || a.Path.Contains("signature", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "Once the venue has banned the feed nobody of the process asks it anything until that is over, the sources of external factors neither")]
    public async Task Banned()
    {
        const int seconds = 65; // Premiums are asked for once a minute.
        await using var venue = await StandInVenue.StartAsync(Symbols);
        using var stop = new CancellationTokenSource();
        var turning = venue.TurnAsync(TimeSpan.FromMilliseconds(50), stop.Token);
        using var place = new TemporaryFolder();
        var more = $$"""exf { source = live, live { binance = "{{venue.Rest.GetLeftPart(UriPartial.Authority)}}", deribit = "http://127.0.0.1:9" } }""";
        using (var run = LiveProcess.Start(place.File("plan.hocon", PlanOn(venue, more: more)), Path.Combine(place.Path, "state"), "--market", "binance", "--bar", "1s"))
        {
            await run.SeesAsync("with factors", r => r.Factors is { } f && f.Counts.Any(c => c.Taken > 0) && venue.Asked.Any(a => a.Path.StartsWith("/futures/data", StringComparison.Ordinal)));

            venue.Ban(seconds);
            await run.SeesAsync("banned", _ => run.Output.Contains("the venue answered 418", StringComparison.Ordinal)); // It asks what is listed each second.
            var first = venue.Banned[0];
            await run.SeesAsync("asking again", _ => venue.Asked[^1].At - first > TimeProvider.System.TimestampFrequency * (seconds - 1));

            // What was on its way when the first answer came had left before.
            var later = venue.Asked.Where(a => TimeProvider.System.GetElapsedTime(first, a.At) > TimeSpan.FromSeconds(5)).ToList();
            Assert.All(later, a => Assert.True(TimeProvider.System.GetElapsedTime(first, a.At) >= TimeSpan.FromSeconds(seconds - 1), $"{a.Path} was asked {TimeProvider.System.GetElapsedTime(first, a.At)} after the ban."));
            venue.Pardon();
            Assert.Equal((int)ExitCode.Ok, await run.TerminateAsync());
        }

        await stop.CancelAsync();
        await turning;
    }

    [Fact(DisplayName = "A first run knows at once what funding was five days ago and what takers did yesterday, and says whom its breaker does not know and why")]
    public async Task Knows_the_past()
    {
        await using var venue = await StandInVenue.StartAsync(Symbols);
        using var stop = new CancellationTokenSource();
        var turning = venue.TurnAsync(TimeSpan.FromMilliseconds(50), stop.Token);
        using var place = new TemporaryFolder();
        var more = $$"""
            exf { source = live, live { binance = "{{venue.Rest.GetLeftPart(UriPartial.Authority)}}", deribit = "http://127.0.0.1:9" } }
            scan { enabled = true, interval = 1s, windows = [10, 20] }
            alpha.enabled = true
            """;
        using (var run = LiveProcess.Start(place.File("plan.hocon", PlanOn(venue, more: more)), Path.Combine(place.Path, "state"), "--market", "binance", "--bar", "1s"))
        {
            var seen = await run.SeesAsync("with a breaker that knows all but DVOL", r => r.Alpha?.Breaker is { Length: 1 });
            Assert.Equal(new BreakerFactorPicture(BreakerFactor.Dvol, CutsMost: 3, Unknown: 3), Assert.Single(seen.Alpha!.Breaker!.Value));
            Assert.Contains(seen.Notable, n => n.Text.StartsWith("deribit-dvol has not told of its past: ", StringComparison.Ordinal));
            Assert.Equal((int)ExitCode.Ok, await run.TerminateAsync());
        }

        await stop.CancelAsync();
        await turning;
    }

    [Fact(DisplayName = "The shipped plan with every sense runs: each of them is in status, and everything is saved when it stops")]
    public async Task Every_sense()
    {
        await using var venue = await StandInVenue.StartAsync(Symbols);
        using var stop = new CancellationTokenSource();
        var turning = venue.TurnAsync(TimeSpan.FromMilliseconds(50), stop.Token);
        using var place = new TemporaryFolder();
        File.Copy(Path.Combine(AppContext.BaseDirectory, "hocon", "plans", "binance-full.hocon"), Path.Combine(place.Path, "binance-full.hocon"));
        var plan = "include \"binance-full.hocon\"\n" + PlanOn(venue, works: true, more: $$"""
            exf.live { binance = "{{venue.Rest.GetLeftPart(UriPartial.Authority)}}", deribit = "http://127.0.0.1:9" }
            scan { interval = 1s, windows = [10, 20] }
            """);
        using (var run = LiveProcess.Start(place.File("plan.hocon", plan), Path.Combine(place.Path, "state"), "--market", "binance", "--bar", "1s"))
        {
            await run.SeesAsync("with every sense", r => r is { Scan: not null, Alpha: not null, Factors: not null, Forewarner: not null, Esof.Did.Acts: false } && r.InvariantsHold);
            Assert.Equal((int)ExitCode.Ok, await run.TerminateAsync());
        }

        await stop.CancelAsync();
        await turning;
    }

    [Theory(DisplayName = "When the venue changes a symbol's rules nothing is opened there any more by the old ones, orders as they are or worked; the others go on, and status says it")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rules_change(bool works)
    {
        await using var venue = await StandInVenue.StartAsync(Symbols);
        using var stop = new CancellationTokenSource();
        var turning = venue.TurnAsync(TimeSpan.FromMilliseconds(50), stop.Token);
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

        await stop.CancelAsync();
        await turning;
    }

    [Theory(DisplayName = "Once the end of a symbol is announced nothing is opened there, and before it comes what is held is closed, orders as they are or worked; the others go on")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Delivery(bool works)
    {
        await using var venue = await StandInVenue.StartAsync(Symbols);
        using var stop = new CancellationTokenSource();
        var turning = venue.TurnAsync(TimeSpan.FromMilliseconds(50), stop.Token);
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

        await stop.CancelAsync();
        await turning;
    }

    [Fact(DisplayName = "What is held of a symbol that stops trading stays through kill -9 and a start; when its end comes the venue settles it, and no ghost of it is left, through another kill -9 too")]
    public async Task Settles()
    {
        await using var venue = await StandInVenue.StartAsync(Symbols);
        using var stop = new CancellationTokenSource();
        var turning = venue.TurnAsync(TimeSpan.FromMilliseconds(50), stop.Token);
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

        await stop.CancelAsync();
        await turning;
    }

    [Fact(DisplayName = "A plan of all symbols is started without those that do not trade, but with those it holds: one that is not listed any more is settled at the last price that is known")]
    public async Task Vanishes_while_nobody_looks()
    {
        await using var venue = await StandInVenue.StartAsync(Symbols);
        using var stop = new CancellationTokenSource();
        var turning = venue.TurnAsync(TimeSpan.FromMilliseconds(50), stop.Token);
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

        await stop.CancelAsync();
        await turning;
    }

    [Fact(DisplayName = "A plan with a symbol that the venue does not trade is refused in words, before anything is touched")]
    public async Task Symbol_is_not_there()
    {
        await using var venue = await StandInVenue.StartAsync(Symbols);
        venue["ETHUSDT"].Status = "SETTLING";
        using var place = new TemporaryFolder();
        var state = Path.Combine(place.Path, "state");

        using var run = LiveProcess.Start(place.File("plan.hocon", PlanOn(venue, "BTCUSDT, ETHUSDT, NEVERUSDT")), state, "--market", "binance");

        Assert.Equal((int)ExitCode.DataInvalid, await run.ExitAsync());
        Assert.Contains("ETHUSDT: expected TRADING; it is SETTLING", run.Output, StringComparison.Ordinal);
        Assert.Contains("NEVERUSDT: expected TRADING; the venue does not list it", run.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(state));
    }

    [Fact(DisplayName = "A venue that does not answer is said, with its address, and nothing is started")]
    public async Task Nobody_there()
    {
        await using var venue = await StandInVenue.StartAsync(Symbols);
        venue.Refuse(503);
        using var place = new TemporaryFolder();

        using var run = LiveProcess.Start(place.File("plan.hocon", PlanOn(venue)), Path.Combine(place.Path, "state"), "--market", "binance");

        Assert.Equal((int)ExitCode.VenueUnavailable, await run.ExitAsync());
        Assert.Contains("expected 200; the venue answered 503", run.Output, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Without encryption only this machine is spoken to")]
    public async Task Unencrypted()
    {
        using var place = new TemporaryFolder();
        var plan = place.File("plan.hocon", """dolphin { venues.binance { rest = "http://fapi.binance.com" } }""");

        using var run = LiveProcess.Start(plan, Path.Combine(place.Path, "state"), "--market", "binance");

        Assert.Equal((int)ExitCode.ConfigInvalid, await run.ExitAsync());
        Assert.Contains("dolphin.venues.binance.rest is http://fapi.binance.com/; expected an address such as https://fapi.binance.com", run.Output, StringComparison.Ordinal);
    }

    private static bool IsFlat(RunSnapshot run, string symbol) => run.Assets.Single(a => a.Symbol.Name == symbol).Legs is { Long.Quantity.Base: 0m, Short.Quantity.Base: 0m };

    private static ImmutableArray<Fill> Settled(string state)
    {
        using var journal = new JournalReader(Path.Combine(state, StateFolder.VenueJournal));
        return [.. journal.Events("paper-venue").Select(r => r.As<object>()).OfType<PaperFact.LegSettled>().Select(f => f.Fill)];
    }

    private static bool HoldsAll(RunSnapshot run) => run.Assets.Length == 3 && run.Assets.All(a => a.Legs.Long.Quantity.Base > 0m && a.Legs.Short.Quantity.Base > 0m);
}
