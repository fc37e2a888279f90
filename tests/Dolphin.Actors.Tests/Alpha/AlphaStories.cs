using System.Collections.Immutable;
using Dolphin.Actors.Alpha;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.External;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Scan;
using Dolphin.Actors.Tests.Scan;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Scan;

namespace Dolphin.Actors.Tests.Alpha;

/// <summary>Every asset measured, ranked and cut after each scan, in one snapshot that every node reads for itself.</summary>
public sealed class AlphaStories : ActorStage
{
    private static readonly ImmutableArray<Symbol> Universe = ScanStories.Universe;
    private readonly TestProbe _listener;
    private AlphaBoard _board = null!;
    private IActorRef _alpha = ActorRefs.Nobody;
    private int _lives;
    private long _scans;

    public AlphaStories()
    {
        _listener = CreateTestProbe("listener");
        Cluster.Subscribe(Topics.Alpha, _listener.Ref);
    }

    internal static AlphaPlan Plan()
    {
        var errors = new List<string>();
        var plan = new AlphaPlan(
            AlphaMeterPolicy.Create(new AlphaMeterSettings { MomentumWindow = Minute, WarmUpBars = 3 }, "test", errors)!, AdaptiveBreakerPolicy.Create(new AdaptiveBreakerSettings(), "test", errors)!,
            AlphaRankPolicy.Create(new AlphaRankSettings(), "test", errors)!, PlungePolicy.Create(new PlungeSettings { Best = 2 }, "test", errors)!, 3 * Minute);
        Assert.Empty(errors);
        return plan;
    }

    private void Live(long epoch = 3)
    {
        Sys.Stop(_alpha);
        Settle();
        var (plan, universe, cluster, run, tenure) = (Plan(), Universe, Cluster, Board, new SoleTenure(epoch));
        var board = _board = new AlphaBoard(plan.Patience);
        Sys.ActorOf(Props.Create(() => new AlphaListenerActor(board, run, cluster)), $"alpha-listener-{++_lives}");
        _alpha = Sys.ActorOf(Props.Create(() => new AlphaActor(plan, universe, cluster, tenure, run, false, true)), $"alpha-{_lives}");
        Settle();
    }

    /// <summary>Bars of a minute in which asset k grows by k tenths of a percent, each with its scan.</summary>
    /// <param name="gone">Has no bar any more.</param>
    private List<AlphaSnapshot> Minutes(int count, PlungePicture? plunge = null, Symbol? gone = null)
    {
        for (var i = 0; i < count; i++)
        {
            Wait(Minute);
            _scans++;
            var bars = Universe.Select((symbol, k) =>
            {
                var close = Price.Of(decimal.Round((decimal)(100 * Math.Pow(1 + 0.001 * k, _scans)), 6));
                return new SymbolBar(symbol, new Bar((Clock - Minute).ToUnixTimeMilliseconds(), close, close, close, close, new Quantity(1_000m)));
            }).Where(bar => bar.Symbol != gone).ToArray();
            Cluster.Publish(Topics.Slices, new MarketProtocol.SliceClosed(new MarketSlice((Clock - Minute).ToUnixTimeMilliseconds(), Minute, bars)));
            Scan(plunge);
        }
        return Heard<AlphaSnapshot>(_listener);
    }

    private void Scan(PlungePicture? plunge = null)
    {
        var loadings = Universe[..4].Select(s => new ScanProtocol.AssetLoading(s, 0.5)).ToImmutableArray();
        Cluster.Publish(Topics.Scan, new ScanProtocol.Scanned(
            new ScanPicture(_scans, Clock, Minute, default, default, default, 8, 8, [], null, default, default, 0, 0, plunge, ScanWatchState.Initial), 50, loadings));
        Settle();
    }

    private void Factor(string name, double value, Symbol? asset = null, DateTimeOffset? at = null)
    {
        Cluster.Publish(Topics.Factors, new ExternalFactors.Observed(asset, name, value, at ?? Clock));
        Settle();
    }

    private async Task<AlphaMemory> StoredAsync() => (AlphaMemory)(await _alpha.Ask<DurableProtocol.StoredState>(DurableProtocol.GetStored.Now)).State;

    [Fact(DisplayName = "Each scan is one snapshot of all assets, ranked; boards have the newest, and what is told twice is one")]
    public void Publishes()
    {
        Live();
        var said = Minutes(5);
        Assert.Equal([1L, 2, 3, 4, 5], said.Select(s => s.Sequence));
        Assert.Equal(Universe, said[0].Assets.Select(a => a.Symbol));
        Assert.Equal(8, said[^1].Ranked.Length);
        Assert.Equal(Math.Log(1.007), said[^1].Find(Universe[7])!.Momentum!.Value, 1e-5);
        Assert.Equal(0.5, said[^1].Find(Universe[0])!.Loading);
        Assert.Null(said[^1].Find(Universe[7])!.Loading);
        Assert.True(said[^1].Find(Universe[3])!.Rank < said[^1].Find(Universe[0])!.Rank); // It moves, and carries as much.
        Assert.Equal(5, _board.Latest!.Sequence);
        Assert.Equal(5, Board.Alpha!.Sequence);
        Scan();
        Assert.Empty(Heard<AlphaSnapshot>(_listener));
    }

    [Fact(DisplayName = "Of a breaker that has heard nothing 51 % of a size are left; calm factors give it back, stress of one asset cuts that one, stress of the market cuts all")]
    public void Cuts()
    {
        Live();
        var blind = Minutes(1)[^1].Assets[0];
        Assert.Equal(0.51, blind.Multiplier, 1e-9);
        Assert.Equal((BreakerFactor.Dvol, BreakerFactors.Funding | BreakerFactors.TakerRatio | BreakerFactors.Dvol), (blind.Worst!.Value, blind.Unknown));
        Assert.Contains("breaker: taker-ratio is not known of 8 assets\n  breaker: dvol cuts the most of 8, is not known of 8 assets\n", Board.Alpha!.ToText(), StringComparison.Ordinal);
        Assert.Equal(0.51, Plan().Blind, 1e-12);
        Factor("funding", 0.0001, at: Clock.AddDays(-5));
        Factor("taker-ratio", 0.95, at: Clock.AddDays(-1));
        Factor("dvol", 50);
        Factor("fear-and-greed", 99); // Somebody else's.
        var calm = Minutes(1)[^1];
        Assert.All(calm.Assets, a => Assert.Equal((1, null, BreakerFactors.None), (Math.Round(a.Multiplier, 9), a.Worst, a.Unknown)));
        Assert.DoesNotContain("breaker:", Board.Alpha!.ToText(), StringComparison.Ordinal);
        Factor("funding", 0.001, Universe[2], Clock.AddDays(-5).AddMinutes(5));
        Factor("dvol", 80);
        Wait(Minute * 5);
        var said = Minutes(1)[^1];
        Assert.Equal(0.5, said.Find(Universe[0])!.Multiplier, 1e-9);
        Assert.Equal(0.35, said.Find(Universe[2])!.Multiplier, 1e-9);
        Assert.All(said.Assets, a => Assert.Equal((BreakerFactor.Dvol, BreakerFactors.None), (a.Worst!.Value, a.Unknown)));
        Assert.Contains("cut most by dvol", Board.Alpha!.ToText(), StringComparison.Ordinal);
        Assert.Equal((0.35, 0.5), (Math.Round(Board.Alpha!.LeastMultiplier, 9), Math.Round(Board.Alpha.MostMultiplier, 9)));
    }

    [Fact(DisplayName = "Who sizes reads its own board; where nothing was heard for three bars, sizes are cut as if nothing were known")]
    public void Ground()
    {
        Live();
        var ground = new AlphaGround(Plan(), _board);
        Assert.Equal(0.51, ground.MultiplierOf(Universe[0], Clock), 1e-12);
        Factor("funding", 0, at: Clock.AddDays(-5));
        Factor("taker-ratio", 1.05, at: Clock.AddDays(-1));
        Factor("dvol", 40);
        Minutes(1);
        Assert.Equal(1.1, ground.MultiplierOf(Universe[0], Clock), 1e-12);
        Assert.Equal(0.51, ground.MultiplierOf(new Symbol("ZUSDT"), Clock), 1e-12);
        Wait(Minute * 3);
        Assert.Equal(1.1, ground.MultiplierOf(Universe[0], Clock), 1e-12);
        Wait(TimeSpan.FromSeconds(1));
        Assert.Equal(0.51, ground.MultiplierOf(Universe[0], Clock), 1e-12);
    }

    [Fact(DisplayName = "A plunge signals the best-ranked assets in the direction in which they move, once, and it is news")]
    public void Signals()
    {
        Live();
        Minutes(10);
        var now = new PlungePicture(Clock + Minute, -0.012, -0.012, 1, IsOn: true);
        var signals = Minutes(1, now)[^1].Signals;
        Assert.Equal([(1, PositionSide.Long), (2, PositionSide.Long)], signals.Select(s => (s.Rank, s.Side)));
        Assert.Single(Board.News, n => n.Source == "alpha" && n.Text.StartsWith("a plunge at vel_div -0.012000 signals long ", StringComparison.Ordinal));
        Assert.Equal(2, Board.Alpha!.Signals.Length);
        Assert.Empty(Minutes(1, now with { Scans = 2 })[^1].Signals); // A minute old.
        Assert.Single(Board.News);
    }

    [Fact(DisplayName = "An asset whose bars stop is measured for three more of them; then nothing is known of it, it has no rank and takes no signal, until it is back")]
    public void Vanishes()
    {
        Live();
        var best = Minutes(10)[^1].Ranked[0].Symbol;
        var still = Minutes(3, gone: best)[^1];
        Assert.Equal(1, still.Find(best)!.Rank);
        var gone = Minutes(1, gone: best)[^1];
        Assert.Equal(7, gone.Ranked.Length);
        Assert.True(gone.Find(best) is { Rank: null, Score: null, Momentum: null, Volatility: null, Liquidity: null });
        var plunge = new PlungePicture(Clock + Minute, -0.012, -0.012, 1, IsOn: true);
        Assert.Equal(gone.Ranked[..2].Select(a => a.Symbol), Minutes(1, plunge, gone: best)[^1].Signals.Select(s => s.Symbol));
        Assert.NotNull(Minutes(1)[^1].Find(best)!.Rank);
    }

    [Fact(DisplayName = "Who comes back says at once what it said last, and goes on as if it had never been away; in a later tenure, under a higher epoch")]
    public async Task Restart()
    {
        Live();
        Factor("dvol", 45);
        Factor("funding", 0.0002, Universe[1], Clock.AddDays(-5));
        var before = Minutes(12)[^1];
        _alpha.Tell(DurableProtocol.TakeSnapshot.Now, ActorRefs.NoSender);
        Settle();
        var stored = StoredJson.Write(await StoredAsync());
        Live();
        var again = Assert.Single(Heard<AlphaSnapshot>(_listener));
        Assert.Equal((before.Epoch, before.Sequence, before.At), (again.Epoch, again.Sequence, again.At));
        Assert.Equal(before.Assets.AsEnumerable(), again.Assets.AsEnumerable());
        Assert.Equal(stored, StoredJson.Write(await StoredAsync()));
        Assert.Equal(13, Minutes(1)[^1].Sequence);
        Live(epoch: 4);
        Assert.Equal(4, Assert.Single(Heard<AlphaSnapshot>(_listener)).Epoch);
    }

    [Fact(DisplayName = "A universe that has to shrink keeps whom alpha ranked best after the scan before")]
    public void Shrinks_by_rank()
    {
        var (used, universe, cluster, run, noShards) = (ScanStories.Plan(Minute), Universe, Cluster, Board, Array.Empty<IActorRef>());
        Live();
        Sys.ActorOf(Props.Create(() => new ScanListenerActor(run, cluster)), "scan-listener");
        Sys.ActorOf(Props.Create(() => new ScanActor(used, universe, noShards, cluster, run)), "scan");
        Settle();
        for (var i = 0; i < 12; i++) Close(late: false);
        Close(late: true);
        Close(late: false);
        Assert.Null(Board.Scan!.Watch.Watched);
        var best = _board.Latest!.Ranked.Select(a => a.Symbol).ToArray();
        Close(late: true);
        Assert.Equal(best[..3].Order(), Board.Scan!.Watch.Watched!.Value.AsEnumerable());
        Assert.NotEqual(Universe[..3].AsEnumerable(), best[..3].Order());

        void Close(bool late)
        {
            var closes = Clock + Grid.Until(Clock, Minute);
            Wait(closes - Clock + (late ? TimeSpan.FromSeconds(2) : TimeSpan.Zero));
            _scans++;
            var bars = Universe.Select((symbol, k) =>
            {
                var close = Price.Of(decimal.Round((decimal)(100 * Math.Pow(1 + 0.001 * k, _scans % 7)), 6));
                return new SymbolBar(symbol, new Bar((closes - Minute).ToUnixTimeMilliseconds(), close, close, close, close, new Quantity(1_000m)));
            }).ToArray();
            Cluster.Publish(Topics.Slices, new MarketProtocol.SliceClosed(new MarketSlice((closes - Minute).ToUnixTimeMilliseconds(), Minute, bars)));
            Settle();
        }
    }

    [Fact(DisplayName = "Where a market shows its books, a liquid one ranks higher than a thin one; one that is not whole, or was not shown lately, is thin")]
    public void Books()
    {
        Live();
        var plain = Minutes(4)[^1].Find(Universe[0])!;
        Assert.Null(plain.BookQuality);
        Show(Book(Universe[0], 3_000_000, 100.001m), Book(Universe[1], 3_000_000, 100.001m) with { IsValid = false });
        Scan();
        var seen = Heard<AlphaSnapshot>(_listener);
        Assert.Empty(seen); // Of the same instant as the last one.
        Wait(TimeSpan.FromSeconds(5));
        Scan();
        var shown = Heard<AlphaSnapshot>(_listener)[^1];
        var (liquid, broken) = (shown.Find(Universe[0])!, shown.Find(Universe[1])!);
        Assert.Equal((1.0, 0.5), (liquid.BookQuality, liquid.Imbalance));
        Assert.True(liquid.Score > plain.Score);
        Assert.Null(broken.BookQuality);
        Assert.Contains("  book 1.00, leans +0.50\n", Board.Alpha!.ToText(), StringComparison.Ordinal);
        Wait(TimeSpan.FromSeconds(6));
        Scan();
        Assert.Null(Heard<AlphaSnapshot>(_listener)[^1].Find(Universe[0])!.BookQuality);

        BookSummary Book(Symbol symbol, double depth, decimal ask) => new(
            symbol, Clock, true, new BestQuote(Price.Of(100m), new Quantity(1m)), new BestQuote(Price.Of(ask), new Quantity(1m)), 3 * depth, depth, Clock, 10, 10, 0.1, 0.01);

        void Show(params ReadOnlySpan<BookSummary> books)
        {
            Cluster.Publish(Topics.OrderBooks, new MarketProtocol.BooksSeen([.. books]));
            Settle();
        }
    }
}
