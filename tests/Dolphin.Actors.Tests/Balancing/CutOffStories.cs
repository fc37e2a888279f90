using Dolphin.Actors.Balancing;
using Dolphin.Actors.Strategies;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain.AutoExecution;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;

namespace Dolphin.Actors.Tests.Balancing;

/// <summary>Balancer, strategy, book and execution together, cut off after every single event they have stored.</summary>
public sealed class CutOffStories
{
    private const decimal Equity = 20_000m, Leverage = 5m, Limit = 0.15m;

    // Opens at the third bar with a quarter of the account in one symbol, and is trimmed. Then the price stands still: a trim ends a basis point of the account below
    // the limit, and a price that rises breaks it again.
    private static readonly decimal[] Prices = [100m, 101m, 100m, 100m, 100m, 100m];

    [Theory(DisplayName = "Cut off after any stored event, whether the last orders reached the venue or not: the symbol ends within its limit, no command is done twice, none is lost")]
    [InlineData(false)]
    [InlineData(true)]
    public void Cut_off_anywhere(bool lastOrdersLost)
    {
        var whole = new InMemoryJournal();
        var venue = new FillingVenue(whole);
        using (var node = new SmallNode(whole, venue, ActorStage.Minute, Balancer()))
        {
            foreach (var price in Prices) node.Bar(price, Equity);
            AssertWithinLimit(node, whole, venue, "unbroken");
        }
        Assert.Single(whole.EventsOf(ExposureBalancerActor.Id).OfType<ExecutorEvent.CarriedOut>());
        Assert.Equal(4, venue.Sent.Count); // Two open, two trim.

        for (var kept = 0; kept <= whole.Events.Length; kept++)
        {
            var rest = whole.AfterCrash(kept);
            var after = venue.AsKnown(rest, kept, lastOrdersLost);
            using var node = new SmallNode(rest, after, ActorStage.Minute * (Prices.Length + 1), Balancer());
            for (var bar = 0; bar < 12; bar++) node.Bar(bar < Prices.Length ? Prices[bar] : 100m, Equity);
            AssertWithinLimit(node, rest, after, $"cut off after event {kept} of {whole.Events.Length}");
        }
    }

    private static BalancerPlan Balancer()
    {
        var errors = new List<string>();
        var limits = BalancerPolicy.Create(BalancerSettings.Default with { MinDiversification = 1, MaxSymbolExposure = Limit }, "test", errors);
        Assert.Empty(errors);
        return new BalancerPlan(limits!, Leverage);
    }

    private static void AssertWithinLimit(SmallNode node, InMemoryJournal journal, FillingVenue venue, string where)
    {
        node.AssertSound(where);
        var exposure = (venue.Held(PositionSide.Long) + venue.Held(PositionSide.Short)).Base * venue.Price / Leverage / Equity;
        Assert.True(exposure is > 0m and <= Limit, $"{where}: {exposure:P2} of the account is in one symbol.");

        var hedge = journal.EventsOf(StrategyIds.PersistenceIdOf(ActorStage.Strategy)).OfType<HedgeEvent>().ToList();
        var began = hedge.OfType<HedgeEvent.TrimAsked>().Where(t => !t.Waited).Select(t => t.Wish.Id).ToList();
        Assert.True(began.Distinct().Count() == began.Count, $"{where}: a trim was begun twice, {string.Join(", ", began)}.");
        Assert.Equal(venue.Held(PositionSide.Long), hedge.Aggregate(HedgeState.Initial, HedgeDecider.Evolve).Legs.Long);

        var balancer = journal.EventsOf(ExposureBalancerActor.Id);
        var issued = balancer.OfType<BalancerEvent.CommandIssued>().Select(c => c.Command.Id).ToList();
        Assert.Equal(Enumerable.Range(1, issued.Count).Select(i => (long)i), issued);
        // A look is one write; of one that was torn all the same the command that lacks its end expires.
        var done = balancer.OfType<ExecutorEvent>().Select(e => e.Id).ToList();
        Assert.True(done.Distinct().Count() == done.Count, $"{where}: a command was done twice, {string.Join(", ", done)}.");
        Assert.Subset(balancer.OfType<BalancerEvent.CommandExpired>().Select(e => e.Id).ToHashSet(), issued.Except(done).ToHashSet());
        var ended = balancer.OfType<BalancerEvent>().Count(e => e is BalancerEvent.CommandDone or BalancerEvent.CommandRejected or BalancerEvent.CommandExpired);
        Assert.True(ended == issued.Count, $"{where}: {issued.Count} commands, {ended} ends.");
    }
}
