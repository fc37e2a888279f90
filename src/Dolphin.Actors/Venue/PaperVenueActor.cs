using System.Collections.Immutable;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Domain.Market;
using Dolphin.Venues;
using Dolphin.Venues.Paper;
using static Dolphin.Actors.Venue.PaperVenueProtocol;

namespace Dolphin.Actors.Venue;

/// <summary>The paper venue's process boundary: keeps its facts in a journal of its own and speaks only of what is stored there.</summary>
public sealed class PaperVenueActor : DurableActor<PaperState>, IWithTimers
{
    private readonly PaperExchange _exchange;
    private readonly bool _worldIsReplayed;
    private readonly List<PaperOutput> _outputs = [];
    private readonly List<VenueEvent> _unconnected = []; // Bounded: nothing new is sent before the client connects.
    private ImmutableHashSet<ClientOrderId> _known = [];
    private IActorRef _client = ActorRefs.Nobody;
    private DateTimeOffset? _wakeAt;

    public ITimerScheduler Timers { get; set; } = null!;
    public override string PersistenceId => "paper-venue";

    /// <param name="journal">The plugin id of the venue's own journal.</param>
    /// <param name="worldIsReplayed">
    /// A replay goes back to the instant of its snapshot, wire and market included. A live venue only keeps its books: what was on the
    /// wire when the process died is lost, and the client has to ask.
    /// </param>
    public PaperVenueActor(PaperExchange exchange, string journal, bool worldIsReplayed)
    {
        (_exchange, _worldIsReplayed) = (exchange, worldIsReplayed);
        (JournalPluginId, SnapshotPluginId) = (journal, journal);

        Recover<PaperFact>(_exchange.Apply);
        Recover<Marked>(_ => { });
        Recover<RecoveryCompleted>(_ => Sleep());

        Command<VenueCommand>(command =>
        {
            _exchange.Receive(command, Now);
            Sleep();
        });
        Command<MarketProtocol.SliceOpened>(opened =>
        {
            _exchange.Open(opened.Slice);
            Work();
        });
        Command<Due>(_ =>
        {
            _wakeAt = null;
            Work();
        });
        Command<Remember>(remember =>
        {
            _exchange.InjectKnown(remember.Facts);
            _known = [.. remember.Facts.Select(IdOf).OfType<ClientOrderId>()];
            Sleep();
        });
        Command<Connect>(OnConnect);
    }

    protected override PaperState Capture() => _exchange.Capture();

    protected override void Restore(PaperState snapshot)
    {
        if (_worldIsReplayed) _exchange.Restore(snapshot);
        else _exchange.Restore(snapshot.Books);
    }

    protected override void Snapshot() => Persist(new Marked(Now), _ => base.Snapshot());

    private void OnConnect(Connect connect)
    {
        _client = connect.Client;
        if (!_known.IsEmpty) _client.Tell(new ExecutionProtocol.KnownAtVenue(_known));
        foreach (var waiting in _unconnected) _client.Tell(waiting);
        _unconnected.Clear();
    }

    private void Work()
    {
        _exchange.Advance(Now, _outputs);
        if (_outputs.Count > 0)
        {
            PaperOutput[] outputs = [.. _outputs];
            _outputs.Clear();
            PaperFact[] facts = [.. outputs.Where(o => o.Fact is not null).Select(o => o.Fact!)];
            if (facts.Length > 0) PersistAll(facts, _ => { });
            // After the last fact is durable: a client never hears of what the venue could forget.
            DeferAsync(outputs, Deliver);
        }

        Sleep();
    }

    private void Deliver(PaperOutput[] outputs)
    {
        foreach (var output in outputs)
        {
            if (output.Delivery is not { } delivery) continue;
            if (_client.IsNobody()) _unconnected.Add(delivery);
            else _client.Tell(delivery);
        }
    }

    private void Sleep()
    {
        if (_exchange.NextDue is not { } due || due == _wakeAt) return;
        _wakeAt = due;
        var wait = due - Now;
        Timers.StartSingleTimer(Due.Key, Due.Now, wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
    }

    private static ClientOrderId? IdOf(PaperFact fact) => fact switch
    {
        PaperFact.OrderAccepted f => f.Order.Id,
        PaperFact.OrderRejected f => f.Order.Id,
        _ => null,
    };

    private sealed record Due
    {
        public const string Key = "due";
        public static readonly Due Now = new();
    }
}
