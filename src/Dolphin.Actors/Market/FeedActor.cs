using Dolphin.Actors.Cluster;
using Dolphin.Domain.Market;
using static Dolphin.Actors.Market.MarketProtocol;

namespace Dolphin.Actors.Market;

/// <summary>Hands each closed bar to its asset, if that lives on this node, and never more than one at a time.</summary>
/// <remarks>
/// An asset that is still busy gets the newest state, not the backlog: bars that arrive meanwhile are merged into one.
/// Nothing here grows with a slow consumer: one slot an asset.
/// </remarks>
public sealed class FeedActor : ReceiveActor
{
    private readonly Dictionary<Symbol, Slot> _slots = [];
    private readonly IClusterPort _cluster;

    public FeedActor(IClusterPort cluster)
    {
        _cluster = cluster;
        Receive<Attach>(attach => _slots[attach.Symbol] = new Slot(Context.Watch(Sender)));
        Receive<Terminated>(gone =>
        {
            foreach (var symbol in _slots.Where(s => s.Value.Asset.Equals(gone.ActorRef)).Select(s => s.Key).ToList()) _slots.Remove(symbol);
        });
        Receive<SliceClosed>(closed =>
        {
            cluster.Publish(Topics.Slices, closed);
            foreach (ref readonly var bar in closed.Slice.Bars.Span)
                if (_slots.TryGetValue(bar.Symbol, out var slot)) slot.Offer(bar.Bar, closed.Slice.Interval, Self);
        });
        Receive<BooksSeen>(seen => cluster.Publish(Topics.OrderBooks, seen));
        Receive<FundingTold>(told => cluster.Publish(Topics.FundingTold, told));
        Receive<BarSeen>(seen =>
        {
            if (_slots.TryGetValue(seen.Symbol, out var slot)) slot.Ready(Self);
        });
    }

    protected override void PostRestart(Exception reason)
    {
        base.PostRestart(reason);
        _cluster.Publish(Topics.Feed, FeedRestarted.Now);
    }

    private sealed class Slot(IActorRef asset)
    {
        public IActorRef Asset => asset;
        private bool _busy;
        private Bar? _waiting;
        private TimeSpan _interval;

        public void Offer(Bar bar, TimeSpan interval, IActorRef self)
        {
            _interval = interval;
            if (_busy) _waiting = _waiting is { } earlier ? earlier.MergedWith(bar) : bar;
            else Send(bar, self);
        }

        public void Ready(IActorRef self)
        {
            _busy = false;
            if (_waiting is not { } bar) return;
            _waiting = null;
            Send(bar, self);
        }

        private void Send(Bar bar, IActorRef self)
        {
            _busy = true;
            asset.Tell(new BarClosed(bar, _interval), self);
        }
    }
}
