using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Paper;
using Dolphin.Venues.Tests.Contract;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Venues.Tests.Paper;

/// <summary>What holds for every market and every client.</summary>
public sealed class PaperProperties
{
    private static readonly PaperFault[] Trouble =
    [
        new(PaperFaultKind.UnknownExecuted, 60_000, "", 0, TimeSpan.Zero),
        new(PaperFaultKind.UnknownLost, 60_000, "", 0, TimeSpan.Zero),
        new(PaperFaultKind.Reject, 60_000, "", -1008, TimeSpan.Zero),
        new(PaperFaultKind.DropAnswer, 60_000, "", 0, TimeSpan.Zero),
        new(PaperFaultKind.DelayDelivery, 60_000, "", 0, TimeSpan.FromMilliseconds(1_500)),
        new(PaperFaultKind.DuplicateDelivery, 60_000, "", 0, TimeSpan.FromMilliseconds(700)),
        new(PaperFaultKind.ReorderDelivery, 60_000, "", 0, TimeSpan.FromMilliseconds(900)),
    ];

    private static readonly PaperPolicy Troubled = Flow.Policy with { Faults = [.. Trouble] };

    [Fact(DisplayName = "The wallet is start + realised - fees + funding, and each leg is the sum of its fills, to the last digit")]
    public void Cash_identity() => Holds(flow =>
    {
        var rig = flow.Play();
        var account = rig.Exchange.ViewAccount(null);
        var legs = account.Positions;
        Assert.Equal(
            Flow.Policy.InitialWallet.Quote + legs.Sum(l => l.RealisedPnl.Quote) - legs.Sum(l => l.Fees.Quote) + legs.Sum(l => l.Funding.Quote),
            account.WalletBalance.Quote);
        foreach (var leg in legs)
        {
            var fills = Fills(rig).Where(f => f.Symbol == leg.Symbol && f.Leg == leg.Leg).ToList();
            decimal Notional(OrderSide side) => fills.Where(f => f.Side == side).Sum(f => f.Price.QuotePerBase * f.Quantity.Base);
            var (added, removed) = (Notional(leg.Leg.Increasing()), Notional(leg.Leg.Reducing()));
            Assert.Equal(fills.Sum(f => f.Side == leg.Leg.Increasing() ? f.Quantity.Base : -f.Quantity.Base), leg.Quantity.Base);
            Assert.Equal(leg.Leg.Sign() * (removed - added + leg.EntryCost.Quote), leg.RealisedPnl.Quote);
            Assert.Equal(fills.Sum(f => f.Fee.Quote), leg.Fees.Quote);
            if (leg.Quantity.Base == 0m) Assert.Equal(0m, leg.EntryCost.Quote);
        }
    });

    /// <summary>Base, of one symbol and leg: above zero opens.</summary>
    private sealed record Wish(int Symbol, PositionSide Leg, int Lots);

    [Fact(DisplayName = "Where prices stand still, orders that arrive together are taken and refused as if they came one after the other")]
    public void Together()
    {
        var wishes = (
            from symbol in Gen.Choose(0, 1)
            from leg in Gen.Elements(PositionSide.Long, PositionSide.Short)
            from lots in Gen.Choose(-20, 60)
            select new Wish(symbol, leg, lots)).ListOf().Resize(40).ToArbitrary();
        var refused = 0;
        Prop.ForAll(wishes, wishes, (first, second) =>
        {
            var (together, apart) = (Play(TimeSpan.Zero), Play(TimeSpan.FromMilliseconds(1)));
            Assert.Equal(apart, together);
            refused += apart.Count(o => o.Contains("initial margin", StringComparison.Ordinal));

            List<string> Play(TimeSpan pause)
            {
                var rig = new PaperRig(PaperRig.Bare with { InitialWallet = new(2_000m) });
                foreach (var (minute, sent) in new[] { (1, first), (2, second) })
                {
                    // The price moves from minute to minute, not within one.
                    var (btc, eth) = (990m + (minute * 10m), 210m - (minute * 10m));
                    rig.OpenMinute(new Candle(Terms.Btc, btc, btc, btc, btc, 100_000m), new Candle(Terms.Eth, eth, eth, eth, eth, 100_000m));
                    var end = rig.Now + Terms.Minute;
                    foreach (var (wish, i) in sent.Where(w => w.Lots != 0).Select((w, i) => (w, i)))
                    {
                        var side = wish.Lots > 0 ? wish.Leg.Increasing() : wish.Leg.Reducing();
                        rig.Send(new NewOrder(new($"{minute}-{i}"), wish.Symbol == 0 ? Terms.Btc : Terms.Eth, wish.Leg, side, OrderType.Market, TimeInForce.GoodTillCancel,
                            new(Math.Abs(wish.Lots) * 0.1m), null));
                        if (pause > TimeSpan.Zero) rig.Run(pause);
                    }
                    rig.RunUntil(end);
                }
                return [.. rig.Facts.Select(f => f switch
                {
                    PaperFact.OrderRejected r => $"{r.Order.Id} {r.Reason}",
                    PaperFact.OrderFilled filled => $"{filled.Fill.Order} {filled.Fill.Quantity} at {filled.Fill.Price}",
                    _ => f.GetType().Name,
                })];
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));
        Assert.True(refused > 100, $"Only {refused} orders lacked margin: the property shows nothing.");
    }

    [Fact(DisplayName = "An increase is refused for want of margin exactly where the account at that instant has too little, however prices move within the bar")]
    public void Margin_at_the_instant()
    {
        var price = Gen.Choose(80, 120);
        var minute =
            from btc in price.Four()
            from eth in price.Four()
            select (Btc: Bar(Terms.Btc, 10m, btc), Eth: Bar(Terms.Eth, 2m, eth));
        var wish =
            from symbol in Gen.Choose(0, 1)
            from leg in Gen.Elements(PositionSide.Long, PositionSide.Short)
            from lots in Gen.Choose(-20, 60).Where(l => l != 0)
            from at in Gen.Choose(0, 58_000)
            select (Wish: new Wish(symbol, leg, lots), AtMs: at);
        var days = minute.ListOf(3).Zip(wish.ListOf(20).ListOf(3)).ToArbitrary();
        var (taken, refused) = (0, 0);
        Prop.ForAll(days, day =>
        {
            var rig = new PaperRig(PaperRig.Bare with { InitialWallet = new(4_000m) });
            foreach (var ((btc, eth), sent) in day.Item1.Zip(day.Item2))
            {
                var opens = rig.Now;
                rig.OpenMinute(btc, eth);
                foreach (var (i, (want, atMs)) in sent.OrderBy(s => s.AtMs).Index())
                {
                    rig.RunUntil(opens + TimeSpan.FromMilliseconds(atMs + i));
                    var (candle, side) = (want.Symbol == 0 ? btc : eth, want.Lots > 0 ? want.Leg.Increasing() : want.Leg.Reducing());
                    rig.Send(new VenueCommand.GetAccount($"{opens:HHmm}-{i}"));
                    rig.Send(new NewOrder(new($"{opens:HHmm}-{i}"), candle.Symbol, want.Leg, side, OrderType.Limit, TimeInForce.GoodTillCancel,
                        new(Math.Abs(want.Lots) * 0.1m), Price.Of(side == OrderSide.Buy ? candle.High : candle.Low)));
                }
                rig.RunUntil(opens + Terms.Minute);
            }
            var views = rig.HeardOf<VenueEvent.Account>().Where(a => a.View.RequestId is not null).ToDictionary(a => a.View.RequestId!, a => a.View);
            foreach (var fact in rig.Facts)
            {
                var order = fact switch { PaperFact.OrderAccepted f => f.Order, PaperFact.OrderRejected f => f.Order, _ => null };
                if (order is null || order.ReducesLeg || fact is PaperFact.OrderRejected { Code: not VenueCode.MarginNotSufficient }) continue;
                var view = views[order.Id.Value];
                var free = view.WalletBalance.Quote + view.UnrealisedPnl.Quote - view.InitialMargin.Quote;
                var missing = (order.LimitPrice!.Value.QuotePerBase * order.Quantity.Base / Terms.Leverage) - free;
                if (Math.Abs(missing) <= 1e-8m) continue; // The view's margin is rounded.
                Assert.Equal(missing > 0m, fact is PaperFact.OrderRejected);
                _ = missing > 0m ? refused++ : taken++;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));
        Assert.True(refused > 100 && taken > 100, $"{taken} orders were taken and {refused} refused: the property shows nothing.");

        static Candle Bar(Symbol symbol, decimal unit, (int, int, int, int) prices)
        {
            int[] p = [prices.Item1, prices.Item2, prices.Item3, prices.Item4];
            return new Candle(symbol, unit * p[0], unit * p.Max(), unit * p.Min(), unit * p[3], 100_000m);
        }
    }

    [Fact(DisplayName = "No leg is ever negative and no order reduces more than is held")]
    public void Legs_are_never_negative() => Holds(flow =>
    {
        var held = new Dictionary<(Symbol, PositionSide), decimal>();
        foreach (var fill in Fills(flow.Play()))
        {
            var before = held.GetValueOrDefault((fill.Symbol, fill.Leg));
            var after = before + (fill.Side == fill.Leg.Increasing() ? fill.Quantity.Base : -fill.Quantity.Base);
            Assert.True(after >= 0m);
            held[(fill.Symbol, fill.Leg)] = after;
        }
    });

    [Fact(DisplayName = "An order's cumulative grows with every fill, equals their sum and never exceeds its quantity; trade ids have no gaps")]
    public void Cumulative_is_monotone() => Holds(flow =>
    {
        var rig = flow.Play();
        var sums = new Dictionary<ClientOrderId, decimal>();
        var quantities = rig.Facts.OfType<PaperFact.OrderAccepted>().ToDictionary(f => f.Order.Id, f => f.Order.Quantity.Base);
        var trade = 0L;
        foreach (var fill in Fills(rig))
        {
            Assert.Equal(++trade, fill.TradeId);
            Assert.True(fill.Quantity.Base > 0m);
            if (fill.Order.Value.StartsWith("autoclose-", StringComparison.Ordinal)) continue;
            sums[fill.Order] = sums.GetValueOrDefault(fill.Order) + fill.Quantity.Base;
            Assert.Equal(sums[fill.Order], fill.Cumulative.Base);
            Assert.True(fill.Cumulative.Base <= quantities[fill.Order]);
        }
    });

    [Fact(DisplayName = "All fills of a symbol in a bar stay within its share of the volume; without a bar nothing is filled")]
    public void Volume_binds() => Holds(flow =>
    {
        var fills = flow.Play().Facts.OfType<PaperFact.OrderFilled>().Select(f => f.Fill);
        foreach (var group in fills.GroupBy(f => (f.Symbol, Minute: (int)((f.At - Terms.Start) / Terms.Minute))))
        {
            var candle = flow.Minutes[group.Key.Minute].Candles.Single(c => c.Symbol == group.Key.Symbol);
            Assert.True(group.Sum(f => f.Quantity.Base) <= candle.Volume * Flow.Policy.Participation);
        }
    });

    [Fact(DisplayName = "A limit is never filled worse than its price, and a maker only when its bar trades through it")]
    public void Limits_hold() => Holds(flow =>
    {
        var rig = flow.Play();
        var orders = rig.Facts.OfType<PaperFact.OrderAccepted>().ToDictionary(f => f.Order.Id, f => f.Order);
        foreach (var fill in rig.Facts.OfType<PaperFact.OrderFilled>().Select(f => f.Fill))
        {
            var order = orders[fill.Order];
            Assert.Equal(0m, fill.Price.QuotePerBase % Terms.Instruments.Single(i => i.Symbol == fill.Symbol).TickSize);
            if (order.LimitPrice is not { } limit) { Assert.False(fill.IsMaker); continue; }
            Assert.True(fill.Side == OrderSide.Buy ? fill.Price <= limit : fill.Price >= limit);
            if (!fill.IsMaker) continue;
            Assert.Equal(limit, fill.Price);
            var candle = flow.Minutes[(int)((fill.At - Terms.Start) / Terms.Minute)].Candles.Single(c => c.Symbol == fill.Symbol);
            Assert.True(fill.Side == OrderSide.Buy ? candle.Low < limit.QuotePerBase : candle.High > limit.QuotePerBase);
        }
    });

    [Fact(DisplayName = "Every id is accepted at most once, whatever is sent twice, and every second use is counted")]
    public void Ids_are_accepted_once() => Holds(flow =>
    {
        var rig = flow.Play();
        var accepted = rig.Facts.OfType<PaperFact.OrderAccepted>().Select(f => f.Order.Id).ToList();
        Assert.Equal(accepted.Distinct().Count(), accepted.Count);
        var sent = flow.Minutes.SelectMany(m => m.Acts).Select(a => a.Command).OfType<VenueCommand.Submit>().Select(s => s.Order.Id).ToList();
        Assert.Equal(sent.Count - sent.Distinct().Count(), rig.Exchange.DuplicateSubmissions);
    });

    [Fact(DisplayName = "Without faults every order is answered once, every accepted order ends once or is open, and the client's fills are the venue's")]
    public void Everything_is_told() => Holds(flow =>
    {
        var rig = flow.Play();
        rig.Run(Terms.Minute);
        var sent = flow.Minutes.SelectMany(m => m.Acts).Count(a => a.Command is VenueCommand.Submit);
        Assert.Equal(sent, rig.HeardOf<VenueEvent.Accepted>().Count + rig.HeardOf<VenueEvent.Rejected>().Count);
        var open = rig.Exchange.CaptureBooks().OpenOrders.Select(o => o.Order.Id);
        Assert.Equal(
            rig.HeardOf<VenueEvent.Accepted>().Select(e => e.Order.Id).Order(),
            rig.HeardOf<VenueEvent.Closed>().Select(e => e.Id).Concat(open).Order());
        Assert.Equal(Fills(rig), rig.Heard.Select(e => (e as VenueEvent.Filled)?.Fill ?? (e as VenueEvent.Liquidated)?.Fill).Where(f => f is not null));
    });

    [Fact(DisplayName = "With every fault at once the venue's own books still hold, and the truth can be had by query")]
    public void Faults_do_not_touch_the_books() => Holds(flow =>
    {
        var rig = flow.Play(Troubled);
        var account = rig.Exchange.ViewAccount(null);
        Assert.Equal(
            Troubled.InitialWallet.Quote + account.Positions.Sum(l => l.RealisedPnl.Quote - l.Fees.Quote + l.Funding.Quote), account.WalletBalance.Quote);
        rig.Exchange.SetFaults([]);
        foreach (var accepted in rig.Facts.OfType<PaperFact.OrderAccepted>()) rig.Send(new VenueCommand.Query(accepted.Order.Id, accepted.Order.Symbol));
        rig.Run(Terms.Minute);
        foreach (var accepted in rig.Facts.OfType<PaperFact.OrderAccepted>())
        {
            var told = rig.HeardOf<VenueEvent.OrderStatus>().Last(e => e.Id == accepted.Order.Id);
            Assert.Equal(Fills(rig).Where(f => f.Order == accepted.Order.Id), told.Fills);
        }
    });

    [Fact(DisplayName = "The same market and the same client give the same facts, the same deliveries and the same state, byte for byte")]
    public void Deterministic() => Holds(flow =>
    {
        var (a, b) = (flow.Play(Troubled), flow.Play(Troubled));
        Assert.Equal(a.Facts.Select(PaperJson.Text), b.Facts.Select(PaperJson.Text));
        Assert.Equal(a.Heard.Select(PaperJson.Text), b.Heard.Select(PaperJson.Text));
        Assert.Equal(PaperJson.Text(a.Exchange.Capture()), PaperJson.Text(b.Exchange.Capture()));
    });

    private static void Holds(Action<Flow> claim) => Prop.ForAll(Flow.Any, claim).QuickCheckThrowOnFailure();

    private static List<Fill> Fills(PaperRig rig) =>
        [.. rig.Facts.Select(f => (f as PaperFact.OrderFilled)?.Fill ?? (f as PaperFact.LegLiquidated)?.Fill).OfType<Fill>()];
}
