using Dolphin.Domain.Market;

namespace Dolphin.Venues.Paper;

/// <summary>Cross margin: what all legs together are worth, and what they bind.</summary>
public sealed partial class PaperExchange
{
    private readonly List<PaperBook> _traded = []; // Since the floor was taken.
    private long _floorSliceMs = long.MaxValue;
    private LegValues _floor;

    /// <param name="Equity">Quote: the wallet and what is unrealised.</param>
    /// <param name="Initial">Quote: what the legs bind.</param>
    /// <param name="Maintenance">Quote: below it the venue liquidates.</param>
    private readonly record struct Margin(decimal Equity, decimal Initial, decimal Maintenance)
    {
        public bool IsSafe => Equity >= Maintenance;
    }

    private Margin MarginNow()
    {
        var values = default(LegValues);
        foreach (var book in _books)
        {
            if (book.IsHeld) values += ValuesOf(book);
        }
        return new(_wallet + values.Unrealised, values.Notional / _policy.Leverage, values.Maintenance);
    }

    /// <summary>Whether so much equity is bound by neither legs nor open orders.</summary>
    /// <param name="needed">Quote.</param>
    /// <param name="free">Quote: all of it, if it is not enough.</param>
    /// <remarks>
    /// Orders arrive at instants of their own, and each instant has its marks: valuing hundreds of legs for each order would be most of a wide market's
    /// work. So it is asked first whether there is enough even if every leg stood at the worst price of its bar, which only a trade or a new bar changes.
    /// </remarks>
    private bool HasFreeMargin(decimal needed, out decimal free)
    {
        free = FreeMargin(FloorOfBar());
        if (needed <= free) return true;
        var now = MarginNow();
        free = now.Equity - now.Initial - OpenOrderMargin();
        return needed <= free;
    }

    private decimal FreeMargin(in LegValues values) => _wallet + values.Unrealised - (values.Notional / _policy.Leverage) - OpenOrderMargin();

    private LegValues FloorOfBar()
    {
        if (_floorSliceMs != _sliceOpenMs)
        {
            (_floorSliceMs, _floor) = (_sliceOpenMs, default);
            foreach (var book in _books) AddFloor(book);
        }
        else
        {
            foreach (var book in _traded)
            {
                _floor -= book.Floor;
                AddFloor(book);
            }
        }
        _traded.Clear();
        return _floor;
    }

    private void AddFloor(PaperBook book)
    {
        (book.Floor, book.IsInFloor) = (book.IsHeld && book.HasPrice ? FloorOf(book) : default, true);
        if (book.IsHeld) _floor += book.Floor;
    }

    private static LegValues FloorOf(PaperBook book)
    {
        var (lowest, highest) = (IntrabarPath.Lowest(book.Bar), IntrabarPath.Highest(book.Bar));
        var (@long, @short) = (book.Long.Quantity, book.Short.Quantity);
        return new(book.Long.Unrealised(@long * lowest) + book.Short.Unrealised(@short * highest), (@long + @short) * highest, Maintenance: 0m);
    }

    private LegValues ValuesOf(PaperBook book)
    {
        if (MarkOf(book) is not { } mark) return default;
        var values = default(LegValues);
        if (book.Long.IsHeld) values += ValuesOf(book.Instrument, book.Long, mark.QuotePerBase);
        if (book.Short.IsHeld) values += ValuesOf(book.Instrument, book.Short, mark.QuotePerBase);
        return values;
    }

    private static LegValues ValuesOf(Instrument instrument, PaperLeg leg, decimal mark)
    {
        var notional = leg.Quantity * mark;
        return new(leg.Unrealised(notional), notional, Maintenance(instrument, notional));
    }

    private static decimal Maintenance(Instrument instrument, decimal notional)
    {
        var brackets = instrument.Brackets;
        var i = 0;
        while (i < brackets.Length - 1 && notional > brackets[i].NotionalCap.Quote) i++;
        return Math.Max(0m, (notional * brackets[i].MaintenanceMarginRate) - brackets[i].MaintenanceAmount.Quote);
    }

    private decimal OpenOrderMargin()
    {
        var notional = 0m;
        foreach (var book in _books)
        {
            foreach (var order in book.Orders)
            {
                if (!order.Order.ReducesLeg) notional += order.Remaining * (order.Order.LimitPrice ?? MarkOf(book))?.QuotePerBase ?? 0m;
            }
        }
        return notional / _policy.Leverage;
    }
}
