using Dolphin.Actors.Books;
using Dolphin.Actors.Hermes;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Strategies;
using Dolphin.Actors.Tests.Hedging;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Survival;
using static Dolphin.Actors.Hermes.HermesProtocol;

namespace Dolphin.Actors.Tests.Hermes;

/// <summary>Hermes for one asset: what it stores, what it says, and what it still knows after a crash.</summary>
public sealed class AssetHermesStories : ActorStage
{
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);
    private readonly RunBoard _seen = new([HandOverStories.Plan]);
    private readonly TestProbe _asset;
    private IActorRef _hermes = ActorRefs.Nobody;
    private int _lives;

    public AssetHermesStories()
    {
        _asset = CreateTestProbe("asset");
        Live(HandOverStories.Plan);
    }

    private void Live(AssetPlan plan)
    {
        var (risk, board, assets) = (Risk, _seen, new AssetDirectory());
        assets.Open([KeyValuePair.Create(Btc, _asset.Ref)]);
        _hermes = Sys.ActorOf(Props.Create(() => new AssetHermesActor(plan, risk, board, assets)), $"hermes-{++_lives}");
        Settle();
    }

    private List<HermesEvent> Stored => [.. Journal.EventsOf("hermes-BTCUSDT").OfType<HermesEvent>()];
    private Assignment Said() => Heard<Assignment>(_asset)[^1];

    private void Tell(object message)
    {
        _asset.Send(_hermes, message);
        Settle();
    }

    private void Holds(LegHolder holder, Legs legs = default, decimal opened = 0m) =>
        Tell(new Holding(Btc, holder, Ended: false, Grounded: false, legs, Declined: null, Opened: new Money(opened)));

    /// <summary>A market that goes up and down, and stays where it is.</summary>
    /// <param name="quoted">What is heard at the end of each bar.</param>
    private void Bars(int count, Action? quoted = null)
    {
        for (var i = 0; i < count; i++)
        {
            Wait(Quarter);
            Assess(Posture.Apex);
            quoted?.Invoke();
            var price = i % 2 == 0 ? 100m : 100.5m;
            Tell(new MarketProtocol.BarClosed(new Bar((Clock - Quarter).ToUnixTimeMilliseconds(), Price.Of(price), Price.Of(price + 0.2m), Price.Of(price - 0.2m), Price.Of(price), new Quantity(5m)), Quarter));
        }
    }

    private void Quotes(decimal bid, decimal ask, double bids, double asks, bool isValid = true) => Tell(new MarketProtocol.BookSeen(new BookSummary(
        Btc, Clock, isValid, new BestQuote(Price.Of(bid), new Quantity(1m)), new BestQuote(Price.Of(ask), new Quantity(1m)), bids, asks, Clock, 1, 0, 0, 0)));

    private HermesExplanation Explained => _seen.Of(Btc).Hermes!.Explain();

    [Fact(DisplayName = "A quiet market is thin when its book is wide, or empty on one side, and no longer when it is neither; a book that may not be priced from says nothing")]
    public void Thin()
    {
        Tell(new BookProtocol.Booked(HedgedBook.Empty(Btc)));
        Holds(LegHolder.Nobody);
        for (var i = 0; i < 80 && (i == 0 || Explained.Regime == Regime.Unknown); i++) Bars(1);
        Assert.Equal((Regime.Ranging, double.NaN, double.NaN), (Explained.Regime, Explained.Features.Spread, Explained.Features.Depth));

        Regime After(decimal bid, decimal ask, double bids = 500_000, double asks = 500_000, bool isValid = true)
        {
            Bars(1, quoted: () => Quotes(bid, ask, bids, asks, isValid));
            return Explained.Regime;
        }

        Assert.Equal(Regime.Ranging, After(99.99m, 100.01m));
        Assert.Equal((2d, 500_000d), (Explained.Features.Spread, Explained.Features.Depth));
        Assert.Equal(Regime.Ranging, After(99m, 101m, isValid: false));
        Assert.Equal(Regime.Thin, After(99m, 101m));
        Assert.Contains("spread", Explained.Reading, StringComparison.Ordinal);
        Assert.Equal(Regime.Thin, After(99.99m, 100.01m)); // The average remembers the wide one: 24 bp are above what it leaves at.
        Assert.Equal(Regime.Ranging, After(99.99m, 100.01m));
        Assert.Equal(Regime.Ranging, After(99.99m, 100.01m, asks: 0)); // An eighth of 500,000 is left of it.
        Assert.Equal(Regime.Thin, After(99.99m, 100.01m, asks: 0));
        Assert.Contains("depth", Explained.Reading, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "What it says comes with every bar, also before it knows book or holder: the asset answers")]
    public void Says()
    {
        Assert.Equal(LegHolder.Nobody, Said().Enabled);
        Bars(3);
        Assert.Equal(3, Heard<Assignment>(_asset).Count);
        Assert.Empty(Stored);
    }

    [Fact(DisplayName = "A flat asset in a ranging market is given to hedging, in stages that are stored before they are said")]
    public void Gives()
    {
        Tell(new BookProtocol.Booked(HedgedBook.Empty(Btc)));
        Holds(LegHolder.Nobody);
        for (var i = 0; i < 80 && Stored.Count == 0; i++) Bars(1);
        for (var i = 0; i < 80 && !Stored.OfType<HermesEvent.Released>().Any(); i++) Bars(1);
        var said = Said();
        Assert.Equal((LegHolder.Nobody, LegHolder.BandLimitedHedging, HandOverStage.Adopting), (said.Enabled, said.HandOver!.To, said.HandOver.Stage));
        Holds(LegHolder.BandLimitedHedging);
        said = Said();
        Assert.Equal(LegHolder.BandLimitedHedging, said.Enabled);
        Assert.Null(said.HandOver);
        Assert.Equal([typeof(HermesEvent.HandOverAsked), typeof(HermesEvent.Released), typeof(HermesEvent.Adopted)],
            Stored.Where(e => e is not HermesEvent.StanceChanged).Select(e => e.GetType()));
    }

    [Fact(DisplayName = "An imbalance is measured by what was opened; before the first opening by what the plan's own sizing gives one leg")]
    public void Measures()
    {
        Gives();
        Tell(new BookProtocol.Booked(HedgedBook.Empty(Btc).Apply(Bought(1, PositionSide.Long, 105m)).Book));
        Bars(1);
        Assert.Equal(HandOverStories.Plan.OpeningLeg, _seen.Of(Btc).Hermes!.Read().Look!.Value.Book.OpeningLeg);
        Holds(LegHolder.BandLimitedHedging, opened: 24_000m);
        Bars(1);
        Assert.Equal(new Money(24_000m), _seen.Of(Btc).Hermes!.Read().Look!.Value.Book.OpeningLeg);
    }

    [Fact(DisplayName = "After a crash it says at once what it had decided, with its snapshot and without one")]
    public void Crash()
    {
        Gives();
        for (var i = 0; i < 2; i++)
        {
            Sys.Stop(_hermes);
            Settle();
            Heard<object>(_asset);
            Live(HandOverStories.Plan);
            Assert.Equal(LegHolder.BandLimitedHedging, Assert.Single(Heard<Assignment>(_asset)).Enabled);
            Tell(DurableProtocol.TakeSnapshot.Now);
        }
    }

    [Fact(DisplayName = "A holder that declines ends the hand-over, and the old one stays")]
    public void Declined()
    {
        Gives();
        Tell(new BookProtocol.Booked(Locked));
        Tell(new Override(Btc, "ada", "let us see", LegHolder.HedgeCompression, Posture: null, For: null));
        Assert.Single(Heard<HermesProtocol.Done>(_asset));
        Bars(1);
        var order = Said().HandOver!;
        Assert.Equal((LegHolder.BandLimitedHedging, LegHolder.HedgeCompression, HandOverStage.Releasing), (order.From, order.To, order.Stage));
        Holds(LegHolder.Nobody);
        Tell(new Holding(Btc, LegHolder.Nobody, Ended: false, Grounded: false, default, new HermesProtocol.Declined(order.Number, LegHolder.HedgeCompression, "there is nothing to compress.")));
        Assert.Equal(LegHolder.BandLimitedHedging, Said().Enabled);
        Assert.Contains("nothing to compress", Assert.Single(Stored.OfType<HermesEvent.HandOverFailed>()).Reason, StringComparison.Ordinal);
    }

    /// <summary>Both legs under water: longs bought at 105, shorts sold at 96.</summary>
    private static HedgedBook Locked { get; } = HedgedBook.Empty(Btc).Apply(Bought(1, PositionSide.Long, 105m)).Book.Apply(Bought(2, PositionSide.Short, 96m)).Book;

    private static Fill Bought(long trade, PositionSide leg, decimal price) => new(
        new ClientOrderId($"autoclose-{trade}"), trade, Btc, leg, leg.Increasing(), Price.Of(price), new Quantity(1m), Money.Zero, IsMaker: false, new Quantity(1m), DateTimeOffset.UnixEpoch);

    [Fact(DisplayName = "What the heir could do nothing with is not asked for: the override waits, and says for what, until the book is such that it can")]
    public void Waits()
    {
        Gives();
        Tell(new Override(Btc, "ada", "let us see", LegHolder.HedgeCompression, Posture: null, For: null));
        Bars(3);
        Assert.Single(Stored.OfType<HermesEvent.HandOverAsked>());
        var seen = _seen.Of(Btc).Hermes!.Explain();
        Assert.Equal((HermesRule.OverrideWaits, LegHolder.HedgeCompression), (seen.Rule, seen.Unfit));
        Assert.Contains("There is nothing to compress", seen.Why, StringComparison.Ordinal);
        Tell(new BookProtocol.Booked(Locked));
        Bars(1);
        var order = Said().HandOver!;
        Assert.Equal((LegHolder.HedgeCompression, HandOverStage.Releasing), (order.To, order.Stage));
    }

    // A page that is refreshed while a bar closes reads on a thread of its own.
    [Fact(DisplayName = "Whoever looks does not touch what it remembers: the words come from what the strategies say now, and it asks nobody again for it")]
    public void Seen_from_outside()
    {
        Gives();
        Sys.Stop(_hermes);
        Settle();
        var compression = new ChoosyPlan(Instrument, LegHolder.HedgeCompression, Takes: _ => false);
        Live(HandOverStories.Plan with { Strategies = [.. HandOverStories.Plan.Strategies.Select(s => s.Holder == compression.Holder ? compression : s)] });
        Tell(new BookProtocol.Booked(HedgedBook.Empty(Btc)));
        Holds(LegHolder.BandLimitedHedging);
        Tell(new Override(Btc, "ada", "let us see", LegHolder.HedgeCompression, Posture: null, For: null));
        Bars(2);
        Tell(new BookProtocol.Booked(Locked));
        Bars(1);
        Assert.Equal([default, Locked.Legs], compression.Asked);
        compression.Asked.Clear();
        Assert.Contains("I would rather not", _seen.Of(Btc).Hermes!.Explain().Why, StringComparison.Ordinal);
        Assert.Contains(Locked.Legs, compression.Asked); // Not what it remembers.
        compression.Asked.Clear();
        Bars(1);
        Assert.Empty(compression.Asked);
    }

    [Fact(DisplayName = "What it would store after a refusal is what it would store after a recovery: an asset that has recovered does not refuse again")]
    public void Same_state()
    {
        Declined();
        var before = State();
        Holds(LegHolder.Nobody); // As the asset says it after a recovery, when it has forgotten the refusal.
        Assert.Equal(before, State());

        string State()
        {
            _asset.Send(_hermes, DurableProtocol.GetStored.Now);
            Settle();
            return System.Text.Encoding.UTF8.GetString(StoredJson.Write(Heard<DurableProtocol.StoredState>(_asset)[^1].State));
        }
    }

    [Fact(DisplayName = "An answer that changes nothing is not answered: two who repeat themselves would never end")]
    public void No_echo()
    {
        Gives();
        Tell(new Override(Btc, "ada", "nobody may", LegHolder.Nobody, Posture: null, For: null));
        Bars(1);
        Heard<object>(_asset);
        Holds(LegHolder.Nobody);
        Assert.Single(Heard<Assignment>(_asset));
        Holds(LegHolder.Nobody);
        Holds(LegHolder.Nobody);
        Assert.Empty(Heard<Assignment>(_asset));
        Bars(1);
        Assert.Equal(LegHolder.Nobody, Stored.OfType<HermesEvent.Adopted>().Last().Holder);
    }

    [Fact(DisplayName = "An override without a reason is refused with what was expected; one that is lifted gives Hermes its word back")]
    public void Overrides()
    {
        Tell(new Override(Btc, "ada", "", LegHolder.ExposureProtector, Posture: null, For: null));
        Assert.Equal("hermes.bad-override", Assert.Single(Heard<HermesProtocol.Refused>(_asset)).Refusal.Code);
        Tell(new Override(Btc, "ada", "a delisting", LegHolder.ExposureProtector, RiskPosture.Cautious, TimeSpan.FromHours(1)));
        Assert.Single(Heard<HermesProtocol.Done>(_asset));
        Tell(new Lift(Btc, "ada", "it is over"));
        Assert.Single(Heard<HermesProtocol.Done>(_asset));
        Assert.Equal([typeof(HermesEvent.OverrideSet), typeof(HermesEvent.OverrideLifted)], Stored.Select(e => e.GetType()));
        Tell(new Lift(Btc, "ada", "once more"));
        Assert.Single(Heard<HermesProtocol.Done>(_asset)); // A second copy changes nothing.
    }

    [Fact(DisplayName = "What an override asks for comes back in the answer; one beyond the calendar is refused like any that is too long")]
    public void Accepts()
    {
        Tell(new Override(Btc, "ada", "a delisting", LegHolder.ExposureProtector, RiskPosture.Cautious, TimeSpan.FromHours(1), HolderPriority.High));
        Assert.StartsWith("exposure-protector is to hold BTCUSDT, CAUTIOUS, priority high, from the next bar on, until ", Assert.Single(Heard<HermesProtocol.Done>(_asset)).What, StringComparison.Ordinal);
        Tell(new Lift(Btc, "ada", "it is over"));
        foreach (var time in new[] { TimeSpan.MaxValue, TimeSpan.FromDays(367) })
        {
            Tell(new Override(Btc, "ada", "for ever", LegHolder.ExposureProtector, Posture: null, time));
            Assert.Contains("longer than 366 days", Assert.Single(Heard<HermesProtocol.Refused>(_asset)).Refusal.Reason, StringComparison.Ordinal);
        }

        Tell(new Override(Btc, "ada", "backwards", LegHolder.ExposureProtector, Posture: null, TimeSpan.MinValue / 2));
        Assert.Contains("not after it begins", Assert.Single(Heard<HermesProtocol.Refused>(_asset)).Refusal.Reason, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Whoever looks sees what it thinks: before its first look what it had decided, then regime, holder, what it wants and why, and an override at once")]
    public void Seen()
    {
        var first = _seen.Of(Btc).Hermes!.Explain();
        Assert.Equal((LegHolder.Nobody, Regime.Unknown), (first.Holder, first.Regime));
        Assert.Contains("has not looked", first.Why, StringComparison.Ordinal);
        Gives();
        var now = _seen.Of(Btc).Hermes!.Explain();
        Assert.Equal((LegHolder.BandLimitedHedging, LegHolder.BandLimitedHedging, Regime.Ranging), (now.Holder, now.Wanted, now.Regime));
        Assert.True(double.IsFinite(now.Features.EfficiencyRatio));
        Tell(new Override(Btc, "ada", "hands off", LegHolder.Nobody, Posture: null, For: null));
        now = _seen.Of(Btc).Hermes!.Explain();
        Assert.Equal((LegHolder.Nobody, HermesRule.Override, "ada wants nobody: hands off"), (now.Wanted, now.Rule, now.Why));
        Sys.Stop(_hermes);
        Settle();
        Live(HandOverStories.Plan);
        Assert.Equal(now.Override, _seen.Of(Btc).Hermes!.Explain().Override);
    }
}
