using System.Collections.Immutable;
using System.Globalization;
using Dolphin.Actors.Books;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Cli;
using Dolphin.Node.Running;
using Dolphin.Node.Tests.Live;
using Dolphin.Tests;
using Dolphin.Venues.Paper;

namespace Dolphin.Node.Tests.Venue;

/// <summary>The world outside in a process of its own, and a node in another: either is killed, and both go on.</summary>
public sealed class VenueProcessStories
{
    // As in the live stories: a market that opens within seconds at any hour of the week, and is never too quiet to trade.
    private const string Plan = """
        dolphin {
          universe.symbols = [BTCUSDT, ETHUSDT, SOLUSDT]
          hedging { warm-up-bars = 20, gamma1 = 0.0001, max-interval = 365d }
          sizing.fraction = 1 %
        }
        """;

    [Fact(DisplayName = "A node is killed, then the venue is: both go on where they were, no id comes twice, and both have the same fills")]
    public async Task Both_are_killed()
    {
        using var place = new TemporaryFolder();
        var plan = place.File("plan.hocon", Plan);
        var (venueState, nodeState) = (Path.Combine(place.Path, "venue"), Path.Combine(place.Path, "node"));
        var listen = $"127.0.0.1:{FreePort.Next()}";
        string[] remote = ["--market", "remote", "--venue", $"ws://{listen}", "--no-ui"];

        using var firstVenue = LiveProcess.StartVenue(plan, venueState, "--listen", listen);
        using (var firstNode = LiveProcess.Start(plan, nodeState, remote)) // It waits for the venue.
        {
            await firstNode.SeesAsync("holding both legs of every symbol", r => r.Phase == RunPhase.Running && HoldsAll(r));
            await firstNode.KillAsync();
        }

        using var secondNode = LiveProcess.Start(plan, nodeState, remote);
        await secondNode.SeesAsync("flying again on newer bars", r => r.Phase == RunPhase.Running && r.InvariantsHold && r.Risk?.RTotal > 0.5 && HoldsAll(r) && r.Progress.BarsDone > 0);
        await firstVenue.KillAsync();
        await secondNode.SaysAsync("No orders can be sent");

        using var secondVenue = LiveProcess.StartVenue(plan, venueState, "--listen", listen);
        await secondVenue.SaysAsync("listens on");
        var barsThen = (await secondNode.SeesAsync("still there", _ => true)).Progress.BarsDone;
        var after = await secondNode.SeesAsync("trading on, on newer bars", r => r.InvariantsHold && r.Risk?.RTotal > 0.5 && HoldsAll(r) && r.Progress.BarsDone > barsThen + 10 * r.Assets.Length);
        Assert.Equal((int)ExitCode.Ok, await secondNode.TerminateAsync());
        Assert.Equal((int)ExitCode.Ok, await secondVenue.TerminateAsync());

        Assert.Empty(after.Halted);
        Assert.All(after.Invariants, i => Assert.Equal(0, i.Violated));
        var facts = Events(venueState, StateFolder.VenueJournal, "paper-venue");
        Assert.Empty(facts.OfType<PaperFact.DuplicateRefused>());
        var ids = facts.OfType<PaperFact.OrderAccepted>().Select(f => f.Order.Id).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.Single(Events(venueState, StateFolder.VenueJournal, "world")); // It began once.

        // In order of their epochs, and each symbol's book is the sum of the venue's fills.
        var epochs = ids.Select(id => ClientOrderIds.TryParse(id, out var name) ? name.Value.Epoch : 0).ToList();
        Assert.Equal(epochs.Order(), epochs);
        Assert.Subset(new HashSet<long> { 1, 2 }, epochs.ToHashSet());
        foreach (var symbol in (string[])["BTCUSDT", "ETHUSDT", "SOLUSDT"])
        {
            var booked = Events(nodeState, StateFolder.NodeJournal, $"book-{symbol}").OfType<BookEvent.FillBooked>().Select(e => e.Fill.TradeId).Order();
            var filled = facts.OfType<PaperFact.OrderFilled>().Where(f => f.Fill.Symbol.Name == symbol).Select(f => f.Fill.TradeId).Order();
            Assert.Equal(filled, booked);
        }
    }

    [Fact(DisplayName = "A folder belongs to its venue: a node does not go on with another one, nor a venue with another market; and neither is mistaken for a run")]
    public async Task Identity()
    {
        using var place = new TemporaryFolder();
        var plan = place.File("plan.hocon", Plan);
        var (first, second, node) = (Path.Combine(place.Path, "first"), Path.Combine(place.Path, "second"), Path.Combine(place.Path, "node"));
        var (here, there) = ($"127.0.0.1:{FreePort.Next()}", $"127.0.0.1:{FreePort.Next()}");
        using var venue = LiveProcess.StartVenue(plan, first, "--listen", here);
        using var other = LiveProcess.StartVenue(plan, second, "--listen", there, "--seed", "8");
        await venue.SaysAsync("listens on");
        await other.SaysAsync("listens on");
        using (var run = LiveProcess.Start(plan, node, "--market", "remote", "--venue", $"ws://{here}", "--no-ui"))
        {
            await run.SaysAsync("every open one is asked about");
            Assert.Equal((int)ExitCode.Ok, await run.TerminateAsync());
        }

        using var stray = LiveProcess.Start(plan, node, "--market", "remote", "--venue", $"ws://{there}", "--no-ui");
        Assert.Equal((int)ExitCode.StateRefused, await stray.ExitAsync());
        Assert.Contains("belongs to the venue paper-", stray.Output, StringComparison.Ordinal);

        using var inUse = LiveProcess.StartVenue(plan, first, "--listen", $"127.0.0.1:{FreePort.Next()}");
        Assert.Equal((int)ExitCode.StateRefused, await inUse.ExitAsync());
        using var busy = LiveProcess.StartVenue(plan, Path.Combine(place.Path, "third"), "--listen", here);
        Assert.Equal((int)ExitCode.HttpUnavailable, await busy.ExitAsync());
        Assert.Contains("--listen", busy.Output, StringComparison.Ordinal);
        Assert.Equal((int)ExitCode.Ok, await venue.TerminateAsync());
        using var reseeded = LiveProcess.StartVenue(plan, first, "--listen", here, "--seed", "8");
        Assert.Equal((int)ExitCode.StateRefused, await reseeded.ExitAsync());

        Assert.Contains("holds a venue, not a run", Assert.Throws<InvalidDataException>(() => StoredRun.Open(first)).Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A node that is told to end while it starts ends at once: there is nothing to save yet")]
    public async Task Ends_while_it_starts()
    {
        using var place = new TemporaryFolder();
        using var node = LiveProcess.Start(place.File("plan.hocon", Plan), Path.Combine(place.Path, "state"), "--market", "remote", "--venue", $"ws://127.0.0.1:{FreePort.Next()}", "--no-ui");
        await node.SaysAsync("It is waited for");
        Assert.Equal(128 + 15, await node.TerminateAsync()); // By the signal, and not by what comes after the wait.
    }

    private static bool HoldsAll(RunSnapshot run) => run.Assets.Length == 3 && run.Assets.All(a => a.Legs.Long.Quantity.Base > 0m && a.Legs.Short.Quantity.Base > 0m);

    private static ImmutableArray<object> Events(string state, string journal, string id)
    {
        using var reader = new JournalReader(Path.Combine(state, journal));
        return [.. reader.Events(id).Select(r => StoredJson.Read(r.Bytes, StoredTypes.TypeOf(r.Manifest)))];
    }
}
