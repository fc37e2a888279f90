using System.Collections.Immutable;
using Dolphin.Domain.Market;
using Dolphin.Venues.Paper;

namespace Dolphin.Venues.Remote;

/// <summary>
/// What the venue has seen of its clients, counted for whoever tests them: was an id sent twice, did an older gateway trade beside a newer one?
/// </summary>
/// <remarks>
/// Folded from the venue's stored facts, so it forgets nothing when the venue is killed; what never reached the books (requests refused for
/// time or rate, sessions) is counted since the process started. Bounds: <see cref="IdsKept"/> ids, the newest; <see cref="RepeatedKept"/> of
/// those that came more than once; <see cref="EpochsKept"/> epochs, the highest. The totals go on.
/// </remarks>
public sealed class VenueOracle
{
    public const int IdsKept = 100_000;
    public const int RepeatedKept = 1_000;
    public const int EpochsKept = 1_000;

    private readonly Dictionary<ClientOrderId, OracleOrder> _orders = []; // Looked up only.
    private readonly Queue<ClientOrderId> _newest = new();
    private readonly Queue<ClientOrderId> _repeated = new();
    private readonly SortedDictionary<long, OracleEpoch> _epochs = [];
    private readonly DelayHistogram _barToOrder = new();
    private long _received, _accepted, _rejected, _duplicates, _acceptedTwice, _overlaps, _fills, _liquidations;
    private long _late, _overRate, _sessions, _olderSessions, _fenced, _acceptedAfterHigherSession;
    private long _highestAccepted = -1, _highestSession = -1;

    /// <summary>The highest epoch that has said hello or had an order accepted; -1 if none has.</summary>
    public long HighestEpoch => Math.Max(_highestAccepted, _highestSession);

    public void Fold(PaperFact fact)
    {
        switch (fact)
        {
            case PaperFact.OrderAccepted f:
                _accepted++;
                var order = Received(f.Order.Id, f.At);
                if (order.Accepted > 0) _acceptedTwice++;
                Note(order with { Accepted = order.Accepted + 1 });
                OnEpoch(order.Epoch, f.At);
                break;
            case PaperFact.OrderRejected f:
                _rejected++;
                Note(Received(f.Order.Id, f.At));
                break;
            case PaperFact.DuplicateRefused f:
                _duplicates++;
                Note(Received(f.Id, f.At));
                break;
            case PaperFact.OrderFilled:
                _fills++;
                break;
            case PaperFact.LegLiquidated:
                _liquidations++;
                break;
            default: // Says nothing of a client.
                break;
        }
    }

    /// <summary>A request that was refused before it reached the books.</summary>
    public void Refused(VenueEvent refusal)
    {
        var (id, code) = refusal switch
        {
            VenueEvent.Rejected r => (r.Id, r.Code),
            VenueEvent.CancelRejected r => (r.Id, r.Code),
            _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "Expected a refusal."),
        };
        if (code == VenueCode.TooManyOrders) _overRate++;
        else _late++;
        if (refusal is VenueEvent.Rejected) Note(Received(id, refusal.At));
    }

    public void Entered(long epoch)
    {
        _sessions++;
        if (epoch < HighestEpoch) _olderSessions++;
        _highestSession = Math.Max(_highestSession, epoch);
    }

    /// <param name="sinceClose">Since the newest bar closed.</param>
    public void Ordered(TimeSpan sinceClose) => _barToOrder.Add(sinceClose);

    /// <summary>A session that was turned away, or ended, because of a higher epoch.</summary>
    public void Fenced() => _fenced++;

    /// <param name="newest">How many of the newest orders to list one by one.</param>
    public OracleReport Report(OracleBooks books, int newest) => new(
        books, new OracleOrders(_received, _accepted, _rejected, _duplicates, _acceptedTwice, _fills, _liquidations, _overlaps),
        [.. _epochs.Values], new OracleLife(_sessions, _olderSessions, _fenced, _late, _overRate, _acceptedAfterHigherSession, HighestEpoch, OracleDelay.Of(_barToOrder)),
        [.. _repeated.Where(_orders.ContainsKey).Select(id => _orders[id])],
        [.. _newest.Skip(Math.Max(0, _newest.Count - newest)).Select(id => _orders[id])]);

    private OracleOrder Received(ClientOrderId id, DateTimeOffset at)
    {
        _received++;
        if (_orders.TryGetValue(id, out var known))
        {
            if (known.Received == 1) Remember(_repeated, id, RepeatedKept);
            return known with { Received = known.Received + 1, LastAt = at };
        }

        if (Remember(_newest, id, IdsKept) is { } oldest) _orders.Remove(oldest);
        return new OracleOrder(id.Value, ClientOrderIds.TryParse(id, out var name) ? name.Value.Epoch : null, 1, 0, at, at);
    }

    private void Note(OracleOrder order) => _orders[new ClientOrderId(order.Id)] = order;

    private static ClientOrderId? Remember(Queue<ClientOrderId> queue, ClientOrderId id, int kept)
    {
        queue.Enqueue(id);
        return queue.Count > kept ? queue.Dequeue() : null;
    }

    // An id that is not ours says no epoch.
    private void OnEpoch(long? of, DateTimeOffset at)
    {
        if (of is not { } epoch) return;
        if (epoch < _highestAccepted) _overlaps++;
        if (epoch < _highestSession) _acceptedAfterHigherSession++;
        _highestAccepted = Math.Max(_highestAccepted, epoch);
        _epochs[epoch] = _epochs.TryGetValue(epoch, out var known) ? known with { Accepted = known.Accepted + 1, LastAt = at } : new OracleEpoch(epoch, 1, at, at);
        if (_epochs.Count > EpochsKept) _epochs.Remove(_epochs.Keys.First());
    }
}
