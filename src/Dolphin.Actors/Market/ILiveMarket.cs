using System.Collections.Immutable;
using Dolphin.Data.Simulation;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;

namespace Dolphin.Actors.Market;

/// <summary>A real market as it happens, seen from the actors: asked, never waited for. Safe to call from any thread.</summary>
public interface ILiveMarket
{
    /// <summary>How long a bar takes; whole milliseconds, and eight hours are a multiple of it.</summary>
    TimeSpan Interval { get; }

    /// <summary>Ends the bar that is under way of every symbol and begins the next one.</summary>
    /// <param name="openMs">Unix milliseconds: what the bars are to say that they opened at.</param>
    /// <returns>A bar of each symbol of which nothing is missing, and the rates that fell due in it, at the venue's time.</returns>
    MarketStep Close(long openMs);

    /// <summary>The funding rates of the settlements to come, as the venue reckons them now; none of a symbol that has told none of late.</summary>
    /// <param name="at">When they count as told.</param>
    ImmutableArray<FundingRate> Forecasts(DateTimeOffset at);

    /// <summary>Symbols that have come to their end, each with what it is settled at; null: at the newest price that the venue has. A level: said for as long as it is so.</summary>
    ImmutableSortedDictionary<Symbol, Price?> Settled { get; }

    /// <summary>What every book is now. Each look begins the next count of updates.</summary>
    ImmutableArray<BookSummary> Look();
}
