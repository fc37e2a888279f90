using System.Collections.Immutable;
using System.Globalization;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Domain.External;
using Dolphin.Domain.Reporting;

namespace Dolphin.Actors.External;

/// <summary>ExF: keeps the newest of every external factor, publishes what is new, and tells L7 of shocks and of how old it all is.</summary>
/// <remarks>
/// Its state is measured, never decided: it has snapshots and no events. Whoever listens may have been away, so who begins a new life says again all that is
/// kept; a replay that goes back to a checkpoint has lost nothing, and says nothing twice.
/// </remarks>
public sealed class ExternalFactorsActor : DurableActor<FactorCacheState>, IWithTimers
{
    public const string Id = "external-factors";
    private static readonly TimeSpan Newsworthy = TimeSpan.FromHours(1); // What is further back, in files or a source's past, L7 has got over too.
    private readonly ExternalFactorsPlan _plan;
    private readonly TimeSpan _pulse;
    private readonly bool _wireWasLost;
    private readonly IClusterPort _cluster;
    private readonly RunBoard _board;
    private readonly FactorCache _cache;
    private readonly SortedDictionary<string, string> _failing = new(StringComparer.Ordinal), _lacking = new(StringComparer.Ordinal);
    private readonly HashSet<string> _pastless = new(StringComparer.Ordinal);
    private bool _restarted;
    private int _next; // In the tape.

    public ITimerScheduler Timers { get; set; } = null!;
    public override string PersistenceId => Id;

    /// <param name="pulse">How often L7 is told.</param>
    /// <param name="wireWasLost">A new life that does not begin at the instant of its snapshot.</param>
    public ExternalFactorsActor(ExternalFactorsPlan plan, TimeSpan pulse, bool wireWasLost, IClusterPort cluster, RunBoard board)
    {
        (_plan, _pulse, _wireWasLost, _cluster, _board, _cache) = (plan, pulse, wireWasLost, cluster, board, new FactorCache(plan.Policy));
        Recover<RecoveryCompleted>(_ => Begin());
        Command<Pulse>(_ => Tell());
        Command<Play>(_ => PlayOn());
        Command<ExternalFactors.GetKnown>(_ => TellKnown());
        Command<ExternalFactors.Fetched>(OnFetched);
        Command<ExternalFactors.Missed>(OnMissed);
        Command<ExternalFactors.PastMissed>(OnPastMissed);
    }

    protected override SupervisorStrategy SupervisorStrategy() => Supervision.Sensors(Context, static (_, _) => { }); // An updater that stays down is an old factor.

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.FactorRequests, Self);
    }

    protected override void PostRestart(Exception reason)
    {
        _restarted = true;
        base.PostRestart(reason);
    }

    protected override FactorCacheState Capture() => _cache.Capture();
    protected override void Restore(FactorCacheState snapshot) => _cache.Restore(snapshot);

    private void Begin()
    {
        _cache.Begin(Now);
        if (_restarted || _wireWasLost)
            foreach (var value in _cache.History()) Publish(value);
        Timers.StartPeriodicTimer(Pulse.Key, Pulse.Beat, Grid.Until(Now, _pulse), _pulse);
        PlayOn();
        var self = Self;
        foreach (var source in _plan.Sources) Context.ActorOf(Props.Create(() => new FactorUpdaterActor(source, self)), source.Name);
    }

    // What an earlier life has taken is older than what there is, so that nothing has to be remembered of the place in the tape.
    private void PlayOn()
    {
        var (tape, now) = (_plan.Tape, Now);
        for (; _next < tape.Length && tape[_next].At <= now; _next++) Take(tape[_next], now);
        if (_next < tape.Length) Timers.StartSingleTimer(Play.Key, Play.On, tape[_next].At - now);
    }

    private void OnFetched(ExternalFactors.Fetched fetched)
    {
        if (_failing.Remove(fetched.Source)) _board.Tell(new NotableEvent(Now, NotableKind.Info, Id, $"{fetched.Source} answers again."));
        foreach (var value in fetched.Values) Take(value, Now);
        var wasWhole = !_lacking.Remove(fetched.Source);
        if (fetched.Lacking == 0) return;
        _lacking.Add(fetched.Source, Lacks(fetched));
        if (wasWhole) _board.Tell(new NotableEvent(Now, NotableKind.Warning, Id, $"{fetched.Source} lacks {Lacks(fetched)}. What is lacking ages; all else was taken."));
    }

    private static string Lacks(ExternalFactors.Fetched fetched) => string.Create(CultureInfo.InvariantCulture, $"something of {fetched.Lacking} symbols, such as {fetched.Why}");

    // Once for each outage; the age says the rest.
    private void OnMissed(ExternalFactors.Missed missed)
    {
        var isNew = !_failing.ContainsKey(missed.Source);
        _failing[missed.Source] = missed.Why;
        if (isNew) _board.Tell(new NotableEvent(Now, NotableKind.Warning, Id, $"{missed.Source}: {missed.Why}. Asked again in {missed.Next}; what it gave ages meanwhile."));
    }

    private void OnPastMissed(ExternalFactors.PastMissed missed)
    {
        if (_pastless.Add(missed.Source))
            _board.Tell(new NotableEvent(Now, NotableKind.Warning, Id, $"{missed.Source} has not told of its past: {missed.Why}. What counts with a lag is not known until it has grown that old."));
    }

    private void Take(in FactorValue value, DateTimeOffset now)
    {
        var shock = _cache.ShockAt;
        var outcome = _cache.Take(value, now);
        if (outcome == FactorOutcome.Taken) Publish(value);
        else if (outcome != FactorOutcome.Older)
            Context.GetLogger().Warning("{0} {1} of {2} at {3} is {4}: not taken, and the factor ages.", value, value.Value.ToString("R", CultureInfo.InvariantCulture), Id, value.At, outcome);
        if (_cache.ShockAt is not { } at || at == shock) return;
        if (now - at <= Newsworthy) _board.Tell(new NotableEvent(now, NotableKind.Warning, Id, $"a shock: {_cache.Why}"));
        Tell(); // A fall does not wait for the pulse.
    }

    // In pieces, as all of it may be two megabytes.
    private void TellKnown()
    {
        var pieces = _cache.History().Select(Observed).Chunk(ExternalFactors.MostInPiece).DefaultIfEmpty([]).ToArray();
        for (var i = 0; i < pieces.Length; i++) _cluster.Publish(Topics.Factors, new ExternalFactors.Known([.. pieces[i]], i, pieces.Length));
    }

    private static ExternalFactors.Observed Observed(FactorValue value) => new(value.Asset, value.Factor, value.Value, value.At);
    private void Publish(in FactorValue value) => _cluster.Publish(Topics.Factors, Observed(value));

    private void Tell()
    {
        var now = Now;
        var level = _cache.LevelAt(now);
        _cluster.Publish(Topics.Factors, new ExternalFactors.Levelled(level));
        _board.Factors = new FactorsPicture(now, level.ShockAt, level.Why, [.. _cache.FreshnessAt(now)], _cache.Counts, [.. _failing.Select(f => $"{f.Key}: {f.Value}")], _lacking.Count == 0 ? null : [.. _lacking.Select(l => $"{l.Key}: {l.Value}")]);
    }

    private sealed record Pulse
    {
        public const string Key = "pulse";
        public static readonly Pulse Beat = new();
    }

    private sealed record Play
    {
        public const string Key = "play";
        public static readonly Play On = new();
    }
}
