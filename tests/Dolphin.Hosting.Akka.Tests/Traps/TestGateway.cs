using System.Collections.Concurrent;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Hosting.Akka.Tests.Traps;

/// <summary>A singleton that does what the order gateway does with its tenure: the intent is stored under its number, and the order leaves while it holds.</summary>
internal sealed class TestGateway : DurableActor<OperatorProtocol.Log>, IWithTimers
{
    private static readonly DateTimeOffset At = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
    private readonly string _holder;
    private readonly ITenure _tenure;
    private readonly TestVenue _venue;
    private bool _hasIntent;

    public ITimerScheduler Timers { get; set; } = null!;
    public override string PersistenceId => ClusterPort.Gateway;

    /// <param name="every">How often it trades by itself, and sends again twenty times as often; null: when it is told.</param>
    public TestGateway(string holder, ITenure tenure, TestVenue venue, TimeSpan? every)
    {
        (_holder, _tenure, _venue) = (holder, tenure, venue);
        Recover<ExecutionEvent>(_ => { });
        Command<Trade>(_ => Persist(Intent(), stored =>
        {
            venue.Stored.Enqueue(stored.Epoch);
            _hasIntent = true;
            Leave();
        }));
        Command<SendAgain>(_ =>
        {
            if (_hasIntent) Leave();
        });
        if (every is not { } pace) return;
        Timers.StartPeriodicTimer("trade", Trade.Now, TimeSpan.Zero, pace);
        Timers.StartPeriodicTimer("again", SendAgain.Now, pace / 20); // An egress that only the tenure stops: no intent is refused for it.
    }

    protected override OperatorProtocol.Log Capture() => new([]);
    protected override void Restore(OperatorProtocol.Log snapshot) { }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        _venue.Refused.Enqueue($"{_tenure.Epoch}: {cause.Message} {cause.InnerException?.Message}");
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    private void Leave()
    {
        if (!_venue.Takes(_holder, _tenure)) _venue.HeldBack.Enqueue(_tenure.Epoch);
    }

    private ExecutionEvent.Intended Intent() => new("hedge-BTCUSDT", LastSequenceNr + 1, new NewOrder(
        ClientOrderIds.For("hedge-BTCUSDT", LastSequenceNr + 1, PositionSide.Long, _tenure.Epoch), new Symbol("BTCUSDT"), PositionSide.Long, OrderSide.Buy, OrderType.Limit,
        TimeInForce.PostOnly, new Quantity(0.010m), Price.Of(100m)), Price.Of(100m), At, _tenure.Epoch);

    public sealed record Trade
    {
        public static readonly Trade Now = new();
    }

    /// <summary>An order whose intent is stored already leaves.</summary>
    public sealed record SendAgain
    {
        public static readonly SendAgain Now = new();
    }
}

/// <summary>Sees every order of every gateway in the order in which they come, as a venue does.</summary>
internal sealed class TestVenue
{
    private readonly Lock _gate = new();
    private readonly List<(string Holder, long Epoch)> _taken = [];

    /// <summary>Tenures of intents that became durable.</summary>
    public ConcurrentQueue<long> Stored { get; } = new();

    /// <summary>Why an intent did not.</summary>
    public ConcurrentQueue<string> Refused { get; } = new();

    /// <summary>Tenures of orders that their own gateway kept, because it was over.</summary>
    public ConcurrentQueue<long> HeldBack { get; } = new();

    public IReadOnlyList<(string Holder, long Epoch)> Taken
    {
        get
        {
            lock (_gate) return [.. _taken];
        }
    }

    /// <summary>The gateway's look at its tenure and the order's arrival are one moment: what lies between them, recvWindow bounds at a real venue, and a test's machine does not.</summary>
    public bool Takes(string holder, ITenure tenure)
    {
        lock (_gate)
        {
            if (!tenure.Holds) return false;
            _taken.Add((holder, tenure.Epoch));
            return true;
        }
    }
}
