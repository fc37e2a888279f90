using System.Collections.Immutable;
using System.Globalization;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Domain;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.SizeLearning;

namespace Dolphin.Actors.Sizing;

/// <summary>The newest episode that was opened by one strategy of one symbol.</summary>
/// <param name="Strategy">What its episodes are called up to their number.</param>
public sealed record EpisodeHead(string Strategy, long Number);

/// <summary>What is stored of the size learner.</summary>
/// <param name="Heads">In ordinal order of strategy.</param>
public sealed record SizeLearnerSnapshot(SizeLearnerState State, ImmutableArray<EpisodeHead> Heads);

/// <summary>The position-size agent of all strategies: stores what it learns, and publishes all that it knows.</summary>
/// <remarks>
/// One for all, because trust takes a hundred episodes and more, and because what is learned of one symbol holds for the next. A strategy that comes back after
/// a crash may tell the whole history of its episodes again; the number of the newest one that was opened is known of each, so that none is counted twice.
/// </remarks>
public sealed class SizeLearnerActor : DurableActor<SizeLearnerSnapshot>
{
    public const string Id = "size-learner";
    private readonly SizeLearningPolicy _policy;
    private readonly IClusterPort _cluster;
    private readonly RunBoard _board;
    private SizeLearnerState _state = SizeLearnerState.Initial;
    private ImmutableSortedDictionary<string, long> _heads = ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    public override string PersistenceId => Id;

    public SizeLearnerActor(SizeLearningPolicy policy, IClusterPort cluster, RunBoard board)
    {
        (_policy, _cluster, _board) = (policy, cluster, board);
        Recover<SizeEvent>(Apply);
        Recover<RecoveryCompleted>(_ => Publish());
        Command<SizeInput.Open>(open => Tell(open, open.Id, end: false));
        Command<SizeInput.Close>(close => Tell(close, close.Id, end: true));
        Command<SizeInput.Withdraw>(withdraw => Tell(withdraw, withdraw.Id, end: true));
        Command<MarketProtocol.SliceClosed>(closed =>
        {
            if (!_state.Episodes.Open.IsEmpty && closed.Slice.ClosesAt - _state.Episodes.Open[0].At >= policy.Settings.ExpireAfter)
                Store(SizeLearner.Decide(_policy, _state, new SizeInput.Tick(closed.Slice.ClosesAt)), static () => { });
        });
    }

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.Slices, Self);
    }

    protected override SizeLearnerSnapshot Capture() => new(_state, [.. _heads.Select(h => new EpisodeHead(h.Key, h.Value))]);

    protected override void Restore(SizeLearnerSnapshot snapshot) =>
        (_state, _heads) = (snapshot.State, snapshot.Heads.ToImmutableSortedDictionary(h => h.Strategy, h => h.Number, StringComparer.Ordinal));

    private void Tell(SizeInput input, EpisodeId id, bool end)
    {
        var strategy = Sender;
        // What is not stored now is refused for good or known already; being told again would change nothing.
        var decision = input is SizeInput.Open && id.IsGood && WasOpened(id) ? Decision<SizeEvent>.Nothing : SizeLearner.Decide(_policy, _state, input);
        Store(decision, () =>
        {
            if (decision.Refusal is { } refusal) Say(refusal);
            strategy.Tell(new SizingProtocol.Taken(id, end));
        });
    }

    // Where hundreds open at once most find the book full, and later tell of the ends of what it never took: that is its bound, and no fault.
    private static void Say(Refusal refusal)
    {
        if (refusal.Code is "size-learning.too-many-open" or "size-learning.unknown-episode") Context.GetLogger().Debug("{0}: {1}", Id, refusal.Reason);
        else Context.GetLogger().Warning("{0}: {1}", Id, refusal.Reason);
    }

    private bool WasOpened(EpisodeId id) => Split(id) is var (strategy, number) && _heads.TryGetValue(strategy, out var newest) && number <= newest;

    private void Store(Decision<SizeEvent> decision, Action then) => Store(decision.Events, stored =>
    {
        Apply(stored);
        if (News(stored) is { } text) _board.Tell(new NotableEvent(stored.At, NotableKind.Info, Id, text));
        Publish();
    }, then);

    private void Apply(SizeEvent @event)
    {
        _state = SizeLearner.Evolve(_state, @event);
        if (@event is not SizeEvent.EpisodeOpened opened) return;
        var (strategy, number) = Split(opened.Id);
        _heads = _heads.SetItem(strategy, Math.Max(number, _heads.GetValueOrDefault(strategy)));
    }

    private void Publish() => _cluster.Publish(Topics.Sizing, new SizingProtocol.Learned(_state));

    // An id without a number is a name of its own; its only episode is number 0.
    private static (string Strategy, long Number) Split(EpisodeId id)
    {
        var colon = id.Value.LastIndexOf(':');
        return long.TryParse(id.Value.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (id.Value[..Math.Max(colon, 0)], number) : (id.Value, 0);
    }

    private static string? News(SizeEvent stored) => stored switch
    {
        SizeEvent.TrustEarned e => string.Create(CultureInfo.InvariantCulture, $"trust is earned: evidence {e.Evidence:0.##}, {-e.Regret} better than the constant; openings are sized by it from now on"),
        SizeEvent.TrustLost e => string.Create(CultureInfo.InvariantCulture, $"trust is lost ({e.Cause.ToString().ToLowerInvariant()}): openings have the constant 1 again"),
        SizeEvent.EpisodeExpired e => $"{e.Id} was never closed; it counts as the worst that could have come",
        _ => null,
    };
}
