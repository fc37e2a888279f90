namespace Dolphin.Domain.Placement;

/// <summary>How much takers have lately had of one side of a book.</summary>
/// <param name="PerSecond">Lots a second, 0 or more: each trade counts half as much with every <see cref="HalfLifeSeconds"/> after it.</param>
/// <param name="At">When that was so.</param>
public readonly record struct TakenRate(double PerSecond, DateTimeOffset At)
{
    /// <summary>A ladder waits for half a minute: what was before it says little.</summary>
    public const double HalfLifeSeconds = 10;

    private const double Ln2 = 0.69314718055994531;

    /// <summary>Nothing has been taken since, or the clock went back.</summary>
    public TakenRate FadedTo(DateTimeOffset at) => at <= At ? this : new(PerSecond * PortableMath.Kept((at - At).TotalSeconds, HalfLifeSeconds), at);

    /// <param name="lots">0 or more.</param>
    public TakenRate After(double lots, DateTimeOffset at)
    {
        var faded = FadedTo(at);
        return faded with { PerSecond = faded.PerSecond + lots * Ln2 / HalfLifeSeconds };
    }
}
