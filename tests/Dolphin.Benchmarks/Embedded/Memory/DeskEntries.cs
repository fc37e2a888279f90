using Dolphin.Actors.Execution;
using Dolphin.Domain;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Actors.Strategies;
using Dolphin.Venues;

namespace Dolphin.Benchmarks.Memory;

/// <summary>What the one execution desk keeps of each strategy while nothing is open: its newest decision.</summary>
internal static class DeskEntries
{
    public static long Measure(int count)
    {
        var ids = Enumerable.Range(0, count).Select(i => StrategyIds.Of(LegHolder.BandLimitedHedging, StrategyKind.InstrumentOf(i).Symbol)).ToArray();
        var at = DateTimeOffset.UnixEpoch;
        var before = LiveHeap.Bytes();
        var desk = new OrderDesk();
        foreach (var id in ids)
        {
            var orders = new[] { PositionSide.Long, PositionSide.Short }.Select(leg => new NewOrder(
                ClientOrderIds.For(id, 1, leg), new Symbol("BTCUSDT"), leg, leg.Increasing(), OrderType.Market, TimeInForce.GoodTillCancel, new Quantity(1m), LimitPrice: null)).ToArray();
            foreach (var order in orders) desk.Apply(new ExecutionEvent.Intended(id, 1, order, Price.Of(100m), at));
            foreach (var order in orders) desk.Apply(new ExecutionEvent.Finished(order.Id, OrderState.Filled, order.Quantity, "filled", at));
        }

        var bytes = LiveHeap.Bytes() - before;
        GC.KeepAlive((desk, ids));
        return bytes;
    }
}
