namespace Dolphin.Domain.Divergence;

/// <summary>What the comparisons of one asset's venues came to.</summary>
/// <param name="Missing">Of them, how often fewer than two venues had a fresh price.</param>
/// <param name="Sum">Of the divergences that were known.</param>
/// <param name="Largest">Of them, 0 to 1.</param>
/// <param name="FirstLed">How often the venue that is traded at led.</param>
/// <param name="SecondLed">How often another one did.</param>
public readonly record struct DivergenceTally(long Comparisons, long Missing, double Sum, double Largest, long FirstLed, long SecondLed)
{
    /// <summary>Of the comparisons in which it was known; null if it never was.</summary>
    public double? Mean => Comparisons > Missing ? Sum / (Comparisons - Missing) : null;

    /// <param name="first">The venue that is traded at.</param>
    public DivergenceTally After(DivergenceReading reading, PriceSource first) => new(
        Comparisons + 1,
        Missing + (reading.Available ? 0 : 1),
        Sum + (reading.Available ? reading.Value : 0),
        reading.Available ? Math.Max(Largest, reading.Value) : Largest,
        FirstLed + (reading.Leader == first ? 1 : 0),
        SecondLed + (reading.Leader is { } leader && leader != first ? 1 : 0));
}
