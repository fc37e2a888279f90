using System.Collections.Immutable;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Placement;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Execution;

/// <summary>What is to be done for a placement now.</summary>
/// <param name="Orders">To be stored as intents, and then sent.</param>
/// <param name="Withdrawn">To be cancelled.</param>
/// <param name="IsOver">Nothing more will come of it.</param>
public readonly record struct PlacementStep(ImmutableArray<ExecutionEvent.Intended> Orders, ImmutableArray<OpenOrder> Withdrawn, bool IsOver);

/// <summary>Asks <see cref="SmartPlacer"/> what to do for each leg that is worked, in the units of the venue. What it knows of a placement it reads off the orders themselves.</summary>
/// <param name="plan">Null: nothing is worked from now on, and what an earlier life worked ends.</param>
public sealed class PlacementDesk(PlacementPlan? plan, IReadOnlyDictionary<Symbol, Instrument> instruments, OrderDesk orders)
{
    // What makes a leg larger must be worth this much more than the venue's least: the market moves on the way.
    private const decimal NotionalMargin = 1.02m;

    private readonly PlacementPolicy _policy = plan?.Policy ?? PlacementPolicy.Usual;

    public PlacementMarket Market { get; } = new(instruments);

    /// <summary>Whether an order is worked: there is a book to work it through, and exits only where the plan says so.</summary>
    public bool Works(Symbol symbol, in LegOrder order, long sequence, DateTimeOffset now) =>
        plan is not null && (plan.WorksExits || !order.ReducesLeg) && sequence <= ClientOrderIds.MaxSequenceOfParts && Market.TouchOf(symbol, now) is not null;

    /// <summary>The books have been shown: follows the orders of a placement in their queues. Once for each look, or trades would count twice.</summary>
    /// <remarks>Only from when the venue has spoken of an order: on its way it stands nowhere yet.</remarks>
    public void Follow(LegPlacement placement)
    {
        foreach (var order in orders.PartsOf(placement).ToList())
        {
            if (order is not { End: null, Acknowledged: true, Order: { LimitPrice: { } price } sent }) continue;
            var before = order.Ahead is { } lots ? new QueuePosition(lots) : (QueuePosition?)null;
            var now = Market.QueueOf(sent.Symbol, sent.Side, price, before, OwnAt(sent.Symbol, sent.Side, price));
            if (now != before) orders.Note(order with { Ahead = now?.Ahead });
        }
    }

    // Of its own side: one does not queue behind oneself, nor go a tick better than one is.
    private Touch? OfOthers(LegPlacement placement, Touch? shown)
    {
        if (plan is not { BooksShowOwnOrders: true } || shown is not { } touch) return shown;
        var best = placement.Side == OrderSide.Buy ? touch.Bid : touch.Ask;
        var own = OwnAt(placement.Symbol, placement.Side, Price.Of(best.Ticks * instruments[placement.Symbol].TickSize));
        best = best with { Lots = Math.Max(0, best.Lots - own) };
        return placement.Side == OrderSide.Buy ? touch with { Bid = best } : touch with { Ask = best };
    }

    // What a level of the books shows of our own.
    private long OwnAt(Symbol symbol, OrderSide side, Price price) => plan is not { BooksShowOwnOrders: true } ? 0 : orders.Open
        .Where(o => o is { End: null, Acknowledged: true } && o.Order.Symbol == symbol && o.Order.Side == side && o.Order.LimitPrice == price)
        .Sum(o => Quantizer.LotsOf(instruments[symbol], o.Order.Quantity - o.Cumulative));

    /// <param name="isBarred">The venue would not take its orders: what rests is withdrawn, and it ends.</param>
    /// <param name="epoch">Of the tenure that intends what comes of it.</param>
    public PlacementStep Look(LegPlacement placement, in RiskView risk, bool isBarred, long epoch, DateTimeOffset now)
    {
        var instrument = instruments[placement.Symbol];
        var touch = OfOthers(placement, Market.TouchOf(placement.Symbol, now));
        var mayWork = plan is not null && !isBarred && (placement.ReducesLeg ? risk.ExitsAllowed : risk.EntriesAllowed);
        var look = new PlacementInput.Look(
            touch, mayWork, risk.TakerAllowed, Market.AdverseOf(placement.Symbol, now), Market.TakenOf(placement.Symbol, placement.Side, now), now)
        {
            Queues = [.. from order in orders.PartsOf(placement) where order is { End: null, Ahead: not null } select new OrderQueue(order.Part, new QueuePosition(order.Ahead!.Value))],
        };
        var state = StateOf(placement, instrument, touch);
        if (state.Filled >= state.Lots) return new PlacementStep([], [], IsOver: true);
        var (sent, withdrawn, isOver) = (ImmutableArray.CreateBuilder<ExecutionEvent.Intended>(), ImmutableArray.CreateBuilder<OpenOrder>(), false);
        foreach (var @event in SmartPlacer.Decide(_policy, state, look).Events)
        {
            switch (@event)
            {
                case PlacementEvent.OrderRested e:
                    sent.Add(Intend(e.Order, e.Ticks, e.Lots, placement.DecisionPrice));
                    break;
                case PlacementEvent.OrderTaken e:
                    // The way the market went while it was waited for is not what taking cost.
                    sent.Add(Intend(e.Order, null, e.Lots, Price.Of(touch!.Value.Middle * instrument.TickSize)));
                    break;
                case PlacementEvent.OrderWithdrawn e:
                    withdrawn.Add(orders.PartsOf(placement).First(o => o.Part == e.Order));
                    break;
                case PlacementEvent.Finished:
                    isOver = true;
                    break;
            }
        }

        return new PlacementStep(sent.ToImmutable(), withdrawn.ToImmutable(), isOver);

        ExecutionEvent.Intended Intend(int part, long? ticks, long lots, Price expected) => new(
            placement.StrategyId, placement.Sequence,
            new NewOrder(
                ClientOrderIds.ForPart(placement.StrategyId, placement.Sequence, placement.Leg, part, epoch), placement.Symbol, placement.Leg, placement.Side,
                ticks is null ? OrderType.Market : OrderType.Limit, ticks is null ? TimeInForce.GoodTillCancel : TimeInForce.PostOnly,
                new Quantity(lots * instrument.LotSize), ticks is { } at ? Price.Of(at * instrument.TickSize) : null),
            expected, now, epoch, part);
    }

    private PlacementState StateOf(LegPlacement placement, Instrument instrument, Touch? touch)
    {
        var (open, filled) = (ImmutableArray.CreateBuilder<PlacedOrder>(), Quantizer.LotsOf(instrument, placement.Filled));
        foreach (var order in orders.PartsOf(placement))
        {
            var done = Quantizer.LotsOf(instrument, order.Cumulative);
            filled += done;
            var lots = Quantizer.LotsOf(instrument, order.Order.Quantity);
            if (order.End is not null || done >= lots) continue;
            long? ticks = order.Order.LimitPrice is { } limit ? Quantizer.TicksOf(instrument, limit) : null;
            open.Add(new PlacedOrder(order.Part, ticks, lots, done, order.At, order.Withdrawn));
        }

        return new PlacementState(
            placement.Side, Quantizer.LotsOf(instrument, placement.Quantity), LeastLots(placement, instrument, touch), placement.At, filled, open.ToImmutable(), placement.Orders,
            placement.HasTaken, IsOver: false);
    }

    // At the lowest price that a rung can have: no more of them are ever open than twice as many as there may be.
    private long LeastLots(LegPlacement placement, Instrument instrument, Touch? touch)
    {
        var least = Math.Max(1, Quantizer.LotsOf(instrument, instrument.MinQuantity));
        if (placement.ReducesLeg) return least;
        var best = touch?.Bid.Ticks ?? Quantizer.TicksOf(instrument, placement.DecisionPrice);
        var lowest = Math.Max(1, best - 2 * _policy.Rungs * _policy.SpacingAt(best));
        return Math.Max(least, (long)Math.Ceiling(instrument.MinNotional.Quote * NotionalMargin / (lowest * instrument.TickSize * instrument.LotSize)));
    }
}
