using System.Collections.Immutable;
using Dolphin.Actors;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Directional;
using Dolphin.Actors.Hermes;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Venue;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;
using Dolphin.Venues.Paper;
using static Dolphin.Actors.Journal.DurableProtocol;

namespace Dolphin.Backtest.Replay;

/// <summary>
/// Replays a market through the production actors in virtual time. It can be killed at any instant: the next run on the same folder
/// goes back to the last checkpoint, derives again what the journals hold beyond it, compares, and goes on. Only where a journal is damaged
/// it goes on from the newest events instead, without the entities concerned.
/// </summary>
/// <remarks>One thread at a time: <see cref="Start"/>, then <see cref="Run"/>, then <see cref="Dispose"/>. The boards may be read from any.</remarks>
public sealed class ReplayRun : IDisposable
{
    // A replay has one controller for all its lives: what it derives again must carry the same epoch in its order ids.
    private const long Epoch = 1;

    // After the last bar: what is on the wire arrives, fills come back, everybody stores them. A few bars of a market that is over, or it would count as silent.
    private static readonly TimeSpan LongestSettling = TimeSpan.FromMinutes(1);
    private const int SettlingBars = 10;

    private readonly ReplayOptions _options;
    private readonly ActorSystem _system;
    private readonly VirtualTime _time;
    private readonly JournalSet _journal;
    private readonly StateFolderLock _lock;
    private readonly PaperExchange _exchange;
    private readonly List<StoredState> _states = [];
    private IActorRef _venue = ActorRefs.Nobody, _node = ActorRefs.Nobody, _collector = ActorRefs.Nobody;
    private readonly OperatorDesk _operator;
    private NodeProtocol.Started? _started;
    private readonly IReadOnlyList<FundingRate> _funding;
    private ReplayCursor _cursor;
    private int _fundingTold; // Rates of the recording that have been told in this life.
    private long _checkpoint, _eventsAtCheckpoint;
    private bool _resumed;
    private long _barsDone;
    private DateTimeOffset? _closed;

    /// <param name="log">An actor that hears whatever actors and their engine log, as <see cref="LogEvent"/>; null leaves it unheard.</param>
    /// <exception cref="StateFolderInUseException">Another process runs on the folder.</exception>
    /// <exception cref="InvalidDataException">The folder belongs to another run.</exception>
    /// <exception cref="JournalException">A journal cannot be opened.</exception>
    public ReplayRun(ReplayOptions options, Props? log = null)
    {
        _options = options;
        _lock = StateFolderLock.Acquire(options.Folder.Path);
        try
        {
            options.Folder.Claim(options.Identity with { CheckpointEveryBars = options.CheckpointEveryBars });
            _cursor = new ReplayCursor(options.From, 0, [], []);
            var settings = EngineSettings.VirtualTime with { VirtualStart = DateTimeOffset.FromUnixTimeMilliseconds(options.From), AskDrivesTime = true };
            _system = ActorSystem.Create("dolphin", settings.StoredIn(options.Folder, options.Journal, DurabilityMode.WriteBehind));
            _time = _system.VirtualTime();
            // Before anybody recovers: what is wrong with a journal is said then.
            if (log is not null) _system.EventStream.Subscribe(_system.ActorOf(log, "log"), typeof(LogEvent));
            _journal = _system.Journal()!;
            _funding = options.Market.Funding(options.From, options.To);
            _exchange = new PaperExchange(options.Venue, options.Plan.Assets.Select(a => a.Instrument), _funding);
            _operator = new OperatorDesk(options.Plan.Strategies.Select(s => s.StrategyId), new HermesReach(options.Plan.Assets), new SignalReach(options.Plan.Assets));
            Board = new RunBoard(options.Plan.Assets);
            Risk = new RiskBoard(options.Plan.Survival.Pulse, options.Plan.Survival.HeartbeatLimit);
        }
        catch
        {
            _journal?.Dispose();
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>Requests from any thread; they are heard between two slices.</summary>
    public IRunControl Operator => _operator;
    public RunBoard Board { get; }
    public RiskBoard Risk { get; }
    public InvariantLedger Invariants { get; } = new();

    /// <summary>Bars of slices that have closed, in this life and those before it.</summary>
    public long BarsDone => Volatile.Read(ref _barsDone);

    /// <summary>Close of the newest slice that was played, in this life or those before it; before the first, the open of that.</summary>
    public DateTimeOffset MarketTime => _closed ?? DateTimeOffset.FromUnixTimeMilliseconds(_cursor.OpenTimeMs ?? _options.To);

    /// <summary>Where this life took the replay up; zero for a new one.</summary>
    public long BarsAtStart { get; private set; }

    /// <summary>Events up to here, in this life and those before it; what lies beyond the checkpoint counts when it has been derived again.</summary>
    public long EventsWritten => _eventsAtCheckpoint + _journal.RowsWritten + _journal.FactsRederived;
    public long EventsOutstanding => _journal.FactsOutstanding;
    public IReadOnlyList<DamagedRow> Damage => _journal.Damage;

    /// <summary>Recovers: back to the last checkpoint, everybody in place, venue and node agreed on what has already been sent.</summary>
    public void Start()
    {
        if (_journal.Damage.Count > 0)
        {
            GoOnUnrewound();
        }
        else if (_journal.TryRewind(out var checkpoint))
        {
            _cursor = ReplayCursor.Of(checkpoint.Cursor.AsSpan());
            (_checkpoint, _resumed, BarsAtStart) = (checkpoint.Number, true, _cursor.Bars);
            _eventsAtCheckpoint = checkpoint.Entities.Sum(e => e.SequenceNr);
            _time.RunUntil(checkpoint.At);
            Invariants.Restore(_cursor.Invariants);
            Board.Restore(_cursor.Postures);
        }

        Volatile.Write(ref _barsDone, _cursor.Bars);
        foreach (var damaged in _journal.Damage.GroupBy(d => d.PersistenceId, StringComparer.Ordinal))
            Board.Halt(new HaltedEntity(damaged.Key, damaged.First().ToString(), _time.Now));

        var (exchange, board, worldIsReplayed) = (_exchange, Board, _journal.Damage.Count == 0);
        var plan = _options.Plan;
        _venue = _system.ActorOf(Props.Create(() => new PaperVenueActor(exchange, "venue", worldIsReplayed)), "venue");
        var ground = new NodeGround(new OpenDoor(new PaperVenue(_venue)), new InProcessCluster(Epoch), Risk, board, Invariants, WireWasLost: !_resumed);
        _node = _system.ActorOf(Props.Create(() => new NodeActor(plan, ground)), "node");
        var states = _states;
        _collector = _system.ActorOf(Props.Create(() => new CollectorActor(states)), "collector");
        _started = _node.Ask<NodeProtocol.Started>(new NodeProtocol.GetStarted()).GetAwaiter().GetResult();

        var (started, strategies) = (_started, plan.Strategies.ToImmutableDictionary(h => h.StrategyId, h => h.Symbol, StringComparer.Ordinal));
        _operator.Open(
            _system.ActorOf(Props.Create(() => new OperatorActor(started, strategies)), "operator"),
            _journal.ReadFacts(OperatorActor.Id).Select(f => f.Event).OfType<OperatorProtocol.Asked>());

        var facts = _journal.ReadFacts("paper-venue", "venue").Select(f => f.Event).OfType<PaperFact>().ToImmutableArray();
        if (!facts.IsEmpty) _venue.Tell(new PaperVenueProtocol.Remember(facts), ActorRefs.NoSender);
        _venue.Tell(new PaperVenueProtocol.Connect(_started.Execution), ActorRefs.NoSender);
        _time.RunUntilIdle();
    }

    // What a halted entity did beyond the checkpoint nobody can derive again, and with it not what others did with it: execution and the
    // venue would find that their journals say something else, and halt too. So nothing is rewound. Everybody recovers to the newest event,
    // as a live node does after a crash, and the market goes on with the first bar that opens then; what opened before it is missed.
    private void GoOnUnrewound()
    {
        var (checkpoint, newest) = _journal.Newest();
        if (checkpoint is not null)
        {
            _cursor = ReplayCursor.Of(checkpoint.Cursor.AsSpan());
            _checkpoint = checkpoint.Number;
            _time.RunUntil(checkpoint.At);
            Invariants.Restore(_cursor.Invariants);
            Board.Restore(_cursor.Postures);
        }

        if (newest > _time.Now) _time.RunUntil(newest.Value);
        if (_cursor.OpenTimeMs is null) return;
        var (now, interval) = (_time.Now, _options.Market.Interval);
        var open = (now.UtcTicks % interval.Ticks == 0 ? now : now + Grid.Until(now, interval)).ToUnixTimeMilliseconds();
        _cursor = _cursor with { OpenTimeMs = open, Bars = _options.Market.BarsBetween(_options.From, open) };
        BarsAtStart = _cursor.Bars;
    }

    /// <summary>Replays to the end, or until asked to stop between two slices. Everything stored is durable when it returns.</summary>
    /// <param name="closed">Told the end of each slice, when nothing is left to do at it.</param>
    /// <returns>True at the end of the market; false if it was asked to stop.</returns>
    /// <exception cref="JournalException">The journal has failed; what is stored is whole.</exception>
    public bool Run(CancellationToken stop, Action<DateTimeOffset>? closed = null)
    {
        try
        {
            return PlayAll(stop, closed);
        }
        finally
        {
            _operator.Close(); // Nobody hears operators after the last slice.
        }
    }

    private bool PlayAll(CancellationToken stop, Action<DateTimeOffset>? closed)
    {
        if (_cursor.OpenTimeMs is { } open)
        {
            Pace? pace = null;
            var venueKnows = _resumed;
            foreach (var slice in _options.Market.Slices(open, _options.To))
            {
                if (stop.IsCancellationRequested)
                {
                    _journal.Flush();
                    return false;
                }

                // What an earlier life has already shown is derived again as fast as the machine can.
                if (pace is not null || _journal.FactsOutstanding == 0)
                    (pace ??= new Pace(_options.Speed, TimeProvider.System, _time.Now)).Await(slice.ClosesAt, stop);
                _journal.ThrowIfFailed(); // What nobody stores is not worth deriving: everybody would only be grounded, one by one.
                Play(slice, venueKnows);
                venueKnows = false;
                closed?.Invoke(slice.ClosesAt);
            }

            var bars = _options.Market.Interval * SettlingBars;
            _time.RunFor(bars < LongestSettling ? bars : LongestSettling);
            Checkpoint(null);
        }

        _journal.Flush();
        return true;
    }

    /// <summary>What every durable actor would store now. Between runs of virtual time only.</summary>
    public IReadOnlyList<StoredState> States()
    {
        _states.Clear();
        _node.Tell(GetStored.Now, _collector);
        _venue.Tell(GetStored.Now, _collector);
        _operator.Actor.Tell(GetStored.Now, _collector);
        _time.RunUntilIdle();
        return [.. _states.OrderBy(s => s.PersistenceId, StringComparer.Ordinal)];
    }

    public void Dispose()
    {
        _operator.Close();
        _journal.Dispose();
        _lock.Dispose();
    }

    private void Play(MarketSlice slice, bool venueKnows)
    {
        if (!venueKnows)
        {
            if (slice.OpensAt > _time.Now) _time.RunUntil(slice.OpensAt);
            TellFunding(slice.ClosesAt);
            _venue.Tell(new MarketProtocol.SliceOpened(slice), ActorRefs.NoSender);
        }

        _time.RunUntil(slice.ClosesAt);
        if (_barsDone / _options.CheckpointEveryBars != _cursor.Bars / _options.CheckpointEveryBars) Checkpoint(slice.OpenTimeMs);
        if (_options.Market.HasBooks) _started!.Feed.Tell(new MarketProtocol.BooksSeen(_options.Market.BooksAtClose(slice.OpenTimeMs)), ActorRefs.NoSender);
        _started!.Feed.Tell(new MarketProtocol.SliceClosed(slice), ActorRefs.NoSender);
        _time.RunUntilIdle();
        Volatile.Write(ref _barsDone, _barsDone + slice.Bars.Length);
        _closed = slice.ClosesAt;
        _operator.Hear(_time.Now);
    }

    // As a live market does: with the bar that they fall due in. What an earlier life was told is known, and told again it changes nothing.
    private void TellFunding(DateTimeOffset until)
    {
        var first = _fundingTold;
        while (_fundingTold < _funding.Count && _funding[_fundingTold].At <= until) _fundingTold++;
        if (_fundingTold > first)
            _started!.Feed.Tell(new MarketProtocol.FundingTold([.. _funding.Skip(first).Take(_fundingTold - first)]), ActorRefs.NoSender);
    }

    // Before a slice closes: whatever the one before it caused has had a whole bar to settle.
    private void Checkpoint(long? openTimeMs)
    {
        _cursor = new ReplayCursor(openTimeMs, _barsDone, Invariants.Counts, Board.Postures);
        _node.Tell(TakeSnapshot.Now, ActorRefs.NoSender);
        _venue.Tell(TakeSnapshot.Now, ActorRefs.NoSender);
        _operator.Actor.Tell(TakeSnapshot.Now, ActorRefs.NoSender);
        _time.RunUntilIdle();
        _journal.SaveCheckpoint(++_checkpoint, _time.Now, _cursor.ToBytes());
    }
}
