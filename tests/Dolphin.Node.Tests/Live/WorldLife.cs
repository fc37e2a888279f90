using System.Collections.Immutable;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Venue;
using Dolphin.Data.Simulation;
using Dolphin.Domain.Market;

namespace Dolphin.Node.Tests.Live;

/// <summary>One process: a world, and a venue and a feed that only take down what they are told.</summary>
internal sealed class WorldLife : IDisposable
{
    private readonly ActorSystem _system;
    private readonly IActorRef _world;

    public VirtualTime Time { get; }
    public RunBoard Board { get; } = new([]);
    public WorldProtocol.Open? Opened { get; private set; }
    public List<MarketStep> Missed { get; } = [];
    public List<MarketSlice> Shown { get; } = [];
    public List<MarketSlice> Closed { get; } = [];
    public List<FundingRate> Funding { get; } = [];
    public DateTimeOffset? Ended { get; private set; }
    public List<object> Watched { get; } = [];

    public WorldLife(IWorldMarket market, InMemoryJournal journal, DateTimeOffset start)
    {
        _system = ActorSystem.Create("life", EngineSettings.VirtualTime with
        {
            VirtualStart = start,
            Persistence = new JournalSettings { InMemory = journal },
            Serializers = system => [new SerializerBinding(typeof(object), new DolphinSerializer(system))],
        });
        Time = _system.VirtualTime();
        var (venue, feed) = (_system.ActorOf(Props.Create(() => new Scribe(this)), "venue"), _system.ActorOf(Props.Create(() => new Scribe(this)), "feed"));
        var board = Board;
        _world = _system.ActorOf(Props.Create(() => new WorldActor(market, venue, board, "")), "world");
        _world.Tell(new WorldProtocol.Begin(), feed);
        Time.RunUntilIdle();
        var watcher = _system.ActorOf(Props.Create(() => new Watcher(this)), "watcher");
        _world.Tell(new WorldProtocol.Connect(feed, watcher), ActorRefs.NoSender); // Who trades comes up when the venue has seen everything.
        Time.RunUntilIdle();
    }

    public void RunAndStore(DateTimeOffset until)
    {
        Time.RunUntil(until);
        _world.Tell(DurableProtocol.TakeSnapshot.Now, ActorRefs.NoSender);
        Time.RunUntilIdle();
    }

    public void Dispose() => _system.Dispose();

    private sealed class Scribe : ReceiveActor
    {
        public Scribe(WorldLife life)
        {
            Receive<PaperVenueProtocol.Missed>(missed =>
            {
                life.Missed.AddRange(missed.Steps);
                Sender.Tell(new PaperVenueProtocol.MissedSeen());
            });
            Receive<PaperVenueProtocol.FundingAnnounced>(announced => life.Funding.AddRange(announced.Rates));
            Receive<MarketProtocol.SliceOpened>(opened => life.Shown.Add(opened.Slice));
            Receive<MarketProtocol.SliceClosed>(closed => life.Closed.Add(closed.Slice));
            Receive<WorldProtocol.Open>(open => life.Opened = open);
        }
    }

    private sealed class Watcher : ReceiveActor
    {
        public Watcher(WorldLife life)
        {
            Receive<WorldProtocol.End>(end => life.Ended = end.At);
            ReceiveAny(life.Watched.Add);
        }
    }
}
