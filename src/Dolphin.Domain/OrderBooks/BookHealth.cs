using System.Collections.Immutable;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.OrderBooks;

/// <summary>What one symbol's book is like when nothing is wrong with it.</summary>
/// <param name="Interval">Seconds between two updates.</param>
/// <param name="Depth">Quote currency: twice the thinner side near the middle.</param>
/// <param name="Jitter">Seconds, as last measured: of a book that is not heard of it holds on.</param>
/// <param name="GoodAt">When it was last valid; before, when it was first looked for.</param>
/// <param name="LookedAt">When it was last looked for, heard of or not; in states from before it was kept so, when it was last valid.</param>
public sealed record UsualBook(Symbol Symbol, double Interval, double Depth, double Jitter, DateTimeOffset GoodAt, DateTimeOffset LookedAt);

/// <summary>
/// L5 over a whole universe (dolphin-survival-stack, "L5_OB_STREAMER: L2 book age and jitter"): how late books are, how irregularly they move, how much of their depth is gone, and how far they lean.
/// </summary>
/// <remarks>
/// A quiet symbol is silent for seconds and nothing is wrong. So each book is measured against what is usual for itself, and of all books the one counts that nine in
/// ten are better than: one dead symbol of hundreds is not the market, a tenth of them is. Depth is that of the thinner side: what can be traded either way.
/// Whether the other side went too it does not say, and a market that runs loses one: so imbalance, |bids - asks| / (bids + asks) of the depth near the middle, is a
/// number of its own. It is not measured against the usual; a book of which nothing is known any more leans as far as one can.
/// What is usual is forgotten by halves in <see cref="HalfLife"/>: a market that stays thin for hours has become one.
/// </remarks>
public sealed record BookHealth(ImmutableSortedDictionary<Symbol, UsualBook> Usual)
{
    /// <summary>Hours of a day differ by a factor of two and more; minutes of trouble must not become usual.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromHours(1);

    /// <summary>Usual intervals that a book may be silent for: of updates that come at random one in 150 takes longer.</summary>
    public const double Patience = 5;

    /// <summary>A look is evidence of the time since the look before, and of no more than this: time in which nobody looked is none.</summary>
    public static readonly TimeSpan MostSeen = TimeSpan.FromMinutes(1);

    /// <summary>Seconds. A book that is silent for longer is not valid any more, so that what is longer is no usual interval but an outage: older versions have stored some of hours.</summary>
    public const double LongestInterval = 30;

    private const double Counts = 0.9;

    public static readonly BookHealth Unseen = new(ImmutableSortedDictionary<Symbol, UsualBook>.Empty);

    /// <summary>Takes a look at the books.</summary>
    /// <param name="wanted">The symbols that are traded. One whose book is not among <paramref name="books"/> is as late as it has been missing.</param>
    /// <returns>What is usual from now on, and the reading; null without any symbol.</returns>
    public (BookHealth Next, LayerReading.Book? Reading) After(IReadOnlyCollection<Symbol> wanted, ImmutableArray<BookSummary> books, DateTimeOffset now)
    {
        if (wanted.Count == 0) return (Unseen, null);
        var bySymbol = new Dictionary<Symbol, BookSummary>(books.Length); // Looked up; never walked.
        foreach (ref readonly var book in books.AsSpan()) bySymbol[book.Symbol] = book;
        var (usual, ages, jitters, missing, leaning) = (Usual.ToBuilder(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
        foreach (var symbol in wanted)
        {
            var before = Usual.GetValueOrDefault(symbol) ?? new UsualBook(symbol, 0, 0, 0, now, now);
            var heard = bySymbol.TryGetValue(symbol, out var book);
            var isGood = heard && book is { IsValid: true, MovedAt: not null };
            var after = isGood ? Learn(before, book, now) : before with { LookedAt = now };
            usual[symbol] = after;
            var silent = (now - (isGood && book.MovedAt!.Value < now ? book.MovedAt.Value : after.GoodAt)).TotalSeconds;
            ages.Add(Math.Max(0, silent - Patience * after.Interval));
            jitters.Add(after.Jitter);
            missing.Add(after.Depth > 0 ? 1 - Math.Min(1, isGood ? Thin(book) / after.Depth : 0) : 0);
            leaning.Add(after.Depth > 0 ? (isGood ? Math.Abs(book.Imbalance ?? 1) : 1) : 0);
        }

        return (new BookHealth(usual.ToImmutable()), new LayerReading.Book(TimeSpan.FromSeconds(Worse(ages)), TimeSpan.FromSeconds(Worse(jitters)), Worse(missing), Worse(leaning)));
    }

    private static UsualBook Learn(UsualBook before, in BookSummary book, DateTimeOffset now)
    {
        var elapsed = Math.Clamp((now - before.LookedAt).TotalSeconds, 0, MostSeen.TotalSeconds);
        var kept = PortableMath.Kept(elapsed, HalfLife.TotalSeconds);
        var known = before.Interval <= LongestInterval ? before.Interval : 0;
        var interval = book.Intervals > 0 && double.IsFinite(book.MeanInterval) ? Mean(known, Math.Min(book.MeanInterval, LongestInterval), kept) : known;
        var jitter = book.Intervals > 1 && double.IsFinite(book.IntervalVariance) ? Math.Max(0, Math.Sqrt(book.IntervalVariance) - interval) : 0;
        return new UsualBook(before.Symbol, interval, Mean(before.Depth, Thin(book), kept), jitter, now, now);
    }

    // The first look is all there is.
    private static double Mean(double before, double now, double kept) => before == 0 ? now : before * kept + now * (1 - kept);

    private static double Thin(in BookSummary book) => 2 * Math.Min(book.BidNotional, book.AskNotional) is var depth && double.IsFinite(depth) ? depth : 0;

    /// <summary>What nine in ten are not above.</summary>
    private static double Worse(List<double> values)
    {
        values.Sort();
        return values[(int)Math.Ceiling(values.Count * Counts) - 1];
    }
}
