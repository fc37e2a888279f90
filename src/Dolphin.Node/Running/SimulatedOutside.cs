using System.Collections.Immutable;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Venue;
using Dolphin.Domain.Market;
using Dolphin.Venues.Paper;
using Serilog;

namespace Dolphin.Node.Running;

/// <summary>A paper venue and a simulated market in the node's own process, with a journal of their own.</summary>
internal sealed class SimulatedOutside : IOutside
{
    private readonly StateFolder _folder;
    private readonly ILogger _log;
    private readonly OutsidePlan.Simulated _plan;
    private readonly IActorRef _venue, _world;
    private readonly bool _isNew;
    private readonly int _symbols;

    /// <param name="isNew">Nothing has run on the folder before: for the log.</param>
    public SimulatedOutside(
        ActorSystem system, OutsidePlan.Simulated plan, ImmutableArray<Instrument> instruments, StateFolder folder, RunBoard board, bool isNew, ILogger log)
    {
        (_plan, _folder, _isNew, _symbols, _log) = (plan, folder, isNew, instruments.Length, log);
        var exchange = new PaperExchange(plan.Venue, instruments, []);
        var venue = _venue = system.ActorOf(Props.Create(() => new PaperVenueActor(exchange, "venue", false)), "venue");
        var world = plan.World;
        _world = system.ActorOf(Props.Create(() => new WorldActor(world, venue, board, "venue")), "world");
        Door = new OpenDoor(new PaperVenue(_venue));
    }

    public IVenueDoor Door { get; }
    public ImmutableArray<IActorRef> Actors => [_venue, _world];
    public ImmutableArray<string> PersistenceIds => ["paper-venue", "world"];

    public async Task OpenAsync(TimeSpan patience, CancellationToken cancellation)
    {
        var market = await _world.Ask<WorldProtocol.Open>(new WorldProtocol.Begin(), patience, cancellation);
        if (_isNew) _log.Information("A new market begins at {Began:u}; seed {Seed}, {Assets} assets, bars of {Seconds} s", market.Began, _plan.World.Seed, _symbols, _plan.World.Interval.TotalSeconds);
        else _log.Information("The market is {Seconds:0} s on from where it was last stored", market.Missed.TotalSeconds);
        if (market.Closed > TimeSpan.Zero) _log.Warning("Nobody was here for so long that the market was closed for {Days:0.0} days: it goes on from the prices it had then", market.Closed.TotalDays);
    }

    public void Connect(IActorRef execution, IActorRef feed)
    {
        _venue.Tell(new PaperVenueProtocol.TellAgain(StoredFacts.NewestIncome(_folder)), ActorRefs.NoSender);
        _venue.Tell(new PaperVenueProtocol.Connect(execution), ActorRefs.NoSender);
        _world.Tell(new WorldProtocol.Connect(feed), ActorRefs.NoSender);
    }

    public Task RestAsync(TimeSpan patience) => _world.Ask<WorldProtocol.Resting>(new WorldProtocol.Rest(), patience);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask; // Its actors end with the system.
}
