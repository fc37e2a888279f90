using System.Collections.Immutable;
using Dolphin.Actors.Venue;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Paper;
using Dolphin.Venues.Remote;
using static Dolphin.Actors.Market.MarketDeskProtocol;

namespace Dolphin.Actors.Market;

/// <summary>Tells every reader of the market what has happened, and never what will: of a bar that forms only its open and the price of the moment.</summary>
/// <remarks>At most <see cref="MostReaders"/> readers; how far a slow one may be behind is its outbox's to say.</remarks>
public sealed class MarketDeskActor : ReceiveActor, IWithTimers
{
    public const int MostReaders = 64;
    private static readonly TimeSpan MarkEvery = TimeSpan.FromSeconds(1); // As Binance's fastest mark price stream.

    private readonly List<MarketOutbox> _readers = [];
    private MarketMessage.Closed? _newest;
    private MarketMessage.Ended? _ended;
    private MarketSlice? _forming;

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="gate">Is told of closed slices too.</param>
    public MarketDeskActor(IActorRef gate)
    {
        Receive<MarketProtocol.SliceOpened>(opened => OnOpened(opened.Slice));
        Receive<PaperVenueProtocol.FundingAnnounced>(announced => Tell(new MarketMessage.Funding(announced.Rates, 0)));
        Receive<MarketProtocol.SliceClosed>(closed =>
        {
            gate.Tell(closed);
            _forming = null;
            _newest = new MarketMessage.Closed(closed.Slice.OpenTimeMs, closed.Slice.Interval, [.. closed.Slice.Bars.Span], 0);
            Tell(_newest);
        });
        Receive<WorldProtocol.End>(end =>
        {
            gate.Tell(end);
            _ended = new MarketMessage.Ended(end.At);
            Tell(_ended);
        });
        Receive<Watch>(watch => OnWatch(watch.Reader));
        Receive<Unwatch>(unwatch => _readers.Remove(unwatch.Reader));
        Receive<Mark>(_ => OnMark());
    }

    protected override void PreStart() => Timers.StartPeriodicTimer(Mark.Key, Mark.Now, MarkEvery);

    private void OnOpened(MarketSlice slice)
    {
        _forming = slice;
        Tell(new MarketMessage.Opened(slice.OpenTimeMs, slice.Interval, Prices(slice, bar => bar.Open)));
    }

    private void OnWatch(MarketOutbox reader)
    {
        if (_readers.Count >= MostReaders)
        {
            Sender.Tell(new Refused($"{MostReaders} readers are here; expected fewer, come back later"));
            return;
        }

        _readers.Add(reader);
        if (_newest is not null) reader.Offer(_newest);
        if (_ended is not null) reader.Offer(_ended);
        Sender.Tell(new Watched());
    }

    private void OnMark()
    {
        if (_forming is not { } slice) return;
        var now = Context.System.Scheduler.Now;
        var (ms, interval) = (now.ToUnixTimeMilliseconds(), (long)slice.Interval.TotalMilliseconds);
        Tell(new MarketMessage.Marked(now, Prices(slice, bar => IntrabarPath.PriceAt(bar, interval, ms))));
    }

    private void Tell(MarketMessage message)
    {
        foreach (var reader in _readers) reader.Offer(message);
    }

    private static ImmutableArray<SymbolPrice> Prices(MarketSlice slice, Func<Bar, Price> priceOf)
    {
        var prices = ImmutableArray.CreateBuilder<SymbolPrice>(slice.Bars.Length);
        foreach (ref readonly var bar in slice.Bars.Span) prices.Add(new SymbolPrice(bar.Symbol, priceOf(bar.Bar)));
        return prices.MoveToImmutable();
    }

    private sealed record Mark
    {
        public const string Key = "mark";
        public static readonly Mark Now = new();
    }
}
