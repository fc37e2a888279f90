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
    // What waits for a client. Bounded: one account view, the newest; besides it only what became of orders and legs that an earlier life left.
    private readonly List<VenueEvent> _unconnected = [];
    private NewestExternal _external = new();
    private ImmutableHashSet<ClientOrderId> _known = [];
    private IActorRef _client = ActorRefs.Nobody, _auditor = ActorRefs.Nobody;
    private DateTimeOffset? _wakeAt;
    private DateTimeOffset _newestFact = DateTimeOffset.MinValue; // Of an earlier life.

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

        Recover<PaperFact>(fact =>
        {
            _exchange.Apply(fact);
            _external.Note(fact);
            _newestFact = fact.At;
        });
        Recover<Marked>(_ => { });
        Recover<RecoveryCompleted>(_ => Sleep());

        Command<VenueCommand>(command =>
        {
            _exchange.Receive(command, Now);
            Sleep();
        });
        Command<Timely>(OnTimely);
        Command<GetAudit>(get => DeferAsync(
            (Asker: Sender, Answer: new Audit(get.Question, _exchange.ViewAccount(requestId: null), _exchange.OpenOrders, _exchange.FactSequence)), static a => a.Asker.Tell(a.Answer)));
        Command<MarketProtocol.SliceOpened>(opened =>
        {
            _exchange.Open(opened.Slice);
            Work(Now);
        });
        Command<FundingAnnounced>(announced => _exchange.Announce(announced.Rates));
        Command<Settle>(settle =>
        {
            _exchange.Settle(settle.Symbol, settle.Mark, Now);
            Work(Now);
        });
        Command<Missed>(OnMissed);
        Command<Due>(_ =>
        {
            _wakeAt = null;
            Work(Now);
        });
        Command<Remember>(remember =>
        {
            _exchange.InjectKnown(remember.Facts);
            _known = [.. remember.Facts.Select(IdOf).OfType<ClientOrderId>()];
            Sleep();
        });
        Command<TellAgain>(OnTellAgain);
        Command<Reopened>(_ =>
        {
            if (_client.IsNobody()) return;
            foreach (var said in _external.ToldAgain) _client.Tell(said);
        });
        Command<Connect>(OnConnect);
    }

    protected override PaperState Capture() => _exchange.Capture();

    protected override void Restore(PaperState snapshot)
    {
        if (_worldIsReplayed) _exchange.Restore(snapshot);
        else
        {
            _exchange.Restore(snapshot.Books);
            _newestFact = snapshot.Books.LastFactAt;
        }
    }

    protected override void Snapshot() => Persist(new Marked(Now), _ => base.Snapshot());

    private void OnConnect(Connect connect)
    {
        (_client, _auditor) = (connect.Client, connect.Auditor ?? ActorRefs.Nobody);
        if (!_known.IsEmpty) _client.Tell(new ExecutionProtocol.KnownAtVenue(_known));
        foreach (var waiting in _unconnected) _client.Tell(waiting);
        _unconnected.Clear();
    }

    private void OnTellAgain(TellAgain again)
    {
        _external = new NewestExternal(); // The journal knows of older ones than what was recovered after a snapshot.
        foreach (var fact in again.Facts) _external.Note(fact);
        _unconnected.AddRange(_external.ToldAgain);
    }

    // Looked at here and not where it was received: what waited in a mailbox while the process was suspended is late too.
    private void OnTimely(Timely timely)
    {
        if (Now > timely.Deadline && OutOfTime(timely.Command) is { } refusal)
        {
            Deliver([new PaperOutput(null, refusal)]);
            return;
        }

        _exchange.Receive(timely.Command, Now);
        Sleep();
    }

    private VenueEvent? OutOfTime(VenueCommand command)
    {
        const string reason = "The request waited at the venue beyond its recvWindow. Not executed.";
        return command switch
        {
            VenueCommand.Submit submit => new VenueEvent.Rejected(submit.Order.Id, VenueCode.OutsideRecvWindow, reason, Now),
            VenueCommand.Cancel cancel => new VenueEvent.CancelRejected(cancel.Id, VenueCode.OutsideRecvWindow, reason, Now),
            _ => null,
        };
    }

    private void OnMissed(Missed missed)
    {
        foreach (var step in missed.Steps)
        {
            if (step.Slice.ClosesAt <= _newestFact) continue;
            _exchange.Announce(step.Funding);
            _exchange.Open(step.Slice);
            Work(step.Slice.OpensAt); // Not up to now: the slice goes on until the next one opens.
        }

        Sender.Tell(new MissedSeen());
    }

    private void Work(DateTimeOffset until)
    {
        _exchange.Advance(until, _outputs);
        if (_outputs.Count > 0)
        {
            PaperOutput[] outputs = [.. _outputs];
            _outputs.Clear();
            PaperFact[] facts = [.. outputs.Where(o => o.Fact is not null).Select(o => o.Fact!)];
            foreach (var fact in facts) _external.Note(fact); // Nobody is told of it before it is durable: no command is taken until then.
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
            if (output.Fact is { } fact && !_auditor.IsNobody()) _auditor.Tell(fact);
            if (output.Delivery is not { } delivery) continue;
            if (_client.IsNobody()) Keep(delivery);
            else _client.Tell(delivery);
        }
    }

    private void Keep(VenueEvent delivery)
    {
        if (delivery is VenueEvent.Account) _unconnected.RemoveAll(e => e is VenueEvent.Account);
        _unconnected.Add(delivery);
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
