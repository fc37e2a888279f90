using System.Collections.Immutable;
using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Node;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Survival;
using Dolphin.Venues;
using static Dolphin.Actors.Market.MarketProtocol;

namespace Dolphin.Actors.Tests.Sensors;

/// <summary>What each layer's sensor tells the controller, and when.</summary>
public sealed class SensorStories : ActorStage
{
    private static readonly Money Deposit = new(1_000m);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(70);
    private readonly TestProbe _controller;

    public SensorStories() => _controller = CreateTestProbe("controller");

    private SensorContext Context => new(_controller.Ref, Minute);
    private AccountContext OfAccount => AccountContext.Of(Context, heartbeatLimit: TimeSpan.FromSeconds(10));

    private IActorRef Start(Func<SensorContext, IClusterPort, Props> sensor, string name = "sensor")
    {
        var actor = Sys.ActorOf(sensor(Context, Cluster), name);
        Settle();
        return actor;
    }

    private IActorRef StartOfAccount(Func<AccountContext, IClusterPort, Props> sensor, string name = "sensor")
    {
        var context = OfAccount;
        return Start((_, cluster) => sensor(context, cluster), name);
    }

    private static Props Ledger(AccountContext context, IClusterPort cluster, InvariantLedger invariants) =>
        Props.Create(() => new LedgerSensor(context, Patience, Deposit, wireWasLost: false, cluster, invariants));

    private List<LayerReport> Reports() => Heard<LayerReport>(_controller);
    private LayerReading Last() => Reports()[^1].Reading;

    private void Publish(Topic topic, object message)
    {
        Cluster.Publish(topic, message);
        Settle();
    }

    private void CloseSlice(TimeSpan? interval = null)
    {
        var length = interval ?? Minute;
        Publish(Topics.Slices, new SliceClosed(new MarketSlice((Clock - length).ToUnixTimeMilliseconds(), length, ReadOnlyMemory<SymbolBar>.Empty)));
    }

    // ---- the pulse ---------------------------------------------------------------------------------------------------

    [Fact(DisplayName = "A sensor reports on every pulse of the grid, whenever it was started, news or not")]
    public void Pulse()
    {
        Wait(TimeSpan.FromSeconds(23));
        Start((context, cluster) => Props.Create(() => new HeartbeatSensor(context, false, cluster)));
        CloseSlice();
        Wait(Minute * 3);
        Assert.Equal([60d, 120d, 180d], Reports().Select(r => (r.At - new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)).TotalSeconds).Where(at => at > 23));
    }

    [Fact(DisplayName = "L6: what an order cost is reported at once, and half of it counts an hour later")]
    public void Slippage()
    {
        StartOfAccount((context, cluster) => Props.Create(() => new SlippageSensor(context, cluster)));
        Reports();
        Publish(Topics.Slippage, new Slippage(Btc, RealisedBps: 21.5, ExpectedBps: 1.5, new Money(1_000m)));
        Assert.Equal(new LayerReading.Slippage(21.5, 1.5), Assert.Single(Reports()).Reading);
        Wait(TimeSpan.FromHours(1));
        Assert.Equal(11.5, ((LayerReading.Slippage)Last()).RealisedBps, 6);
    }

    [Fact(DisplayName = "L6: one order among many moves the mean by what it traded, and none of them by the order in which they ended")]
    public void Slippage_of_many()
    {
        StartOfAccount((context, cluster) => Props.Create(() => new SlippageSensor(context, cluster)));
        for (var i = 0; i < 99; i++) Publish(Topics.Slippage, new Slippage(Btc, RealisedBps: 1.5, ExpectedBps: 1.5, new Money(1_000m)));
        Publish(Topics.Slippage, new Slippage(new Symbol("THINUSDT"), RealisedBps: 81.5, ExpectedBps: 1.5, new Money(1_000m)));
        Assert.Equal(2.3, ((LayerReading.Slippage)Last()).RealisedBps, 6);
        Publish(Topics.Slippage, new Slippage(Btc, RealisedBps: 81.5, ExpectedBps: 1.5, new Money(100_000m)));
        Assert.Equal(41.9, ((LayerReading.Slippage)Last()).RealisedBps, 6);
    }

    [Fact(DisplayName = "L6: an hour later an old order weighs half, so what orders cost now is soon what counts")]
    public void Slippage_ages()
    {
        StartOfAccount((context, cluster) => Props.Create(() => new SlippageSensor(context, cluster)));
        Publish(Topics.Slippage, new Slippage(Btc, RealisedBps: 30, ExpectedBps: 0, new Money(1_000m)));
        Wait(TimeSpan.FromHours(1));
        Reports();
        Publish(Topics.Slippage, new Slippage(Btc, RealisedBps: 0, ExpectedBps: 0, new Money(1_000m)));
        Assert.Equal(5, ((LayerReading.Slippage)Last()).RealisedBps, 6); // 15 were left of the 30, at half the weight.
        Wait(TimeSpan.FromHours(1));
        Reports();
        Publish(Topics.Slippage, new Slippage(Btc, RealisedBps: 0, ExpectedBps: 0, new Money(0.001m)));
        Assert.Equal(2.5, ((LayerReading.Slippage)Last()).RealisedBps, 4); // Next to nothing brings nothing back.
    }

    [Fact(DisplayName = "L4: a bar on time has no age; one that is missing ages from the moment it was due")]
    public void Heartbeat()
    {
        Start((context, cluster) => Props.Create(() => new HeartbeatSensor(context, false, cluster)));
        Wait(Minute);
        CloseSlice();
        Wait(Minute);
        Assert.Equal(new LayerReading.Scan(TimeSpan.Zero, TimeSpan.Zero), Last());
        Wait(Minute * 4);
        Assert.Equal(TimeSpan.FromMinutes(4), ((LayerReading.Scan)Last()).Age);
        CloseSlice();
        Wait(Minute);
        Assert.Equal(TimeSpan.FromMinutes(4), ((LayerReading.Scan)Last()).IntervalDrift);
    }

    [Fact(DisplayName = "L7: bars on time have no age, however long they are")]
    public void Long_bars_are_not_old()
    {
        var quarter = TimeSpan.FromMinutes(15);
        var (context, cluster, policy) = (new SensorContext(_controller.Ref, quarter), Cluster, new ShockPolicy(Minute, Minute * 2, 4, 0.8, Minute));
        Sys.ActorOf(Props.Create(() => new ShockSensor(context, policy, hearsFactors: false, cluster)), "shocks");
        Settle();
        for (var i = 0; i < 4; i++)
        {
            Wait(quarter);
            CloseSlice(quarter);
        }

        var reports = Reports();
        Assert.True(reports.Count >= 3);
        Assert.All(reports, r => Assert.Equal(TimeSpan.Zero, ((LayerReading.Environment)r.Reading).Age));
        Wait(quarter * 3);
        Assert.Equal(quarter * 2, ((LayerReading.Environment)Last()).Age);
    }

    [Fact(DisplayName = "L9: a fall of equity is reported at once, and the peak outlives a restart")]
    public void DrawdownIsMeasured()
    {
        var sensor = StartOfAccount((context, cluster) => Props.Create(() => new DrawdownSensor(context, false, cluster, Board)));
        Account(1_000m);
        Account(1_100m);
        Reports();
        Account(990m);
        Assert.Equal(0.1, ((LayerReading.Drawdown)Assert.Single(Reports()).Reading).Fraction, 12);
        sensor.Tell(Actors.Journal.DurableProtocol.TakeSnapshot.Now);
        Settle();
        Sys.Stop(sensor);
        Settle();
        Board.Drawdown = new Drawdown(0, 0);
        StartOfAccount((context, cluster) => Props.Create(() => new DrawdownSensor(context, false, cluster, Board)), "again");
        Assert.Equal((0.1, 0.1), (Math.Round(Board.Drawdown.Now, 12), Math.Round(Board.Drawdown.Worst, 12))); // The screen does not begin anew either.
        Wait(Minute);
        Assert.Equal(0.1, ((LayerReading.Drawdown)Last()).Fraction, 12);
    }

    /// <summary>Sensors whose evidence comes with the account.</summary>
    public static TheoryData<string> OfTheAccount() => ["L2", "L6", "L9"];

    private IActorRef StartOfAccount(string layer) => StartOfAccount((context, cluster) => layer switch
    {
        "L2" => Ledger(context, cluster, Invariants),
        "L6" => Props.Create(() => new SlippageSensor(context, cluster)),
        _ => Props.Create(() => new DrawdownSensor(context, false, cluster, Board)),
    });

    [Theory(DisplayName = "Whose evidence comes with the account dates its word no later than the account stands, and asks for it until it comes")]
    [MemberData(nameof(OfTheAccount))]
    public void No_account_no_news(string layer)
    {
        var requests = CreateTestProbe("requests");
        Cluster.Subscribe(Topics.AccountRequests, requests.Ref);
        StartOfAccount(layer);
        Wait(Minute);
        Assert.Empty(Reports()); // Nothing has been seen, and nothing is said.
        Assert.NotEmpty(Heard<ExecutionProtocol.ShowAccount>(requests));
        Account(1_000m);
        var seen = Clock;
        Wait(Minute);
        Assert.Empty(Heard<ExecutionProtocol.ShowAccount>(requests));
        Wait(Minute);
        Assert.Equal(Clock, Reports()[^1].At);
        Assert.Single(Heard<ExecutionProtocol.ShowAccount>(requests));
        Wait(Minute * 5);
        Assert.All(Reports(), report => Assert.Equal(seen + Minute * 2, report.At));
        Assert.Equal(5, Heard<ExecutionProtocol.ShowAccount>(requests).Count);
        Account(1_000m);
        Wait(Minute);
        Assert.Equal(Clock, Reports()[^1].At);
    }

    [Theory(DisplayName = "What it knew of the account outlives a restart that loses nothing, with its time")]
    [MemberData(nameof(OfTheAccount))]
    public void Account_is_remembered(string layer)
    {
        var sensor = StartOfAccount(layer);
        Account(1_000m);
        var seen = Clock;
        Store(sensor);
        Sys.Stop(sensor);
        Wait(Minute * 3);
        Reports();
        StartOfAccount(layer);
        Wait(Minute);
        Assert.Equal(seen + Minute * 2, Assert.Single(Reports()).At);
    }

    [Fact(DisplayName = "Frozen it goes on speaking of what it heard before, and of nothing that was said meanwhile; afterwards it hears again")]
    public void Frozen()
    {
        var (from, cluster, context) = (Clock + Minute, Cluster, OfAccount);
        var fault = new SensorFault(LayerId.PortfolioDrawdown, SensorFaultKind.Frozen, from, from + Minute * 4, TimeSpan.Zero);
        var port = new DeafPort(cluster, Sys.ActorOf(Props.Create(() => new SensorEarActor(LayerId.PortfolioDrawdown, fault, cluster)), "ear"));
        Start((_, _) => Props.Create(() => new DrawdownSensor(context, false, port, Board)));
        Account(1_000m);
        Wait(Minute);
        Reports();
        for (var i = 0; i < 3; i++)
        {
            Account(500m);
            Wait(Minute);
        }

        Assert.Equal([1, 1, 1], Reports().Select(report => (report.At - from) / Minute)); // The account of before stands for two minutes from its own time on.
        Wait(Minute);
        Account(500m);
        Assert.Equal(new LayerReport(LayerId.PortfolioDrawdown, new LayerReading.Drawdown(0.5), Clock), Reports()[^1]);
    }

    [Fact(DisplayName = "L1: the controller that is heard holds; one that has been silent for longer than its limit does not")]
    public void Quorum()
    {
        var limit = TimeSpan.FromSeconds(10);
        Start((context, cluster) => Props.Create(() => new QuorumSensor(context, limit, cluster)));
        Assess(Posture.Apex);
        Wait(Minute);
        Assert.Equal(LayerReading.Invariant.Ok, Last());
        Wait(Minute);
        Assert.False(((LayerReading.Invariant)Last()).Holds);
    }

    [Fact(DisplayName = "L1: a node that hears no more than half of its cluster fails at once, and holds again with the pulse after it hears more")]
    public void Majority()
    {
        var limit = TimeSpan.FromSeconds(10);
        Start((context, cluster) => Props.Create(() => new QuorumSensor(context, limit, cluster)));
        Assess(Posture.Apex);
        Publish(Topics.Grid, Grid("a:1", "b:1", "c:1"));
        Assert.Equal(LayerReading.Invariant.Ok, Last());
        Publish(Topics.Grid, Grid("a:1"));
        var alone = (LayerReading.Invariant)Last();
        Assert.Equal((false, "1 of 3 nodes can be heard; more than half are needed"), (alone.Holds, alone.Reason));
        Publish(Topics.Grid, Grid("a:1", "b:1"));
        Assess(Posture.Apex);
        Wait(Minute);
        Assert.Equal(LayerReading.Invariant.Ok, Last());

        static HealthGrid Grid(params ReadOnlySpan<string> reachable) => new(["a:1", "b:1", "c:1"], [.. reachable], ImmutableSortedDictionary<string, NodeHealth>.Empty);
    }

    // ---- L2 ----------------------------------------------------------------------------------------------------------

    private static HedgedBook Bought(int trades)
    {
        var book = HedgedBook.Empty(Btc);
        for (var i = 1; i <= trades; i++)
            book = book.Apply(FillOf(new NewOrder(new ClientOrderId($"o{i}"), Btc, PositionSide.Long, OrderSide.Buy, OrderType.Market, TimeInForce.GoodTillCancel, new Quantity(1m), null), i, 1m, 1m)).Book;
        return book;
    }

    private void View(int trades, decimal extraQuantity = 0m, decimal extraWallet = 0m)
    {
        var leg = Bought(trades).Long;
        var wallet = Deposit + leg.Realised - leg.Fees + leg.Funding + new Money(extraWallet);
        Publish(Topics.Account, new VenueEvent.Account(new AccountView(null, wallet, Money.Zero, Money.Zero, Money.Zero,
            [new VenuePosition(Btc, PositionSide.Long, leg.Quantity + new Quantity(extraQuantity), leg.Cost, leg.Realised, leg.Fees, leg.Funding, null, leg.LastTradeId)]), Clock));
    }

    private void Account(decimal equity) =>
        Publish(Topics.Account, new VenueEvent.Account(new AccountView(null, new Money(equity), Money.Zero, Money.Zero, Money.Zero, []), Clock));

    private void Booked(int trades) => Publish(Topics.Bookings, new BookProtocol.Booked(Bought(trades)));

    private bool LedgerHoldsInAMinute()
    {
        Wait(Minute);
        return ((LayerReading.Invariant)Last()).Holds;
    }

    [Fact(DisplayName = "L2: book and venue that agree hold, to the last digit")]
    public void Ledger_agrees()
    {
        StartOfAccount((context, cluster) => Ledger(context, cluster, Invariants));
        Booked(2);
        View(2);
        Assert.True(LedgerHoldsInAMinute());
        Assert.Empty(Violations);
    }

    [Fact(DisplayName = "L2: one lot of difference at the same trade breaks it at once, and it stays broken")]
    public void Ledger_differs()
    {
        StartOfAccount((context, cluster) => Ledger(context, cluster, Invariants));
        Booked(2);
        Reports();
        View(2, extraQuantity: 0.001m);
        Assert.Contains("BTCUSDT Long", ((LayerReading.Invariant)Last()).Reason, StringComparison.Ordinal);
        View(2);
        Assert.False(LedgerHoldsInAMinute());
        Assert.Single(Violations);
    }

    [Fact(DisplayName = "L2: a cent that nobody paid breaks it at once")]
    public void Cash_gap()
    {
        StartOfAccount((context, cluster) => Ledger(context, cluster, Invariants));
        View(1, extraWallet: 0.01m);
        Assert.False(((LayerReading.Invariant)Last()).Holds);
        Assert.Contains(nameof(Invariant.CashConserved), Assert.Single(Violations), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "L2: a book that lacks a trade when patience is over is asked, and breaks it by saying twice that it lacks it")]
    public void Ledger_behind()
    {
        var asked = Books();
        StartOfAccount((context, cluster) => Ledger(context, cluster, Invariants));
        Booked(1);
        View(2);
        Assert.True(LedgerHoldsInAMinute());
        View(2);
        Assert.True(LedgerHoldsInAMinute());
        Assert.Empty(Heard<BookProtocol.GetBook>(asked));
        View(2);
        Assert.Single(Heard<BookProtocol.GetBook>(asked));
        Booked(1);
        Assert.False(LedgerHoldsInAMinute());
        Wait(Minute);
        Assert.Empty(Violations); // It may have come to life a moment before it answered.
        View(2);
        Assert.Single(Heard<BookProtocol.GetBook>(asked));
        Booked(1);
        View(2);
        Assert.Contains("a fill was lost", Assert.Single(Violations), StringComparison.Ordinal);
        Booked(2);
        View(2);
        Assert.False(LedgerHoldsInAMinute());
        Assert.Single(Journal.EventsOf("sensor-L2_LEDGER_INTEGRITY").OfType<LedgerEvent.Broke>());
    }

    [Fact(DisplayName = "L2: while a book that lacks a trade does not answer the layer does not hold, and nothing is stored; it holds again once the book has it")]
    public void Ledger_silent()
    {
        var (asked, accounts) = (Books(), CreateTestProbe("accounts"));
        Cluster.Subscribe(Topics.AccountRequests, accounts.Ref);
        var sensor = StartOfAccount((context, cluster) => Ledger(context, cluster, Invariants));
        Booked(1);
        View(2);
        Wait(Minute * 2);
        View(2);
        for (var i = 0; i < 5; i++)
        {
            Assert.False(LedgerHoldsInAMinute());
            Assert.NotEmpty(Heard<ExecutionProtocol.ShowAccount>(accounts));
            View(2);
        }

        Assert.Single(Heard<BookProtocol.GetBook>(asked));
        Assert.Equal("ledger.still-differs", Assert.Single(Ask<LedgerProtocol.Refused>(sensor)).Refusal.Code);
        Wait(Minute);
        Assert.Contains("BTCUSDT Long: the book lacks", ((LayerReading.Invariant)Last()).Reason, StringComparison.Ordinal);
        Booked(2);
        View(2);
        Assert.True(LedgerHoldsInAMinute());
        Assert.Empty(Violations);
        Assert.Empty(Journal.EventsOf("sensor-L2_LEDGER_INTEGRITY"));
    }

    [Fact(DisplayName = "L2: a book that comes back after patience, and lacks the trade, has as long again to store it")]
    public void Ledger_late_answer()
    {
        var asked = Books();
        StartOfAccount((context, cluster) => Ledger(context, cluster, Invariants));
        Booked(1);
        View(2);
        Wait(Minute * 2);
        View(2);
        Wait(Minute * 2);
        Booked(1); // It has recovered, and what it could not store is being told to it again.
        View(2);
        Assert.True(LedgerHoldsInAMinute());
        Assert.Single(Heard<BookProtocol.GetBook>(asked));
        Booked(2);
        View(2);
        Assert.True(LedgerHoldsInAMinute());
        Assert.Empty(Violations);
    }

    [Fact(DisplayName = "L2: whose word was lost on its way is asked, and holds all the time")]
    public void Ledger_word_lost()
    {
        var asked = Books();
        StartOfAccount((context, cluster) => Ledger(context, cluster, Invariants));
        Booked(1);
        View(2);
        Wait(Minute * 2);
        Reports();
        View(2);
        Assert.Single(Heard<BookProtocol.GetBook>(asked));
        Booked(2);
        View(2);
        Assert.True(LedgerHoldsInAMinute());
        Assert.All(Reports(), r => Assert.True(((LayerReading.Invariant)r.Reading).Holds));
    }

    private TestProbe Books()
    {
        var books = CreateTestProbe("books");
        Cluster.Subscribe(Topics.BookRequests, books.Ref);
        return books;
    }

    [Fact(DisplayName = "L2: a leg that trades in every bar lacks another trade in every view, and that is not one that was lost")]
    public void Ledger_always_a_little_behind()
    {
        StartOfAccount((context, cluster) => Ledger(context, cluster, Invariants));
        for (var trade = 1; trade < 8; trade++)
        {
            Booked(trade);
            View(trade + 1);
            Assert.True(LedgerHoldsInAMinute());
        }

        Assert.Empty(Violations);
    }

    [Theory(DisplayName = "L2: what the venue has forgotten breaks it when an account that is newer by patience still lacks it, and an operator cannot take that back")]
    [InlineData(false, "the book ends at trade 2, the venue at 1")]
    [InlineData(true, "the book has 2 at trade 2, the venue's account has no such leg")]
    public void Ledger_ahead(bool unlisted, string said)
    {
        var sensor = StartOfAccount((context, cluster) => Ledger(context, cluster, Invariants));
        Booked(2);
        void Look()
        {
            if (unlisted) Account(Deposit.Quote);
            else View(1);
        }

        Look();
        Wait(Patience);
        Look();
        Assert.True(LedgerHoldsInAMinute());
        Assert.Empty(Violations);
        Reports();
        Look();
        var broken = (LayerReading.Invariant)Last();
        Assert.False(broken.Holds);
        Assert.Contains(said, broken.Reason, StringComparison.Ordinal);
        Assert.Single(Violations);
        Assert.Equal("ledger.still-differs", Assert.Single(Ask<LedgerProtocol.Refused>(sensor)).Refusal.Code);
        View(2);
        Assert.Single(Ask<LedgerProtocol.Acknowledged>(sensor));
        Assert.True(LedgerHoldsInAMinute());
    }

    [Fact(DisplayName = "L2: an account that was true before the book was seen to be ahead of it says nothing, however late it comes")]
    public void Ledger_ahead_of_a_late_account()
    {
        StartOfAccount((context, cluster) => Ledger(context, cluster, Invariants));
        View(1);
        Booked(2);
        var then = Clock;
        View(1);
        Wait(Minute * 30);
        var leg = Bought(1).Long;
        Publish(Topics.Account, new VenueEvent.Account(new AccountView(null, Deposit + leg.Realised - leg.Fees + leg.Funding, Money.Zero, Money.Zero, Money.Zero,
            [new VenuePosition(Btc, PositionSide.Long, leg.Quantity, leg.Cost, leg.Realised, leg.Fees, leg.Funding, null, leg.LastTradeId)]), then));
        Assert.Empty(Violations);
        View(2);
        Assert.True(LedgerHoldsInAMinute());
    }

    [Fact(DisplayName = "L2: a leg that trades in every bar is ahead of every account by another trade, and that is none that was forgotten")]
    public void Ledger_always_a_little_ahead()
    {
        StartOfAccount((context, cluster) => Ledger(context, cluster, Invariants));
        for (var trade = 1; trade < 8; trade++)
        {
            Booked(trade + 1);
            View(trade);
            Assert.True(LedgerHoldsInAMinute());
        }

        Assert.Empty(Violations);
    }

    [Fact(DisplayName = "L2: the book of a grounded asset is not judged any more")]
    public void Ledger_of_grounded_asset()
    {
        StartOfAccount((context, cluster) => Ledger(context, cluster, Invariants));
        Booked(1);
        View(1);
        Publish(Topics.Bookings, new BookProtocol.Grounded(Btc));
        for (var i = 0; i < 4; i++)
        {
            View(3);
            Assert.True(LedgerHoldsInAMinute());
        }
    }

    [Fact(DisplayName = "A book that repeats itself after a recovery is not compared again")]
    public void Ledger_repeated()
    {
        StartOfAccount((context, cluster) => Ledger(context, cluster, Invariants));
        Booked(2);
        View(2);
        var compared = Compared();
        Booked(2);
        View(2);
        Assert.Equal(compared, Compared());
        long Compared() => Invariants.Counts.Single(c => c.Name == Invariant.BookEqualsVenue).Checked;
    }

    // ---- an operator who acknowledges --------------------------------------------------------------------------------

    private IReadOnlyList<T> Ask<T>(IActorRef sensor)
    {
        var @operator = CreateTestProbe("operator-" + sensor.Path.Name + "-" + _asked++);
        @operator.Send(sensor, new LedgerProtocol.Acknowledge("ada"));
        return Heard<T>(@operator);
    }

    private int _asked;

    [Fact(DisplayName = "L2: while it holds there is nothing to acknowledge")]
    public void Acknowledge_nothing()
    {
        var sensor = StartOfAccount((context, cluster) => Ledger(context, cluster, Invariants));
        Booked(2);
        View(2);
        Assert.Equal("ledger.not-broken", Assert.Single(Ask<LedgerProtocol.Refused>(sensor)).Refusal.Code);
        Assert.Empty(Journal.EventsOf("sensor-L2_LEDGER_INTEGRITY"));
    }

    [Fact(DisplayName = "L2: while books and venue differ an acknowledgement is refused with what differs, and the venue is asked for a new view")]
    public void Acknowledge_too_early()
    {
        var requests = CreateTestProbe("requests");
        Cluster.Subscribe(Topics.AccountRequests, requests.Ref);
        var sensor = StartOfAccount((context, cluster) => Ledger(context, cluster, Invariants));
        Booked(2);
        View(2, extraQuantity: 0.001m);
        var refusal = Assert.Single(Ask<LedgerProtocol.Refused>(sensor)).Refusal;
        Assert.Equal("ledger.still-differs", refusal.Code);
        Assert.Contains("BTCUSDT Long at trade 2", refusal.Reason, StringComparison.Ordinal);
        Assert.Single(Heard<ExecutionProtocol.ShowAccount>(requests));
        Assert.False(LedgerHoldsInAMinute());

        View(2, extraWallet: 0.01m);
        Assert.Contains("cash", Assert.Single(Ask<LedgerProtocol.Refused>(sensor)).Refusal.Reason, StringComparison.Ordinal);
        Booked(1);
        View(2);
        Assert.Contains("BTCUSDT Long at trade 1", Assert.Single(Ask<LedgerProtocol.Refused>(sensor)).Refusal.Reason, StringComparison.Ordinal);
        Assert.Single(Journal.EventsOf("sensor-L2_LEDGER_INTEGRITY").OfType<LedgerEvent.Broke>());
    }

    [Fact(DisplayName = "L2: once they agree again an acknowledgement is stored and the layer holds at once; a new difference breaks it anew")]
    public void Acknowledge()
    {
        var sensor = StartOfAccount((context, cluster) => Ledger(context, cluster, Invariants));
        Booked(2);
        View(2, extraQuantity: 0.001m);
        View(2);
        Assert.False(LedgerHoldsInAMinute());
        Assert.Contains("BTCUSDT Long", Assert.Single(Ask<LedgerProtocol.Acknowledged>(sensor)).Reason, StringComparison.Ordinal);
        Assert.True(((LayerReading.Invariant)Last()).Holds);
        Assert.Equal("ada", Assert.Single(Journal.EventsOf("sensor-L2_LEDGER_INTEGRITY").OfType<LedgerEvent.Acknowledged>()).Operator);
        View(2, extraQuantity: 0.001m);
        Assert.False(((LayerReading.Invariant)Last()).Holds);
        Assert.Equal(2, Journal.EventsOf("sensor-L2_LEDGER_INTEGRITY").OfType<LedgerEvent.Broke>().Count());
    }

    // ---- a failure of the sensor itself ------------------------------------------------------------------------------

    /// <summary>A sensor under the parent that it has in a node: one that fails is restarted.</summary>
    private IActorRef Supervised(LayerId layer, Props props, IClusterPort? port = null)
    {
        var (board, cluster) = (Board, port ?? Cluster);
        IReadOnlyList<SensorPlace> places = [new(layer, "it", props)];
        Sys.ActorOf(Props.Create(() => new SensorsActor(places, cluster, board)), "sensors");
        Settle();
        return Resolve("/user/sensors/it");
    }

    [Fact(DisplayName = "In a cluster a sensor that lost its journal starts again after a while; one that failed too often stays down")]
    public void Journal_comes_back()
    {
        var (cluster, context) = (Cluster, OfAccount);
        var port = new RevivingCluster(cluster);
        var sensor = Supervised(LayerId.SlippageDrift, Props.Create(() => new SlippageSensor(context, cluster)), port);
        sensor.Tell(PoisonPill.Instance, ActorRefs.NoSender); // As a journal that does not answer ends it: without a failure.
        Settle();
        Reports();
        Wait(TimeSpan.FromSeconds(4));
        Assert.Empty(Board.Halted);
        Wait(TimeSpan.FromSeconds(1));
        Account(1_000m);
        Assert.NotEmpty(Reports());
        var again = Resolve("/user/sensors/it");
        for (var i = 0; i < 11; i++) Fail(again);
        Assert.Equal("sensor-L6_SLIPPAGE_DRIFT", Assert.Single(Board.Halted).Entity);
    }

    private void Fail(IActorRef sensor)
    {
        sensor.Tell(Kill.Instance, ActorRefs.NoSender);
        Settle();
    }

    private void Store(IActorRef sensor)
    {
        sensor.Tell(Actors.Journal.DurableProtocol.TakeSnapshot.Now, ActorRefs.NoSender);
        Settle();
    }

    [Fact(DisplayName = "L9: after a failure a peak that came after the snapshot is not forgotten; nothing is said until the equity of now is told")]
    public void Drawdown_restarted()
    {
        var requests = CreateTestProbe("requests");
        Cluster.Subscribe(Topics.AccountRequests, requests.Ref);
        var (context, cluster) = (OfAccount, Cluster);
        var sensor = Supervised(LayerId.PortfolioDrawdown, Props.Create(() => new DrawdownSensor(context, false, cluster, Board)));
        Account(1_000m);
        Store(sensor);
        Account(1_100m);
        Account(1_040m);
        Fail(sensor);
        Reports();
        Assert.NotEmpty(Heard<ExecutionProtocol.ShowAccount>(requests));
        Wait(Minute * 2);
        Assert.Empty(Reports());
        Assert.NotEmpty(Heard<ExecutionProtocol.ShowAccount>(requests)); // An answer can get lost: it asks until there is one.
        Account(990m);
        Assert.InRange(((LayerReading.Drawdown)Assert.Single(Reports()).Reading).Fraction, 0.1, 0.1001);
        Wait(Minute);
        Assert.Empty(Heard<ExecutionProtocol.ShowAccount>(requests));
        Assert.Single(Reports());
    }

    [Fact(DisplayName = "L9: the same after a crash of the process, with a snapshot and without one")]
    public void Drawdown_after_a_crash()
    {
        var (context, cluster) = (OfAccount, Cluster);
        var sensor = Start((_, _) => Props.Create(() => new DrawdownSensor(context, true, cluster, Board)));
        Account(1_100m);
        Sys.Stop(sensor);
        Settle();
        sensor = Start((_, _) => Props.Create(() => new DrawdownSensor(context, true, cluster, Board)), "second-life");
        Account(990m);
        Assert.InRange(((LayerReading.Drawdown)Last()).Fraction, 0.1, 0.1001);
        Store(sensor);
        Account(1_200m);
        Sys.Stop(sensor);
        Settle();
        Start((_, _) => Props.Create(() => new DrawdownSensor(context, true, cluster, Board)), "third-life");
        Account(1_080m);
        Assert.InRange(((LayerReading.Drawdown)Last()).Fraction, 0.1, 0.1001);
    }

    [Fact(DisplayName = "L9: new highs take one row for each basis point, not one for each high")]
    public void Drawdown_rows()
    {
        var (context, cluster) = (OfAccount, Cluster);
        Start((_, _) => Props.Create(() => new DrawdownSensor(context, true, cluster, Board)));
        for (var i = 0; i <= 1_000; i++) Account(100_000m + i); // 1 %, in steps of a tenth of a basis point.
        Assert.InRange(Journal.EventsOf("sensor-L9_PORTFOLIO_DD").Length, 80, 100);
        Assert.All(Reports().Select(r => ((LayerReading.Drawdown)r.Reading).Fraction), fraction => Assert.Equal(0, fraction));
    }

    [Fact(DisplayName = "L2: after a failure it still knows that it broke after its snapshot, and cannot be acknowledged before it has compared anew")]
    public void Ledger_restarted_broken()
    {
        var (context, cluster, invariants) = (OfAccount, Cluster, Invariants);
        var sensor = Supervised(LayerId.LedgerIntegrity, Ledger(context, cluster, invariants));
        Booked(2);
        View(2);
        Store(sensor);
        Booked(3);
        View(3, extraQuantity: 0.001m);
        Fail(sensor);
        Assert.False(LedgerHoldsInAMinute());
        Assert.Equal("ledger.still-differs", Assert.Single(Ask<LedgerProtocol.Refused>(sensor)).Refusal.Code);
        Booked(3);
        View(3);
        Assert.Single(Ask<LedgerProtocol.Acknowledged>(sensor));
        Fail(sensor);
        Reports();
        Wait(Minute);
        Assert.Empty(Reports()); // It has compared nothing yet.
        Booked(3);
        View(3);
        Assert.True(LedgerHoldsInAMinute());
    }

    [Fact(DisplayName = "L2: after a failure it asks for the books and the account, and takes no leg of before for agreed")]
    public void Ledger_restarted()
    {
        var (books, accounts) = (Books(), CreateTestProbe("accounts"));
        Cluster.Subscribe(Topics.AccountRequests, accounts.Ref);
        var (context, cluster, invariants) = (OfAccount, Cluster, Invariants);
        var sensor = Supervised(LayerId.LedgerIntegrity, Ledger(context, cluster, invariants));
        Booked(2);
        View(2);
        Store(sensor);
        Assert.Empty(Heard<BookProtocol.GetBook>(books));
        Fail(sensor);
        Assert.Single(Heard<BookProtocol.GetBook>(books));
        Assert.Single(Heard<ExecutionProtocol.ShowAccount>(accounts));
        for (var i = 0; i < 3; i++)
        {
            View(5);
            Assert.True(LedgerHoldsInAMinute()); // Whom it has not heard it does not judge.
        }

        Booked(1);
        for (var i = 0; i < 2; i++)
        {
            View(2);
            Assert.True(LedgerHoldsInAMinute());
        }

        View(2);
        Assert.False(LedgerHoldsInAMinute());
    }

    // ---- L5 ----------------------------------------------------------------------------------------------------------

    private BookSummary Summary(bool isValid, double depth = 1_000_000) => new(
        Btc, Clock, isValid, new BestQuote(Price.Of(100m), new Quantity(1m)), new BestQuote(Price.Of(101m), new Quantity(1m)), depth, depth, Clock, 10, 10, 0.1, 0.01);

    private IActorRef StartBooks(string name = "sensor") => Start((context, cluster) => Props.Create(() => new BookSensor(context, ImmutableArray.Create(Btc), cluster)), name);

    [Fact(DisplayName = "A book that is not shown ages, until its symbol has come to its end: then there is none to miss")]
    public void Books_gone()
    {
        var eth = new Symbol("ETHUSDT");
        Start((context, cluster) => Props.Create(() => new BookSensor(context, ImmutableArray.Create(Btc, eth), cluster)), "sensor");
        Show([]);
        Assert.InRange(((LayerReading.Book)Last()).Age.TotalSeconds, 50, 120);
        Show([eth]);
        Assert.InRange(((LayerReading.Book)Last()).Age.TotalSeconds, 0, 1);

        void Show(ImmutableArray<Symbol> gone)
        {
            for (var i = 0; i < 120; i++)
            {
                Publish(Topics.OrderBooks, new BooksSeen([Summary(isValid: true)]) { Gone = gone });
                Wait(TimeSpan.FromSeconds(1));
            }
        }
    }

    [Fact(DisplayName = "L5 has nothing to say before it has seen books; then it says what they are worth at once, and on every pulse")]
    public void Books_seen()
    {
        StartBooks();
        Wait(Minute);
        Assert.Empty(Reports());
        Publish(Topics.OrderBooks, new BooksSeen([Summary(isValid: true)]));
        Assert.Equal(new LayerReading.Book(TimeSpan.Zero, TimeSpan.Zero, 0), Last());
        Publish(Topics.OrderBooks, new BooksSeen([Summary(isValid: true, depth: 250_000)]));
        Wait(Minute);
        Assert.InRange(((LayerReading.Book)Last()).DepthDecay, 0.7, 0.76);
    }

    [Fact(DisplayName = "Books that are shown no more grow old with every second, and so does one that is not whole")]
    public void Old_books()
    {
        StartBooks();
        Publish(Topics.OrderBooks, new BooksSeen([Summary(isValid: true)]));
        Wait(Minute);
        Assert.Equal(59, ((LayerReading.Book)Last()).Age.TotalSeconds, 0);
        Publish(Topics.OrderBooks, new BooksSeen([Summary(isValid: false)]));
        Wait(Minute);
        Assert.Equal(118.5, ((LayerReading.Book)Last()).Age.TotalSeconds, 3); // Half a second of patience.
    }

    [Fact(DisplayName = "What is usual for a book outlives the sensor; a depth that is gone then is gone")]
    public void Usual_books()
    {
        var sensor = StartBooks();
        Publish(Topics.OrderBooks, new BooksSeen([Summary(isValid: true)]));
        sensor.Tell(Actors.Journal.DurableProtocol.TakeSnapshot.Now);
        Settle();
        Sys.Stop(sensor);
        Settle();
        StartBooks("again");
        Publish(Topics.OrderBooks, new BooksSeen([Summary(isValid: true, depth: 100_000)]));
        Assert.InRange(((LayerReading.Book)Last()).DepthDecay, 0.85, 0.91);
    }
}
