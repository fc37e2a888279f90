using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Paper;
using Dolphin.Venues.Tests.Contract;
using static Dolphin.Venues.Tests.Contract.Terms;
using static Dolphin.Venues.Tests.Paper.PaperMatchingStories;

namespace Dolphin.Venues.Tests.Paper;

/// <summary>Latency, faults, memory and what a crash leaves.</summary>
public sealed class PaperWireStories
{
    private static readonly Candle Flat = new(Btc, 1_000m, 1_000m, 1_000m, 1_000m, 10_000m);
    private static readonly PaperPolicy Slow = PaperRig.Bare with
    {
        Outbound = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(50)),
        Inbound = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(50)),
    };

    [Fact(DisplayName = "An order arrives after the outbound latency and its answer after the inbound one; the jitter is the order's own, whatever else is sent")]
    public void Latency()
    {
        (DateTimeOffset At, DateTimeOffset Heard) Times(params string[] ids)
        {
            var rig = new PaperRig(Slow);
            rig.OpenMinute(Flat);
            foreach (var id in ids) rig.Send(Limit(id, 990m, 0.1m));
            while (!rig.Heard.Exists(e => e is VenueEvent.Accepted a && a.Order.Id.Value == "x")) rig.RunUntil(rig.Exchange.NextDue!.Value);
            return (rig.HeardOf<VenueEvent.Accepted>().Single(a => a.Order.Id.Value == "x").At, rig.Now);
        }
        var (at, heard) = Times("x");
        Assert.InRange(at - Start, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(150));
        Assert.InRange(heard - at, TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(250));
        Assert.Equal(at, Times("a", "b", "x").At);
        Assert.True(Enumerable.Range(0, 20).Select(i => Arrival($"id-{i}")).Distinct().Count() > 5, "Jitter hardly differs between orders.");

        DateTimeOffset Arrival(string id)
        {
            var rig = new PaperRig(Slow);
            rig.Send(Limit(id, 990m, 0.1m));
            rig.Run(Minute);
            return rig.Facts[0].At;
        }
    }

    [Fact(DisplayName = "Without a reorder fault everything is told in the order in which it happened")]
    public void Deliveries_keep_their_order()
    {
        var rig = new PaperRig(Slow);
        rig.OpenMinute(Flat);
        for (var i = 0; i < 40; i++)
        {
            rig.Send(Order($"o-{i}", OrderSide.Buy, PositionSide.Long, 0.01m));
            rig.Run(TimeSpan.FromMilliseconds(7));
        }
        rig.Run(Minute);
        Assert.Equal(Enumerable.Range(1, 40), rig.HeardOf<VenueEvent.Filled>().Select(e => (int)e.Fill.TradeId));
        Assert.Equal(rig.Heard.Select(e => e.At).Order(), rig.Heard.Select(e => e.At));
    }

    [Fact(DisplayName = "Reject: the order is refused with the code of the switch, and only the ids it is set for")]
    public void Reject_on_demand()
    {
        var rig = Faulty(new PaperFault(PaperFaultKind.Reject, PaperFault.Always, "bad-", -1008, TimeSpan.Zero));
        rig.Send(Limit("bad-1", 990m, 0.1m));
        rig.Send(Limit("good", 990m, 0.1m));
        rig.Run(Minute);
        Assert.Equal(("bad-1", -1008), Assert.Single(rig.HeardOf<VenueEvent.Rejected>().Select(e => (e.Id.Value, e.Code))));
        Assert.Equal("good", Assert.Single(rig.HeardOf<VenueEvent.Accepted>()).Order.Id.Value);
    }

    [Fact(DisplayName = "Drop: neither acceptance nor refusal is told, the fills are")]
    public void Dropped_answers()
    {
        var rig = Faulty(new PaperFault(PaperFaultKind.DropAnswer, PaperFault.Always, "", 0, TimeSpan.Zero));
        rig.Send(Order("a", OrderSide.Buy, PositionSide.Long, 0.1m));
        rig.Send(Limit("b", 990.05m, 0.1m));
        rig.Run(Minute);
        Assert.DoesNotContain(rig.Heard, e => e is VenueEvent.Accepted or VenueEvent.Rejected);
        Assert.Single(rig.HeardOf<VenueEvent.Filled>());
        rig.Send(new VenueCommand.Query(new("b"), Btc));
        rig.Run(Minute);
        Assert.Equal(OrderState.Rejected, Assert.Single(rig.HeardOf<VenueEvent.OrderStatus>()).State);
    }

    [Fact(DisplayName = "Duplicate: every delivery comes twice, word for word")]
    public void Duplicated()
    {
        var rig = Faulty(new PaperFault(PaperFaultKind.DuplicateDelivery, PaperFault.Always, "", 0, TimeSpan.FromMilliseconds(30)));
        rig.Send(Order("a", OrderSide.Buy, PositionSide.Long, 0.1m));
        rig.Run(Minute);
        rig.Run(TimeSpan.FromSeconds(1));
        Assert.All(rig.Heard.GroupBy(PaperJson.Text), twice => Assert.Equal(2, twice.Count()));
        Assert.Equal(2, rig.HeardOf<VenueEvent.Filled>().Count);
    }

    [Fact(DisplayName = "Reorder: what comes later overtakes; delay: what comes later waits")]
    public void Late()
    {
        IEnumerable<string> Order(PaperFaultKind kind)
        {
            var rig = Faulty(new PaperFault(kind, PaperFault.Always, "late", 0, TimeSpan.FromSeconds(5)));
            rig.Send(Limit("late", 990m, 0.1m));
            rig.Run(TimeSpan.FromSeconds(1));
            rig.Send(Limit("next", 990m, 0.1m));
            rig.Run(TimeSpan.FromSeconds(3));
            Assert.Equal(kind == PaperFaultKind.ReorderDelivery ? 1 : 0, rig.Heard.Count);
            rig.Run(TimeSpan.FromSeconds(20));
            return rig.HeardOf<VenueEvent.Accepted>().Select(e => e.Order.Id.Value);
        }
        Assert.Equal(["next", "late"], Order(PaperFaultKind.ReorderDelivery));
        Assert.Equal(["late", "next"], Order(PaperFaultKind.DelayDelivery));
    }

    [Fact(DisplayName = "A fault that strikes a tenth of the orders strikes about a tenth, and the same ones in another run")]
    public void Rate_and_repeatability()
    {
        List<string> Refused()
        {
            var rig = new PaperRig(PaperRig.Bare with { MaxOpenOrdersPerSymbol = 2_000, Faults = [new(PaperFaultKind.Reject, 100_000, "", -1008, TimeSpan.Zero)] });
            for (var i = 0; i < 1_000; i++) rig.Send(Limit($"o-{i}", 990m, 0.006m));
            rig.Run(Minute);
            return [.. rig.HeardOf<VenueEvent.Rejected>().Select(e => e.Id.Value)];
        }
        Assert.InRange(Refused().Count, 70, 130);
        Assert.Equal(Refused(), Refused());
    }

    [Fact(DisplayName = "An id is refused for ever after, not only while its order is open, and each time it is counted")]
    public void Reused_ids()
    {
        var rig = new PaperRig(PaperRig.Bare);
        rig.OpenMinute(Flat);
        rig.Send(Order("a", OrderSide.Buy, PositionSide.Long, 0.1m));
        rig.Send(Limit("refused", 990.05m, 0.1m));
        rig.Run(TimeSpan.FromSeconds(1));
        rig.Send(Order("a", OrderSide.Buy, PositionSide.Long, 0.1m));
        rig.Send(Limit("refused", 990m, 0.1m));
        rig.Run(Minute);
        Assert.Equal(2, rig.Exchange.DuplicateSubmissions);
        Assert.Equal(2, rig.HeardOf<VenueEvent.Rejected>().Count(e => e.Code == VenueCode.DuplicateClientOrderId));
        Assert.Equal(new Quantity(0.1m), rig.Exchange.ViewAccount(null).Positions[0].Quantity);
    }

    [Fact(DisplayName = "Memory is bounded: the oldest closed orders and ids are forgotten, open orders never")]
    public void Bounded_memory()
    {
        var rig = new PaperRig(PaperRig.Bare with { ClosedOrdersKept = 3, KnownIdsKept = 5 });
        rig.OpenMinute(Flat);
        rig.Send(Limit("rests", 990m, 0.1m));
        for (var i = 0; i < 10; i++) rig.Send(Order($"o-{i}", OrderSide.Buy, PositionSide.Long, 0.01m));
        rig.Run(TimeSpan.FromSeconds(1));
        var books = rig.Exchange.CaptureBooks();
        Assert.Equal(["o-7", "o-8", "o-9"], books.ClosedOrders.Select(o => o.Order.Id.Value));
        Assert.Equal(5 * sizeof(ulong), Convert.FromBase64String(books.KnownIds).Length);
        Assert.Equal([true, true, false, true], new[] { "o-9", "o-5", "o-4", "rests" }.Select(id => rig.Exchange.Knows(new(id))));
        foreach (var id in (string[])["o-9", "o-6", "rests"]) rig.Send(new VenueCommand.Query(new(id), Btc));
        rig.Run(TimeSpan.FromSeconds(1));
        Assert.Equal([OrderState.Filled, OrderState.Unknown, OrderState.Open], rig.HeardOf<VenueEvent.OrderStatus>().Select(e => e.State));
    }

    [Fact(DisplayName = "After a crash between a partial fill and its expiry, an immediate order expires with the next slice")]
    public void Torn_batch()
    {
        var rig = new PaperRig(PaperRig.Bare);
        rig.OpenMinute(Flat with { Volume = 5m });
        rig.Send(Order("a", OrderSide.Buy, PositionSide.Long, 2m) with { TimeInForce = TimeInForce.ImmediateOrCancel });
        rig.Run(TimeSpan.FromSeconds(1));
        var exchange = new PaperExchange(PaperRig.Bare, Terms.Instruments, []);
        foreach (var fact in rig.Facts.TakeWhile(f => f is not PaperFact.OrderClosed)) exchange.Apply(fact);
        var recovered = new PaperRig(exchange, Start.AddMinutes(1));
        recovered.OpenMinute(Flat);
        recovered.Run(Minute);
        var closed = Assert.Single(recovered.HeardOf<VenueEvent.Closed>());
        Assert.Equal((OrderState.Expired, new Quantity(0.5m)), (closed.State, closed.Cumulative));
    }

    [Fact(DisplayName = "After a rewind, what is sent again at an instant keeps its place between the orders that are already on the wire")]
    public void Places_of_an_instant()
    {
        void Act(PaperRig rig)
        {
            rig.RunUntil(Start.AddSeconds(5));
            rig.Send(Limit("a", 990m, 0.1m));
            rig.Send(new VenueCommand.CancelAll("first"));
            rig.Send(Limit("b", 990m, 0.1m));
            rig.Send(new VenueCommand.CancelAll("second"));
            rig.Send(Limit("c", 990m, 0.1m));
            rig.Run(Minute);
        }
        var whole = new PaperRig(PaperRig.Bare);
        whole.OpenMinute(Flat);
        var checkpoint = whole.Exchange.Capture();
        Act(whole);
        Assert.Equal(["c"], whole.Exchange.CaptureBooks().OpenOrders.Select(o => o.Order.Id.Value));

        var exchange = new PaperExchange(PaperRig.Bare, Terms.Instruments, []);
        exchange.Restore(checkpoint);
        exchange.InjectKnown(whole.Facts);
        var again = new PaperExchange(PaperRig.Bare, Terms.Instruments, []); // Stopped once more, before anything was sent again.
        again.Restore(PaperJson.Stored(exchange.Capture()));
        foreach (var rewound in (PaperExchange[])[exchange, again])
        {
            var rig = new PaperRig(rewound, Start) { AsksWhatIsKnown = true };
            Act(rig);
            Assert.Equal(whole.Facts.Select(PaperJson.Text), rig.Facts.Select(PaperJson.Text));
            Assert.Equal(PaperJson.Text(whole.Exchange.CaptureBooks()), PaperJson.Text(rewound.CaptureBooks()));
        }
    }

    [Fact(DisplayName = "A gap in the stored facts, or a fact about nothing, halts with the numbers in the message")]
    public void Broken_journal()
    {
        var exchange = new PaperExchange(PaperRig.Bare, Terms.Instruments, []);
        var gap = Assert.Throws<InvalidOperationException>(() => exchange.Apply(new PaperFact.DuplicateRefused(2, Start, new("a"))));
        Assert.Contains("expected fact 1, came fact 2", gap.Message, StringComparison.Ordinal);
        var orphan = Assert.Throws<InvalidOperationException>(() => exchange.Apply(new PaperFact.OrderClosed(1, Start, new("ghost"), OrderState.Cancelled, default)));
        Assert.Contains("ghost", orphan.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A state cannot be put into an exchange that has been used, nor taken while outputs wait")]
    public void Misuse()
    {
        var rig = new PaperRig(PaperRig.Bare);
        rig.OpenMinute(Flat);
        rig.Send(Order("a", OrderSide.Buy, PositionSide.Long, 0.1m));
        rig.Run(TimeSpan.FromSeconds(1));
        Assert.Throws<InvalidOperationException>(() => rig.Exchange.Restore(rig.Exchange.Capture()));
        rig.Send(Order("b", OrderSide.Buy, PositionSide.Long, 0.1m));
        rig.Exchange.Open(PaperRig.Slice(Start.AddMinutes(1), Flat)); // What was due before was done, and waits to be taken.
        Assert.Throws<InvalidOperationException>(() => rig.Exchange.Capture());
        Assert.Throws<ArgumentException>(() => rig.Send(new VenueCommand.Query(default, Btc)));
    }

    [Fact(DisplayName = "Every mistake in a policy is reported at once, in words")]
    public void Policy_problems()
    {
        var wrong = PaperRig.Policy with
        {
            InitialWallet = new(0m), TakerFee = -0.1m, Participation = 0m, Leverage = 200m, KnownIdsKept = 0,
            Inbound = new(TimeSpan.FromTicks(1), TimeSpan.Zero), Outbound = default,
            Faults = [new(PaperFaultKind.Reject, 2_000_000, "", 0, TimeSpan.FromTicks(-1))],
        };
        Assert.Equal(10, wrong.Problems().Length);
        var thrown = Assert.Throws<ArgumentException>(() => new PaperExchange(wrong, Terms.Instruments, []));
        Assert.All(wrong.Problems(), problem => Assert.Contains(problem, thrown.Message, StringComparison.Ordinal));
        Assert.Empty(PaperRig.Policy.Problems());
    }

    [Fact(DisplayName = "A symbol listed twice and two rates for one time are refused before the venue opens")]
    public void Wrong_listing()
    {
        Assert.Contains("listed twice", Assert.Throws<ArgumentException>(() => new PaperExchange(PaperRig.Bare, [.. Terms.Instruments, Terms.Instruments[0]], [])).Message, StringComparison.Ordinal);
        FundingRate rate = new(Btc, Start, 0.1m);
        Assert.Contains("two funding rates", Assert.Throws<ArgumentException>(() => new PaperExchange(PaperRig.Bare, Terms.Instruments, [rate, rate])).Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "With no open order and no position a bar costs no allocation")]
    public void Idle_bars_are_free()
    {
        var exchange = new PaperExchange(PaperRig.Bare, Terms.Instruments, []);
        var slices = Enumerable.Range(0, 200).Select(i => PaperRig.Slice(Start + (i * Minute), Flat, new Candle(Eth, 200m, 201m, 199m, 200m, 5m))).ToArray();
        var outputs = new List<PaperOutput>(16);
        void Play(int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                exchange.Open(slices[i]);
                exchange.Advance(slices[i].ClosesAt, outputs);
            }
        }
        Play(0, 100); // Everything is compiled and grown.
        var before = GC.GetAllocatedBytesForCurrentThread();
        Play(100, 200);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static PaperRig Faulty(params PaperFault[] faults)
    {
        var rig = new PaperRig(PaperRig.Bare with { Faults = [.. faults] });
        rig.OpenMinute(Flat);
        return rig;
    }
}
