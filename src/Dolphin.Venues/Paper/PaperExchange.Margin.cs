using Dolphin.Domain.Market;

namespace Dolphin.Venues.Paper;

/// <summary>Cross margin: what all legs together are worth, and what they bind.</summary>
public sealed partial class PaperExchange
{
    private readonly List<PaperBook> _traded = []; // Since the books were valued.
    private long _valuedMs = long.MinValue;
    private long _valuedSliceMs;
    private LegValues _valued;

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

    /// <summary>Quote: equity that neither legs nor open orders bind.</summary>
    /// <remarks>
    /// All strategies send at one bar's close, so that many orders arrive at one instant: the books are valued for the first of them, and after it
    /// only those that traded. To the last digit that is what <see cref="MarginNow"/> says, as nothing in it is rounded.
    /// </remarks>
    private decimal FreeMargin()
    {
        if (_valuedMs != _clockMs || _valuedSliceMs != _sliceOpenMs)
        {
            (_valuedMs, _valuedSliceMs, _valued) = (_clockMs, _sliceOpenMs, default);
            foreach (var book in _books) Value(book);
        }
        else
        {
            foreach (var book in _traded)
            {
                _valued -= book.Values;
                Value(book);
            }
        }
        _traded.Clear();
        return _wallet + _valued.Unrealised - (_valued.Notional / _policy.Leverage) - OpenOrderMargin();
    }

    private void Value(PaperBook book)
    {
        (book.Values, book.IsValued) = (book.IsHeld ? ValuesOf(book) : default, true);
        if (book.IsHeld) _valued += book.Values;
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
