using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Actors.Books;

/// <summary>Stored for ever: add cases and optional fields; never rename, retype or reuse one.</summary>
public abstract record BookEvent
{
    private BookEvent() { }
    /// <param name="IsExternal">No order of ours brought it: a person's beside us, or the venue's own, such as a liquidation.</param>
    public sealed record FillBooked(Fill Fill, bool IsExternal) : BookEvent;
    /// <param name="Amount">Quote; above zero is received.</param>
    public sealed record FundingBooked(PositionSide Leg, decimal Rate, Money Amount, DateTimeOffset At) : BookEvent;
}
