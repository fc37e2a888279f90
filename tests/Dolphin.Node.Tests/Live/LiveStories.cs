using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Dolphin.Actors.Books;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Cli;
using Dolphin.Node.Running;
using Dolphin.Venues.Paper;

namespace Dolphin.Node.Tests.Live;

/// <summary>Command 1, from outside: a simulated market in real time, killed and started again.</summary>
public sealed class LiveStories
{
    // A market that opens within seconds at any hour of the week: warm after five bars, and never too quiet to trade.
    private const string Plan = """
        dolphin {
          universe.symbols = [BTCUSDT, ETHUSDT, SOLUSDT]
          hedging { warm-up-bars = 20, gamma1 = 0.0001, max-interval = 365d }
          sizing.fraction = 1 %  # Legs that the quietest hour can fill; twenty bars, so that APEX is there and orders take.
        }
        """;

    private static readonly ImmutableArray<string> Symbols = ["BTCUSDT", "ETHUSDT", "SOLUSDT"];

    [Fact(DisplayName = "Killed with kill -9 and started again with the same command, a live run goes on: nothing lost, nothing twice")]
    public async Task Goes_on()
    {
        using var place = new TemporaryFolder();
        var (plan, state) = (place.File("plan.hocon", Plan), Path.Combine(place.Path, "state"));

        RunSnapshot before;
        using (var first = LiveProcess.Start(plan, state))
        {
            before = await first.SeesAsync("holding both legs of every symbol", r => r.Phase == RunPhase.Running && HoldsAll(r));
            Assert.Equal(HttpStatusCode.OK, await first.HealthAsync());
            await first.KillAsync();
        }

        var booked = Symbols.Select(s => Booked(state, s)).ToList();
        RunSnapshot after;
        using (var second = LiveProcess.Start(plan, state))
        {
            after = await second.SeesAsync("flying again, on newer bars", r => r.Phase == RunPhase.Running && r.InvariantsHold && r.Risk?.RTotal > 0
                && HoldsAll(r) && r.Progress.BarsDone > before.Progress.BarsDone + 10 * r.Assets.Length);
            Assert.Equal(HttpStatusCode.OK, await second.HealthAsync());
            Assert.Equal((int)ExitCode.Ok, await second.TerminateAsync());
        }

        Assert.Empty(after.Halted);
        Assert.All(after.Invariants, i => Assert.Equal(0, i.Violated));
        Assert.Equal("2", File.ReadAllText(Path.Combine(state, "epoch")).Trim());

        // The market is one market: it began once, and what was booked in the first life is still the beginning of what is booked.
        Assert.Single(Events(state, StateFolder.VenueJournal, "world"));
        foreach (var (earlier, now) in booked.Zip(Symbols.Select(s => Booked(state, s)))) Assert.Equal(earlier, now.Take(earlier.Length));

        // No id was taken twice, none was even tried twice, and book and venue know the same fills.
        var facts = Events(state, StateFolder.VenueJournal, "paper-venue");
        Assert.Empty(facts.OfType<PaperFact.DuplicateRefused>());
        var ids = facts.OfType<PaperFact.OrderAccepted>().Select(f => f.Order.Id).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.Equal(Legs(facts.OfType<PaperFact.OrderFilled>().Select(f => f.Fill)), Legs(StoredRun.Open(state)!.Snapshot()));
    }

    [Fact(DisplayName = "Nobody else may run on the folder; a stop saves everything; and the folder can be looked at afterwards")]
    public async Task Stops_gracefully()
    {
        using var place = new TemporaryFolder();
        var (plan, state) = (place.File("plan.hocon", Plan), Path.Combine(place.Path, "state"));
        var report = Path.Combine(place.Path, "report.json");
        using var run = LiveProcess.Start(plan, state, "--report", report);
        await run.SeesAsync("holding both legs of every symbol", r => r.Phase == RunPhase.Running && HoldsAll(r));

        using (var other = LiveProcess.Start(plan, state))
        {
            Assert.Equal((int)ExitCode.StateRefused, await other.ExitAsync());
            Assert.Contains("in use by another process", other.Output, StringComparison.Ordinal);
        }

        Assert.Equal((int)ExitCode.Ok, await run.TerminateAsync());
        Assert.Contains("\"stateHash\"", File.ReadAllText(report), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(state, "control.json")));
        var stored = StoredRun.Open(state)!.Snapshot();
        Assert.Equal((RunPhase.Stopped, "sim", 3), (stored.Phase, stored.Market, stored.Assets.Length));
        Assert.NotNull(stored.Risk);
        Assert.True(stored.Progress.BarsDone > 0, "The market's snapshot says how far it was.");
        Assert.True(stored.Counts.EventsPersisted > Events(state, StateFolder.NodeJournal, "execution").Length + Events(state, StateFolder.VenueJournal, "paper-venue").Length);
    }

    [Fact(DisplayName = "A live run whose execution cannot recover ends by itself with the reason, instead of flying without a door to the venue")]
    public async Task Ends_without_execution()
    {
        using var place = new TemporaryFolder();
        var (plan, state) = (place.File("plan.hocon", Plan), Path.Combine(place.Path, "state"));
        using (var run = LiveProcess.Start(plan, state))
        {
            await run.SeesAsync("holding both legs of every symbol", r => r.Phase == RunPhase.Running && HoldsAll(r));
            Assert.Equal((int)ExitCode.Ok, await run.TerminateAsync());
        }

        Damage(Path.Combine(state, StateFolder.NodeJournal), "\"strategyId\":\"hedge-BTCUSDT\",\"sequence\":1,\"order\""u8);
        using var damaged = LiveProcess.Start(plan, state);
        Assert.Equal((int)ExitCode.Fault, await damaged.ExitAsync());
        Assert.Contains("The execution of this run has stopped", damaged.Output, StringComparison.Ordinal);
        Assert.Contains("'execution', sequence number", damaged.Output, StringComparison.Ordinal);
    }

    // One bit of a stored intent, wherever a page of the file holds it.
    private static void Damage(string journal, ReadOnlySpan<byte> text)
    {
        var bytes = File.ReadAllBytes(journal);
        var struck = 0;
        for (var from = 0; bytes.AsSpan(from).IndexOf(text) is >= 0 and var at; from += at + text.Length, struck++) bytes[from + at + text.Length / 2] ^= 1;
        Assert.True(struck > 0, $"{journal} holds no such intent.");
        File.WriteAllBytes(journal, bytes);
    }

    private static bool HoldsAll(RunSnapshot run) => run.Assets.Length == 3 && run.Assets.All(a => a.Legs.Long.Quantity.Base > 0m && a.Legs.Short.Quantity.Base > 0m);

    private static ImmutableArray<object> Events(string state, string journal, string id)
    {
        using var reader = new JournalReader(Path.Combine(state, journal));
        return [.. reader.Events(id).Select(r => StoredJson.Read(r.Bytes, StoredTypes.TypeOf(r.Manifest)))];
    }

    private static ImmutableArray<Fill> Booked(string state, string symbol) =>
        [.. Events(state, StateFolder.NodeJournal, $"book-{symbol}").OfType<BookEvent.FillBooked>().Select(e => e.Fill)];

    private static string Legs(IEnumerable<Fill> fills) => string.Join('\n', fills.GroupBy(f => (f.Symbol, f.Leg)).OrderBy(g => g.Key)
        .Select(g => Line(g.Key.Symbol, g.Key.Leg, g.Sum(f => f.Side == g.Key.Leg.Increasing() ? f.Quantity.Base : -f.Quantity.Base))));

    private static string Legs(RunSnapshot run) => string.Join('\n', run.Assets.OrderBy(a => a.Symbol).SelectMany(a => (string[])
        [Line(a.Symbol, PositionSide.Long, a.Legs.Long.Quantity.Base), Line(a.Symbol, PositionSide.Short, a.Legs.Short.Quantity.Base)]));

    private static string Line(Symbol symbol, PositionSide leg, decimal quantity) =>
        string.Create(CultureInfo.InvariantCulture, $"{symbol} {leg} {quantity:0.########}");
}
