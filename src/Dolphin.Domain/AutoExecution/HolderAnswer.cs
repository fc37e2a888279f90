using Dolphin.Domain.Market;

namespace Dolphin.Domain.AutoExecution;

/// <summary>What a holder says when it is asked for a trim or for growth. Every one may come twice.</summary>
public abstract record HolderAnswer(Symbol Symbol, long Id, DateTimeOffset At)
{
    /// <summary>It is under way, or waits for open orders.</summary>
    public sealed record Taken(Symbol Symbol, long Id, DateTimeOffset At) : HolderAnswer(Symbol, Id, At);

    /// <summary>Nothing of it will be done.</summary>
    public sealed record Declined(Symbol Symbol, long Id, Refusal Why, DateTimeOffset At) : HolderAnswer(Symbol, Id, At);

    /// <summary>Nothing more of it will be done.</summary>
    /// <param name="Held">Base; the legs now.</param>
    public sealed record Over(Symbol Symbol, long Id, Legs Held, DateTimeOffset At) : HolderAnswer(Symbol, Id, At);
}
