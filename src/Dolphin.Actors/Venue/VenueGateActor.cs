using Dolphin.Actors.Market;
using Dolphin.Venues;
using Dolphin.Venues.Paper;
using Dolphin.Venues.Remote;
using static Dolphin.Actors.Venue.VenueGateProtocol;

namespace Dolphin.Actors.Venue;

/// <summary>Stands between order sessions and the venue: lets them in, refuses what is late or too much, tells every session every event, and counts.</summary>
/// <remarks>
/// Bounds: <see cref="MostSessions"/> sessions; <see cref="IVenue.ToldAgain"/> of the newest funding payments, liquidations and fills of orders
/// that no gateway made, which nobody can ask for by an id, are told again to a session that enters: a book takes each once. Who was away for more of them finds that its books differ.
/// </remarks>
public sealed class VenueGateActor : ReceiveActor
{
    public const int MostSessions = 32;
    /// <summary>Questions for the oracle that wait for the venue; of more the oldest is given up, its asker has long stopped waiting.</summary>
    public const int MostQuestions = 64;

    private readonly VenueGatePolicy _policy;
    private readonly IActorRef _venue;
    private readonly TimeProvider? _wall;
    private readonly OrderGate _gate = new();
    private readonly VenueOracle _oracle = new();
    private readonly List<(IOrderSession Session, long Epoch)> _sessions = []; // In the order they came.
    private readonly NewestExternal _external = new();
    private readonly SortedDictionary<long, (IActorRef Asker, int Newest)> _questions = [];
    private long _question;
    private string? _name; // Null until the venue is open.
    private DateTimeOffset? _lastSlice, _closedAt;
    private bool _marketHasEnded;

    /// <param name="wall">What gateways stamp their requests by, as this machine has it; null where that is the actors' own time.</param>
    public VenueGateActor(VenueGatePolicy policy, IActorRef venue, TimeProvider? wall)
    {
        (_policy, _venue, _wall) = (policy, venue, wall);
        Receive<Past>(past =>
        {
            foreach (var fact in past.Facts) Note(fact);
        });
        Receive<Open>(open => _name = open.Venue);
        Receive<Enter>(OnEnter);
        Receive<Leave>(leave => _sessions.RemoveAll(s => s.Session == leave.Session));
        Receive<Take>(OnTake);
        Receive<VenueEvent>(OnEvent);
        Receive<PaperFact>(Note);
        Receive<MarketProtocol.SliceClosed>(closed => (_lastSlice, _closedAt) = (closed.Slice.OpensAt, Now));
        Receive<WorldProtocol.End>(_ => _marketHasEnded = true);
        Receive<GetOracle>(OnGetOracle);
        Receive<PaperVenueProtocol.Audit>(OnAudit);
    }

    private DateTimeOffset Now => Context.System.Scheduler.Now;

    private void OnEnter(Enter enter)
    {
        var (session, hello) = enter;
        if (Refusal(hello) is { } refusal)
        {
            Sender.Tell(new Refused(refusal));
            return;
        }

        if (_policy.Fence) EndOlder(hello.Epoch);
        _oracle.Entered(hello.Epoch);
        foreach (var said in _external.ToldAgain) session.Tell(said);
        _sessions.Add((session, hello.Epoch));
        Sender.Tell(new Entered());
    }

    private string? Refusal(OrderRequest.Hello hello)
    {
        if (_name is null) return "the venue is still starting; come back later";
        if (hello.Protocol != RemoteProtocol.Version) return $"protocol {hello.Protocol}; expected {RemoteProtocol.Version}";
        if (!string.Equals(hello.Account, _policy.Account, StringComparison.Ordinal)) return $"account '{hello.Account}'; there is only '{_policy.Account}'";
        if (hello.Epoch < 0) return $"epoch {hello.Epoch}; expected 0 or more";
        if (_sessions.Count >= MostSessions) return $"{MostSessions} sessions are open; expected fewer, come back later";
        if (!_policy.Fence || hello.Epoch >= _oracle.HighestEpoch) return null;
        _oracle.Fenced();
        return $"epoch {hello.Epoch} is fenced off: {_oracle.HighestEpoch} has been here";
    }

    private void EndOlder(long epoch)
    {
        foreach (var (session, older) in _sessions.Where(s => s.Epoch < epoch).ToList())
        {
            _oracle.Fenced();
            session.End($"epoch {older} is fenced off: {epoch} has come");
        }

        _sessions.RemoveAll(s => s.Epoch < epoch);
    }

    // Between machines there is no other time than the wall clock's; what waits here waits by ours, which nobody sets.
    private OrderRequest.Order InOurTime(OrderRequest.Order request) => _wall is { } wall ? request with { SentAt = request.SentAt + (Now - wall.GetUtcNow()) } : request;

    private void OnTake(Take take)
    {
        if (_sessions.TrueForAll(s => s.Session != take.Session)) return;
        var request = InOurTime(take.Request);
        if (_closedAt is { } at && request.Command is VenueCommand.Submit) _oracle.Ordered(Now - at);
        if (_gate.Refuse(request, Now) is { } refusal)
        {
            _oracle.Refused(refusal);
            Tell(refusal);
            return;
        }

        _venue.Tell(new PaperVenueProtocol.Timely(request.Command, request.SentAt + TimeSpan.FromMilliseconds(request.RecvWindowMs)));
    }

    private void OnEvent(VenueEvent said)
    {
        // It waited in the venue's mailbox: the engine has not seen it either.
        if (said is VenueEvent.Rejected { Code: VenueCode.OutsideRecvWindow } or VenueEvent.CancelRejected { Code: VenueCode.OutsideRecvWindow }) _oracle.Refused(said);
        Tell(said);
    }

    private void Tell(VenueEvent said)
    {
        foreach (var (session, _) in _sessions) session.Tell(said);
    }

    private void Note(PaperFact fact)
    {
        _oracle.Fold(fact);
        _external.Note(fact);
    }

    private void OnGetOracle(GetOracle get)
    {
        _questions.Add(++_question, (Sender, get.Newest));
        if (_questions.Count > MostQuestions) _questions.Remove(_questions.Keys.First());
        _venue.Tell(new PaperVenueProtocol.GetAudit(_question));
    }

    private void OnAudit(PaperVenueProtocol.Audit books)
    {
        if (_questions.Remove(books.Question, out var asked)) asked.Asker.Tell(Report(books, asked.Newest));
    }

    private OracleReport Report(PaperVenueProtocol.Audit books, int newest)
    {
        var view = books.Account;
        var expected = view.Positions.Aggregate(_policy.Deposit, (sum, p) => sum + p.RealisedPnl - p.Fees + p.Funding);
        return _oracle.Report(new OracleBooks(
            _name ?? "", Now, books.FactSequence, books.OpenOrders, view.WalletBalance, view.Equity, view.WalletBalance - expected,
            [.. view.Positions.Select(p => new OraclePosition(p.Symbol, p.Leg, p.Quantity, p.RealisedPnl, p.Fees, p.Funding, p.LastTradeId))],
            _lastSlice, _marketHasEnded, _sessions.Count), newest);
    }
}
