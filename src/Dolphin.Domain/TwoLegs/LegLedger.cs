using Dolphin.Domain.Market;

namespace Dolphin.Domain.TwoLegs;

/// <summary>
/// What every strategy of two legs keeps: legs that move by fills and never by hope, and at most one decision under way. A strategy's state holds
/// these four as fields of its own, for its stored form, and shows them as this value; nothing here knows what the strategy trades for.
/// </summary>
/// <param name="Sequence">The number of the last decision that has targets; 0 before the first.</param>
/// <typeparam name="TKind">What a decision of the strategy can be for.</typeparam>
public readonly record struct LegLedger<TKind>(long Sequence, StrategyLeg Long, StrategyLeg Short, PendingDecision<TKind>? Pending)
    where TKind : struct, Enum
{
    public StrategyLeg this[PositionSide leg] => leg == PositionSide.Long ? Long : Short;
    public Legs Legs => new(Long.Quantity, Short.Quantity);

    /// <summary>What the strategy would hand over now: nothing may be under way.</summary>
    public HandOver HandOver => new(Long.Position, Short.Position, Long.LastTradeId, Short.LastTradeId);

    /// <summary>The targets of the next decision.</summary>
    public LegTargets Targets(TradableChange longChange, TradableChange shortChange, Price price, Price? limit = null) => new(
        Sequence + 1, Legs, new Legs(Long.Quantity + longChange.Change, Short.Quantity + shortChange.Change), price, limit);

    /// <summary>A decision has been taken. One that asks for nothing settles at once.</summary>
    public LegLedger<TKind> Ask(LegTargets targets, TKind kind, Quantity carryLong, Quantity carryShort) => new(
        targets.Sequence, Long with { Carry = carryLong }, Short with { Carry = carryShort },
        new PendingDecision<TKind>(
            targets, kind,
            new PendingLeg(targets.To.Long - targets.From.Long, default, Final: null),
            new PendingLeg(targets.To.Short - targets.From.Short, default, Final: null)));

    /// <summary>A fill of an order of this strategy; of the decision under way if it is the one with this sequence.</summary>
    /// <param name="realised">Quote, before fees; zero if the leg grew.</param>
    public LegLedger<TKind> Take(long sequence, Fill fill, out Money realised)
    {
        realised = Money.Zero;
        var leg = this[fill.Leg];
        var grows = fill.Side == fill.Leg.Increasing();
        var position = grows ? leg.Position.Increase(fill.Price, fill.Quantity) : leg.Position.Reduce(fill.Leg, fill.Price, fill.Quantity, out realised);
        var next = With(fill.Leg, new StrategyLeg(position, leg.Carry, Math.Max(leg.LastTradeId, fill.TradeId)));
        var expected = Pending is { } pending && pending.Sequence == sequence && pending[fill.Leg].Ordered.Base != 0m
            && grows == pending[fill.Leg].Ordered.Base > 0m;
        return expected ? next.WithPending(fill.Leg, Pending![fill.Leg] with { Filled = Pending[fill.Leg].Filled + fill.Quantity }) : next;
    }

    /// <summary>The order of one leg is final. Of another decision than the one under way: nothing.</summary>
    public LegLedger<TKind> Finish(long sequence, PositionSide leg, Quantity cumulative) =>
        Pending is { } pending && pending.Sequence == sequence ? WithPending(leg, pending[leg] with { Final = cumulative }) : this;

    /// <summary>A fill that no order of this strategy asked for; <paramref name="applied"/> of it was ours.</summary>
    /// <param name="cost">Quote; our part of its fee.</param>
    public LegLedger<TKind> TakeExternal(Fill fill, Quantity applied, out Money realised, out Money cost)
    {
        var leg = this[fill.Leg];
        cost = applied == fill.Quantity ? fill.Fee : applied.Base == 0m ? Money.Zero : fill.Fee * (applied.Base / fill.Quantity.Base);
        var position = leg.Position.Reduce(fill.Leg, fill.Price, applied, out realised);
        return With(fill.Leg, leg with { Position = position, LastTradeId = Math.Max(leg.LastTradeId, fill.TradeId) });
    }

    /// <summary>When both orders are final the decision is over, as far as it was filled.</summary>
    /// <param name="settled">The decision that is over, or null if none has just ended.</param>
    public LegLedger<TKind> Settle(out PendingDecision<TKind>? settled)
    {
        settled = Pending is { IsSettled: true } over ? over : null;
        return settled is null ? this : this with { Pending = null };
    }

    public LegLedger<TKind> WithoutCarry() => this with { Long = Long with { Carry = default }, Short = Short with { Carry = default } };

    /// <summary>Takes the symbol's legs over as its book has them: dust that was too small to close when an earlier incarnation ended is among them, so it is not
    /// counted again. Trade ids only rise.</summary>
    public LegLedger<TKind> Adopt(HandOver given) => this with
    {
        Long = Adopted(Long, given, PositionSide.Long), Short = Adopted(Short, given, PositionSide.Short), Pending = null,
    };

    /// <summary>Gives both legs up. Their newest trade ids stay, so that a second copy of an old fill is still known.</summary>
    public LegLedger<TKind> Release() => this with
    {
        Long = new StrategyLeg(default, default, Long.LastTradeId), Short = new StrategyLeg(default, default, Short.LastTradeId), Pending = null,
    };

    private static StrategyLeg Adopted(StrategyLeg leg, HandOver given, PositionSide side) =>
        new(given[side], default, Math.Max(leg.LastTradeId, given.LastTradeIdOf(side)));

    private LegLedger<TKind> With(PositionSide side, StrategyLeg leg) => side == PositionSide.Long ? this with { Long = leg } : this with { Short = leg };

    private LegLedger<TKind> WithPending(PositionSide side, PendingLeg leg) =>
        this with { Pending = side == PositionSide.Long ? Pending! with { Long = leg } : Pending! with { Short = leg } };
}
