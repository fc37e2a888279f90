namespace Dolphin.Venues.Paper;

/// <summary>What legs are worth at their marks, in quote.</summary>
/// <param name="Unrealised">Gains less losses.</param>
/// <param name="Notional">Quantity x mark.</param>
/// <param name="Maintenance">The margin below which they are liquidated.</param>
internal readonly record struct LegValues(decimal Unrealised, decimal Notional, decimal Maintenance)
{
    public static LegValues operator +(in LegValues a, in LegValues b) => new(a.Unrealised + b.Unrealised, a.Notional + b.Notional, a.Maintenance + b.Maintenance);
    public static LegValues operator -(in LegValues a, in LegValues b) => new(a.Unrealised - b.Unrealised, a.Notional - b.Notional, a.Maintenance - b.Maintenance);
}
