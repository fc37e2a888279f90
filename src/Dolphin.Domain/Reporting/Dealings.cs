using Dolphin.Domain.Market;

namespace Dolphin.Domain.Reporting;

/// <summary>What was dealt in one asset, folded from the fills of its book in their order.</summary>
/// <param name="Turnover">Quote: price times quantity of every fill of the run.</param>
/// <param name="BroughtIn">Quote: worth of what was found, at the run's first price, less its entry.</param>
/// <param name="Held">How long at least one leg was held, up to <paramref name="At"/>.</param>
/// <param name="At">The newest fill, or the beginning of the run.</param>
public readonly record struct Dealings(Money Turnover, Money BroughtIn, Quantity Long, Quantity Short, TimeSpan Held, DateTimeOffset At)
{
    public static Dealings Begin(DateTimeOffset at) => new(Money.Zero, Money.Zero, Quantity.Zero, Quantity.Zero, TimeSpan.Zero, at);

    /// <summary>A trade of the run.</summary>
    public Dealings Trade(Fill fill) => Moved(fill) with { Turnover = Turnover + fill.Price * fill.Quantity };

    /// <summary>A leg that the account held before the run.</summary>
    /// <param name="first">The run's first price of the asset.</param>
    public Dealings Find(Fill fill, Price first) =>
        Moved(fill) with { BroughtIn = BroughtIn + new Money(fill.Leg.Sign() * fill.Quantity.Base * (first.QuotePerBase - fill.Price.QuotePerBase)) };

    /// <summary>How long something was held until the run ended.</summary>
    public TimeSpan HeldUntil(DateTimeOffset end) => Moved(end).Held;

    private Dealings Moved(Fill fill)
    {
        var change = fill.Side == fill.Leg.Increasing() ? fill.Quantity : Quantity.Zero - fill.Quantity;
        var moved = Moved(fill.At);
        return fill.Leg == PositionSide.Long ? moved with { Long = moved.Long + change } : moved with { Short = moved.Short + change };
    }

    // A fill that waited for an answer about another leg can be booked after one that came later: time does not run back for it.
    private Dealings Moved(DateTimeOffset to)
    {
        if (to <= At) return this;
        return this with { At = to, Held = Long > Quantity.Zero || Short > Quantity.Zero ? Held + (to - At) : Held };
    }
}
