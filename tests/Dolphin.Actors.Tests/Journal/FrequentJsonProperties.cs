using System.Text;
using Dolphin.Actors.Books;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Journal;
using Dolphin.Domain;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;
using Dolphin.Venues;
using Dolphin.Venues.Paper;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Actors.Tests.Journal;

/// <summary>The short way into a journal and the general one write the same.</summary>
public sealed class FrequentJsonProperties
{
    private static readonly Gen<decimal> Numbers =
        from digits in Gen.OneOf(Gen.Choose(0, 9).Select(d => (long)d), ArbMap.Default.GeneratorFor<int>().Select(d => (long)d), ArbMap.Default.GeneratorFor<long>())
        from scale in Gen.Choose(0, 28)
        select new decimal((int)digits, (int)(digits >> 32) & int.MaxValue, 0, digits < 0, (byte)scale);

    private static readonly Gen<string> Texts = Gen.OneOf(
        ArbMap.Default.GeneratorFor<NonNull<string>>().Select(t => t.Get),
        Gen.Elements("BTCUSDT", "", "a \"quote\", a \\ and a <tag> & more", "zwölf €, 🐬", "\u0000\n\t\u007f", "half of one: \ud83d", new string('w', 5000)));

    private static readonly Gen<DateTimeOffset> Times =
        from ticks in Gen.OneOf(Gen.Choose(0, 5).Select(t => t * TimeSpan.TicksPerMinute), Gen.Choose(0, int.MaxValue).Select(t => t * 1_000_003L))
        from offset in Gen.Elements(0, 0, 0, 90, -480)
        select new DateTimeOffset(new DateTime(2025, 10, 5).AddTicks(ticks), TimeSpan.FromMinutes(offset));

    private static Gen<T> Words<T>() where T : struct, Enum => Gen.Frequency(
        (9, Gen.Elements(Enum.GetValues<T>())), (1, Gen.Elements((T)Enum.ToObject(typeof(T), 99), (T)Enum.ToObject(typeof(T), -1))));

    private static readonly Gen<Price> Prices = Numbers.Where(n => n != 0m).Select(n => Price.Of(Math.Abs(n)));
    private static readonly Gen<Quantity> Quantities = Numbers.Select(n => new Quantity(n));
    private static readonly Gen<Money> Monies = Numbers.Select(n => new Money(n));
    private static readonly Gen<bool> Bits = Gen.Elements(false, true);
    private static readonly Gen<long> Counts = Gen.OneOf(Gen.Constant(0L), ArbMap.Default.GeneratorFor<long>());
    private static readonly Gen<Legs> BothLegs = from @long in Quantities from @short in Quantities select new Legs(@long, @short);

    private static readonly Gen<Price?> Limits = Gen.OneOf(Gen.Constant<Price?>(null), Prices.Select(p => (Price?)p));

    private static readonly Gen<LegTargets> Targets =
        from sequence in Counts from legs in BothLegs from to in BothLegs from price in Prices from limit in Limits
        select new LegTargets(sequence, legs, to, price, limit);

    private static readonly Gen<NewOrder> Orders =
        from id in Texts from symbol in Texts from leg in Words<PositionSide>() from side in Words<OrderSide>() from type in Words<OrderType>()
        from time in Words<TimeInForce>() from quantity in Quantities from limit in Limits
        select new NewOrder(new ClientOrderId(id), new Symbol(symbol), leg, side, type, time, quantity, limit);

    private static readonly Gen<Fill> Fills =
        from order in Texts from trade in Counts from symbol in Texts from leg in Words<PositionSide>() from side in Words<OrderSide>() from price in Prices
        from quantity in Quantities from fee in Monies from maker in Bits from cumulative in Quantities from at in Times
        select new Fill(new ClientOrderId(order), trade, new Symbol(symbol), leg, side, price, quantity, fee, maker, cumulative, at);

    private static readonly Gen<object> Events = Gen.OneOf<object>(
        from a in Prices from b in Prices from profit in Monies from fee in Monies from at in Times
        select (object)new HedgeEvent.ReferenceMoved(a, b, profit, fee, at),
        from targets in Targets from winner in Words<PositionSide>() from profit in Monies from repair in Quantities from rebuild in Quantities
        from dropped in Quantities from carries in BothLegs from ends in Bits from at in Times
        select (object)new HedgeEvent.Rebalanced(targets, winner, profit, repair, rebuild, dropped, carries.Long, carries.Short, ends, at),
        from sequence in Counts from fill in Fills from at in Times select (object)new HedgeEvent.FillBooked(sequence, fill, at),
        from fill in Fills from external in Bits select (object)new BookEvent.FillBooked(fill, external),
        from id in Texts from sequence in Counts from order in Orders from price in Prices from at in Times from epoch in Counts from part in Gen.Choose(0, 2)
        select (object)new ExecutionEvent.Intended(id, sequence, order, price, at, epoch, part),
        from id in Texts from state in Words<OrderState>() from cumulative in Quantities from reason in Texts from at in Times
        select (object)new ExecutionEvent.Finished(new ClientOrderId(id), state, cumulative, reason, at),
        from posture in Words<RiskPosture>() from priority in Words<HolderPriority>() from why in Texts from at in Times
        select (object)new HermesEvent.StanceChanged(posture, priority, why, at),
        from sequence in Counts from at in Times from order in Orders from sent in Times from index in Gen.Choose(0, 3)
        select (object)new PaperFact.OrderAccepted(sequence, at, order, sent, index),
        from sequence in Counts from at in Times from fill in Fills select (object)new PaperFact.OrderFilled(sequence, at, fill));

    [Fact(DisplayName = "A frequent event has the bytes that the general writer gives it, whatever stands in it")]
    public void Same_bytes()
    {
        var kinds = new HashSet<Type>();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Events.ToArbitrary(), value =>
        {
            kinds.Add(value.GetType());
            Assert.Equal(Encoding.UTF8.GetString(StoredJson.WriteAny(value)), Encoding.UTF8.GetString(Assert.IsType<byte[]>(FrequentJson.Write(value))));
        }));
        Assert.Equal(9, kinds.Count);
    }

    [Fact(DisplayName = "What is not frequent is left to the general writer, also after one that was")]
    public void Others_are_left()
    {
        Assert.NotNull(FrequentJson.Write(new HermesEvent.StanceChanged(RiskPosture.Bold, HolderPriority.Low, "why", DateTimeOffset.UnixEpoch)));
        var rare = new HedgeEvent.Resumed(0.25, DateTimeOffset.UnixEpoch);
        Assert.Null(FrequentJson.Write(rare));
        Assert.Equal("""{"variancePerHour":0.25,"at":"1970-01-01T00:00:00+00:00"}""", Encoding.UTF8.GetString(StoredJson.Write(rare)));
    }
}
