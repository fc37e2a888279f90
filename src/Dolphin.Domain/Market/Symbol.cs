namespace Dolphin.Domain.Market;

/// <summary>A venue's name of one instrument, such as <c>BTCUSDT</c>. Compared and ordered ordinally; not always ASCII.</summary>
public readonly record struct Symbol(string Name) : IComparable<Symbol>
{
    public int CompareTo(Symbol other) => string.CompareOrdinal(Name, other.Name);
    public override string ToString() => Name;
}
