using Dolphin.Domain;
using Dolphin.Domain.Market;
using static Dolphin.Venues.Tests.Contract.Terms;

namespace Dolphin.Venues.Tests.Contract;

/// <summary>What every venue does, told from the client's end. A venue passes by deriving from this class.</summary>
public abstract class VenueContract
{
    private IVenueWorld _world = null!;

    protected abstract IVenueWorld Create(Terms terms);

    // ---- resting and taking

    [Fact(DisplayName = "A limit order away from the market is accepted once and rests")]
    public void Rests()
    {
        Given(Ordinary, Quiet(1_000m));
        Send(Limit("a", OrderSide.Buy, PositionSide.Long, 0.1m, 990m));
        RunMinute();
        Assert.Single(Heard<VenueEvent.Accepted>(), e => e.Order.Id == Id("a"));
        Assert.Empty(Heard<VenueEvent.Filled>());
        Assert.Equal(OrderState.Open, Query("a").State);
    }

    [Fact(DisplayName = "A resting order is not filled when the market only touches its price")]
    public void Touch_is_not_enough()
    {
        Given(Ordinary, new Candle(Btc, 1_000m, 1_000m, 990m, 1_000m, 1_000m));
        Send(Limit("a", OrderSide.Buy, PositionSide.Long, 0.1m, 990m));
        RunMinute();
        Assert.Empty(Heard<VenueEvent.Filled>());
    }

    [Fact(DisplayName = "A resting order is filled at its own price, as a maker, when the market trades through it")]
    public void Through_fills()
    {
        Given(Ordinary, new Candle(Btc, 1_000m, 1_000m, 989.9m, 1_000m, 1_000m));
        Send(Limit("a", OrderSide.Buy, PositionSide.Long, 0.1m, 990m));
        RunMinute();
        var fill = Assert.Single(FillsOf("a"));
        Assert.True(fill.IsMaker);
        Assert.Equal(Price.Of(990m), fill.Price);
        Assert.Equal(new Money(990m * 0.1m * MakerFee), fill.Fee);
        AssertClosed("a", OrderState.Filled, 0.1m);
    }

    [Fact(DisplayName = "A sell order is filled when the market trades above it, never when it falls")]
    public void Sells_above()
    {
        Given(Ordinary, new Candle(Btc, 1_000m, 1_000m, 950m, 960m, 1_000m));
        Send(Limit("a", OrderSide.Sell, PositionSide.Short, 0.1m, 1_010m));
        RunMinute();
        Assert.Empty(FillsOf("a"));
        Minute(new Candle(Btc, 960m, 1_011m, 960m, 1_000m, 1_000m));
        Assert.Equal(Price.Of(1_010m), Assert.Single(FillsOf("a")).Price);
    }

    [Fact(DisplayName = "A limit order beyond the market takes at once, as a taker, near the market and within its limit")]
    public void Takes()
    {
        Given(Ordinary, Quiet(1_000m));
        Send(Limit("a", OrderSide.Buy, PositionSide.Long, 0.1m, 1_050m));
        RunMinute();
        var fill = Assert.Single(FillsOf("a"));
        Assert.False(fill.IsMaker);
        AssertNear(1_000m, fill.Price, OrderSide.Buy);
        Assert.Equal(new Money(fill.Price.QuotePerBase * 0.1m * TakerFee), fill.Fee);
    }

    [Fact(DisplayName = "A post-only order that would take is refused with -5022")]
    public void Post_only_refused()
    {
        Given(Ordinary, Quiet(1_000m));
        Send(Limit("a", OrderSide.Buy, PositionSide.Long, 0.1m, 1_010m, TimeInForce.PostOnly));
        RunMinute();
        AssertRefused("a", VenueCode.PostOnlyWouldTake);
    }

    [Fact(DisplayName = "A post-only order behind the market rests and is filled as a maker")]
    public void Post_only_rests()
    {
        Given(Ordinary, new Candle(Btc, 1_000m, 1_000m, 980m, 1_000m, 1_000m));
        Send(Limit("a", OrderSide.Buy, PositionSide.Long, 0.1m, 990m, TimeInForce.PostOnly));
        RunMinute();
        Assert.True(Assert.Single(FillsOf("a")).IsMaker);
    }

    [Fact(DisplayName = "An immediate-or-cancel order away from the market is accepted and expires empty")]
    public void Ioc_away()
    {
        Given(Ordinary, Quiet(1_000m));
        Send(Limit("a", OrderSide.Buy, PositionSide.Long, 0.1m, 990m, TimeInForce.ImmediateOrCancel));
        RunMinute();
        Assert.Single(Heard<VenueEvent.Accepted>());
        AssertClosed("a", OrderState.Expired, 0m);
    }

    [Fact(DisplayName = "An immediate-or-cancel order takes what there is; the rest expires")]
    public void Ioc_partial()
    {
        Given(Ordinary, Quiet(1_000m, volume: 5m));
        Send(Limit("a", OrderSide.Buy, PositionSide.Long, 2m, 1_010m, TimeInForce.ImmediateOrCancel));
        RunMinute();
        Assert.Equal(new Quantity(0.5m), Assert.Single(FillsOf("a")).Quantity);
        AssertClosed("a", OrderState.Expired, 0.5m);
    }

    [Fact(DisplayName = "A fill-or-kill order that cannot be filled whole is not filled at all")]
    public void Fok_all_or_nothing()
    {
        Given(Ordinary, Quiet(1_000m, volume: 5m));
        Send(Limit("a", OrderSide.Buy, PositionSide.Long, 0.6m, 1_010m, TimeInForce.FillOrKill));
        Send(Limit("b", OrderSide.Buy, PositionSide.Long, 0.4m, 1_010m, TimeInForce.FillOrKill));
        RunMinute();
        Assert.Empty(FillsOf("a"));
        AssertClosed("a", OrderState.Expired, 0m);
        AssertClosed("b", OrderState.Filled, 0.4m);
    }

    [Fact(DisplayName = "A market order larger than the bar's share of volume goes on in the next bars; its cumulative never falls")]
    public void Market_waits_for_volume()
    {
        Given(Ordinary, Quiet(1_000m, volume: 5m));
        Send(Market("a", OrderSide.Buy, PositionSide.Long, 1.2m));
        RunMinute();
        Minute(Quiet(1_000m, volume: 5m));
        Minute(Quiet(1_000m, volume: 5m));
        Assert.Equal([0.5m, 1.0m, 1.2m], FillsOf("a").Select(f => f.Cumulative.Base));
        Assert.Equal([0.5m, 0.5m, 0.2m], FillsOf("a").Select(f => f.Quantity.Base));
        AssertClosed("a", OrderState.Filled, 1.2m);
    }

    // ---- hedge mode

    [Fact(DisplayName = "LONG and SHORT are held at once and do not net")]
    public void Both_legs()
    {
        Given(Ordinary, Quiet(1_000m));
        Send(Market("l", OrderSide.Buy, PositionSide.Long, 0.3m));
        Send(Market("s", OrderSide.Sell, PositionSide.Short, 0.2m));
        RunMinute();
        Assert.Equal(new Quantity(0.3m), Leg(PositionSide.Long).Quantity);
        Assert.Equal(new Quantity(0.2m), Leg(PositionSide.Short).Quantity);
    }

    [Fact(DisplayName = "Selling LONG makes the long leg smaller and leaves the short leg alone")]
    public void Reduces_its_own_leg()
    {
        Given(Ordinary, Quiet(1_000m));
        Send(Market("l", OrderSide.Buy, PositionSide.Long, 0.3m));
        Send(Market("s", OrderSide.Sell, PositionSide.Short, 0.2m));
        RunMinute();
        Minute(Quiet(1_000m), Market("x", OrderSide.Sell, PositionSide.Long, 0.1m));
        Assert.Equal(new Quantity(0.2m), Leg(PositionSide.Long).Quantity);
        Assert.Equal(new Quantity(0.2m), Leg(PositionSide.Short).Quantity);
    }

    [Fact(DisplayName = "Reducing more than a leg holds is refused with -2022, also when open orders have promised it")]
    public void Over_reduction()
    {
        Given(Ordinary, Quiet(1_000m));
        Send(Market("l", OrderSide.Buy, PositionSide.Long, 0.3m));
        RunMinute();
        Minute(Quiet(1_000m), Market("x", OrderSide.Sell, PositionSide.Long, 0.4m));
        AssertRefused("x", VenueCode.ReduceOnlyRejected);
        Minute(Quiet(1_000m), Limit("y", OrderSide.Sell, PositionSide.Long, 0.2m, 1_050m));
        Minute(Quiet(1_000m), Limit("z", OrderSide.Sell, PositionSide.Long, 0.2m, 1_050m));
        AssertRefused("z", VenueCode.ReduceOnlyRejected);
        Assert.Equal(OrderState.Open, Query("y").State);
    }

    // ---- cancelling and asking

    [Fact(DisplayName = "A cancelled order is closed and keeps what it had filled")]
    public void Cancel_keeps_fills()
    {
        Given(Ordinary, Quiet(1_000m, volume: 5m));
        Send(Market("a", OrderSide.Buy, PositionSide.Long, 2m));
        RunMinute();
        Minute(Quiet(1_000m, volume: 0m), new VenueCommand.Cancel(Id("a"), Btc));
        AssertClosed("a", OrderState.Cancelled, 0.5m);
        Assert.Equal(new Quantity(0.5m), Leg(PositionSide.Long).Quantity);
    }

    [Fact(DisplayName = "Cancelling what is not open is refused with -2011, whether it never was or is over")]
    public void Cancel_unknown()
    {
        Given(Ordinary, Quiet(1_000m));
        Send(Market("a", OrderSide.Buy, PositionSide.Long, 0.1m));
        RunMinute();
        Minute(Quiet(1_000m), new VenueCommand.Cancel(Id("a"), Btc), new VenueCommand.Cancel(Id("never"), Btc));
        Assert.Equal([Id("a"), Id("never")], Heard<VenueEvent.CancelRejected>().Select(e => e.Id).Order());
        Assert.All(Heard<VenueEvent.CancelRejected>(), e => Assert.Equal(VenueCode.CancelRejected, e.Code));
    }

    [Fact(DisplayName = "Cancel-all closes every open order of every symbol and then says how many")]
    public void Cancel_all()
    {
        Given(Ordinary, Quiet(1_000m), Quiet(200m, symbol: Eth));
        Send(Limit("a", OrderSide.Buy, PositionSide.Long, 0.1m, 990m));
        Send(Limit("b", OrderSide.Sell, PositionSide.Short, 1m, 210m) with { Symbol = Eth });
        RunMinute();
        Minute(Quiet(1_000m), new VenueCommand.CancelAll("all"));
        AssertClosed("a", OrderState.Cancelled, 0m);
        AssertClosed("b", OrderState.Cancelled, 0m);
        Assert.Equal(2, Assert.Single(Heard<VenueEvent.AllCancelled>(), e => e.RequestId == "all").Count);
        Assert.True(IndexOf<VenueEvent.AllCancelled>() > LastIndexOf<VenueEvent.Closed>());
    }

    [Fact(DisplayName = "A query tells every fill of an order, and Unknown for an id that was never accepted")]
    public void Queries()
    {
        Given(Ordinary, Quiet(1_000m, volume: 5m));
        Send(Market("a", OrderSide.Buy, PositionSide.Long, 1m));
        RunMinute();
        Minute(Quiet(1_000m, volume: 5m));
        var status = Query("a");
        Assert.Equal(OrderState.Filled, status.State);
        Assert.Equal(new Quantity(1m), status.Cumulative);
        Assert.Equal(FillsOf("a"), status.Fills);
        Assert.Equal(OrderState.Unknown, Query("never").State);
    }

    [Fact(DisplayName = "An id of an open order is refused with -4116 and the first order lives on")]
    public void Duplicate_ids()
    {
        Given(Ordinary, Quiet(1_000m));
        Send(Limit("a", OrderSide.Buy, PositionSide.Long, 0.1m, 990m));
        RunMinute();
        Minute(Quiet(1_000m), Limit("a", OrderSide.Buy, PositionSide.Long, 0.1m, 980m));
        AssertRefused("a", VenueCode.DuplicateClientOrderId);
        Assert.Single(Heard<VenueEvent.Accepted>());
        Assert.Equal(OrderState.Open, Query("a").State);
    }

    [Fact(DisplayName = "After an unknown outcome a query tells whether the order exists")]
    public void Unknown_outcome()
    {
        Given(Ordinary, Quiet(1_000m));
        _world.AnswerUnknown(Id("done"), executed: true);
        _world.AnswerUnknown(Id("lost"), executed: false);
        Send(Market("done", OrderSide.Buy, PositionSide.Long, 0.1m));
        Send(Market("lost", OrderSide.Buy, PositionSide.Long, 0.1m));
        RunMinute();
        Assert.Equal([Id("done"), Id("lost")], Heard<VenueEvent.OutcomeUnknown>().Select(e => e.Id).Order());
        Assert.Equal(OrderState.Filled, Query("done").State);
        Assert.Equal(OrderState.Unknown, Query("lost").State);
        Assert.Equal(new Quantity(0.1m), Leg(PositionSide.Long).Quantity);
    }

    // ---- filters

    [Fact(DisplayName = "Every broken filter is refused with its own code, and nothing is opened")]
    public void Filters()
    {
        Given(Ordinary, Quiet(1_000m), Quiet(200m, symbol: Eth));
        var sound = Limit("sound", OrderSide.Buy, PositionSide.Long, 0.1m, 990m);
        var soundEth = sound with { Symbol = Eth, LimitPrice = Price.Of(190m) };
        var broken = new Dictionary<string, (NewOrder Order, int Code)>(StringComparer.Ordinal)
        {
            ["symbol"] = (sound with { Symbol = new("NONEUSDT") }, VenueCode.BadSymbol),
            ["zero"] = (sound with { Quantity = new(0m) }, VenueCode.QuantityNotPositive),
            ["negative"] = (sound with { Quantity = new(-1m) }, VenueCode.QuantityNotPositive),
            ["too-small"] = (sound with { Quantity = new(0.001m) }, VenueCode.QuantityBelowMinimum),
            ["too-large"] = (sound with { Quantity = new(10_000_000_000m) }, VenueCode.QuantityAboveMaximum),
            ["lot-precision"] = (sound with { Quantity = new(0.1005m) }, VenueCode.BadPrecision),
            ["lot-step"] = (soundEth with { Quantity = new(0.102m) }, VenueCode.QuantityNotOnStep),
            ["tick-precision"] = (sound with { LimitPrice = Price.Of(990.05m) }, VenueCode.BadPrecision),
            ["tick-step"] = (soundEth with { LimitPrice = Price.Of(190.01m) }, VenueCode.PriceNotOnTick),
            ["too-high"] = (sound with { Side = OrderSide.Sell, Leg = PositionSide.Short, LimitPrice = Price.Of(1_100.1m) }, VenueCode.LimitPriceTooHigh),
            ["too-low"] = (sound with { LimitPrice = Price.Of(899.9m) }, VenueCode.LimitPriceTooLow),
            ["no-price"] = (sound with { LimitPrice = null }, VenueCode.MandatoryParameterMissing),
            ["price-on-market"] = (sound with { Type = OrderType.Market }, VenueCode.ParameterNotRequired),
            ["notional"] = (sound with { Quantity = new(0.005m) }, VenueCode.MinNotional),
            ["a-bad-id!"] = (sound, VenueCode.IllegalCharacters),
            ["autoclose-1"] = (sound, VenueCode.IllegalCharacters),
            [new string('x', 37)] = (sound, VenueCode.ClientOrderIdLength),
            ["margin"] = (sound with { Quantity = new(110m) }, VenueCode.MarginNotSufficient),
        };
        foreach (var (id, (order, _)) in broken.OrderBy(b => b.Key, StringComparer.Ordinal)) Send(order with { Id = Id(id) });
        RunMinute();
        foreach (var (id, (_, code)) in broken.OrderBy(b => b.Key, StringComparer.Ordinal)) AssertRefused(id, code);
        Assert.Empty(Heard<VenueEvent.Accepted>());
    }

    [Fact(DisplayName = "Prices exactly on the percent-price bounds and quantities exactly at the minimum pass")]
    public void Filter_edges_pass()
    {
        Given(Ordinary, Quiet(1_000m), Quiet(5_000m, symbol: Eth));
        Send(Limit("low", OrderSide.Buy, PositionSide.Long, 0.1m, 900m));
        Send(Limit("high", OrderSide.Sell, PositionSide.Short, 0.1m, 1_100m));
        Send(Limit("min", OrderSide.Buy, PositionSide.Long, 0.01m, 4_600m) with { Symbol = Eth });
        Send(Limit("notional", OrderSide.Buy, PositionSide.Long, 0.005m, 1_000m));
        RunMinute();
        Assert.Empty(Heard<VenueEvent.Rejected>());
        Assert.Equal(4, Heard<VenueEvent.Accepted>().Count);
    }

    [Fact(DisplayName = "A reduction may be smaller than the minimum notional")]
    public void Small_reductions_pass()
    {
        Given(Ordinary, Quiet(1_000m));
        Send(Market("a", OrderSide.Buy, PositionSide.Long, 0.1m));
        RunMinute();
        Minute(Quiet(1_000m), Market("b", OrderSide.Sell, PositionSide.Long, 0.002m));
        AssertClosed("b", OrderState.Filled, 0.002m);
    }

    [Fact(DisplayName = "A leg cannot grow beyond what the leverage's brackets allow (-2027), open orders included")]
    public void Brackets()
    {
        Given(Ordinary with { Wallet = new(1_000_000m) }, Quiet(1_000m, volume: 100_000m));
        Send(Market("a", OrderSide.Buy, PositionSide.Long, 100m));
        Send(Limit("b", OrderSide.Buy, PositionSide.Long, 100m, 990m));
        RunMinute();
        Minute(Quiet(1_000m), Market("c", OrderSide.Buy, PositionSide.Long, 50.001m), Market("d", OrderSide.Sell, PositionSide.Short, 50.001m));
        AssertRefused("c", VenueCode.MaxLeverageRatio);
        AssertClosed("d", OrderState.Filled, 50.001m);
    }

    [Fact(DisplayName = "Open orders reserve their margin: what they leave free is all that another order can use (-2019)")]
    public void Open_orders_reserve_margin()
    {
        Given(Ordinary with { Wallet = new(1_000m) }, Quiet(1_000m));
        Send(Limit("a", OrderSide.Buy, PositionSide.Long, 6m, 950m));
        RunMinute();
        Minute(Quiet(1_000m), Limit("b", OrderSide.Buy, PositionSide.Long, 5m, 950m));
        AssertRefused("b", VenueCode.MarginNotSufficient);
        Minute(Quiet(1_000m), new VenueCommand.Cancel(Id("a"), Btc));
        Minute(Quiet(1_000m), Limit("c", OrderSide.Buy, PositionSide.Long, 5m, 950m));
        Assert.Equal(OrderState.Open, Query("c").State);
    }

    // ---- money

    [Fact(DisplayName = "The wallet is the start plus realised, less fees, to the last digit; the legs say the same")]
    public void Wallet_identity()
    {
        Given(Ordinary, Quiet(1_000m));
        Send(Market("l1", OrderSide.Buy, PositionSide.Long, 0.7m));
        RunMinute();
        Minute(Quiet(1_003.3m), Market("l2", OrderSide.Buy, PositionSide.Long, 0.123m));
        Minute(Quiet(1_011.7m), Market("x1", OrderSide.Sell, PositionSide.Long, 0.317m));
        Minute(Quiet(998.9m), Market("x2", OrderSide.Sell, PositionSide.Long, 0.506m));
        var fills = Heard<VenueEvent.Filled>().Select(e => e.Fill).ToList();
        var bought = fills.Where(f => f.Side == OrderSide.Buy).Sum(f => f.Price.QuotePerBase * f.Quantity.Base);
        var sold = fills.Where(f => f.Side == OrderSide.Sell).Sum(f => f.Price.QuotePerBase * f.Quantity.Base);
        var fees = fills.Sum(f => f.Fee.Quote);
        var account = Account();
        var leg = Leg(PositionSide.Long);
        Assert.Equal(new Quantity(0m), leg.Quantity);
        Assert.Equal(new Money(0m), leg.EntryCost);
        Assert.Equal(new Money(sold - bought), leg.RealisedPnl);
        Assert.Equal(new Money(fees), leg.Fees);
        Assert.Equal(new Money(10_000m + sold - bought - fees), account.WalletBalance);
    }

    [Fact(DisplayName = "At a positive funding rate the long leg pays what the short leg receives")]
    public void Funding()
    {
        Given(Ordinary with { Funding = [new(Btc, Start.AddMinutes(2), 0.0001m)] }, Quiet(1_000m));
        Send(Market("l", OrderSide.Buy, PositionSide.Long, 0.3m));
        Send(Market("s", OrderSide.Sell, PositionSide.Short, 0.2m));
        RunMinute();
        Minute(new Candle(Btc, 1_000m, 1_010m, 1_000m, 1_010m, 1_000m));
        Minute(Quiet(1_010m));
        var paid = Heard<VenueEvent.FundingPaid>();
        Assert.Equal([PositionSide.Long, PositionSide.Short], paid.Select(e => e.Leg));
        Assert.Equal([new Money(-0.3m * 1_010m * 0.0001m), new Money(0.2m * 1_010m * 0.0001m)], paid.Select(e => e.Amount));
        Assert.Equal(paid[0].Amount, Leg(PositionSide.Long).Funding);
        Assert.Equal(paid[1].Amount, Leg(PositionSide.Short).Funding);
    }

    [Fact(DisplayName = "When equity falls below maintenance margin the venue cancels all orders and closes legs by force, as autoclose- fills")]
    public void Liquidation()
    {
        Given(Ordinary with { Wallet = new(1_000m) }, Quiet(1_000m));
        Send(Market("l", OrderSide.Buy, PositionSide.Long, 9.9m));
        Send(Limit("rest", OrderSide.Buy, PositionSide.Long, 0.01m, 900m));
        RunMinute();
        Minute(new Candle(Btc, 1_000m, 1_000m, 901m, 901m, 1_000m));
        Minute(Quiet(901m));
        var fill = Assert.Single(Heard<VenueEvent.Liquidated>()).Fill;
        Assert.StartsWith("autoclose-", fill.Order.Value, StringComparison.Ordinal);
        Assert.Equal((PositionSide.Long, OrderSide.Sell, new Quantity(9.9m)), (fill.Leg, fill.Side, fill.Quantity));
        AssertClosed("rest", OrderState.Cancelled, 0m);
        Assert.Equal(new Quantity(0m), Leg(PositionSide.Long).Quantity);
        Assert.Equal(new Money(0m), Account().MaintenanceMargin);
    }

    [Fact(DisplayName = "Who opens anew is told again what nobody can ask for by an id, the oldest first and as it was")]
    public void Told_again()
    {
        Given(Ordinary with { Wallet = new(1_000m), Funding = [new(Btc, Start.AddMinutes(2), 0.0001m)] }, Quiet(1_000m));
        Send(Market("l", OrderSide.Buy, PositionSide.Long, 9.9m));
        RunMinute();
        Minute(Quiet(1_000m));
        Minute(new Candle(Btc, 1_000m, 1_000m, 901m, 901m, 1_000m));
        Minute(Quiet(901m));
        VenueEvent[] first = [Assert.Single(Heard<VenueEvent.FundingPaid>()), Assert.Single(Heard<VenueEvent.Liquidated>())];
        var heard = _world.Heard.Count;
        _world.Reopen();
        _world.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(first, _world.Heard.Skip(heard).Where(e => e is VenueEvent.FundingPaid or VenueEvent.Liquidated));
    }

    [Fact(DisplayName = "While a leg is held the account is published at every minute's close, by itself")]
    public void Account_is_published()
    {
        Given(Ordinary, Quiet(1_000m));
        Send(Market("l", OrderSide.Buy, PositionSide.Long, 0.3m));
        RunMinute();
        Minute(new Candle(Btc, 1_000m, 1_010m, 1_000m, 1_010m, 1_000m));
        Minute(Quiet(1_010m));
        var published = Heard<VenueEvent.Account>().Where(e => e.View.RequestId is null).ToList();
        Assert.Equal([Start.AddMinutes(1), Start.AddMinutes(2)], published.Select(e => e.At).Take(2));
        Assert.Equal(Price.Of(1_010m), published[1].View.Positions[0].Mark);
        Assert.Equal(new Money(3m), published[1].View.UnrealisedPnl - published[0].View.UnrealisedPnl);
    }

    // ---- the words the stories are told in

    protected static ClientOrderId Id(string value) => new(value);

    protected static NewOrder Limit(string id, OrderSide side, PositionSide leg, decimal quantity, decimal price, TimeInForce force = TimeInForce.GoodTillCancel) =>
        new(Id(id), Btc, leg, side, OrderType.Limit, force, new(quantity), Price.Of(price));

    protected static NewOrder Market(string id, OrderSide side, PositionSide leg, decimal quantity) =>
        new(Id(id), Btc, leg, side, OrderType.Market, TimeInForce.GoodTillCancel, new(quantity), null);

    protected static Candle Quiet(decimal price, decimal volume = 10_000m, Symbol? symbol = null) => new(symbol ?? Btc, price, price, price, price, volume);

    private void Given(Terms terms, params ReadOnlySpan<Candle> first)
    {
        _world = Create(terms);
        _world.OpenMinute(first);
    }

    private void Minute(Candle candle, params ReadOnlySpan<object> sent)
    {
        _world.OpenMinute(candle);
        foreach (var item in sent)
        {
            if (item is NewOrder order) Send(order); else _world.Send((VenueCommand)item);
        }
        RunMinute();
    }

    private void Send(NewOrder order) => _world.Send(new VenueCommand.Submit(order));
    private void RunMinute() => _world.Run(Terms.Minute);

    private List<T> Heard<T>() where T : VenueEvent => [.. _world.Heard.OfType<T>()];
    private List<Fill> FillsOf(string id) => [.. Heard<VenueEvent.Filled>().Where(e => e.Fill.Order == Id(id)).Select(e => e.Fill)];
    private int IndexOf<T>() => _world.Heard.ToList().FindIndex(e => e is T);
    private int LastIndexOf<T>() => _world.Heard.ToList().FindLastIndex(e => e is T);

    private VenueEvent.OrderStatus Query(string id)
    {
        _world.Send(new VenueCommand.Query(Id(id), Btc));
        RunMinute();
        return Heard<VenueEvent.OrderStatus>().Last(e => e.Id == Id(id));
    }

    private AccountView Account()
    {
        _world.Send(new VenueCommand.GetAccount("ask"));
        RunMinute();
        return Heard<VenueEvent.Account>().Last(e => e.View.RequestId == "ask").View;
    }

    private VenuePosition Leg(PositionSide leg) => Account().Positions.Single(p => p.Symbol == Btc && p.Leg == leg);

    private void AssertClosed(string id, OrderState state, decimal cumulative)
    {
        var closed = Assert.Single(Heard<VenueEvent.Closed>(), e => e.Id == Id(id));
        Assert.Equal((state, new Quantity(cumulative)), (closed.State, closed.Cumulative));
    }

    private void AssertRefused(string id, int code)
    {
        var refused = Assert.Single(Heard<VenueEvent.Rejected>(), e => e.Id == Id(id));
        Assert.Equal(code, refused.Code);
        Assert.Contains(id, refused.Reason, StringComparison.Ordinal);
    }

    private static void AssertNear(decimal market, Price price, OrderSide side)
    {
        var against = (price.QuotePerBase - market) * (side == OrderSide.Buy ? 1m : -1m);
        Assert.InRange(against, 0m, market * WorstSlip);
    }
}
