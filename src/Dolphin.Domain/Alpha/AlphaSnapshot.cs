using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Alpha;

/// <summary>What is published of one asset. Null is not known.</summary>
/// <param name="Rank">From 1, the best; null while the asset is not ranked, and exactly then <paramref name="Score"/> is null too.</param>
/// <param name="Loading">On the leading eigenvector, -1 to 1.</param>
/// <param name="Momentum">Log return over the plan's window.</param>
/// <param name="Volatility">Of log price per root hour.</param>
/// <param name="Liquidity">Quote currency traded in a day.</param>
/// <param name="BookQuality">0 thin to 1 liquid.</param>
/// <param name="Imbalance">(bids - asks) / (bids + asks), -1 to 1.</param>
/// <param name="Cut">Of the adaptive breaker, 0 to below 1.</param>
/// <param name="Boost">Of the adaptive breaker, 0 to its most.</param>
/// <param name="Worst">The factor that cuts the most; null where nothing is cut, or nobody said.</param>
/// <param name="Unknown">Factors that the breaker does not know, or no longer.</param>
public sealed record AlphaFeatures(
    Symbol Symbol, int? Rank, double? Score, double? Loading, double? Momentum, double? Volatility, double? Liquidity, double? BookQuality,
    double? Imbalance, double Cut, double Boost,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BreakerFactor? Worst = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] BreakerFactors Unknown = BreakerFactors.None)
{
    /// <summary>What a size is multiplied by.</summary>
    public double Multiplier => (1 - Cut) * (1 + Boost);
}

/// <summary>
/// The features of every asset at one moment, immutable: the seed's DOLPHIN_FEATURES map (dolphin-survival-stack, "The Global Feature Map"), as one
/// versioned whole that every node keeps and reads locally.
/// </summary>
public sealed class AlphaSnapshot
{
    private AlphaSnapshot(
        long epoch, long sequence, DateTimeOffset at, ImmutableArray<AlphaFeatures> assets, ImmutableArray<AlphaFeatures> ranked, PlungeEvent? plunge,
        ImmutableArray<AlphaSignal> signals) =>
        (Epoch, Sequence, At, Assets, Ranked, Plunge, Signals) = (epoch, sequence, at, assets, ranked, plunge, signals);

    /// <summary>Of the controller that made it; a later controller has a higher one.</summary>
    public long Epoch { get; }
    /// <summary>Rising by one within an epoch.</summary>
    public long Sequence { get; }
    public DateTimeOffset At { get; }
    /// <summary>Every asset of the universe, in order of symbol.</summary>
    public ImmutableArray<AlphaFeatures> Assets { get; }
    /// <summary>Those with a rank, best first.</summary>
    public ImmutableArray<AlphaFeatures> Ranked { get; }
    /// <summary>The last one of the scan, or null.</summary>
    public PlungeEvent? Plunge { get; }
    /// <summary>Of the plunge, in order of rank; empty without one.</summary>
    public ImmutableArray<AlphaSignal> Signals { get; }

    /// <summary>Ranks the assets by their scores and makes the signals of a plunge.</summary>
    /// <param name="assets">In any order. Their ranks are set here, whatever they were.</param>
    /// <param name="queue">Has the scores of the moment. An asset without one there is not ranked.</param>
    /// <exception cref="ArgumentException">An asset comes twice, or the queue ranks one that is not given: a bug of the caller.</exception>
    public static AlphaSnapshot Create(
        long epoch, long sequence, DateTimeOffset at, IEnumerable<AlphaFeatures> assets, AlphaRankQueue queue, PlungePolicy policy, PlungeEvent? plunge)
    {
        ArgumentNullException.ThrowIfNull(assets);
        ArgumentNullException.ThrowIfNull(queue);
        var best = new Symbol[queue.Count];
        queue.CopyBest(best);
        var ranks = new Dictionary<Symbol, int>(best.Length);
        foreach (var symbol in best) ranks.Add(symbol, ranks.Count + 1);
        ImmutableArray<AlphaFeatures> all =
        [
            .. assets.Select(a => a with { Rank = ranks.TryGetValue(a.Symbol, out var rank) ? rank : null, Score = queue.ScoreOf(a.Symbol) })
                .OrderBy(a => a.Symbol),
        ];
        for (var i = 1; i < all.Length; i++)
            if (all[i].Symbol == all[i - 1].Symbol) throw new ArgumentException($"Expected each asset once; {all[i].Symbol} came twice.", nameof(assets));
        ImmutableArray<AlphaFeatures> ranked = [.. all.Where(a => a.Rank is not null).OrderBy(a => a.Rank)];
        if (ranked.Length != best.Length)
            throw new ArgumentException($"Expected the features of {best.Length} ranked assets; got those of {ranked.Length}.", nameof(assets));
        return new AlphaSnapshot(epoch, sequence, at, all, ranked, plunge, PlungeSignals.Of(policy, plunge, ranked, at));
    }

    /// <summary>One that was made elsewhere, or earlier: nothing is ranked again.</summary>
    /// <param name="assets">Every asset once, with its rank, in order of symbol.</param>
    /// <exception cref="ArgumentException">They are in another order.</exception>
    public static AlphaSnapshot Of(long epoch, long sequence, DateTimeOffset at, ImmutableArray<AlphaFeatures> assets, PlungeEvent? plunge, ImmutableArray<AlphaSignal> signals)
    {
        for (var i = 1; i < assets.Length; i++)
            if (assets[i - 1].Symbol.CompareTo(assets[i].Symbol) >= 0) throw new ArgumentException($"Expected each asset once, in order of symbol; {assets[i].Symbol} follows {assets[i - 1].Symbol}.", nameof(assets));
        return new AlphaSnapshot(epoch, sequence, at, assets, [.. assets.Where(a => a.Rank is not null).OrderBy(a => a.Rank)], plunge, signals);
    }

    /// <summary>The features of one asset, or null for one outside the universe. O(log n), allocates nothing.</summary>
    public AlphaFeatures? Find(Symbol symbol)
    {
        var (low, high) = (0, Assets.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = Assets[middle].Symbol.CompareTo(symbol);
            if (order == 0) return Assets[middle];
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return null;
    }

    /// <summary>True when this is newer than <paramref name="other"/>: a higher epoch, or the same epoch and a higher sequence.</summary>
    public bool Supersedes(AlphaSnapshot? other) =>
        other is null || Epoch > other.Epoch || (Epoch == other.Epoch && Sequence > other.Sequence);
}
