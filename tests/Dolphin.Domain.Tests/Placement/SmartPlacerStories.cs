using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Placement;
using static Dolphin.Domain.Placement.PlacementEvent;

namespace Dolphin.Domain.Tests.Placement;

/// <summary>A quantity works its way into a market of prices around 100,000 ticks, where a basis point is ten of them.</summary>
public sealed class SmartPlacerStories
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);
    private static readonly PlacementPolicy Policy = PlacementPolicy.Usual;
    private static readonly Touch Market = Around(100_000, 100_001);

    private PlacementState _state = PlacementState.Begin(OrderSide.Buy, 30, 1, Noon);
    private readonly List<PlacementEvent> _events = [];

    private static Touch Around(long bid, long ask, long lots = 50) => new(new Level(bid, lots), new Level(ask, lots));

    private IReadOnlyList<PlacementEvent> When(PlacementInput input)
    {
        var decision = SmartPlacer.Decide(Policy, _state, input);
        foreach (var e in decision.Events) _state = SmartPlacer.Evolve(_state, e);
        _events.AddRange(decision.Events);
        return decision.Events;
    }

    private IReadOnlyList<PlacementEvent> Look(double seconds, Touch? touch, bool mayTake = true, double adverse = 0, double taken = 1_000, bool mayWork = true) =>
        When(new PlacementInput.Look(touch, mayWork, mayTake, adverse, taken, Noon.AddSeconds(seconds)));

    [Fact(DisplayName = "It begins with a ladder: at the best price and half a basis point apart behind it")]
    public void Ladder()
    {
        var placed = Look(0, Market).Cast<OrderRested>().ToList();
        Assert.Equal([(1, 100_000, 10), (2, 99_995, 10), (3, 99_990, 10)], placed.Select(o => (o.Order, o.Ticks, o.Lots)));
        Assert.Empty(Look(0.1, Market));
        var sells = SmartPlacer.Decide(Policy, PlacementState.Begin(OrderSide.Sell, 30, 1, Noon), new PlacementInput.Look(Market, true, true, 0, 1_000, Noon));
        Assert.Equal([100_001, 100_006, 100_011], sells.Events.Cast<OrderRested>().Select(o => o.Ticks));
    }

    [Fact(DisplayName = "What is too small for three orders is one")]
    public void Least()
    {
        _state = PlacementState.Begin(OrderSide.Buy, 30, 20, Noon);
        Assert.Equal(30, Assert.IsType<OrderRested>(Assert.Single(Look(0, Market))).Lots);
    }

    [Fact(DisplayName = "Filled to the end it is over, and hears nothing more")]
    public void Fills()
    {
        Look(0, Market);
        When(new PlacementInput.Filled(1, 10, Noon.AddSeconds(1)));
        When(new PlacementInput.Filled(2, 4, Noon.AddSeconds(1)));
        When(new PlacementInput.Filled(2, 6, Noon.AddSeconds(2)));
        Assert.Equal([typeof(LotsFilled), typeof(Finished)], When(new PlacementInput.Filled(3, 10, Noon.AddSeconds(3))).Select(e => e.GetType()));
        Assert.True(_state.IsOver);
        Assert.Equal("placement.over", SmartPlacer.Decide(Policy, _state, new PlacementInput.Ended(3, Noon.AddSeconds(4))).Refusal?.Code);
    }

    [Fact(DisplayName = "A market that runs away is followed: not before patience is over, and what was withdrawn is not placed again until its end is known")]
    public void Reprices()
    {
        Look(0, Market);
        var gone = Around(100_030, 100_031); // Three basis points.
        Assert.Empty(Look(1.9, gone));
        Assert.Equal([1, 2, 3], Look(2, gone).Cast<OrderWithdrawn>().Select(o => o.Order));
        Assert.Empty(Look(2.1, gone));
        When(new PlacementInput.Filled(1, 3, Noon.AddSeconds(2.2))); // It crossed with the cancel.
        When(new PlacementInput.Ended(1, Noon.AddSeconds(2.2)));
        var again = Assert.IsType<OrderRested>(Assert.Single(Look(2.3, gone)));
        Assert.Equal((4, 100_030, 7), (again.Order, again.Ticks, again.Lots));
    }

    [Fact(DisplayName = "An order that the last rung would stand beside keeps its place in the queue")]
    public void Keeps_its_place()
    {
        Look(0, Market);
        Assert.Equal([3], Look(10, Around(100_011, 100_012)).OfType<OrderWithdrawn>().Select(o => o.Order));
    }

    [Fact(DisplayName = "Behind a queue that will not be through in time it goes one tick better, where the spread has room")]
    public void Improves()
    {
        var wide = Around(100_000, 100_010, lots: 10_000);
        Assert.Equal(100_001, Look(0, wide, taken: 5).OfType<OrderRested>().First().Ticks);
        Assert.Equal(100_000, First(wide, taken: 1_000));
        Assert.Equal(100_000, First(Around(100_000, 100_001, lots: 10_000), taken: 5));

        static long First(Touch touch, double taken) => SmartPlacer.Decide(Policy, PlacementState.Begin(OrderSide.Buy, 30, 1, Noon), new PlacementInput.Look(touch, true, true, 0, taken, Noon))
            .Events.OfType<OrderRested>().First().Ticks;
    }

    // Ten lots of its own at the best price, behind a wall of others, with room in the spread.
    private static readonly Touch Wide = Around(100_000, 100_010, lots: 10_000);

    private IReadOnlyList<PlacementEvent> LookAt(double seconds, Touch touch, double taken, params (int Order, long Ahead)[] queues) =>
        When(new PlacementInput.Look(touch, true, true, 0, taken, Noon.AddSeconds(seconds)) { Queues = [.. queues.Select(q => new OrderQueue(q.Order, new QueuePosition(q.Ahead)))] });

    [Fact(DisplayName = "Whose queue has come to a stand goes a tick better, to the head of a queue of its own, and not before patience is over; those behind it wait for the market")]
    public void Goes_to_the_head()
    {
        Look(0, Wide, taken: 1_000);
        Assert.Empty(LookAt(1.9, Wide, 100, (1, 9_000), (2, 5_000), (3, 5_000)));
        Assert.Equal([1], LookAt(2, Wide, 100, (1, 9_000), (2, 5_000), (3, 5_000)).Cast<OrderWithdrawn>().Select(o => o.Order));
        When(new PlacementInput.Ended(1, Noon.AddSeconds(2.1)));
        var moved = Assert.IsType<OrderRested>(Assert.Single(LookAt(2.2, Wide, 100, (2, 5_000), (3, 5_000))));
        Assert.Equal((4, 100_001, 10), (moved.Order, moved.Ticks, moved.Lots));
        Assert.Empty(LookAt(10, Wide, 0, (2, 5_000), (3, 5_000), (4, 0))); // Whose head it is it stays, also when nobody trades.
    }

    [Fact(DisplayName = "Whose queue will be through in the time that is left keeps its place, however long the queue behind it is; so does who was not seen in the book yet")]
    public void Keeps_its_place_in_time()
    {
        Look(0, Wide, taken: 1_000);
        Assert.Empty(LookAt(5, Wide, 100, (1, 2_000)));
        Assert.Empty(LookAt(5, Wide, 0, (2, 2_000)));
        Assert.Equal([1], LookAt(5, Wide, 79, (1, 2_000)).Cast<OrderWithdrawn>().Select(o => o.Order));
    }

    [Fact(DisplayName = "Near to the front it stays while the time runs out: on the way to another place nobody fills")]
    public void Near_the_front()
    {
        Look(0, Wide, taken: 1_000);
        Assert.Empty(LookAt(29.5, Wide, 10, (1, 20)));
        Assert.Equal([1], LookAt(29.5, Wide, 10, (1, 21)).Cast<OrderWithdrawn>().Select(o => o.Order));
    }

    [Fact(DisplayName = "Where the spread has no room for a better price it waits, however long the queue is")]
    public void No_room()
    {
        Look(0, Market);
        Assert.Empty(LookAt(20, Market, 0, (1, 1_000_000)));
    }

    [Fact(DisplayName = "A rung that the market has come to is judged like the first: it stays if it is near the front")]
    public void Rung_at_the_front()
    {
        Look(0, Wide, taken: 1_000);
        When(new PlacementInput.Filled(1, 10, Noon.AddSeconds(1)));
        var lower = Around(99_995, 100_005, lots: 10_000);
        Assert.Empty(LookAt(10, lower, 10, (2, 150), (3, 5_000)));
        Assert.Equal([2], LookAt(10, lower, 10, (2, 250), (3, 5_000)).Cast<OrderWithdrawn>().Select(o => o.Order));
    }

    [Fact(DisplayName = "When its time is up it withdraws everything, and takes the rest once all ends are known")]
    public void Takes_at_the_end()
    {
        Look(0, Market);
        When(new PlacementInput.Filled(1, 10, Noon.AddSeconds(5)));
        Assert.Equal([2, 3], Look(30, Market).Cast<OrderWithdrawn>().Select(o => o.Order));
        When(new PlacementInput.Ended(2, Noon.AddSeconds(30.1)));
        Assert.Empty(Look(30.2, Market));
        When(new PlacementInput.Ended(3, Noon.AddSeconds(30.3)));
        Assert.Equal(20, Assert.IsType<OrderTaken>(Assert.Single(Look(30.4, Market))).Lots);
        When(new PlacementInput.Filled(4, 15, Noon.AddSeconds(30.5)));
        When(new PlacementInput.Ended(4, Noon.AddSeconds(30.5))); // The book had no more.
        Assert.Equal(5, Assert.IsType<Finished>(Assert.Single(Look(30.6, Market))).Unfilled);
    }

    [Fact(DisplayName = "Where the posture lets nothing take, the rest is left and told")]
    public void Leaves()
    {
        Look(0, Market, mayTake: false);
        Look(30, Market, mayTake: false);
        foreach (var order in (int[])[1, 2, 3]) When(new PlacementInput.Ended(order, Noon.AddSeconds(31)));
        Assert.Equal(30, Assert.IsType<Finished>(Assert.Single(Look(31, Market, mayTake: false))).Unfilled);
    }

    [Fact(DisplayName = "Where resting has lately cost more than taking does, it takes at once; where it may not take, it rests all the same")]
    public void Adverse()
    {
        Assert.Equal(30, Assert.IsType<OrderTaken>(Assert.Single(Look(0, Market, adverse: 4))).Lots);
        _state = PlacementState.Begin(OrderSide.Buy, 30, 1, Noon);
        Assert.All(Look(0, Market, mayTake: false, adverse: 4), e => Assert.IsType<OrderRested>(e));
        _state = PlacementState.Begin(OrderSide.Buy, 30, 1, Noon);
        Assert.All(Look(0, Market, adverse: 2.9), e => Assert.IsType<OrderRested>(e));
    }

    [Fact(DisplayName = "A posture that lets it go on no more ends it: everything is withdrawn, nothing is taken, and the rest is told")]
    public void Forbidden()
    {
        Look(0, Market);
        Assert.Equal([1, 2, 3], Look(1, Market, mayWork: false).Cast<OrderWithdrawn>().Select(o => o.Order));
        foreach (var order in (int[])[1, 2, 3]) When(new PlacementInput.Ended(order, Noon.AddSeconds(2)));
        Assert.Equal(30, Assert.IsType<Finished>(Assert.Single(Look(2, Market, mayWork: false))).Unfilled);
    }

    [Fact(DisplayName = "A market that jumps about costs no more orders than a placement may have; then it is as if its time were up")]
    public void Most_orders()
    {
        var policy = Policy with { RepriceAfter = TimeSpan.FromMilliseconds(10), Timeout = TimeSpan.FromDays(1) };
        var state = _state;
        for (var i = 0; i < 2_000 && !state.IsOver; i++)
        {
            var at = Noon.AddSeconds(i);
            var look = new PlacementInput.Look(Around(100_000 + 100 * i, 100_001 + 100 * i), true, true, 0, 1_000, at);
            foreach (var e in SmartPlacer.Decide(policy, state, look).Events) state = SmartPlacer.Evolve(state, e);
            foreach (var gone in state.Open.Where(o => o.Withdrawn || o.Ticks is null))
                foreach (var e in SmartPlacer.Decide(policy, state, new PlacementInput.Ended(gone.Number, at)).Events) state = SmartPlacer.Evolve(state, e);
        }

        Assert.True(state.IsOver);
        Assert.InRange(state.Orders, PlacementState.MostOrders - policy.Rungs, PlacementState.MostOrders + 1);
    }

    [Fact(DisplayName = "From a book that is not whole nothing is priced and nothing taken; in time it ends")]
    public void Blind()
    {
        Assert.Empty(Look(0, null));
        Look(1, Market);
        Assert.Empty(Look(20, null));
        Assert.Equal(3, Look(31, null).OfType<OrderWithdrawn>().Count());
        foreach (var order in (int[])[1, 2, 3]) When(new PlacementInput.Ended(order, Noon.AddSeconds(32)));
        Assert.Equal(30, Assert.IsType<Finished>(Assert.Single(Look(32, null))).Unfilled);
    }

    [Fact(DisplayName = "A fill that cannot be is refused and changes nothing; an end told twice is nothing")]
    public void Impossible()
    {
        Look(0, Market);
        Assert.Equal("placement.impossible-fill", SmartPlacer.Decide(Policy, _state, new PlacementInput.Filled(1, 11, Noon)).Refusal?.Code);
        Assert.Equal("placement.impossible-fill", SmartPlacer.Decide(Policy, _state, new PlacementInput.Filled(9, 1, Noon)).Refusal?.Code);
        When(new PlacementInput.Ended(1, Noon));
        Assert.Empty(When(new PlacementInput.Ended(1, Noon)));
    }
}
