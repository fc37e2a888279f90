using System.Collections.Immutable;
using Dolphin.Domain.Market;

namespace Dolphin.Venues.Paper;

/// <summary>The way there and back: latency, order of arrival, faults.</summary>
public sealed partial class PaperExchange
{
    private readonly PriorityQueue<PaperCommand, ArrivalKey> _commands = new();
    private readonly Dictionary<ClientOrderId, int> _submitsOnWire = []; // Counts; looked up only.
    private readonly List<PaperPlace> _reserved = [];
    private readonly PriorityQueue<PaperDelivery, (long DueMs, long Number)> _deliveries = new();
    private ImmutableArray<PaperFault> _faults;
    private long _instantTicks = long.MinValue;
    private int _instantNext;
    private long _lastDelivery;
    private long _lastDueMs = long.MinValue;

    private readonly record struct ArrivalKey(long ArrivesMs, long SentAtTicks, int SentIndex) : IComparable<ArrivalKey>
    {
        public int CompareTo(ArrivalKey other) =>
            ArrivesMs != other.ArrivesMs ? ArrivesMs.CompareTo(other.ArrivesMs)
            : SentAtTicks != other.SentAtTicks ? SentAtTicks.CompareTo(other.SentAtTicks)
            : SentIndex.CompareTo(other.SentIndex);
    }

    /// <summary>The command enters the wire and arrives after the outbound latency.</summary>
    /// <exception cref="ArgumentException">An id, request id or symbol is null.</exception>
    public void Receive(VenueCommand command, DateTimeOffset now)
    {
        RefuseMissingNames(command);
        if (now.UtcTicks != _instantTicks)
        {
            (_instantTicks, _instantNext) = (now.UtcTicks, 0);
            _reserved.RemoveAll(place => place.SentAtTicks < now.UtcTicks);
        }
        while (_reserved.Contains(new PaperPlace(_instantTicks, _instantNext))) _instantNext++;
        PutOnWire(command, now, _instantNext++);
    }

    /// <summary>Whether this id has reached the venue or is on its way there, so that it must not be sent again.</summary>
    public bool Knows(ClientOrderId id) => _submitsOnWire.ContainsKey(id) || WasSeen(id);

    /// <summary>Puts orders that the venue's journal knows, but this state does not yet, back on the wire as they were first sent.</summary>
    /// <remarks>For a replay that was rewound to a checkpoint: call it with the facts stored after the checkpoint, before anything
    /// is received. Each order is put back at most once; those still on the wire, or already seen, are left alone.</remarks>
    public void InjectKnown(IEnumerable<PaperFact> facts)
    {
        foreach (var fact in facts)
        {
            var (order, sentAt, index) = fact switch
            {
                PaperFact.OrderAccepted f => (f.Order, f.SentAt, f.SentIndex),
                PaperFact.OrderRejected f => (f.Order, f.SentAt, f.SentIndex),
                _ => default,
            };
            if (order is null || fact.Sequence <= _factSequence || Knows(order.Id)) continue;
            if (sentAt.UtcTicks >= _instantTicks) _reserved.Add(new PaperPlace(sentAt.UtcTicks, index));
            PutOnWire(new VenueCommand.Submit(order), sentAt, index);
        }
    }

    /// <summary>Replaces the fault switches from now on.</summary>
    /// <exception cref="ArgumentException">A fault has a value out of range.</exception>
    public void SetFaults(ImmutableArray<PaperFault> faults)
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        PaperPolicy.AddProblems(faults, problems);
        if (problems.Count > 0) throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(faults));
        _faults = faults;
    }

    private void PutOnWire(VenueCommand command, DateTimeOffset sentAt, int index)
    {
        var latency = _policy.Outbound.DrawMs(StableHash.Of(_policy.Seed, CommandTag(command), CommandId(command), 0));
        var item = new PaperCommand(command, sentAt, index, CeilingMs(sentAt) + latency);
        if (command is VenueCommand.Submit submit)
            _submitsOnWire[submit.Order.Id] = _submitsOnWire.GetValueOrDefault(submit.Order.Id) + 1;
        _commands.Enqueue(item, new ArrivalKey(item.ArrivesMs, sentAt.UtcTicks, index));
    }

    private void TakeOffWire(ClientOrderId id)
    {
        var count = _submitsOnWire[id];
        if (count == 1) _submitsOnWire.Remove(id); else _submitsOnWire[id] = count - 1;
    }

    /// <param name="number">Tells deliveries of one kind about one id apart: a trade id, or the time.</param>
    private void Deliver(VenueEvent @event, string id, long number)
    {
        var identity = (number * 16) + EventTag(@event);
        var due = Math.Max(_lastDueMs, _clockMs + _policy.Inbound.DrawMs(StableHash.Of(_policy.Seed, 0, id, identity)));
        var (overtaken, copyDelay) = (0L, -1L);
        foreach (var fault in _faults)
        {
            if (fault.Kind < PaperFaultKind.DelayDelivery || !fault.Strikes(_policy.Seed, id, identity)) continue;
            var delay = fault.Delay.Ticks / TimeSpan.TicksPerMillisecond;
            switch (fault.Kind)
            {
                case PaperFaultKind.DelayDelivery: due += delay; break;
                case PaperFaultKind.ReorderDelivery: overtaken += delay; break;
                default: copyDelay = delay; break;
            }
        }
        _lastDueMs = due;
        Enqueue(@event, due + overtaken);
        if (copyDelay >= 0) Enqueue(@event, due + overtaken + copyDelay);

        void Enqueue(VenueEvent e, long dueMs)
        {
            var delivery = new PaperDelivery(e, dueMs, ++_lastDelivery);
            _deliveries.Enqueue(delivery, (dueMs, delivery.Number));
        }
    }

    private PaperFault? AnswerFault(ClientOrderId id)
    {
        foreach (var fault in _faults)
        {
            if (fault.Kind < PaperFaultKind.DelayDelivery && fault.Strikes(_policy.Seed, id.Value, 0)) return fault;
        }
        return null;
    }

    private static string CommandId(VenueCommand command) => command switch
    {
        VenueCommand.Submit c => c.Order.Id.Value,
        VenueCommand.Cancel c => c.Id.Value,
        VenueCommand.CancelAll c => c.RequestId,
        VenueCommand.Query c => c.Id.Value,
        VenueCommand.GetAccount c => c.RequestId,
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "No such command."),
    };

    private static int CommandTag(VenueCommand command) => command switch
    {
        VenueCommand.Submit => 1,
        VenueCommand.Cancel => 2,
        VenueCommand.CancelAll => 3,
        VenueCommand.Query => 4,
        _ => 5,
    };

    private static int EventTag(VenueEvent @event) => @event switch
    {
        VenueEvent.Accepted => 1,
        VenueEvent.Rejected => 2,
        VenueEvent.OutcomeUnknown => 3,
        VenueEvent.Filled => 4,
        VenueEvent.Closed => 5,
        VenueEvent.CancelRejected => 6,
        VenueEvent.AllCancelled => 7,
        VenueEvent.OrderStatus => 8,
        VenueEvent.FundingPaid => 9,
        VenueEvent.Liquidated => 10,
        _ => 11,
    };

    private static void RefuseMissingNames(VenueCommand command)
    {
        var symbol = command switch
        {
            VenueCommand.Submit c => c.Order.Symbol.Name,
            VenueCommand.Cancel c => c.Symbol.Name,
            VenueCommand.Query c => c.Symbol.Name,
            _ => string.Empty,
        };
        if (CommandId(command) is null || symbol is null)
            throw new ArgumentException($"{command.GetType().Name} names no id or no symbol; expected both. Not sent.", nameof(command));
    }
}
