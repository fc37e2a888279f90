using System.Collections.Immutable;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues;

namespace Dolphin.Actors.Execution;

/// <summary>The panic action <c>flatten</c>: an invariant failed, and the plan's owner wants nothing held then.</summary>
internal static class Panic
{
    /// <summary>Stands where a strategy's id stands in an intent.</summary>
    public const string Strategy = "panic";

    /// <summary>One market order for every leg the venue holds, in the order of its view.</summary>
    /// <param name="rules">What the venue says of a symbol now: see <see cref="ExecutionPeers.ChangedRules"/>.</param>
    /// <param name="intents">Intents so far: the orders' sequence, which never comes twice.</param>
    /// <returns>The orders, and of each leg that has to be kept for now why.</returns>
    public static (ImmutableArray<ExecutionEvent> Orders, ImmutableArray<string> Kept) Orders(
        AccountView view, Func<Symbol, ChangedRules?> rules, long intents, long epoch, DateTimeOffset now)
    {
        var (orders, kept) = (ImmutableArray.CreateBuilder<ExecutionEvent>(), ImmutableArray.CreateBuilder<string>());
        foreach (var held in view.Positions.Where(p => p.Quantity > Quantity.Zero && p.Mark is not null))
        {
            var sequence = intents + orders.Count + 1;
            var order = new NewOrder(
                ClientOrderIds.For(Strategy, sequence, held.Leg, epoch), held.Symbol, held.Leg, held.Leg.Reducing(), OrderType.Market,
                TimeInForce.GoodTillCancel, held.Quantity, LimitPrice: null);
            if (rules(held.Symbol)?.Objection(order, held.Mark!.Value) is { } objection) kept.Add($"{held.Leg} of {objection.Reason}");
            else orders.Add(new ExecutionEvent.Intended(Strategy, sequence, order, held.Mark!.Value, now, epoch));
        }

        return (orders.ToImmutable(), kept.ToImmutable());
    }
}
