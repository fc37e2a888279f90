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
    /// <param name="intents">Intents so far: the orders' sequence, which never comes twice.</param>
    public static ImmutableArray<ExecutionEvent> Orders(AccountView view, long intents, long epoch, DateTimeOffset now)
    {
        var orders = ImmutableArray.CreateBuilder<ExecutionEvent>();
        foreach (var held in view.Positions.Where(p => p.Quantity > Quantity.Zero && p.Mark is not null))
        {
            var sequence = intents + orders.Count + 1;
            var order = new NewOrder(
                ClientOrderIds.For(Strategy, sequence, held.Leg, epoch), held.Symbol, held.Leg, held.Leg.Reducing(), OrderType.Market,
                TimeInForce.GoodTillCancel, held.Quantity, LimitPrice: null);
            orders.Add(new ExecutionEvent.Intended(Strategy, sequence, order, held.Mark!.Value, now, epoch));
        }

        return orders.ToImmutable();
    }
}
