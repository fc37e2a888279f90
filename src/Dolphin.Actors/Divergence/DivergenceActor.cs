using System.Collections.Immutable;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Domain.Divergence;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Venues.Paper;

namespace Dolphin.Actors.Divergence;

/// <summary>What is stored of one symbol: its prices of late, and what all comparisons came to.</summary>
public sealed record SymbolDivergenceState(Symbol Symbol, DateTimeOffset At, DivergenceMemory Memory, DivergenceTally Tally);

/// <summary>What is stored of the comparison of venues. It is measured and never decided, so there are no events.</summary>
/// <param name="Symbols">In ordinal order.</param>
/// <param name="Quotes">What the second venue has still to show.</param>
public sealed record DivergenceSnapshot(string First, string Second, ImmutableArray<SymbolDivergenceState> Symbols, ImmutableArray<QuoteMemory> Quotes);

/// <summary>Compares the traded market with a second venue at every bar, and publishes how far they are apart and which of them leads.</summary>
public sealed class DivergenceActor : DurableActor<DivergenceSnapshot>
{
    public const string Id = "divergence";
    private readonly DivergencePlan _plan;
    private readonly IClusterPort _cluster;
    private readonly RunBoard _board;
    private readonly Dictionary<Symbol, Track> _tracks = []; // Looked up; walked in order of symbol only.
    private QuoteVenue _second;
    private bool? _compares;

    public override string PersistenceId => Id;

    public DivergenceActor(DivergencePlan plan, IClusterPort cluster, RunBoard board)
    {
        (_plan, _cluster, _board, _second) = (plan, cluster, board, new QuoteVenue(plan.Venue));
        // Whoever reads must find after a restart what would be there without it.
        Recover<RecoveryCompleted>(_ => Publish(InOrder.Select(t => SymbolDivergence.Of(t.Key, t.Value.Reader.Read(t.Value.At)))));
        Command<MarketProtocol.SliceClosed>(closed => OnSlice(closed.Slice));
    }

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.Slices, Self);
    }

    protected override DivergenceSnapshot Capture() => new(
        _plan.First.Name, _plan.Second.Name,
        [.. InOrder.Select(t => new SymbolDivergenceState(t.Key, t.Value.At, t.Value.Reader.Capture(), t.Value.Tally))], _second.Capture());

    protected override void Restore(DivergenceSnapshot snapshot)
    {
        _second = new QuoteVenue(_plan.Venue, snapshot.Quotes);
        foreach (var symbol in snapshot.Symbols)
            _tracks[symbol.Symbol] = new Track(new DivergenceReader(_plan.Policy, symbol.Memory)) { At = symbol.At, Tally = symbol.Tally };
    }

    private IOrderedEnumerable<KeyValuePair<Symbol, Track>> InOrder => _tracks.OrderBy(t => t.Key);

    private void OnSlice(MarketSlice slice)
    {
        if (slice.Bars.IsEmpty) return;
        var (at, compared) = (slice.ClosesAt, ImmutableArray.CreateBuilder<SymbolDivergence>(slice.Bars.Length));
        foreach (ref readonly var bar in slice.Bars.Span)
        {
            if (!_tracks.TryGetValue(bar.Symbol, out var track)) _tracks.Add(bar.Symbol, track = new Track(new DivergenceReader(_plan.Policy)));
            // Both are heard at one moment; the moment of which the second venue speaks is a lag before, and its price as old.
            track.Reader.Observe(_plan.First, bar.Bar.Close, at);
            if (_second.Quote(bar.Symbol, bar.Bar, slice.Interval) is { } quote) track.Reader.Observe(_plan.Second, quote, at, _plan.Venue.Lag);
            var reading = track.Reader.Read(at);
            (track.At, track.Tally) = (at, track.Tally.After(reading, _plan.First));
            compared.Add(SymbolDivergence.Of(bar.Symbol, reading));
        }

        TellIfChanged(compared.Any(c => c.Value is not null), slice);
        Publish(compared.DrainToImmutable());
    }

    private void Publish(IEnumerable<SymbolDivergence> symbols)
    {
        ImmutableArray<SymbolDivergence> all = [.. symbols];
        if (!all.IsEmpty) _cluster.Publish(Topics.Divergence, new DivergenceProtocol.Compared(all));
    }

    // Once for each change, not once a bar.
    private void TellIfChanged(bool compares, MarketSlice slice)
    {
        if (_compares == compares || (_compares is null && !compares && !_second.IsOut(slice.OpenTimeMs))) return; // Late, and not yet begun.
        var isFirst = _compares is null;
        _compares = compares;
        if (!compares)
        {
            _board.Tell(new NotableEvent(slice.ClosesAt, NotableKind.Warning, Id,
                $"{_plan.Second} has no fresh price of any symbol: divergence is missing, and whoever needs a number takes {DivergencePolicy.Default:0.0} and says so."));
        }
        else if (!isFirst)
        {
            _board.Tell(new NotableEvent(slice.ClosesAt, NotableKind.Info, Id, $"{_plan.Second} quotes again; divergence is known."));
        }
    }

    private sealed class Track(DivergenceReader reader)
    {
        public DivergenceReader Reader => reader;
        public DateTimeOffset At { get; set; }
        public DivergenceTally Tally { get; set; }
    }
}
