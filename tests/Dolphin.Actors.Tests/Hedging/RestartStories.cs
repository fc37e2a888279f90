using Dolphin.Actors.Strategies;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain.Hedging;

namespace Dolphin.Actors.Tests.Hedging;

/// <summary>Strategy, book and execution together, cut off after every single event they have stored.</summary>
public sealed class RestartStories
{
    // Opens at the third bar, rebalances at every move, and leaves at the end.
    private static readonly decimal[] Prices = [100m, 101m, 100m, 101m, 100.2m, 101.5m, 101.4m, 100.6m];

    [Theory(DisplayName = "Cut off after any stored event, whether the last orders reached the venue or not: no decision is sent twice, none is lost, all three agree")]
    [InlineData(false)]
    [InlineData(true)]
    public void Cut_off_anywhere(bool lastOrdersLost)
    {
        var whole = new InMemoryJournal();
        var venue = new FillingVenue(whole);
        using (var node = new SmallNode(whole, venue, ActorStage.Minute))
            foreach (var price in Prices) node.Bar(price);
        Assert.True(venue.Sent.Count >= 6 && whole.Events.Length >= 30, $"{venue.Sent.Count} orders and {whole.Events.Length} events: the story needs more.");

        for (var kept = 0; kept <= whole.Events.Length; kept++)
        {
            var rest = whole.AfterCrash(kept);
            var after = venue.AsKnown(rest, kept, lastOrdersLost);
            using var node = new SmallNode(rest, after, ActorStage.Minute * (Prices.Length + 1));
            for (var bar = 0; bar < 12; bar++) node.Bar(bar % 2 == 0 ? 100.1m : 101.3m);
            node.Bar(101.3m); // Inside the band: what is under way can end.
            AssertSettled(node, rest, after, $"cut off after event {kept} of {whole.Events.Length}");
        }
    }

    private static void AssertSettled(SmallNode node, InMemoryJournal journal, FillingVenue venue, string where)
    {
        node.AssertSound(where);
        var (state, book) = (journal.EventsOf(StrategyIds.PersistenceIdOf(ActorStage.Strategy)).OfType<HedgeEvent>().Aggregate(HedgeState.Initial, HedgeDecider.Evolve), node.Board.Of(ActorStage.Btc).Book!);
        Assert.True(state.Pending is null, $"{where}: the strategy waits for {state.Pending}.");
        Assert.True(node.Board.Orders.Open == 0, $"{where}: {node.Board.Orders.Open} orders are open.");
        foreach (var leg in Hedges.Legs)
        {
            Assert.True(venue.Held(leg) == state[leg].Quantity && venue.Held(leg) == book[leg].Quantity,
                $"{where}: {leg} is {venue.Held(leg)} at the venue, {state[leg].Quantity} to the strategy, {book[leg].Quantity} in the book.");
        }

        Assert.True(venue.Sent.Count > 2 && state.Cycle > 0, $"{where}: it did not go on trading.");
    }
}
