using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Paper;
using Dolphin.Venues.Tests.Contract;

namespace Dolphin.Venues.Tests.Paper;

/// <summary>Drives an exchange as its actor does: opens slices on time, wakes at every due time, keeps facts and deliveries.</summary>
/// <remarks>On the way it checks what holds for every history: time never falls, facts have no gaps, and nothing is told before it is a fact.</remarks>
public sealed class PaperRig
{
    public static readonly PaperPolicy Policy = new(
        Seed: 7, InitialWallet: new(10_000m), Terms.MakerFee, Terms.TakerFee, LiquidationFee: 0.01m, Terms.Leverage, Terms.Participation,
        HalfSpread: new(1m), FullImpact: new(2m),
        Outbound: new(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(10)), Inbound: new(TimeSpan.FromMilliseconds(15), TimeSpan.FromMilliseconds(10)),
        MaxOrderQuantity: new(1_000_000m), MaxOpenOrdersPerSymbol: 50, ClosedOrdersKept: 1_000, KnownIdsKept: 10_000, Faults: []);

    /// <summary>The least latency, no spread: prices and times can be read off the bar.</summary>
    public static readonly PaperPolicy Bare = Policy with { HalfSpread = new(0m), FullImpact = new(0m), Outbound = new(TimeSpan.FromMilliseconds(1), TimeSpan.Zero), Inbound = default };

    private readonly List<PaperOutput> _outputs = [];
    private readonly HashSet<long> _tradesStored = [];
    private PaperFault[] _faults;

    public PaperRig(PaperPolicy policy, IEnumerable<Instrument> instruments, IEnumerable<FundingRate> funding)
        : this(new PaperExchange(policy, instruments, funding), Terms.Start) => _faults = [.. policy.Faults];

    public PaperRig(PaperPolicy policy) : this(policy, Terms.Instruments, []) { }

    public PaperRig(PaperExchange exchange, DateTimeOffset now) => (Exchange, Now, _faults) = (exchange, now, []);

    public PaperExchange Exchange { get; }
    public DateTimeOffset Now { get; private set; }
    public List<VenueEvent> Heard { get; } = [];
    public List<PaperFact> Facts { get; } = [];

    /// <summary>Whether this client, as after a rewind, leaves out orders that the venue knows already.</summary>
    public bool AsksWhatIsKnown { get; init; }

    public void Send(VenueCommand command)
    {
        if (AsksWhatIsKnown && command is VenueCommand.Submit submit && Exchange.Knows(submit.Order.Id)) return;
        Exchange.Receive(command, Now);
    }

    public void Send(NewOrder order) => Send(new VenueCommand.Submit(order));

    public void AddFault(PaperFault fault)
    {
        _faults = [.. _faults, fault];
        Exchange.SetFaults([.. _faults]);
    }

    public void OpenMinute(params ReadOnlySpan<Candle> candles) => Open(Slice(Now, candles));

    public void Open(MarketSlice slice)
    {
        Exchange.Open(slice);
        Take();
    }

    public void Run(TimeSpan duration) => RunUntil(Now + duration);

    public void RunUntil(DateTimeOffset end)
    {
        var idle = 0;
        while (Exchange.NextDue is { } due && due <= end)
        {
            Assert.True(due >= Now || Exchange.NextDue == due, $"Due at {due:O}, before {Now:O}.");
            var before = Facts.Count + Heard.Count;
            if (due > Now) Now = due;
            Take();
            idle = Facts.Count + Heard.Count == before ? idle + 1 : 0;
            Assert.True(idle < 100, "The exchange asks to be woken again and again and does nothing.");
        }
        Now = end;
    }

    /// <summary>Lets time pass without waking the exchange.</summary>
    public void JumpTo(DateTimeOffset now) => Now = now;

    /// <summary>Advances to now and keeps what came of it.</summary>
    public void Take()
    {
        _outputs.Clear();
        Exchange.Advance(Now, _outputs);
        foreach (var output in _outputs)
        {
            if (output.Fact is { } fact)
            {
                if (Facts.Count > 0) Assert.Equal(Facts[^1].Sequence + 1, fact.Sequence);
                if (Facts.Count > 0) Assert.True(fact.At >= Facts[^1].At);
                Assert.True(fact.At <= Now);
                Facts.Add(fact);
                if (fact is PaperFact.OrderFilled filled) _tradesStored.Add(filled.Fill.TradeId);
                if (fact is PaperFact.LegSettled settled) _tradesStored.Add(settled.Fill.TradeId);
                if (fact is PaperFact.PositionsFound found) _tradesStored.UnionWith(found.Fills.Select(f => f.TradeId));
            }
            else
            {
                if (output.Delivery is VenueEvent.Filled told && Facts.Count > 0 && Facts[0].Sequence == 1)
                    Assert.Contains(told.Fill.TradeId, _tradesStored);
                Heard.Add(output.Delivery!);
            }
        }
    }

    public List<T> HeardOf<T>() where T : VenueEvent => [.. Heard.OfType<T>()];

    public static MarketSlice Slice(DateTimeOffset opens, params ReadOnlySpan<Candle> candles)
    {
        var bars = new List<SymbolBar>();
        foreach (var c in candles)
        {
            bars.Add(new(c.Symbol, new Bar(opens.ToUnixTimeMilliseconds(), Price.Of(c.Open), Price.Of(c.High), Price.Of(c.Low), Price.Of(c.Close), new(c.Volume))));
        }
        bars.Sort((a, b) => a.Symbol.CompareTo(b.Symbol));
        return new MarketSlice(opens.ToUnixTimeMilliseconds(), Terms.Minute, bars.ToArray());
    }
}
