using System.Collections.Immutable;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Placement;
using FsCheck;
using FsCheck.Fluent;
using static Dolphin.Domain.Placement.PlacementEvent;

namespace Dolphin.Domain.Tests.Placement;

/// <summary>Whatever the market and the venue do, in whichever order their words arrive.</summary>
public sealed class SmartPlacerProperties
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    /// <summary>One step of a market and a venue: small numbers that are made to fit the state they meet.</summary>
    public sealed record Step(int Kind, int Move, int Spread, int Pick, int Part, bool MayWork, bool MayTake, int Adverse, int Taken, int Ahead);

    private static readonly Gen<Step> Steps =
        from kind in Gen.Choose(0, 9)
        from move in Gen.Choose(-40, 40)
        from spread in Gen.Choose(1, 20)
        from pick in Gen.Choose(0, 5)
        from part in Gen.Choose(1, 4)
        from mayWork in Gen.Frequency((9, Gen.Constant(true)), (1, Gen.Constant(false)))
        from mayTake in Gen.Elements(true, true, true, false)
        from adverse in Gen.Choose(-5, 5)
        from taken in Gen.Choose(0, 100)
        from ahead in Gen.Frequency((2, Gen.Choose(0, 20)), (2, Gen.Choose(0, 4_000)), (1, Gen.Constant(-1))) // -1: nobody knows.
        select new Step(kind, move, spread, pick, part, mayWork, mayTake, adverse, taken, ahead);

    private sealed class Walk(OrderSide side, long lots, long least)
    {
        public PlacementState State = PlacementState.Begin(side, lots, least, Noon);
        public readonly List<PlacementEvent> Events = [];
        private long _bid = 100_000;
        private DateTimeOffset _at = Noon;
        public Touch Touch = new(new Level(100_000, 50), new Level(100_001, 50));

        public void Take(Step step)
        {
            _at = _at.AddMilliseconds(100 + 700 * (step.Part - 1));
            if (step.Part > 2) _bid += step.Move; // Else it stands still, and queues are what matters.
            Touch = new Touch(new Level(_bid, 10 + step.Taken), new Level(_bid + step.Spread, 10 + step.Pick));
            if (State.IsOver) return;
            var open = State.Open;
            Decide(step.Kind switch
            {
                0 or 1 when !open.IsEmpty => FillOf(open[step.Pick % open.Length], step.Part),
                2 when !open.IsEmpty => new PlacementInput.Ended(open[step.Pick % open.Length].Number, _at),
                3 => new PlacementInput.Look(null, step.MayWork, step.MayTake, step.Adverse, step.Taken, _at),
                _ => new PlacementInput.Look(Touch, step.MayWork, step.MayTake, step.Adverse, step.Taken, _at) { Queues = QueuesOf(open, step.Ahead) },
            });
        }

        private static ImmutableArray<OrderQueue> QueuesOf(ImmutableArray<PlacedOrder> open, int ahead) =>
            ahead < 0 ? [] : [.. open.Where(o => o.Ticks is not null).Select(o => new OrderQueue(o.Number, new QueuePosition(ahead * o.Number % 4_001)))];

        private PlacementInput.Filled FillOf(PlacedOrder order, int part) => new(order.Number, Math.Max(1, order.Remaining / part), _at);

        private void Decide(PlacementInput input)
        {
            var (before, decided) = (State, SmartPlacer.Decide(PlacementPolicy.Usual, State, input).Events);
            Assert.Equal(decided.AsEnumerable(), SmartPlacer.Decide(PlacementPolicy.Usual, State, input).Events);
            foreach (var e in decided)
            {
                Events.Add(e);
                State = SmartPlacer.Evolve(State, e);
                Check(input, e);
                if (e is OrderWithdrawn withdrawn && input is PlacementInput.Look look) CheckMove(before.Find(withdrawn.Order)!, look);
            }
        }

        public int MovedForTheirQueue { get; private set; }

        // Withdrawn for all of them, or to be placed anew; the second has its reasons.
        private void CheckMove(PlacedOrder order, PlacementInput.Look look)
        {
            var left = PlacementPolicy.Usual.Timeout - (look.At - Noon);
            if (!look.MayWork || left <= TimeSpan.Zero || (look.MayTake && look.Adverse > 3)) return;
            Assert.True(look.At - order.At >= PlacementPolicy.Usual.RepriceAfter, "It had its place for too short a time.");
            var (best, ticks) = (side == OrderSide.Buy ? Touch.Bid.Ticks : Touch.Ask.Ticks, order.Ticks!.Value);
            var behind = side == OrderSide.Buy ? best - ticks : ticks - best;
            Assert.True(behind >= 0, "It had the best price.");
            if (behind > 0) return; // The market has walked away.
            MovedForTheirQueue++;
            Assert.True(Touch.Ask.Ticks - Touch.Bid.Ticks > 1, "There is no better price.");
            var ahead = Assert.NotNull(look.AheadOf(order.Number));
            Assert.True(ahead + order.Remaining > look.TakenPerSecond * left.TotalSeconds, "It would have filled in time.");
            Assert.True(ahead > 0, "It was the first.");
        }

        private void Check(PlacementInput input, PlacementEvent e)
        {
            Assert.True(State.Filled + State.Open.Sum(o => o.Remaining) <= lots, "More could fill than was wanted.");
            Assert.True(State.Unplaced >= 0 && State.Open.Length <= PlacementPolicy.Usual.Rungs + 1);
            if (e is OrderRested rested)
            {
                Assert.True(rested.Lots >= least);
                Assert.True(side == OrderSide.Buy ? rested.Ticks < Touch.Ask.Ticks : rested.Ticks > Touch.Bid.Ticks, "It would take.");
                Assert.True(rested.At - Noon < PlacementPolicy.Usual.Timeout);
                Assert.True(input is PlacementInput.Look { MayWork: true });
            }

            if (e is OrderTaken) Assert.True(input is PlacementInput.Look { MayWork: true, MayTake: true, Touch: not null });
            Assert.InRange(State.Orders, 0, PlacementState.MostOrders + 1);
            if (e is Finished finished) Assert.Equal(lots - State.Filled, finished.Unfilled);
        }
    }

    [Fact(DisplayName = "Never could more fill than was wanted, nothing that rests would take, nothing is taken blindly or where it may not be, and replayed events give the same state")]
    public void Bounded() => Prop.ForAll(
        (from side in Gen.Elements(OrderSide.Buy, OrderSide.Sell)
         from lots in Gen.Choose(1, 500)
         from least in Gen.Choose(1, 60)
         from steps in Steps.ListOf(60)
         select (side, (long)lots, (long)least, steps)).ToArbitrary(), story =>
        {
            var (side, lots, least, steps) = story;
            var walk = new Walk(side, lots, least);
            foreach (var step in steps) walk.Take(step);
            var replayed = walk.Events.Aggregate(PlacementState.Begin(side, lots, least, Noon), SmartPlacer.Evolve);
            Assert.Equal(walk.State with { Open = [] }, replayed with { Open = [] });
            Assert.Equal(walk.State.Open.AsEnumerable(), replayed.Open.AsEnumerable());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact(DisplayName = "The walks reach fills to the end, repricing, taking and what is left")]
    public void Reach()
    {
        var seen = new HashSet<string>();
        Prop.ForAll(Steps.ListOf(60).ToArbitrary(), steps =>
        {
            var walk = new Walk(OrderSide.Buy, 30, 3);
            foreach (var step in steps) walk.Take(step);
            foreach (var e in walk.Events) seen.Add(e is Finished f ? f.Unfilled == 0 ? "whole" : "left" : e.GetType().Name);
            if (walk.MovedForTheirQueue > 0) seen.Add("moved");
        }).Check(Draws.Same(300));
        Assert.Superset(new HashSet<string> { "whole", "moved", "left", nameof(OrderRested), nameof(OrderTaken), nameof(OrderWithdrawn), nameof(OrderEnded), nameof(LotsFilled) }, seen);
    }

    [Fact(DisplayName = "Once it is left alone with a market, and every cancel is answered, it ends soon after its time")]
    public void Ends() => Prop.ForAll(Steps.ListOf(20).ToArbitrary(), steps =>
    {
        var walk = new Walk(OrderSide.Sell, 100, 5);
        foreach (var step in steps) walk.Take(step);
        var at = Noon + TimeSpan.FromMinutes(2);
        for (var i = 0; i < 6 && !walk.State.IsOver; i++, at = at.AddSeconds(1))
        {
            foreach (var e in SmartPlacer.Decide(PlacementPolicy.Usual, walk.State, new PlacementInput.Look(walk.Touch, true, true, 0, 0, at)).Events) walk.State = SmartPlacer.Evolve(walk.State, e);
            foreach (var order in walk.State.Open)
                foreach (var e in SmartPlacer.Decide(PlacementPolicy.Usual, walk.State, new PlacementInput.Ended(order.Number, at)).Events) walk.State = SmartPlacer.Evolve(walk.State, e);
        }

        Assert.True(walk.State.IsOver);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
}
