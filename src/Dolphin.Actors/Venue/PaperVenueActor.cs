using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Venues;
using Dolphin.Venues.Paper;

namespace Dolphin.Actors.Venue;

/// <summary>The paper venue's process boundary: keeps its facts in a journal of its own and speaks only of what is stored there.</summary>
public sealed class PaperVenueActor : DurableActor<PaperState>, IWithTimers
{
    private readonly PaperExchange _exchange;
    private readonly List<PaperOutput> _outputs = [];
    private IActorRef _client = ActorRefs.Nobody;

    public ITimerScheduler Timers { get; set; } = null!;
    public override string PersistenceId => "paper-venue";

    public PaperVenueActor(PaperExchange exchange, string journal)
    {
        _exchange = exchange;
        (JournalPluginId, SnapshotPluginId) = (journal, journal);

        Recover<PaperFact>(fact => _exchange.Apply(fact));
        Recover<RecoveryCompleted>(_ => Pump());

        Command<VenueCommand>(command =>
        {
            _exchange.Receive(command, Now);
            Pump();
        });
        Command<MarketProtocol.SliceOpened>(opened =>
        {
            _exchange.Open(opened.Slice);
            Pump();
        });
        Command<Due>(_ => Pump());
        Command<PaperVenueProtocol.Connect>(connect => _client = connect.Client);
    }
}
