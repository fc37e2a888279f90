namespace Dolphin.Venues.Ticks;

public enum TickReportKind
{
    /// <summary>It rests now.</summary>
    Accepted,
    Filled,
    /// <summary>Cancelled, or nothing was left to take: no more of it will fill.</summary>
    Ended,
    /// <summary>A post-only order that would have taken (-5022), or one while the book was not known.</summary>
    Refused,
}

/// <summary>What a tick venue says of an order.</summary>
/// <param name="Order">Its number.</param>
/// <param name="Ticks">Price of a fill; else 0.</param>
/// <param name="Lots">Of a fill; else 0.</param>
/// <param name="At">When it happened at the venue; it is heard a latency later.</param>
public readonly record struct TickReport(long Order, TickReportKind Kind, long Ticks, long Lots, bool IsMaker, DateTimeOffset At);
