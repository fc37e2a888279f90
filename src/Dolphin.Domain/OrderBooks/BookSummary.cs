using Dolphin.Domain.Market;

namespace Dolphin.Domain.OrderBooks;

/// <summary>What the best of one side is: a price and how much stands there.</summary>
public readonly record struct BestQuote(Price Price, Quantity Quantity);

/// <summary>One symbol's book as everybody outside of its feed sees it: a value that stays as it is while the book goes on.</summary>
/// <param name="At">When it was looked at.</param>
/// <param name="IsValid">Whether it may be priced from. If not, no quote and no notional is told.</param>
/// <param name="Bid">Null on an empty side, and if the book is not valid.</param>
/// <param name="Ask">The same.</param>
/// <param name="BidNotional">Quote currency of the bids within the distance from the middle that was asked for; zero without both sides.</param>
/// <param name="AskNotional">The same of the asks.</param>
/// <param name="MovedAt">When the newest update came, of this look or an earlier one; null before the first.</param>
/// <param name="Updates">How many came since the last look.</param>
/// <param name="Intervals">How many times between two updates ended since the last look: as many as updates, but for those that a book begins with.</param>
/// <param name="MeanInterval">Seconds between two updates, of those that came since the last look; zero without any.</param>
/// <param name="IntervalVariance">Of the same, in seconds squared, with one degree of freedom taken; zero with fewer than two intervals.</param>
/// <param name="BidsTaken">Base that sellers took of the bids since the last look.</param>
/// <param name="AsksTaken">Base that buyers took of the asks since the last look.</param>
/// <param name="Queues">What stands near the best and how far trades went; null of a book that is not valid, and where nobody wants to know.</param>
public readonly record struct BookSummary(
    Symbol Symbol, DateTimeOffset At, bool IsValid, BestQuote? Bid, BestQuote? Ask, double BidNotional, double AskNotional,
    DateTimeOffset? MovedAt, int Updates, int Intervals, double MeanInterval, double IntervalVariance, double BidsTaken = 0, double AsksTaken = 0, BookQueues? Queues = null)
{
    /// <summary>Halfway between bid and ask, in quote currency; null without both.</summary>
    public decimal? Middle => Bid is { } bid && Ask is { } ask ? (bid.Price.QuotePerBase + ask.Price.QuotePerBase) / 2m : null;

    /// <summary>Between bid and ask, in basis points of the middle; null without both.</summary>
    public double? SpreadBps => Middle is { } middle ? (double)((Ask!.Value.Price.QuotePerBase - Bid!.Value.Price.QuotePerBase) / middle) * 10_000 : null;

    /// <summary>(bids - asks) / (bids + asks) of the notional near the middle, -1 to 1; null without any.</summary>
    public double? Imbalance => BidNotional + AskNotional is > 0 and var both && double.IsFinite(both) ? (BidNotional - AskNotional) / both : null;
}
