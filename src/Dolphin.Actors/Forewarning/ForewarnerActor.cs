using System.Collections.Immutable;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Sizing;
using Dolphin.Domain;
using Dolphin.Domain.Forewarning;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Forewarning;

/// <summary>What is stored of the forewarner.</summary>
/// <param name="Model">The champion; null while none serves.</param>
/// <param name="SeenAt">Close of the newest slice of this run's market; null before the first.</param>
/// <param name="Fitness">As last read.</param>
public sealed record ForewarnerMemory(ForewarnerState State, KeptModel? Model, ImmutableArray<GatheredReturns> Returns, DateTimeOffset? SeenAt, FitnessReading? Fitness, ForewarnerTally Tally);

/// <summary>L3 and the envelope's cap: fits a safety envelope on a schedule and when the market has moved, and judges the live parameters by the one that is proven.</summary>
/// <remarks>
/// A model is stored with the event that makes it champion, so that the one that serves after a crash is the one that served before it. A fit that a crash
/// interrupted is begun again under its number, by what is known of the market then; one that brings the process down every time is given up when its time is over.
/// </remarks>
public sealed class ForewarnerActor : DurableActor<ForewarnerMemory>, IWithTimers
{
    public const string Id = "forewarner";
    private readonly ForewarnerPlan _plan;
    private readonly SensorContext _context;
    private readonly IClusterPort _cluster;
    private readonly RunBoard _board;
    private readonly ReturnGatherer _returns;
    private CancellationTokenSource _fit = new(); // Of the one fit at a time.
    private ForewarnerState _state = ForewarnerState.Initial;
    private ForewarnerTally _tally;
    private KeptModel? _model;
    private ReturnSample? _drawnFrom; // Of the model; made of it once.
    private FitnessReading? _fitness;

    public ITimerScheduler Timers { get; set; } = null!;
    public override string PersistenceId => Id;

    public ForewarnerActor(ForewarnerPlan plan, SensorContext context, IClusterPort cluster, RunBoard board)
    {
        (_plan, _context, _cluster, _board, _returns) = (plan, context, cluster, board, new ReturnGatherer(plan.Interval));
        _returns.Restore(plan.Before, seenAt: null);
        Recover<ForewarnerEvent>(Apply);
        Recover<KeptModel>(Serve);
        Recover<RecoveryCompleted>(_ => Begin());
        Command<MarketProtocol.SliceClosed>(closed => _returns.Observe(closed.Slice));
        Command<Pulse>(_ => Report());
        Command<Look>(_ => OnLook());
        Command<Fit>(fit => OnFit(fit.Number));
        Command<FitOutcome>(OnOutcome);
    }

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.Slices, Self);
    }

    protected override void PostStop()
    {
        _fit.Cancel();
        base.PostStop();
    }

    protected override ForewarnerMemory Capture() => new(_state, _model, _returns.Capture(), _returns.SeenAt, _fitness, _tally);

    // Half a megabyte of returns is more than a message between nodes may be: whoever asks hears what they are known by.
    protected override ForewarnerMemory Told() => Capture() is var all
        ? all with { Model = all.Model?.Hashed(), Returns = [.. all.Returns.Select(r => r.Hashed())] } : all;

    protected override void Restore(ForewarnerMemory snapshot)
    {
        (_state, _fitness, _tally) = (snapshot.State, snapshot.Fitness, snapshot.Tally);
        _returns.Restore(snapshot.Returns, snapshot.SeenAt);
        if (snapshot.Model is { } model) Serve(model);
        _fitness = snapshot.Fitness;
    }

    private void Begin()
    {
        Timers.StartPeriodicTimer(Pulse.Key, Pulse.Beat, Grid.Until(Now, _context.Pulse), _context.Pulse);
        Timers.StartPeriodicTimer(Look.Key, Look.Now, Grid.Until(Now, _plan.LookEvery), _plan.LookEvery);
        Publish();
        if (_state.Fitting is { } fitting) Self.Tell(new Fit(fitting.Number));
        else if (_returns.SeenAt is null && _state.Fits == 0) Self.Tell(Look.Now); // A market of before is there at once.
    }

    // ---- when to fit -------------------------------------------------------------------------------------------------

    private void OnLook()
    {
        if (_drawnFrom is { } drawnFrom) _fitness = FitnessMonitor.Read(drawnFrom, _returns.Recent(_plan.Fitness.LeastReturns), _plan.Fitness);
        if (_model is null && _returns.Longest < _plan.LeastSample) return; // There is nothing to draw from yet.
        Decide(new ForewarnerInput.Look(_fitness, Now));
    }

    private void Decide(ForewarnerInput input, KeptModel? model = null)
    {
        var decision = ForewarnerDecider.Decide(_plan.Policy, _state, input);
        var serves = decision.Events.Any(e => e is ForewarnerEvent.ChampionChanged);
        ImmutableArray<object> events = [.. serves ? [model!] : (object[])[], .. decision.Events];
        Store(events, stored =>
        {
            if (stored is KeptModel kept) Serve(kept);
            else if (stored is ForewarnerEvent fact)
            {
                Apply(fact);
                Tell(fact);
            }
        }, () =>
        {
            if (serves) Report();
            if (_state.Fitting is null) _fit.Cancel(); // Ended, or given up: nobody waits for it.
            if (decision.Events.Any(e => e is ForewarnerEvent.FitWanted)) Self.Tell(new Fit(_state.Fits));
        });
    }

    // ---- fits --------------------------------------------------------------------------------------------------------

    private void OnFit(long number)
    {
        _fit.Cancel();
        _fit = new CancellationTokenSource();
        var (plan, sample, champion, given) = (_plan, _returns.Sample(), _model?.ToEnvelope(), _fit.Token);
        FitOutcome Run() => ForewarnerFit.Run(number, plan.Seed, plan.Subject, sample, plan.Trials, champion, plan.Threads, given);
        if (_plan.AtOnce)
        {
            OnOutcome(Run());
            return;
        }

        // Minutes of one core: on a thread of its own, behind everybody who trades.
        var self = Self;
        new Thread(() =>
        {
            try
            {
                self.Tell(Run(), ActorRefs.NoSender);
            }
            catch (OperationCanceledException) when (given.IsCancellationRequested)
            {
                // Nobody waits for it.
            }
            catch (Exception e) // Whatever it is, it is told as a fit that failed.
            {
                self.Tell(new FitOutcome(number, null, null, null, new Refusal("forewarner.fit-failed", $"Fit {number} threw {e.GetType().Name}: {e.Message} The model that serves goes on.")), ActorRefs.NoSender);
            }
        }) { IsBackground = true, Priority = ThreadPriority.Lowest, Name = Id }.Start();
    }

    private void OnOutcome(FitOutcome outcome) => Decide(
        outcome.Card is { } card ? new ForewarnerInput.Fitted(card, outcome.ChampionOnSame, outcome.Model!.Live, Now) : new ForewarnerInput.Failed(outcome.Number, outcome.Why!, Now), outcome.Model);

    // ---- what is said ------------------------------------------------------------------------------------------------

    private void Report()
    {
        var now = Now;
        var age = ForewarnerDecider.AgeAt(_plan.Policy, _state, now - (_returns.SeenAt ?? _state.ServesSince ?? now) - _plan.Bar, now);
        _context.Controller.Tell(new LayerReport(LayerId.McForewarner, new LayerReading.Envelope(_model?.Worst.InMargins ?? _plan.WithoutModel, age), now));
        _board.Forewarner = ForewarnerPicture.Of(now, _state, _model, _fitness, _tally, age);
        Publish();
    }

    // With every pulse: a node that has come since sizes by prudent caps until it hears. Without a model there are none, since then the distance costs R_total and is no RED.
    private void Publish() => _cluster.Publish(Topics.Sizing, new SizingProtocol.Enveloped(
        [.. (_model?.Standings ?? []).Where(s => s.LeverageCap is not null).Select(s => new EnvelopeCap(s.Symbol, s.LeverageCap!.Value))], Now));

    private void Serve(KeptModel model) => (_model, _drawnFrom, _fitness) = (model, model.ToSample(), null);

    private void Apply(ForewarnerEvent @event)
    {
        _state = ForewarnerDecider.Evolve(_state, @event);
        _tally = _tally.After(@event);
    }

    private void Tell(ForewarnerEvent stored)
    {
        var kind = stored is ForewarnerEvent.FitWanted or ForewarnerEvent.ChampionChanged or ForewarnerEvent.LeverageRestored ? NotableKind.Info : NotableKind.Warning;
        _board.Tell(new NotableEvent(stored.At, kind, Id, stored.ToText()));
    }

    private sealed record Pulse
    {
        public const string Key = "pulse";
        public static readonly Pulse Beat = new();
    }

    private sealed record Fit(long Number);

    private sealed record Look
    {
        public const string Key = "look";
        public static readonly Look Now = new();
    }
}
