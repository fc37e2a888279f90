using System.Collections.Immutable;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Divergence;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Divergence;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Venues.Paper;

namespace Dolphin.Actors.Tests.Divergence;

/// <summary>The market that is traded beside a second venue: what is published, what is shown, and what is said when the second one is gone.</summary>
public sealed class DivergenceStories : ActorStage
{
    private static readonly Symbol Eth = new("ETHUSDT");
    // Ten seconds is as late as a price may be and be compared.
    private static readonly QuoteVenuePolicy Late = new(Seed: 7, TimeSpan.FromSeconds(10), new Bps(0m), OutageShare: 0, TimeSpan.FromMinutes(10));
    private readonly TestProbe _listener;
    private DivergenceBoard _board = null!;
    private IActorRef _divergence = ActorRefs.Nobody;
    private int _lives;
    private Chance _market = new(11);
    private decimal _price = 100m;

    public DivergenceStories()
    {
        _listener = CreateTestProbe("listener");
        Cluster.Subscribe(Topics.Divergence, _listener.Ref);
    }

    internal static DivergencePlan Plan(QuoteVenuePolicy venue, TimeSpan? maxAge = null)
    {
        var (errors, plain) = (new List<string>(), new DivergenceSettings());
        return DivergencePlan.Of(plain with { Sources = [DivergencePlan.Traded, new PriceSource("paper-2")], MaxAge = maxAge ?? plain.MaxAge }, venue, Minute, "test", errors)
            ?? throw new InvalidOperationException(string.Join(' ', errors));
    }

    private void Live(QuoteVenuePolicy venue, TimeSpan? maxAge = null)
    {
        Sys.Stop(_divergence);
        Settle();
        var (plan, cluster, run) = (Plan(venue, maxAge), Cluster, Board);
        var board = _board = new DivergenceBoard(plan.Patience);
        Sys.ActorOf(Props.Create(() => new DivergenceListenerActor(board, run, cluster)), $"divergence-listener-{++_lives}");
        _divergence = Sys.ActorOf(Props.Create(() => new DivergenceActor(plan, cluster, run)), $"divergence-{_lives}");
        Settle();
    }

    /// <returns>What was published of each minute.</returns>
    private List<ImmutableArray<SymbolDivergence>> Minutes(int count, Func<int, decimal>? price = null)
    {
        for (var i = 0; i < count; i++)
        {
            Wait(Minute);
            _price = price?.Invoke(i) ?? _price * (1m + decimal.Round((decimal)_market.NextNormal() * 0.001m, 6));
            var (open, close) = ((Clock - Minute).ToUnixTimeMilliseconds(), Price.Of(_price));
            SymbolBar Of(Symbol symbol) => new(symbol, new Bar(open, close, close, close, close, new Quantity(1m)));
            Cluster.Publish(Topics.Slices, new MarketProtocol.SliceClosed(new MarketSlice(open, Minute, new[] { Of(Btc), Of(Eth) })));
            Settle();
        }

        return [.. Heard<DivergenceProtocol.Compared>(_listener).Select(c => c.Symbols)];
    }

    private async Task<DivergenceSnapshot> StoredAsync() => (DivergenceSnapshot)(await _divergence.Ask<DurableProtocol.StoredState>(DurableProtocol.GetStored.Now)).State;

    [Fact(DisplayName = "Every bar is compared with what the second venue shows of it, for all symbols, and boards have it")]
    public void Compares()
    {
        Live(Late);
        var said = Minutes(3, minute => 100m + minute);
        Assert.Equal(0, said[0][0].Value); // Its bar did not move.
        Assert.Equal([Btc, Eth], said[2].Select(s => s.Symbol));
        // Of the step from 101 to 102 the second venue lacks the last ten seconds of sixty.
        Assert.All(said[2], s => Assert.Equal("", s.Without));
        Assert.All(said[2], s => Assert.Equal(1 / 6.0 / (102 - 1 / 12.0), s.Value!.Value, 8));
        Assert.Equal(said[2][0].Value, _board.Read(Btc, Clock));
        Assert.Equal(said[2][0], Board.Of(Btc).Divergence);
        Assert.Empty(Board.News);
    }

    [Fact(DisplayName = "A price that is older than it may be when it is heard is not compared, and the second venue is named as the one without")]
    public void Too_late()
    {
        Live(Late with { Lag = TimeSpan.FromSeconds(11) });
        Assert.All(Minutes(5).SelectMany(s => s), s => Assert.Equal((null, "paper-2"), (s.Value, s.Without)));
        Assert.Null(_board.Read(Btc, Clock));
    }

    [Fact(DisplayName = "Of a venue that is half a bar late it is found out that the other one leads, within an hour of bars")]
    public void Leads()
    {
        Live(Late with { Lag = TimeSpan.FromSeconds(30) }, maxAge: TimeSpan.FromSeconds(30));
        Assert.Equal("paper", Minutes(60)[^1][0].Leader);
    }

    [Fact(DisplayName = "Two venues that are the same and differ by noise alone have no leader")]
    public void Nobody_leads()
    {
        Live(Late with { Lag = TimeSpan.Zero, Noise = new Bps(5m) });
        var said = Minutes(120);
        Assert.True(said.Count(s => s[0].Leader is not null) <= 6, $"{said.Count(s => s[0].Leader is not null)} of {said.Count} looks found a leader.");
        Assert.All(said, s => Assert.True(s[0].Value < 0.004));
    }

    [Fact(DisplayName = "A second venue that goes silent makes divergence missing, which is said once, shown, and never guessed; when it is back, so is divergence")]
    public void Silence()
    {
        Live(Late);
        Minutes(5);
        Live(Late with { OutageShare = 1 });
        var said = Minutes(5);
        Assert.All(said.SelectMany(s => s), s => Assert.Equal((null, null, "paper-2"), (s.Value, s.Leader, s.Without)));
        Assert.Null(_board.Read(Btc, Clock));
        Assert.Equal("paper-2", Board.Of(Btc).Divergence!.Without);
        Assert.Equal(NotableKind.Warning, Assert.Single(Board.News, n => n.Source == "divergence").Kind);
    }

    [Fact(DisplayName = "What was published counts for a bar and the age of a price, and not for longer: a comparison that stopped is missing too")]
    public void Stale()
    {
        Live(Late);
        Minutes(3, minute => 100m + minute);
        Sys.Stop(_divergence);
        Wait(TimeSpan.FromSeconds(70));
        Assert.NotNull(_board.Read(Btc, Clock));
        Wait(TimeSpan.FromSeconds(1));
        Assert.Null(_board.Read(Btc, Clock));
        Assert.Null(_board.Read(new Symbol("SOLUSDT"), Clock));
    }

    [Fact(DisplayName = "Who comes back says at once what it said last, and goes on as if it had never been away")]
    public async Task Restart()
    {
        Live(Late with { Noise = new Bps(3m) });
        var before = Minutes(80)[^1];
        _divergence.Tell(DurableProtocol.TakeSnapshot.Now, ActorRefs.NoSender);
        Settle();
        var stored = StoredJson.Write(await StoredAsync());
        Live(Late with { Noise = new Bps(3m) });
        Assert.Equal(before, Assert.Single(Heard<DivergenceProtocol.Compared>(_listener)).Symbols.AsEnumerable());
        Assert.Equal(before[0].Value, _board.Read(Btc, Clock));
        Assert.Equal(stored, StoredJson.Write(await StoredAsync()));
        Assert.Equal(80, (await StoredAsync()).Symbols[0].Tally.Comparisons);
    }

    [Fact(DisplayName = "Bars longer than a step are compared bar by bar: window and longest lag keep their number of steps")]
    public void Longer_bars()
    {
        var policy = Plan(Late).Policy;
        Assert.Equal((60_000L, 240, 5), (policy.StepMs, policy.Steps, policy.Lags));
    }
}
