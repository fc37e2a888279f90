using Dolphin.Scenarios.Stage;
using Dolphin.Venues.Paper;

namespace Dolphin.Scenarios;

/// <summary>The same market, while actors that have messages take turns in an order drawn by chance.</summary>
public sealed class Interleavings
{
    private const ulong Market = 51;
    private const int Bars = 180;

    [Theory(DisplayName = "Whoever gets the next turn: every invariant holds, no id twice, nothing stays open, book = fills = venue")]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    [InlineData(4UL)]
    [InlineData(5UL)]
    [InlineData(6UL)]
    [InlineData(7UL)]
    [InlineData(8UL)]
    public void Any_order(ulong explore) => Survive(explore, []);

    [Theory(DisplayName = "The same on a venue that forgets answers, repeats itself and tells things out of order")]
    [InlineData(11UL)]
    [InlineData(12UL)]
    [InlineData(13UL)]
    [InlineData(14UL)]
    public void Any_order_and_faults(ulong explore) => Survive(explore,
    [
        new(PaperFaultKind.UnknownExecuted, 100_000, "", 0, TimeSpan.Zero),
        new(PaperFaultKind.UnknownLost, 100_000, "", 0, TimeSpan.Zero),
        new(PaperFaultKind.DropAnswer, 150_000, "", 0, TimeSpan.Zero),
        new(PaperFaultKind.DuplicateDelivery, 300_000, "", 0, TimeSpan.FromMilliseconds(900)),
        new(PaperFaultKind.ReorderDelivery, 300_000, "", 0, TimeSpan.FromMilliseconds(1_200)),
    ]);

    [Fact(DisplayName = "The same order of turns twice is the same run; another order is another run, or the story shows nothing")]
    public void Seeded()
    {
        var (first, second) = (Played(1, []), Played(1, []));
        using (first)
        using (second)
        {
            Assert.Equal(first.End().Hash, second.End().Hash);
            Assert.Equal(Commands(first), Commands(second));
        }

        var orders = Enumerable.Range(1, 4).Select(seed =>
        {
            using var node = Played((ulong)seed, []);
            return Commands(node);
        }).Distinct(StringComparer.Ordinal);
        Assert.True(orders.Count() > 1, "four seeds gave one order of turns.");
    }

    private static string Commands(StagedNode node) => string.Join('\n', node.Door.Sent);

    private static StagedNode Played(ulong explore, PaperFault[] faults)
    {
        var market = Plans.Market(Market);
        // Orders live for half a minute, so that what rests is over when the run has settled.
        var plan = Plans.Node(market) with { Execution = Plans.Execution with { OrderLife = TimeSpan.FromSeconds(30) } };
        return new StagedNode(market, plan, Plans.Venue(Market, faults), Bars, explore).Play();
    }

    private static void Survive(ulong explore, PaperFault[] faults)
    {
        using var node = Played(explore, faults);
        var (end, where) = (node.End(), $"exploration seed {explore}");
        Ledgers.AssertSound(node, end, leastFills: 30, where);
    }
}
