using System.Collections.Immutable;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;

namespace Dolphin.Actors.Funding;

/// <summary>What is stored of funding rates.</summary>
public abstract record FundingEvent
{
    private FundingEvent() { }

    /// <summary>The market has told of rates that are settled, or are about to be.</summary>
    /// <param name="Rates">Each newer than what was known of its symbol; by time, then symbol.</param>
    public sealed record Told(ImmutableArray<FundingRate> Rates, DateTimeOffset At) : FundingEvent;
}

/// <param name="Symbols">In ordinal order.</param>
public sealed record FundingMemory(ImmutableArray<SymbolFunding> Symbols);

/// <summary>What <see cref="FundingActor"/> says.</summary>
public static class FundingProtocol
{
    /// <summary>On the topic of funding rates: what is known now of these symbols. The newest level.</summary>
    public sealed record Known(ImmutableArray<SymbolFunding> Symbols);
}
