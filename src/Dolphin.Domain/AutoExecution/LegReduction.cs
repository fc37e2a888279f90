using Dolphin.Domain.Market;

namespace Dolphin.Domain.AutoExecution;

/// <summary>How two legs become smaller by an amount: the larger one first, then both alike, so that the net position never grows.</summary>
/// <remarks>
/// Counted in whole lots and rounded up, so that what is asked for is enough; a leg is never asked to shrink by less than the smallest order of the venue,
/// unless it is closed. The larger leg never becomes the smaller one.
/// </remarks>
public static class LegReduction
{
    /// <summary>What both legs may at most be, to be smaller by <paramref name="by"/> together.</summary>
    /// <param name="by">Base, above zero.</param>
    public static Legs Of(Instrument instrument, Legs held, Quantity by)
    {
        if (by >= held.Gross) return default;
        var (least, apart) = (LeastLots(instrument), Lots(instrument, held.Net.Abs()));
        var wanted = LotsUp(instrument, by);
        // One order, where the larger leg alone can give enough of it.
        var alone = Math.Max(wanted, least);
        if (alone <= apart) return Lowered(instrument, held, alone, both: 0m);
        var each = decimal.Ceiling(Math.Max(0m, by.Base - apart * instrument.LotSize) / (2m * instrument.LotSize));
        return Lowered(instrument, held, apart, Math.Max(each, least));
    }

    /// <summary>What both legs may at most be, so that they are at most <paramref name="apart"/> apart. Only the larger one shrinks.</summary>
    /// <param name="apart">Base, zero or more.</param>
    /// <returns>Null where the venue takes no order that brings them nearer without turning them round.</returns>
    public static Legs? Nearer(Instrument instrument, Legs held, Quantity apart)
    {
        var room = Lots(instrument, held.Net.Abs());
        var lots = Math.Min(room, Math.Max(LotsUp(instrument, held.Net.Abs() - apart), LeastLots(instrument)));
        return lots >= LeastLots(instrument) ? Lowered(instrument, held, lots, both: 0m) : null;
    }

    private static Legs Lowered(Instrument instrument, Legs held, decimal larger, decimal both)
    {
        var (more, less) = (new Quantity((larger + both) * instrument.LotSize), new Quantity(both * instrument.LotSize));
        return held.Long >= held.Short ? new Legs(Less(held.Long, more), Less(held.Short, less)) : new Legs(Less(held.Long, less), Less(held.Short, more));
    }

    private static Quantity Less(Quantity leg, Quantity by) => leg > by ? leg - by : Quantity.Zero;

    private static decimal Lots(Instrument instrument, Quantity amount) => decimal.Floor(amount.Base / instrument.LotSize);

    private static decimal LotsUp(Instrument instrument, Quantity amount) => decimal.Ceiling(amount.Base / instrument.LotSize);

    private static decimal LeastLots(Instrument instrument) => Math.Max(1m, LotsUp(instrument, instrument.MinQuantity));
}
