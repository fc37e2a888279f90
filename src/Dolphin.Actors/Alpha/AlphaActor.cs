using System.Collections.Immutable;
using System.Globalization;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.External;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Scan;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.External;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Reporting;

namespace Dolphin.Actors.Alpha;

/// <param name="Loading">On the leading eigenvector of the newest scan; null for who takes no part in it.</param>
public sealed record AlphaAssetMemory(Symbol Symbol, AlphaMeterMemory Meter, BreakerMemory Breaker, double? Loading);

/// <summary>What is stored of alpha. It is measured and never decided, so there are no events.</summary>
/// <param name="Assets">In ordinal order.</param>
/// <param name="Members">How many assets the newest scan's leading eigenvector is of.</param>
/// <param name="At">Of the newest snapshot; null before it.</param>
/// <param name="Sequence">Of the newest snapshot.</param>
/// <param name="Plunge">The newest of the scan.</param>
public sealed record AlphaMemory(ImmutableArray<AlphaAssetMemory> Assets, int Members, DateTimeOffset? At, long Sequence, PlungeEvent? Plunge);

/// <summary>Measures, ranks and cuts every asset, and publishes all of it as one snapshot after each scan.</summary>
public sealed class AlphaActor : DurableActor<AlphaMemory>, IWithTimers
{
    public const string Id = "alpha";
    private static readonly TimeSpan BookPatience = TimeSpan.FromSeconds(10); // Ten looks of a live market.
    /// <summary>Between two questions for what is known of factors: as long as an entity or a singleton needs to come back.</summary>
    public static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);
    /// <summary>A minute of them. Who tells of factors and begins later than that says all it keeps by itself, to whoever listens.</summary>
    public const int MostQuestions = 12;
    private readonly AlphaPlan _plan;
    private readonly IClusterPort _cluster;
    private readonly ITenure _tenure;
    private readonly RunBoard _board;
    private readonly Asset[] _assets; // In ordinal order of symbol.
    private readonly Dictionary<Symbol, Asset> _bySymbol = []; // Looked up; never walked.
    private readonly AlphaRankQueue _queue;
    private int _members;
    private DateTimeOffset? _at;
    private long _sequence;
    private PlungeEvent? _plunge;
    private readonly bool _hearsFactors;
    private bool _mayHaveMissed;
    private int _questions;
    private readonly SortedSet<int> _pieces = []; // Of the answer that is coming in. Bounded by it.

    public ITimerScheduler Timers { get; set; } = null!;
    public override string PersistenceId => Id;

    /// <param name="universe">In ordinal order.</param>
    /// <param name="hearsFactors">There is somebody who tells of them.</param>
    /// <param name="wireWasLost">A new life that does not begin at the instant of its snapshot: factors may have been told of before it listened.</param>
    public AlphaActor(AlphaPlan plan, ImmutableArray<Symbol> universe, IClusterPort cluster, ITenure tenure, RunBoard board, bool hearsFactors, bool wireWasLost)
    {
        (_plan, _cluster, _tenure, _board, _queue, _hearsFactors, _mayHaveMissed) = (plan, cluster, tenure, board, new AlphaRankQueue(universe), hearsFactors, wireWasLost);
        _assets = [.. universe.Select(symbol => new Asset(symbol, new AlphaMeter(plan.Meter), new AdaptiveBreaker(plan.Breaker)))];
        foreach (var asset in _assets) _bySymbol.Add(asset.Symbol, asset);
        Recover<RecoveryCompleted>(_ =>
        {
            if (_at is { } at) Publish(at); // The same one again, for whoever listens.
            if (_hearsFactors && _mayHaveMissed) AskForFactors();
        });
        Command<AskAgain>(_ => AskForFactors());
        Command<ExternalFactors.Known>(OnKnown);
        Command<MarketProtocol.SliceClosed>(closed => OnSlice(closed.Slice));
        Command<ScanProtocol.Scanned>(OnScanned);
        Command<ExternalFactors.Observed>(OnFactor);
        Command<MarketProtocol.BooksSeen>(OnBooks);
        Command<ExternalFactors.Levelled>(static _ => { }); // L7's.
    }

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.Slices, Self);
        _cluster.Subscribe(Topics.Scan, Self);
        _cluster.Subscribe(Topics.Factors, Self);
        _cluster.Subscribe(Topics.OrderBooks, Self);
    }

    protected override void PostRestart(Exception reason)
    {
        _mayHaveMissed = true;
        base.PostRestart(reason);
    }

    protected override AlphaMemory Capture() =>
        new([.. _assets.Select(a => new AlphaAssetMemory(a.Symbol, a.Meter.Capture(), a.Breaker.Capture(), a.Loading))], _members, _at, _sequence, _plunge);

    // Of another universe those are taken up that are still there.
    protected override void Restore(AlphaMemory snapshot)
    {
        (_members, _at, _sequence, _plunge) = (snapshot.Members, snapshot.At, snapshot.Sequence, snapshot.Plunge);
        foreach (var stored in snapshot.Assets)
        {
            if (!_bySymbol.TryGetValue(stored.Symbol, out var asset)) continue;
            (asset.Meter, asset.Loading) = (new AlphaMeter(_plan.Meter, stored.Meter), stored.Loading);
            asset.Breaker.Restore(stored.Breaker);
        }
    }

    private void OnSlice(MarketSlice slice)
    {
        var atMs = slice.ClosesAt.ToUnixTimeMilliseconds();
        foreach (ref readonly var bar in slice.Bars.Span)
        {
            if (!_bySymbol.TryGetValue(bar.Symbol, out var asset)) continue;
            var close = (double)bar.Bar.Close.QuotePerBase;
            asset.Meter.Observe(close, close * (double)bar.Bar.Volume.Base, atMs);
        }
    }

    private void OnScanned(ScanProtocol.Scanned scanned)
    {
        var seen = scanned.Picture;
        if (seen.At <= _at) return; // Told again after a recovery.
        foreach (var asset in _assets) asset.Loading = null;
        foreach (var (symbol, loading) in scanned.Loadings)
            if (_bySymbol.TryGetValue(symbol, out var asset)) asset.Loading = loading;
        _members = scanned.Loadings.Length;
        if (seen.Plunge is { } plunge) _plunge = new PlungeEvent(plunge.BeganAt, plunge.VelDiv);
        (_at, _sequence) = (seen.At, _sequence + 1);
        var snapshot = Publish(seen.At);
        if (!snapshot.Signals.IsEmpty) _board.Tell(new NotableEvent(seen.At, NotableKind.Info, Id, Text(snapshot)));
    }

    private void OnBooks(MarketProtocol.BooksSeen seen)
    {
        foreach (ref readonly var book in seen.Books.AsSpan())
            if (_bySymbol.TryGetValue(book.Symbol, out var asset)) asset.Book = book;
    }

    private void OnFactor(ExternalFactors.Observed observed)
    {
        if (FactorOf(observed.Factor) is not { } factor) return;
        if (observed.Asset is { } symbol)
        {
            if (_bySymbol.TryGetValue(symbol, out var asset)) asset.Breaker.Observe(factor, observed.Value, observed.At, Now);
            return;
        }
        foreach (var asset in _assets) asset.Breaker.Observe(factor, observed.Value, observed.At, Now);
    }

    private void AskForFactors()
    {
        if (_questions == MostQuestions)
        {
            Context.GetLogger().Warning("Nobody has told {0} within {1} s what is known of external factors. What it has not heard itself counts as not known; who begins to tell of them says all of it by himself.",
                Id, (MostQuestions * AskAgainAfter).TotalSeconds);
            return;
        }

        _questions++;
        _pieces.Clear();
        _cluster.Publish(Topics.FactorRequests, ExternalFactors.GetKnown.Now);
        Timers.StartSingleTimer(AskAgain.Key, AskAgain.Now, AskAgainAfter);
    }

    // Each piece counts for itself, whoever asked for it and however often it comes.
    private void OnKnown(ExternalFactors.Known known)
    {
        var now = Now;
        foreach (var told in known.Values.GroupBy(v => (v.Asset, v.Factor)))
        {
            if (FactorOf(told.Key.Factor) is not { } factor) continue;
            BreakerObservation[] observations = [.. told.Select(v => new BreakerObservation(v.At, v.Value))];
            if (told.Key.Asset is not { } symbol)
                foreach (var asset in _assets) asset.Breaker.Recall(factor, observations, now);
            else if (_bySymbol.TryGetValue(symbol, out var asset)) asset.Breaker.Recall(factor, observations, now);
        }

        _pieces.Add(known.Piece);
        if (_pieces.Count >= known.Pieces) Timers.Cancel(AskAgain.Key);
    }

    private static BreakerFactor? FactorOf(string name) => name switch
    {
        Factors.Funding => BreakerFactor.Funding,
        Factors.TakerRatio => BreakerFactor.TakerRatio,
        Factors.Dvol => BreakerFactor.Dvol,
        _ => null, // It is somebody else's.
    };

    private AlphaSnapshot Publish(DateTimeOffset at)
    {
        var features = _assets.Select(asset => Features(asset, at)).ToArray();
        var snapshot = AlphaSnapshot.Create(_tenure.Epoch, _sequence, at, features, _queue, _plan.Plunge, _plunge);
        _cluster.Publish(Topics.Alpha, snapshot);
        return snapshot;
    }

    private AlphaFeatures Features(Asset asset, DateTimeOffset at)
    {
        var (meter, breaker) = (asset.Meter, asset.Breaker.At(at));
        // A book that is not whole, or that nobody has shown lately, is not known, and what is not known is thin.
        BookSummary? book = asset.Book is { IsValid: true } shown && at - shown.At <= BookPatience ? shown : null;
        var (depth, spread) = (book is { } b ? Math.Min(b.BidNotional, b.AskNotional) : double.NaN, book?.SpreadBps ?? double.NaN);
        var isMeasured = meter.Measures(at.ToUnixTimeMilliseconds(), _plan.Patience);
        var (momentum, volatility, liquidity) = isMeasured ? (meter.Momentum, meter.Volatility, meter.Liquidity) : (double.NaN, double.NaN, double.NaN);
        var input = new AlphaInput(asset.Loading ?? double.NaN, momentum, volatility, liquidity, depth, spread);
        _queue.Update(asset.Symbol, isMeasured ? AlphaRank.Score(_plan.Rank, input, Math.Max(1, _members)).Score : double.NaN);
        return new AlphaFeatures(
            asset.Symbol, Rank: null, Score: null, asset.Loading, Known(momentum), Known(volatility), Known(liquidity),
            book is null ? null : AlphaRank.Quality(_plan.Rank, depth, spread), book?.Imbalance,
            breaker.Cut, breaker.Boost, breaker.Worst, breaker.Unknown);
    }

    private static double? Known(double value) => double.IsFinite(value) ? value : null;

    private static string Text(AlphaSnapshot snapshot) => string.Create(CultureInfo.InvariantCulture, $"a plunge at vel_div {snapshot.Signals[0].VelDiv:0.000000} signals ")
        + string.Join(", ", snapshot.Signals.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Side.ToString().ToLowerInvariant()} {s.Symbol} {s.Strength:0.00}")));

    private sealed record AskAgain
    {
        public const string Key = "ask-again";
        public static readonly AskAgain Now = new();
    }

    private sealed class Asset(Symbol symbol, AlphaMeter meter, AdaptiveBreaker breaker)
    {
        public Symbol Symbol => symbol;
        public AlphaMeter Meter { get; set; } = meter;
        public AdaptiveBreaker Breaker => breaker;
        public double? Loading { get; set; }
        /// <summary>As last shown; null in a market that shows none.</summary>
        public BookSummary? Book { get; set; }
    }
}
