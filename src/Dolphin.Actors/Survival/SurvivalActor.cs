using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;
using static Dolphin.Actors.Survival.SurvivalProtocol;

namespace Dolphin.Actors.Survival;

/// <param name="Published">The newest snapshot that left the controller.</param>
/// <param name="Recorded">The newest one that was worth a row in the journal.</param>
/// <param name="MinimumRTotal">Since the first assessment with every invariant in place; 1 before it.</param>
/// <param name="HasFlown">There has been such an assessment.</param>
/// <param name="Quorum">What became of heartbeats and the quorum; null while nothing did.</param>
public sealed record SurvivalMemory(
    SurvivalState Controller, RiskSnapshot? Published, RiskSnapshot? Recorded, double MinimumRTotal, bool HasFlown,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] QuorumWatchState? Quorum = null);

/// <summary>The survival controller's one instance: hears every layer, publishes one number, and remembers why.</summary>
public sealed class SurvivalActor : DurableActor<SurvivalMemory>, IWithTimers
{
    private readonly SurvivalController _controller;
    private readonly IClusterPort _cluster;
    private readonly InvariantLedger _invariants;
    private readonly RunBoard _board;
    private readonly QuorumWatchPolicy _watch;
    private readonly long _epoch;
    private RiskSnapshot? _published, _recorded;
    private QuorumWatchState? _quorum;
    private HealthGrid? _grid; // Null in one process.
    private readonly SortedDictionary<string, DateTimeOffset> _watchers = new(StringComparer.Ordinal); // By node: when its service watch was last heard. Bounded by the cluster's nodes.
    private DateTimeOffset _began;
    private DateTimeOffset? _returned; // Its last word before a silence of its own, until that is told.
    private bool _isNewProcess; // In which every service begins, until that is told.
    private double _minimum = 1;
    private bool _hasFlown, _flewInThisLife;

    public ITimerScheduler Timers { get; set; } = null!;
    public override string PersistenceId => "survival";

    /// <param name="flattens">What execution does when an invariant fails is to close every leg, and not only to cancel.</param>
    public SurvivalActor(
        SurvivalPolicy policy, ImmutableArray<LayerId> installed, bool flattens, IClusterPort cluster, ITenure tenure, InvariantLedger invariants, RunBoard board)
    {
        (_cluster, _invariants, _board, _epoch) = (cluster, invariants, board, tenure.Epoch);
        _watch = new QuorumWatchPolicy(policy.Patience, flattens);
        _controller = new SurvivalController(policy, installed, Now, tenure.Epoch);

        Recover<SurvivalEvent>(Fold);
        Recover<QuorumEvent>(FoldQuorum);
        Recover<RecoveryCompleted>(_ =>
        {
            Listen();
            if (_published is not null) _cluster.Publish(Topics.Risk, _published); // As old as it is: only the next pulse makes it fresh.
            Timers.StartPeriodicTimer(Pulse.Key, Pulse.Beat, Grid.Until(Now, policy.Pulse), policy.Pulse);
        });

        Command<LayerReport>(OnReport);
        Command<Pulse>(_ => Publish(_controller.Assess(Now)));
        Command<AcknowledgeDrawdown>(OnAcknowledge);
        Command<HealthGrid>(grid =>
        {
            _grid = grid;
            Watch();
        });
        Command<NodeProtocol.SignsOfLife>(OnSignsOfLife);
        Command<NodeProtocol.ServiceEnded>(ended => Note(QuorumWatch.Ended(Quorum, ended.Entity, ended.Reason, Now)));
        Command<NodeProtocol.ServiceBegun>(begun => Note(QuorumWatch.Begun(Quorum, [begun.Entity], Now)));
    }

    private QuorumWatchState Quorum => _quorum ?? QuorumWatchState.Initial;

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.Grid, Self);
        _cluster.Subscribe(Topics.Services, Self);
    }

    protected override SurvivalMemory Capture() => new(_controller.Capture(), _published, _recorded, _minimum, _hasFlown, _quorum);

    protected override void Restore(SurvivalMemory snapshot)
    {
        _controller.Restore(snapshot.Controller);
        (_published, _recorded, _minimum, _hasFlown, _quorum) = (snapshot.Published, snapshot.Recorded, snapshot.MinimumRTotal, snapshot.HasFlown, snapshot.Quorum);
    }

    // One that goes on within its patience was never away: it judges as if nothing had been, so that a replay that is resumed is the same replay.
    private void Listen()
    {
        _board.Quorum = Quorum;
        _isNewProcess = !_cluster.RevivesEntities && _published is { Epoch: var before } && before != _epoch; // A cluster's services say it themselves.
        if (_published is { At: var heard } && Now - heard <= _watch.Patience) return;
        _began = Now;
        _returned = _published?.At;
    }

    // A fall does not wait for the pulse; a climb does.
    private void OnReport(LayerReport report)
    {
        var now = Now;
        switch (_controller.Report(report, now))
        {
            case ReportOutcome.Unreadable:
                Context.GetLogger().Warning("{0} sent {1}, which it cannot mean; its sensor counts as silent.", report.Layer.Name, report.Reading);
                break;
            case ReportOutcome.Accepted when _published is { } last && _controller.RTotal < last.RTotal:
                Publish(_controller.Assess(now));
                break;
        }
    }

    private void Publish(RiskSnapshot snapshot)
    {
        Check(snapshot);
        _published = snapshot;
        _flewInThisLife |= !snapshot.InvariantFailed;
        if (!_hasFlown) _hasFlown = !snapshot.InvariantFailed; // Until every invariant has spoken once there was nothing to lose.
        else _minimum = Math.Min(_minimum, snapshot.RTotal);
        _cluster.Publish(Topics.Risk, snapshot);
        var events = SurvivalRecorder.Decide(_recorded, snapshot, _controller.Policy.RecordMove, _controller.Capture);
        if (!events.IsEmpty) PersistAll(events, Tell);
        Watch();
    }

    private void Watch()
    {
        if (_published is not { } risk) return;
        var now = Now;
        var (members, reachable) = _grid is { } grid ? (grid.Members, grid.Reachable) : (ImmutableSortedSet<string>.Empty, ImmutableSortedSet<string>.Empty);
        var events = QuorumWatch.Decide(_watch, Quorum, new QuorumSight(risk, _began, members, reachable), now);
        if (_isNewProcess) events = [.. QuorumWatch.Begun(Quorum, entities: null, now), .. events];
        if (_returned is { } heard) events = [QuorumWatch.Returned(heard, now), .. events];
        (_isNewProcess, _returned) = (false, null);
        Note(events);
        WatchTheWatchers(now);
    }

    private void OnSignsOfLife(NodeProtocol.SignsOfLife signs)
    {
        _watchers[signs.Node] = Now;
        Note(QuorumWatch.Heard(_watch, Quorum, signs.Node, signs.Silent, Now));
    }

    // It says something at each pulse, news or not. A node that cannot be heard, or is gone, is another matter.
    private void WatchTheWatchers(DateTimeOffset now)
    {
        if (_grid is { } grid)
            foreach (var node in _watchers.Keys.Where(node => !grid.Members.Contains(node)).ToArray()) _watchers.Remove(node);
        foreach (var (node, heard) in _watchers)
            if (now - heard > _watch.Patience && _grid?.Reachable.Contains(node) != false) Note(QuorumWatch.WatcherSilent(_watch, Quorum, node, heard, now));
    }

    private void Note(ImmutableArray<QuorumEvent> events)
    {
        if (!events.IsEmpty) PersistAll(events, stored =>
        {
            FoldQuorum(stored);
            _board.Quorum = Quorum;
            if (stored is QuorumEvent.SensorSilent or QuorumEvent.ServicesSilent or QuorumEvent.NodeSilent or QuorumEvent.NodeRemoved or QuorumEvent.ControllerReturned) // What else is bad others tell.
                _board.Tell(new NotableEvent(stored.At, NotableKind.Warning, "heartbeats", stored.ToText()));
        });
    }

    private void FoldQuorum(QuorumEvent stored) => _quorum = QuorumWatch.Evolve(Quorum, stored);

    private void OnAcknowledge(AcknowledgeDrawdown request)
    {
        var decision = _controller.DecideAcknowledge(LayerId.PortfolioDrawdown, request.Operator, Now);
        var @operator = Sender;
        if (decision.Refusal is { } refusal) @operator.Tell(new Refused(refusal));
        else PersistAll(decision.Events, stored =>
        {
            _controller.Apply(stored);
            Tell(stored);
            @operator.Tell(new Acknowledged(Now));
        });
    }

    private void Fold(SurvivalEvent @event)
    {
        _controller.Apply(@event);
        if (@event is not SurvivalEvent.Assessed assessed) return;
        (_published, _recorded) = (assessed.Snapshot, assessed.Snapshot);
        _hasFlown |= !assessed.Snapshot.InvariantFailed;
        if (_hasFlown) _minimum = Math.Min(_minimum, assessed.Snapshot.RTotal);
    }

    private void Tell(SurvivalEvent stored)
    {
        switch (stored)
        {
            case SurvivalEvent.Assessed e:
                _recorded = e.Snapshot;
                break;
            case SurvivalEvent.PostureChanged e:
                _board.Change(new PostureChange(e.At, Postures.Name(e.From), Postures.Name(e.To), e.RTotal, e.Binding?.Name ?? "recovered"));
                break;
            case SurvivalEvent.InvariantFailed e when _flewInThisLife: // Before, nobody could have spoken yet: that is no news.
                _board.Tell(new NotableEvent(e.At, NotableKind.Fault, e.Layer.Name, e.Reason));
                break;
            case SurvivalEvent.DrawdownLatched e:
                _board.Tell(new NotableEvent(e.At, NotableKind.Warning, e.Layer.Name,
                    $"latched at a drawdown of {e.Loss:P1}; it recovers by its criterion, or when you say: dolphin ack-drawdown"));
                break;
        }
    }

    private void Check(RiskSnapshot now)
    {
        _invariants.Checked(Invariant.RiskInRange);
        if (now.RTotal is not (>= 0 and <= 1) || now.RTotal == 0 != now.InvariantFailed)
            _invariants.Violate(Invariant.RiskInRange,
                $"R_total is {now.RTotal:R} with {(now.InvariantFailed ? "a" : "no")} failed invariant; expected 0 exactly then, else up to 1.");
        if (_published is not { } before) return;
        _invariants.Checked(Invariant.TimeMovesForward);
        if (now.At < before.At || !now.Supersedes(before))
            _invariants.Violate(Invariant.TimeMovesForward,
                $"Snapshot {now.Epoch}.{now.Sequence} at {now.At:O} follows {before.Epoch}.{before.Sequence} at {before.At:O}.");
        var seconds = (now.At - before.At).TotalSeconds;
        for (var i = 0; i < now.Layers.Length; i++)
        {
            var slope = _controller.Policy.Layers[i].Damping.RecoveryPerSecond;
            if (double.IsInfinity(slope)) continue; // An invariant is damped by nothing.
            var (was, @is) = (before.Layers[i].Damped, now.Layers[i].Damped);
            _invariants.Checked(Invariant.RiskRecoversSlowly);
            if (@is > was + slope * seconds + 1e-9)
                _invariants.Violate(Invariant.RiskRecoversSlowly,
                    $"{now.Layers[i].Layer} rose from {was:R} to {@is:R} in {seconds} s; its slope is {slope:R} a second.");
        }
    }

    private sealed record Pulse
    {
        public const string Key = "pulse";
        public static readonly Pulse Beat = new();
    }
}
