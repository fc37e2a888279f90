using System.Collections.Immutable;
using System.Text;
using Dolphin.Actors.Alpha;
using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Divergence;
using Dolphin.Actors.Execution;
using Dolphin.Actors.External;
using Dolphin.Actors.Funding;
using Dolphin.Actors.Hermes;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Actors.Scan;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Sizing;
using Dolphin.Actors.Survival;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Actors.Wire;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.Books;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Directional;
using Dolphin.Domain.External;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Scan;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;
using Dolphin.Domain.TwoLegs;
using Dolphin.Venues;

namespace Dolphin.Actors.Tests.Wire;

/// <summary>What crosses between nodes: named by hand, whole on the other side, and refused where nobody knows it.</summary>
public sealed class WireStories
{
    private static readonly DateTimeOffset At = new(2026, 1, 5, 0, 0, 1, TimeSpan.Zero);
    private static readonly NewOrder Order = new(
        ClientOrderIds.For(ActorStage.Strategy, 7, PositionSide.Long, epoch: 3), ActorStage.Btc, PositionSide.Long, OrderSide.Buy, OrderType.Limit, TimeInForce.PostOnly,
        new Quantity(0.010m), Price.Of(100.10m));
    private static readonly Fill Fill = new(
        Order.Id, 1, Order.Symbol, Order.Leg, Order.Side, Price.Of(100.10m), new Quantity(0.010m), new Money(0.0005m), IsMaker: true, new Quantity(0.010m), At);
    private static readonly HedgedBook Book = HedgedBook.Empty(ActorStage.Btc).Apply(Fill).Book;
    private static readonly LegTargets Targets = new(7, new Domain.Market.Legs(Quantity.Zero, Quantity.Zero), new Domain.Market.Legs(new Quantity(1m), new Quantity(2m)), Price.Of(100m));

    private static readonly RiskSnapshot Risk = new(
        3, 9, At, 0.5, Posture.Turtle, At, 1m, InvariantFailed: false, null, LayerId.AlgoHeartbeat,
        [
            new LayerEntry(LayerId.AlgoHeartbeat, LayerCategory.Structural, LayerStatus.Reporting, new LayerReading.Scan(TimeSpan.FromSeconds(90), TimeSpan.Zero), At,
                ["age"], default, default, 0, 0.5, 0.5, At, Latched: false, Acknowledged: false),
        ]);

    private static readonly ScanPicture Scanned = new(
        61, At, TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(3), TimeSpan.FromMilliseconds(700), TimeSpan.FromMilliseconds(1.2), 1, 2,
        [new ScanWindowPicture(50, 2, 0.75, -0.001, 1.44, 0.6, 1), new ScanWindowPicture(750, 0, null, null, null)], VelDiv: null, new CloseCounts(120, 1, 0, 0),
        new TickCounts(118, 2, 2, 0, 0), Skipped: 1, Plunges: 1, new PlungePicture(At, -0.009, -0.012, 4, IsOn: true),
        ScanWatch.Evolve(ScanWatchState.Initial, new ScanEvent.UniverseShrunk(2, [ActorStage.Btc], TimeSpan.FromMilliseconds(700), "late", At)), new ScanShardsPicture(4, 3, 640));

    /// <summary>One of every message.</summary>
    private static readonly ImmutableArray<object> All =
    [
        new ExecutionProtocol.Begin(WireWasLost: true), new ExecutionProtocol.Execute(ActorStage.Strategy, ActorStage.Btc, Targets),
        new ExecutionProtocol.Withdraw(ActorStage.Strategy, 7),
        new ExecutionProtocol.OrderFilled(ActorStage.Strategy, 7, Fill), new ExecutionProtocol.LegDone(ActorStage.Strategy, 7, PositionSide.Long, new Quantity(0.010m), "filled"),
        new ExecutionProtocol.LegStored(ActorStage.Strategy, 7, PositionSide.Short), new ExecutionProtocol.FillStored(Order.Id, new Quantity(0.010m)),
        new ExecutionProtocol.ExternalFill(Fill, After: 3), new ExecutionProtocol.FillTaken(ActorStage.Btc, PositionSide.Long, 7), ExecutionProtocol.ShowAccount.Now, new Slippage(ActorStage.Btc, 2.5, 1.5, new Money(1_000m)),
        new BookProtocol.BookFill(Fill, IsExternal: true), new BookProtocol.BookFunding(new VenueEvent.FundingPaid(ActorStage.Btc, PositionSide.Long, 0.0001m, new Money(-0.1m), At)),
        new BookProtocol.FundingStored(ActorStage.Btc, PositionSide.Long, At), BookProtocol.GetBook.Now, new BookProtocol.Booked(Book), new BookProtocol.Grounded(ActorStage.Btc),
        new NodeProtocol.ServiceEnded("scan", "no memory"), new NodeProtocol.ServiceBegun("scan"), new NodeProtocol.SignsOfLife("a:1", [new SilentService("scan", "a:1", At)]),
        new StrategyProtocol.Exit(ActorStage.Strategy, "ada"), new StrategyProtocol.Done(ActorStage.Strategy, "it leaves"),
        new StrategyProtocol.Refused(ActorStage.Strategy, new Refusal("hedge.gone", "it has left")),
        new StrategyProtocol.Signal("directional-BTCUSDT", "ada", new DirectionalSignal("scan-7", PositionSide.Short, 0.8, At)),
        new StrategyProtocol.Trim(ActorStage.Btc, new TrimWish("auto-executor", 7, new Quantity(1m), new Quantity(2m), At)), new StrategyProtocol.TrimTaken(ActorStage.Btc, ActorStage.Strategy, 7),
        new StrategyProtocol.TrimDeclined(ActorStage.Btc, 7, new Refusal("hedge.nothing-to-trim", "there is nothing")),
        new StrategyProtocol.Grow(ActorStage.Btc, new GrowWish("auto-executor", 8, new Quantity(1m), new Quantity(2m), At)), new StrategyProtocol.GrowTaken(ActorStage.Btc, ActorStage.Strategy, 8),
        new StrategyProtocol.GrowDeclined(ActorStage.Btc, 8, new Refusal("hedge.paused", "it pauses")),
        new StrategyProtocol.WishOver(ActorStage.Btc, ActorStage.Strategy, 8, new Dolphin.Domain.Market.Legs(new Quantity(1m), new Quantity(2m))), StrategyProtocol.GetHolders.Now,
        new StrategyProtocol.HeldBy(ActorStage.Btc, ActorStage.Strategy),
        new HermesProtocol.Assignment(ActorStage.Btc, LegHolder.Nobody, MayOpen: false, RiskPosture.Cautious, HolderPriority.High, RegimeGate.Open,
            new HermesProtocol.HandOverOrder(2, LegHolder.BandLimitedHedging, LegHolder.HedgeCompression, HandOverStage.Adopting, Book.Legs)),
        new HermesProtocol.Holding(ActorStage.Btc, LegHolder.BandLimitedHedging, Ended: false, Grounded: false, Book.Legs, new HermesProtocol.Declined(2, LegHolder.HedgeCompression, "there is no gap"), Opened: new Money(12_000m)),
        new HermesProtocol.Override(ActorStage.Btc, "ada", "a delisting", LegHolder.Nobody, RiskPosture.Defensive, TimeSpan.FromHours(4), HolderPriority.Urgent),
        new HermesProtocol.Lift(ActorStage.Btc, "ada", "it is over"), new HermesProtocol.Done(ActorStage.Btc, "it is set"),
        new HermesProtocol.Refused(ActorStage.Btc, new Refusal("hermes.bad-override", "a reason is expected")),
        new ExecutionProtocol.FeesCharged(new VenueFees(-0.00005m, 0.0004m)),
        new FundingProtocol.Known([new SymbolFunding(ActorStage.Btc, new FundingQuote(At, 0.0001m), new FundingQuote(At.AddHours(-4), -0.0002m, IsForecast: true), At, TimeSpan.FromHours(4))]),
        new DivergenceProtocol.Compared([new SymbolDivergence(ActorStage.Btc, 0.0005, "paper", "", At), new SymbolDivergence(new Symbol("ETHUSDT"), null, null, "paper-2", At)]),
        AlphaSnapshot.Of(
            3, 9, At, [new AlphaFeatures(ActorStage.Btc, 1, 0.6, 0.75, -0.01, 0.012, 1e9, null, null, 0.49, 0), new AlphaFeatures(new Symbol("ETHUSDT"), null, null, null, null, null, null, null, null, 0.49, 0, BreakerFactor.Dvol, BreakerFactors.Funding | BreakerFactors.TakerRatio)],
            new Domain.Alpha.PlungeEvent(At, -0.009), [new AlphaSignal(ActorStage.Btc, PositionSide.Short, 0.5, 1, At, -0.009)]),
        new ScanProtocol.Scanned(Scanned, 50, [new ScanProtocol.AssetLoading(ActorStage.Btc, 0.75)]),
        new ScanShardProtocol.Resume(61, -7), new ScanShardProtocol.Take(new ScanStep(61, -7, [1, 0, 0, 0, 255, 255, 255, 255], [0x80, 2])), new ScanShardProtocol.Taken(64, -7, [0, 0, 0, 0, 0, 0, 240, 63]),
        new ScanShardProtocol.GetHistory(64, -7, 3), new ScanShardProtocol.HistoryPiece(61, -7, 3, [1, 2, 3]), new ScanShardProtocol.GetPart(-7, 1, 2), new ScanShardProtocol.PartPiece(64, -7, 1, 2, [4, 5]),
        new ExternalFactors.Observed(ActorStage.Btc, Factors.Funding, 0.0001, At), new ExternalFactors.Levelled(new FactorLevel(At, TimeSpan.FromMinutes(3), At, "dvol, last 60")),
        ExternalFactors.GetKnown.Now, new ExternalFactors.Known([new ExternalFactors.Observed(ActorStage.Btc, Factors.Funding, 0.0001, At), new ExternalFactors.Observed(null, Factors.Dvol, 50, At)], 0, 2),
        new SizeInput.Open(Sizing.Learners.Episode(1), (SizeChoice.Constant with { Offered = 1.5m }).Bounded(1.2m, 1m), At), new SizeInput.Close(Sizing.Learners.Episode(1), new Money(-3m), new Money(1_000m), At),
        new SizeInput.Withdraw(Sizing.Learners.Episode(1), At), new SizingProtocol.Taken(Sizing.Learners.Episode(1), End: true), new SizingProtocol.Measured(0.4, -0.01, At),
        new SizingProtocol.Enveloped([new EnvelopeCap(ActorStage.Btc, 1.5m)], At),
        new SizingProtocol.Learned(Sizing.Learners.Successes(3, At).Aggregate(SizeLearnerState.Initial,
            (state, input) => SizeLearner.Decide(Sizing.Learners.Learning, state, input).Events.Aggregate(state, SizeLearner.Evolve))),
        Risk, new LayerReport(LayerId.PortfolioDrawdown, new LayerReading.Drawdown(0.1), At),
        new SurvivalProtocol.AcknowledgeDrawdown("ada"), new SurvivalProtocol.Acknowledged(At), new SurvivalProtocol.Refused(new Refusal("survival.no-latch", "nothing is latched")),
        new LedgerProtocol.Acknowledge("ada"), new LedgerProtocol.Acknowledged("a difference", At), new LedgerProtocol.Refused(new Refusal("ledger.differs", "they differ")),
        new VenueEvent.Account(new AccountView("shown", new Money(10m), Money.Zero, Money.Zero, Money.Zero,
            [new VenuePosition(ActorStage.Btc, PositionSide.Long, new Quantity(1m), new Money(100m), Money.Zero, Money.Zero, Money.Zero, Price.Of(101m), 1)]), At),
        new VenueEvent.Liquidated(Fill, At), new StrategyProtocol.Resume(ActorStage.Strategy, "ada"), new OperatorProtocol.Asked("exit", ActorStage.Strategy, "ada", At),
        DurableProtocol.TakeSnapshot.Now, DurableProtocol.GetStored.Now, new DurableProtocol.StoredState("book-BTCUSDT", 1, Book),
        new NodeHealth("10.0.0.1:4054", At, At, 0.5, Posture.Turtle, ["BTCUSDT"], ["survival"], Halted: 1),
    ];

    [Fact(DisplayName = "There is one of every message here, so that none can be forgotten below")]
    public void Complete() => Assert.Equal(WireTypes.Table.Select(t => t.Type.FullName).Order(StringComparer.Ordinal), All.Select(m => m.GetType().FullName).Order(StringComparer.Ordinal));

    [Fact(DisplayName = "No name and no type stands in the table twice, and no name is a CLR name")]
    public void Names()
    {
        Assert.Equal(WireTypes.Table.Length, WireTypes.Table.Select(t => t.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.All(WireTypes.Table, t => Assert.Matches("^[a-z]+(-[a-z]+)*\\.[a-z]+(-[a-z]+)*\\.v[0-9]+$", t.Name));
    }

    [Fact(DisplayName = "What is sent arrives as what it was, and sent on it is the same bytes")]
    public void Round_trip() => Assert.All(All, message =>
    {
        var bytes = WireJson.Write(message);
        var arrived = WireJson.Read(bytes, WireTypes.TypeOf(WireTypes.Table.Single(t => t.Type == message.GetType()).Name));
        Assert.IsType(message.GetType(), arrived);
        Assert.Equal(Encoding.UTF8.GetString(bytes), Encoding.UTF8.GetString(WireJson.Write(arrived)));
        Assert.DoesNotContain("Dolphin.", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
    });

    [Fact(DisplayName = "The longest messages of the scan's shards are shorter than what Akka.NET sends as one: a step of 4096 assets, and a whole piece")]
    public void Short_enough()
    {
        const int frame = 128_000, envelope = 1_000;
        var step = new ScanStep(long.MaxValue, long.MinValue, new byte[4 * EigenScan.MostAssets], new byte[EigenScan.MostAssets]);
        Assert.InRange(WireJson.Write(new ScanShardProtocol.Take(step)).Length, 1, frame - envelope);
        Assert.InRange(WireJson.Write(new ScanShardProtocol.HistoryPiece(long.MaxValue, long.MinValue, 244, new byte[ScanShardProtocol.MostPieceBytes])).Length, 1, frame - envelope);
        Assert.InRange(WireJson.Write(new ScanShardProtocol.PartPiece(4032, long.MaxValue, 5, 244, new byte[ScanShardProtocol.MostPieceBytes])).Length, 1, frame - envelope);
        Assert.InRange(WireJson.Write(new ScanShardProtocol.Taken(0, long.MaxValue, new byte[6 * 64 * 8])).Length, 1, frame - envelope);
    }

    [Fact(DisplayName = "A snapshot of alpha of as many assets as it may have, none of them with a short number, is shorter than what nodes send as one")]
    public void Alpha_short_enough()
    {
        const int frame = 512 * 1024, envelope = 1_000; // AkkaConfig.MaximumFrameBytes.
        var signal = new AlphaSignal(new Symbol("1000000MOGUSDT"), PositionSide.Short, 0.12345678901234567, 1, At, -0.012345678901234567);
        var features = Enumerable.Range(0, AlphaPlan.MostAssets).Select(i => new AlphaFeatures(
            new Symbol($"100{i:0000}MOGUSDT"), i + 1, 0.12345678901234567, -0.012345678901234567, -0.012345678901234567, 0.012345678901234567, 1234567890.1234567, 0.12345678901234567,
            -0.12345678901234567, 0.48999999999999999, 0.012345678901234567, BreakerFactor.TakerRatio, BreakerFactors.Funding | BreakerFactors.TakerRatio | BreakerFactors.Dvol));
        var snapshot = AlphaSnapshot.Of(long.MaxValue, long.MaxValue, At, [.. features], new Domain.Alpha.PlungeEvent(At, -0.012345678901234567), [.. Enumerable.Repeat(signal, 100)]);
        Assert.InRange(WireJson.Write(snapshot).Length, frame / 2, frame - envelope);
    }

    [Fact(DisplayName = "A snapshot of alpha from a node that does not say why the breaker cuts has no reason, and everything else")]
    public void Older_alpha()
    {
        var older = """{"epoch":3,"sequence":9,"at":"2026-01-05T09:00:00+00:00","assets":[{"symbol":"BTCUSDT","rank":1,"score":0.6,"cut":0.49,"boost":0}],"plunge":null,"signals":[]}"""u8;
        var read = Assert.IsType<AlphaSnapshot>(WireJson.Read(older, typeof(AlphaSnapshot)));
        Assert.Equal(new AlphaFeatures(ActorStage.Btc, 1, 0.6, null, null, null, null, null, null, 0.49, 0), Assert.Single(read.Assets));
    }

    [Fact(DisplayName = "A newer node may add a field: it is passed over, and everything else arrives")]
    public void Newer_field()
    {
        var newer = """{"strategyId":"hedge-BTCUSDT","by":"ada","because":"of a field that this version does not know"}"""u8;
        Assert.Equal(new StrategyProtocol.Exit("hedge-BTCUSDT", "ada"), WireJson.Read(newer, typeof(StrategyProtocol.Exit)));
    }

    [Fact(DisplayName = "An override from a node that knows no priority has none, and a request of an operator may have a word for Hermes")]
    public void Grown()
    {
        var older = """{"symbol":"BTCUSDT","by":"ada","why":"a delisting","holder":"Nobody","posture":null,"for":null}"""u8;
        Assert.Equal(new HermesProtocol.Override(ActorStage.Btc, "ada", "a delisting", LegHolder.Nobody, null, null), WireJson.Read(older, typeof(HermesProtocol.Override)));
        var asked = OperatorProtocol.Asked.Of(new OperatorWord(ActorStage.Btc, "a delisting", LegHolder.HedgeCompression, RiskPosture.Cautious, HolderPriority.High, TimeSpan.FromHours(4)), "ada", At);
        Assert.Equal(asked, WireJson.Read(WireJson.Write(asked), typeof(OperatorProtocol.Asked)));
        Assert.Equal(asked, StoredJson.Read(StoredJson.Write(asked), typeof(OperatorProtocol.Asked)));
        var signal = OperatorProtocol.Asked.Of(new SignalWord(ActorStage.Btc, PositionSide.Short, 0.8, "scan-7"), "ada", At);
        Assert.Equal(signal, WireJson.Read(WireJson.Write(signal), typeof(OperatorProtocol.Asked)));
        Assert.Equal(signal, StoredJson.Read(StoredJson.Write(signal), typeof(OperatorProtocol.Asked)));
        Assert.Equal(new DirectionalSignal("20260105T000000.000Z-BTCUSDT-long", PositionSide.Long, 1, new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero)),
            new SignalWord(ActorStage.Btc, PositionSide.Long, 1).ToSignal(new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero)));
        Assert.DoesNotContain("\"hermes\":", Encoding.UTF8.GetString(StoredJson.Write(asked with { Hermes = null })), StringComparison.Ordinal);
        var held = new HermesProtocol.Holding(ActorStage.Btc, LegHolder.Nobody, Ended: false, Grounded: false, default, null);
        Assert.DoesNotContain("opened", Encoding.UTF8.GetString(WireJson.Write(held)), StringComparison.Ordinal); // An older node reads it, and is read.
        Assert.Equal(held, WireJson.Read(WireJson.Write(held), typeof(HermesProtocol.Holding)));
        var set = new HermesEvent.OverrideSet(1, "ada", "a delisting", LegHolder.Nobody, null, null, At, HolderPriority.Low);
        Assert.Equal(set, StoredJson.Read(StoredJson.Write(set), typeof(HermesEvent.OverrideSet)));
        Assert.DoesNotContain("priority", Encoding.UTF8.GetString(StoredJson.Write(set with { Priority = null })), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A name that a newer node sends, and a type that has no name, are refused in words")]
    public void Unknown()
    {
        Assert.Contains("newer", Assert.Throws<UnknownMessageException>(() => WireTypes.TypeOf("strategy.teleport.v1")).Message, StringComparison.Ordinal);
        Assert.Contains("WireTypes", Assert.Throws<NotSupportedException>(() => WireJson.Write(new Version(1, 0))).Message, StringComparison.Ordinal);
    }
}
