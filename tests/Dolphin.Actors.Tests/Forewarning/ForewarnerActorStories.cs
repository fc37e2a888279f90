using System.Collections.Immutable;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Forewarning;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Sizing;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Forewarning;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;
using static Dolphin.Actors.Tests.Forewarning.ForewarnerPlans;

namespace Dolphin.Actors.Tests.Forewarning;

/// <summary>L3 in a run: when a model is fitted, which one serves, what L3 and the sizer hear, and what a crash leaves.</summary>
public sealed class ForewarnerActorStories : ActorStage
{
    private readonly TestProbe _controller, _sizer;
    private IActorRef _forewarner = ActorRefs.Nobody;
    private Chance _market = new(3);
    private decimal _price = 100m;
    private int _lives, _joined;

    public ForewarnerActorStories()
    {
        (_controller, _sizer) = (CreateTestProbe("controller"), CreateTestProbe("sizer"));
        Cluster.Subscribe(Topics.Sizing, _sizer.Ref);
    }

    private void Live(ForewarnerPlan plan, TimeSpan? pulse = null)
    {
        Sys.Stop(_forewarner);
        Settle();
        var (context, cluster, board) = (new SensorContext(_controller.Ref, pulse ?? Five), Cluster, Board);
        _forewarner = Sys.ActorOf(Props.Create(() => new ForewarnerActor(plan, context, cluster, board)), $"forewarner-{++_lives}");
        Settle();
    }

    private void Bars(int count, double each = 0.0023)
    {
        for (var i = 0; i < count; i++)
        {
            Wait(Five);
            _price *= 1m + decimal.Round((decimal)(each * _market.NextNormal()), 6);
            var (open, close) = ((Clock - Five).ToUnixTimeMilliseconds(), Price.Of(_price));
            Cluster.Publish(Topics.Slices, new MarketProtocol.SliceClosed(new MarketSlice(open, Five, new[] { new SymbolBar(Btc, new Bar(open, close, close, close, close, new Quantity(1m))) })));
            Settle();
        }
    }

    private List<LayerReading.Envelope> Reports() => [.. Heard<LayerReport>(_controller).Select(r => (LayerReading.Envelope)r.Reading)];
    private ImmutableArray<object> Stored => [.. Journal.EventsOf(ForewarnerActor.Id)];

    [Fact(DisplayName = "Without market enough there is no model, and L3 hears of half a margin; then of the model's distance, which is stored with the event that makes it champion")]
    public void First_model()
    {
        Live(Plan(begins: false, leastSample: 20));
        Bars(18);
        Assert.All(Reports(), r => Assert.Equal(new LayerReading.Envelope(0.5, TimeSpan.Zero), r));
        Assert.Contains("no model serves; L3 counts the parameters as neither safe nor outside", Board.Forewarner!.ToText(), StringComparison.Ordinal);
        Assert.Empty(Stored);
        Bars(10);
        Assert.Equal(["FitWanted", "KeptModel", "ChampionChanged"], Stored.Select(e => e.GetType().Name));
        Reports();
        Bars(4);
        Assert.All(Reports(), r => Assert.Equal((Board.Forewarner.Standings.Single().InMargins, TimeSpan.Zero), (r.Distance, r.Age)));
        Assert.Contains(Board.News, n => n.Text.Contains("model 1 serves", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "With a market of before the run the first model serves before anything has been heard: nothing is taken for a risk on the way")]
    public void Begins()
    {
        Live(Plan());
        Assert.Equal(1, Board.Forewarner!.State.Champion!.Number);
        Assert.NotEqual(0.5, Assert.Single(Reports()).Distance);
    }

    [Fact(DisplayName = "A crash between two snapshots loses no model: the same one serves again, and nothing is fitted")]
    public void Crash()
    {
        Live(Plan());
        Bars(7);
        var before = Reports()[^1].Distance;
        Live(Plan());
        Bars(7);
        Assert.Equal(before, Reports()[^1].Distance);
        Assert.Single(Stored.OfType<ForewarnerEvent.FitWanted>());
    }

    [Fact(DisplayName = "A state that was snapshot and restored is the same state")]
    public void Snapshot()
    {
        Live(Plan());
        Bars(20);
        string Now() => System.Text.Encoding.UTF8.GetString(StoredJson.Write(_forewarner.Ask<DurableProtocol.StoredState>(DurableProtocol.GetStored.Now).GetAwaiter().GetResult().State));
        var before = Now();
        _forewarner.Tell(DurableProtocol.TakeSnapshot.Now);
        Settle();
        Live(Plan());
        Assert.Equal(before, Now());
    }

    [Fact(DisplayName = "On schedule another is fitted; one that is not proven does not serve, and the one before goes on")]
    public void Schedule()
    {
        static ForewarnerPlan Unmoved(ForewarnerPolicy policy) => Plan(policy) with { Fitness = Still };
        Live(Unmoved(TakesAny));
        Bars(7);
        var first = Board.Forewarner!.State.Champion!;
        Bars(24 * 12);
        Assert.Equal((2L, 2), (Board.Forewarner.State.Champion!.Number, Board.Forewarner.Tally.Served));
        Live(Unmoved(TakesAny with { LeastRecall = 1.1 }));
        Bars(24 * 12);
        Assert.Equal((2L, 1), (Board.Forewarner.State.Champion!.Number, Board.Forewarner.Tally.Rejected));
        Assert.NotEqual(first.Seed, Board.Forewarner.State.Champion.Seed);
        Assert.Contains(Board.News, n => n.Text.Contains("model 3 is rejected", StringComparison.Ordinal));
        Assert.NotEmpty(Reports());
    }

    [Fact(DisplayName = "A market that has moved is told, and another model is fitted before it is time")]
    public void Moved()
    {
        Live(Plan());
        Bars(7);
        Bars(18 * 12, each: 0.0092);
        Assert.NotEmpty(Stored.OfType<ForewarnerEvent.MarketMoved>());
        Assert.Equal(FitReason.MarketMoved, Stored.OfType<ForewarnerEvent.FitWanted>().ElementAt(1).Reason);
        Assert.Contains(Board.News, n => n.Text.Contains("not the model's any more", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "Less information is never more risk: age grows with a market that is silent, and with a schedule that nothing proven keeps")]
    public void Age()
    {
        Live(Plan());
        Bars(7);
        Reports();
        Wait(TimeSpan.FromMinutes(60));
        Assert.Equal(TimeSpan.FromMinutes(55), Reports()[^1].Age);
        Live(Plan(TakesAny with { LeastRecall = 1.1 }));
        Bars(30 * 12);
        var ages = Reports().Select(r => r.Age).ToArray();
        Assert.True(ages[^1] > TimeSpan.FromHours(3), $"{ages[^1]}");
        Assert.Equal(ages.TakeLast(30).Order(), ages.TakeLast(30));
    }

    [Fact(DisplayName = "A bar is due one bar after the last: however often L3 is told in between, nothing is late")]
    public void Between_bars()
    {
        Live(Plan(), pulse: TimeSpan.FromMinutes(1));
        Bars(7);
        Assert.All(Reports(), r => Assert.Equal(TimeSpan.Zero, r.Age));
        Wait(TimeSpan.FromMinutes(8));
        Assert.Equal(TimeSpan.FromMinutes(3), Reports()[^1].Age);
    }

    [Fact(DisplayName = "Outside of the envelope leverage halves: the cap is published, heard by who sizes, and said with the way back; inside there is none")]
    public void Halves()
    {
        var ground = Joins([]);
        Assert.Equal((20m, BetBound.Configured), (Sized(ground).Leverage, Sized(ground).Bound));

        Live(Plan(fraction: 0.8m, leverage: 20m));
        Bars(7);
        Assert.Contains(Board.News, n => n.Text.Contains("leverage halves on 1 of 1 symbols, whose parameters are outside: BTCUSDT is RED", StringComparison.Ordinal));
        Assert.Equal(["FitWanted", "KeptModel", "ChampionChanged", "LeverageHalved"], Stored.Select(e => e.GetType().Name));
        Assert.Equal([new EnvelopeCap(Btc, 10m)], Heard<SizingProtocol.Enveloped>(_sizer)[^1].Caps.AsEnumerable());
        Assert.Equal((10m, BetBound.Envelope), (Sized(ground).Leverage, Sized(ground).Bound));
        Assert.True(Reports()[^1].Distance <= 0);
        var text = Board.Forewarner!.ToText();
        Assert.Contains("RED: BTCUSDT is", text, StringComparison.Ordinal);
        Assert.Contains("leverage at most 10x of 20x", text, StringComparison.Ordinal);
        Assert.Contains("back to safety: sizing.", text, StringComparison.Ordinal);

        ground.Board.Envelope = new SizingProtocol.Enveloped([], Clock);
        Live(Plan(fraction: 0.8m, leverage: 20m)); // A new life says it again.
        Assert.Equal(10m, Sized(ground).Leverage);
    }

    // A node that joins: its board, and who writes on it.
    private SizingGround Joins(ImmutableArray<EnvelopeCap> capsUnheard)
    {
        var (sizing, board, run, cluster) = (new SizingPlan(new SizingPolicy(null, null, 1), new Money(10_000m), TimeSpan.FromDays(1), ImmutableSortedDictionary<Symbol, double>.Empty), new SizingBoard(capsUnheard), Board, Cluster);
        Sys.ActorOf(Props.Create(() => new SizingListenerActor(sizing, board, run, cluster)), $"sizing-listener-{++_joined}");
        Settle();
        return new SizingGround(sizing, board, null, ActorRefs.Nobody);
    }

    private Bet Sized(SizingGround ground) => ground.Size(
        Btc, new BetRequest(new Money(10_000m), 0.5m, 20m, null, [], Money.Zero), new RiskView(1, Posture.Apex, MaxLeverage: 125m, InvariantFailed: false, 1, 1), double.NaN, double.NaN, default, null, Clock).Bet;

    [Fact(DisplayName = "A node that joins sizes as if all were outside of the envelope until it hears, which is with the next pulse and not the next look: half outside, all inside")]
    public void Joiner()
    {
        var outside = Plan(fraction: 0.8m, leverage: 20m) with { LookEvery = TimeSpan.FromHours(6) };
        Live(outside);
        Bars(2);
        var joiner = Joins(outside.CapsUnheard);
        Assert.Equal((10m, BetBound.Envelope), (Sized(joiner).Leverage, Sized(joiner).Bound));
        var trusting = Joins([]); // As one that has heard of better days.
        Assert.Equal(20m, Sized(trusting).Leverage);
        Bars(1);
        Assert.Equal((10m, 10m), (Sized(joiner).Leverage, Sized(trusting).Leverage));
    }

    [Fact(DisplayName = "Where no model serves yet the forewarner says so with its first word: what that costs is R_total, and a node that has heard it sizes without a cap")]
    public void Joiner_without_model()
    {
        var plan = Plan(fraction: 0.8m, leverage: 20m, begins: false, leastSample: 5_000);
        var first = Joins(plan.CapsUnheard);
        Assert.Equal(10m, Sized(first).Leverage);
        Live(plan);
        Assert.Equal((20m, BetBound.Configured), (Sized(first).Leverage, Sized(first).Bound));
        var joiner = Joins(plan.CapsUnheard);
        Assert.Equal(10m, Sized(joiner).Leverage);
        Bars(1);
        Assert.Equal(20m, Sized(joiner).Leverage);
        Assert.All(Reports(), r => Assert.Equal(0.5, r.Distance));
    }

    [Fact(DisplayName = "In real time a fit is another thread's work; one that a crash interrupted is begun again under its number, and what was decided stands")]
    public void Interrupted()
    {
        Live(Slow(Plan()));
        Bars(4);
        Assert.IsType<ForewarnerEvent.FitWanted>(Assert.Single(Stored));
        Assert.All(Reports(), r => Assert.Equal(0.5, r.Distance));
        Live(Plan());
        Assert.Equal(["FitWanted", "KeptModel", "ChampionChanged"], Stored.Select(e => e.GetType().Name));
        Assert.Equal(1, Board.Forewarner!.State.Champion!.Number);
    }

    [Fact(DisplayName = "A fit that says nothing is given up, and after a pause there is another: never two at a time")]
    public void Given_up()
    {
        Live(Slow(Plan()));
        Bars(30);
        Assert.Equal(["FitWanted", "FitFailed", "FitWanted"], Stored.Take(3).Select(e => e.GetType().Name));
        Assert.Equal("forewarner.fit-timeout", Stored.OfType<ForewarnerEvent.FitFailed>().First().Code);
        Assert.Contains("no model serves", Board.Forewarner!.ToLine(), StringComparison.Ordinal);
        Sys.Stop(_forewarner);
        Settle();
    }
}
