using System.Globalization;

namespace Dolphin.Domain;

/// <summary>Quote currency per one unit of base; always positive, exact base 10.</summary>
/// <remarks><c>default</c> is not a price. "No quote yet" is <c>Price?</c>, never zero.</remarks>
public readonly record struct Price : IComparable<Price>
{
    public decimal QuotePerBase { get; }
    private Price(decimal quotePerBase) => QuotePerBase = quotePerBase;

    /// <exception cref="ArgumentOutOfRangeException">Zero or negative.</exception>
    public static Price Of(decimal quotePerBase) => quotePerBase > 0m
        ? new Price(quotePerBase)
        : throw new ArgumentOutOfRangeException(nameof(quotePerBase), quotePerBase, "A price must be positive.");

    public static Money operator *(Price price, Quantity quantity) => new(price.QuotePerBase * quantity.Base);
    public static bool operator <(Price a, Price b) => a.QuotePerBase < b.QuotePerBase;
    public static bool operator >(Price a, Price b) => a.QuotePerBase > b.QuotePerBase;
    public static bool operator <=(Price a, Price b) => a.QuotePerBase <= b.QuotePerBase;
    public static bool operator >=(Price a, Price b) => a.QuotePerBase >= b.QuotePerBase;
    public int CompareTo(Price other) => QuotePerBase.CompareTo(other.QuotePerBase);
    public override string ToString() => QuotePerBase.ToString("0.##########", CultureInfo.InvariantCulture);
}

/// <summary>Signed amount of base asset. The legs of a hedged position are two amounts, both zero or more. <c>default</c> is flat.</summary>
public readonly record struct Quantity(decimal Base) : IComparable<Quantity>
{
    public static readonly Quantity Zero;
    public static Quantity operator +(Quantity a, Quantity b) => new(a.Base + b.Base);
    public static Quantity operator -(Quantity a, Quantity b) => new(a.Base - b.Base);
    public static Quantity operator -(Quantity a) => new(-a.Base);
    public static bool operator <(Quantity a, Quantity b) => a.Base < b.Base;
    public static bool operator >(Quantity a, Quantity b) => a.Base > b.Base;
    public static bool operator <=(Quantity a, Quantity b) => a.Base <= b.Base;
    public static bool operator >=(Quantity a, Quantity b) => a.Base >= b.Base;
    public Quantity Abs() => new(Math.Abs(Base));
    public int CompareTo(Quantity other) => Base.CompareTo(other.Base);
    public override string ToString() => Base.ToString("0.############", CultureInfo.InvariantCulture);
}

/// <summary>Signed amount of quote currency. <c>default</c> is nothing.</summary>
public readonly record struct Money(decimal Quote) : IComparable<Money>
{
    public static readonly Money Zero;
    public static Money operator +(Money a, Money b) => new(a.Quote + b.Quote);
    public static Money operator -(Money a, Money b) => new(a.Quote - b.Quote);
    public static Money operator -(Money a) => new(-a.Quote);
    public static Money operator *(Money a, decimal factor) => new(a.Quote * factor);
    public static bool operator <(Money a, Money b) => a.Quote < b.Quote;
    public static bool operator >(Money a, Money b) => a.Quote > b.Quote;
    public static bool operator <=(Money a, Money b) => a.Quote <= b.Quote;
    public static bool operator >=(Money a, Money b) => a.Quote >= b.Quote;
    public int CompareTo(Money other) => Quote.CompareTo(other.Quote);
    public override string ToString() => Quote.ToString("0.00######", CultureInfo.InvariantCulture);
}

/// <summary>Basis points: 1 bp is 0.01 %, 10 000 bp is the whole.</summary>
public readonly record struct Bps(decimal Value)
{
    /// <summary>How much of a positive <paramref name="whole"/> is <paramref name="part"/>. No rounding.</summary>
    public static Bps Of(Money part, Money whole) => new(part.Quote / whole.Quote * 10_000m);
    public override string ToString() => Value.ToString("0.##", CultureInfo.InvariantCulture) + "bp";
}
