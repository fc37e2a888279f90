using System.Collections.Immutable;
using System.Text;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.DistributedData;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Wire;
using Dolphin.Domain.Survival;
using Dolphin.Hosting.Akka.Entities;

namespace Dolphin.Hosting.Akka.Health;

/// <summary>
/// Tells the other nodes how this one is, and this node what they said: a last-writer-wins map in distributed data, one entry a node,
/// written by that node alone.
/// </summary>
/// <remarks>Bounded by the nodes that ever joined under names of their own; a node that has left is taken out of the map by who remains.</remarks>
public sealed class HealthGridActor : ReceiveActor, IWithTimers
{
    // As text: Akka.NET writes the CLR names of the type arguments, and a later version may move the type.
    private static readonly LWWDictionaryKey<string, string> Key = new("dolphin-health");
    private readonly ClusterPort _port;
    private readonly RunBoard _board;
    private readonly RiskBoard _risk;
    private readonly GridBoard _grid;
    private readonly TimeSpan _every;
    private readonly global::Akka.Cluster.Cluster _cluster = global::Akka.Cluster.Cluster.Get(Context.System);
    private readonly IActorRef _replicator = DistributedData.Get(Context.System).Replicator;
    private ImmutableSortedDictionary<string, NodeHealth> _health = ImmutableSortedDictionary.Create<string, NodeHealth>(StringComparer.Ordinal);
    private ImmutableArray<string> _entities = [];
    private DateTimeOffset? _slice;

    public ITimerScheduler Timers { get; set; } = null!;

    public HealthGridActor(ClusterPort port, RunBoard board, RiskBoard risk, GridBoard grid, TimeSpan every)
    {
        (_port, _board, _risk, _grid, _every) = (port, board, risk, grid, every);
        Receive<Tick>(_ => Tell());
        Receive<MarketProtocol.SliceClosed>(closed => _slice = closed.Slice.ClosesAt);
        Receive<CurrentShardRegionState>(state => _entities =
            [.. state.Shards.SelectMany(s => s.EntityIds).Select(EntityIds.ToId).Order(StringComparer.Ordinal)]);
        Receive<Changed>(changed => Take(changed.Get(Key).Entries));
        Receive<ClusterEvent.IClusterDomainEvent>(_ => Show());
        Receive<IUpdateResponse>(_ => { }); // The next tick writes again.
    }

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        _replicator.Tell(Dsl.Subscribe(Key, Self));
        _port.Subscribe(Topics.Slices, Self);
        Timers.StartPeriodicTimer(Tick.Key, Tick.Now, TimeSpan.Zero, _every);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void Tell()
    {
        var now = Context.System.Scheduler.Now;
        var risk = _risk.Read(now);
        _port.Region.Tell(GetShardRegionState.Instance);
        var mine = new NodeHealth(_port.Node, now, _slice, risk.RTotal, risk.Posture, _entities, [.. _port.Acting.Names], _board.Halted.Length);
        var text = Encoding.UTF8.GetString(WireJson.Write(mine));
        var members = Members(_cluster.State);
        var gone = _health.Keys.Where(node => !members.Contains(node) && node != _port.Node).ToList();
        _replicator.Tell(Dsl.Update(Key, LWWDictionary<string, string>.Empty, WriteLocal.Instance, map =>
        {
            map = map.SetItem(_cluster, _port.Node, text);
            return gone.Aggregate(map, (left, node) => left.Remove(_cluster, node));
        }));
    }

    private void Take(IImmutableDictionary<string, string> entries)
    {
        _health = entries.ToImmutableSortedDictionary(e => e.Key, e => (NodeHealth)WireJson.Read(Encoding.UTF8.GetBytes(e.Value), typeof(NodeHealth)), StringComparer.Ordinal);
        Show();
    }

    private void Show()
    {
        var state = _cluster.State;
        var members = Members(state);
        var reachable = members.Except(state.Unreachable.Select(m => NodeNames.Of(m.Address)));
        _grid.Grid = new HealthGrid(members, reachable, _health);
        _port.Publish(Topics.Grid, _grid.Grid);
    }

    // Who is down keeps no vote: the side that took it down has decided.
    private static ImmutableSortedSet<string> Members(ClusterEvent.CurrentClusterState state) =>
    [
        .. state.Members
            .Where(m => m.Roles.Contains(Settings.ClusterSettings.TraderRole) && m.Status is MemberStatus.Up or MemberStatus.WeaklyUp or MemberStatus.Leaving)
            .Select(m => NodeNames.Of(m.Address)),
    ];

    private sealed record Tick
    {
        public const string Key = "tick";
        public static readonly Tick Now = new();
    }
}
