using System.Net;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Node;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Cli;
using Dolphin.Node.Running;
using Dolphin.Venues.Binance.Tests.Live;
using static Dolphin.Node.Tests.Live.BinanceStage;

namespace Dolphin.Node.Tests.Live;

/// <summary><c>dolphin run --market binance</c>, from outside: the built program on a venue of this machine that speaks Binance's protocol.</summary>
public sealed class BinanceStories
{
    [Theory(DisplayName = "It trades the live market on paper, by orders as they are or worked through its books, goes on after its connections were cut, and stops when asked with everything saved")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Trades_on_paper(bool works)
    {
        await using var venue = await StandInVenue.StartAsync(Symbols);
        await using var turning = venue.Turning();
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
            Assert.Matches(@"messages of the market (0 were dropped|\d+ were dropped \(DroppedTimes \d+\));", run.Output); // Late ones, where this machine stood still.
            Assert.Contains("market feed 2 of 2 connections, 3 of 3 books valid", run.Output, StringComparison.Ordinal); // In the report.
        }

        using (var journal = new JournalReader(Path.Combine(state, StateFolder.NodeJournal)))
        {
            var worked = journal.Events("execution").Select(r => r.As<ExecutionEvent>()).OfType<ExecutionEvent.PlacementBegan>().Select(p => (p.Symbol, p.Leg)).Distinct().Count();
            Assert.Equal(works ? 2 * Symbols.Length : 0, worked);
        }

        Assert.DoesNotContain(venue.Asked, a => a.Path.Contains("order", StringComparison.OrdinalIgnoreCase) || a.Path.Contains("signature", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "The shipped plan with every sense runs: each of them is in status, and everything is saved when it stops")]
    public async Task Every_sense()
    {
        await using var venue = await StandInVenue.StartAsync(Symbols);
        await using var turning = venue.Turning();
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

    [Fact(DisplayName = "A venue that comes back while a node starts is found, and the node starts")]
    public async Task Comes_back()
    {
        await using var venue = await StandInVenue.StartAsync(Symbols);
        await using var turning = venue.Turning();
        venue.Refuse(503);
        using var place = new TemporaryFolder();

        using var run = LiveProcess.Start(place.File("plan.hocon", PlanOn(venue)), Path.Combine(place.Path, "state"), "--market", "binance");
        await run.SaysAsync("the venue answered 503. It is waited for up to 30 s");
        await run.SeesAsync("running", r => r.Phase == RunPhase.Running);
        Assert.Equal((int)ExitCode.Ok, await run.TerminateAsync());
    }

    [Fact(DisplayName = "A venue that does not answer is said, with its address, and nothing is started")]
    public async Task Nobody_there()
    {
        await using var venue = await StandInVenue.StartAsync(Symbols);
        for (var i = 0; i < 1_000; i++) venue.Refuse(503);
        using var place = new TemporaryFolder();

        using var run = LiveProcess.Start(place.File("plan.hocon", PlanOn(venue)), Path.Combine(place.Path, "state"), "--market", "binance");

        Assert.Equal((int)ExitCode.VenueUnavailable, await run.ExitAsync());
        Assert.Contains("expected 200; the venue answered 503", run.Output, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A start within a ban waits until it is over, and asks nothing before")]
    public async Task Banned()
    {
        await using var venue = await StandInVenue.StartAsync(Symbols);
        await using var turning = venue.Turning();
        venue.Ban(retryAfter: 2);
        using var place = new TemporaryFolder();

        using var run = LiveProcess.Start(place.File("plan.hocon", PlanOn(venue)), Path.Combine(place.Path, "state"), "--market", "binance");
        await run.SaysAsync("Nothing is asked for 2 s, and then again");
        venue.Pardon();
        await run.SeesAsync("running", r => r.Phase == RunPhase.Running);
        Assert.Equal((int)ExitCode.Ok, await run.TerminateAsync());

        var asked = venue.Asked.Where(a => a.Path == "/fapi/v1/exchangeInfo").Take(2).ToList();
        Assert.True(TimeProvider.System.GetElapsedTime(asked[0].At, asked[1].At) >= TimeSpan.FromSeconds(2));
    }

    [Fact(DisplayName = "Whoever asks it to stop while it starts is heard: the process ends at once, and no folder is left in use")]
    public async Task Stopped_while_it_starts()
    {
        await using var venue = await StandInVenue.StartAsync(Symbols);
        venue.Ban(retryAfter: 3_600);
        using var place = new TemporaryFolder();
        var (plan, state) = (place.File("plan.hocon", PlanOn(venue)), Path.Combine(place.Path, "state"));

        using var run = LiveProcess.Start(plan, state, "--market", "binance");
        await run.SaysAsync("Nothing is asked for 3600 s, and then again");
        Assert.Equal(128 + 15, await run.TerminateAsync());
        Assert.False(Directory.Exists(state));
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
}
