using System.Collections.Immutable;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Divergence;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.AutoExecution;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;
using Dolphin.Venues;

namespace Dolphin.Actors.Balancing;

/// <summary>What the balancer stands on.</summary>
/// <param name="Plans">All assets of the node's plan.</param>
/// <param name="Divergence">Null where no venues are compared.</param>
/// <param name="Alpha">Null where nobody ranks.</param>
public sealed record BalancerGround(
    ImmutableArray<AssetPlan> Plans, IClusterPort Cluster, RiskBoard Risk, RunBoard Board, AssetDirectory Assets, DivergenceBoard? Divergence = null, AlphaBoard? Alpha = null);

/// <summary>The exposure balancer's one instance: looks at the account, stores what balancer and executor decide, and asks the holders for it until they answer.</summary>
/// <remarks>
/// It looks when the venue has said something new of the account and the interval is over. A look, its commands and their ends are one write. What was asked of
/// a holder is asked again, by the same id, with every beat until the holder is done with it or it lapses; a holder takes an id once. So a crash anywhere repeats no reduction and loses none.
/// </remarks>
public sealed class ExposureBalancerActor : DurableActor<BalancerMemory>, IWithTimers
{
    public const string Id = "exposure-balancer";

    /// <summary>The seed's shortest cadence; a holder that did not answer is asked six times before a command lapses.</summary>
    private static readonly TimeSpan LongestBeat = TimeSpan.FromSeconds(10);

    private readonly BalancerPlan _plan;
    private readonly BalancerGround _ground;
    private readonly ITenure _tenure;
    private readonly ImmutableSortedDictionary<Symbol, AssetPlan> _plans;
    private readonly ImmutableHashSet<Symbol> _known;
    private readonly SortedDictionary<Symbol, string> _holders = []; // Bounded by the plan's assets.
    private readonly NewestCloses _closes = new();
    private readonly BalancerNews _news = new(Id);
    private BalancerState _balancer = BalancerState.Initial;
    private ExecutorState _executor = ExecutorState.Initial;
    private RecentLog<CommandAnswer> _answers = RecentLog<CommandAnswer>.Empty; // For screens; what decides is in the states.
    private VenueEvent.Account? _account;
    private bool _isNews;
    private DateTimeOffset? _askedAt;

    public ITimerScheduler Timers { get; set; } = null!;
    public override string PersistenceId => Id;

    public ExposureBalancerActor(BalancerPlan plan, BalancerGround ground, ITenure tenure)
    {
        (_plan, _ground, _tenure) = (plan, ground, tenure);
        _plans = ground.Plans.ToImmutableSortedDictionary(p => p.Symbol, p => p);
        _known = [.. _plans.Keys];
        Recover<BalancerEvent>(Fold);
        Recover<ExecutorEvent>(Fold);
        Recover<RecoveryCompleted>(_ => OnRecovered());
        Command<VenueEvent.Account>(OnAccount);
        Command<StrategyProtocol.HeldBy>(OnHeldBy);
        Command<MarketProtocol.SliceClosed>(closed => _closes.Observe(closed.Slice));
        Command<StrategyProtocol.TrimTaken>(taken => Hear(new HolderAnswer.Taken(taken.Symbol, taken.Id, Now)));
        Command<StrategyProtocol.TrimDeclined>(declined => Hear(new HolderAnswer.Declined(declined.Symbol, declined.Id, declined.Refusal, Now)));
        Command<StrategyProtocol.GrowTaken>(taken => Hear(new HolderAnswer.Taken(taken.Symbol, taken.Id, Now)));
        Command<StrategyProtocol.GrowDeclined>(declined => Hear(new HolderAnswer.Declined(declined.Symbol, declined.Id, declined.Refusal, Now)));
        Command<StrategyProtocol.WishOver>(over => Hear(new HolderAnswer.Over(over.Symbol, over.Id, over.Held, Now)));
        Command<Beat>(_ => OnBeat());
    }

    protected override void PreStart()
    {
        base.PreStart();
        _ground.Cluster.Subscribe(Topics.Account, Self);
        _ground.Cluster.Subscribe(Topics.Holders, Self);
        _ground.Cluster.Subscribe(Topics.Slices, Self);
    }

    protected override void PostStop()
    {
        base.PostStop();
        if (_ground.Cluster.RevivesEntities) _ground.Board.Balancer = null; // Another node's to show, from now on.
    }

    protected override BalancerMemory Capture() =>
        new(_balancer, _executor, _plan.Policy.Settings, _account, _isNews, [.. _holders.Select(h => new SymbolHolder(h.Key, h.Value))], _askedAt, _closes.Capture());

    protected override void Restore(BalancerMemory snapshot)
    {
        (_balancer, _executor, _account, _isNews, _askedAt) = (snapshot.Balancer, snapshot.Executor, snapshot.Account, snapshot.IsNews, snapshot.AskedAt);
        foreach (var (symbol, strategy) in snapshot.Holders) _holders[symbol] = strategy;
        _closes.Restore(snapshot.Closes ?? []);
    }

    private TimeSpan Interval => _plan.Policy.Settings.RebalanceInterval;
    private bool IsDue => !(Now - _balancer.LastCycleAt < Interval);
    // A bar of a minute and its way here are no silence.
    private bool IsSilent => _account is null || Now - _account.At > PortfolioSnapshot.StaleAfter + LongestBeat;

    private void OnRecovered()
    {
        var beat = Interval < LongestBeat ? Interval : LongestBeat;
        Timers.StartPeriodicTimer(Beat.Key, Beat.Now, Grid.Until(Now, beat), beat);
        AskForHolders();
        Show();
    }

    private void OnAccount(VenueEvent.Account account)
    {
        (_account, _isNews) = (account, true);
        if (IsDue) Look();
    }

    private void OnHeldBy(StrategyProtocol.HeldBy held)
    {
        if (held.StrategyId is { } strategy) _holders[held.Symbol] = strategy;
        else _holders.Remove(held.Symbol);
    }

    // The venue publishes by itself only when something changes: whom nobody tells anything asks, and looks at nothing until the answer is overdue.
    private void OnBeat()
    {
        var asks = IsSilent && !(Now - _askedAt < PortfolioSnapshot.StaleAfter);
        if (asks)
        {
            _askedAt = Now;
            _ground.Cluster.Publish(Topics.AccountRequests, ExecutionProtocol.ShowAccount.Now);
        }

        if (IsDue && (_isNews || (IsSilent && !asks))) Look();
        else Keep(Decide(new BalancerInput.Tick(Now)), AskHolders);
    }

    private void Look()
    {
        _isNews = false;
        var now = Now;
        var snapshot = AccountPortfolio.Snapshot(_account, _plan.Leverage, Confidence(now), Divergence(now), People, now);
        Keep(Decide(new BalancerInput.Cycle(snapshot, now)), AskHolders);
        if (snapshot.Positions is { } positions && positions.Any(p => _known.Contains(p.Symbol) && !_holders.ContainsKey(p.Symbol))) AskForHolders();
    }

    // R_total is how far the machine trusts what it senses; a controller that nobody hears says nothing.
    private double? Confidence(DateTimeOffset now) =>
        _ground.Risk.Latest is { } latest && now - latest.At <= _ground.Risk.Patience ? latest.RTotal : null;

    // The portfolio's is the worst of what it holds: one symbol whose prices cannot be trusted is enough to be careful.
    private double? Divergence(DateTimeOffset now) => _ground.Divergence is { } divergence && _account is { } account
        ? account.View.Positions.Where(p => p.Quantity.Base > 0m).Max(p => divergence.Read(p.Symbol, now))
        : null;

    private BalancerRound Decide(BalancerInput input) => BalancerRounds.Decide(_plan.Policy, _balancer, _executor, input, () => AccountPortfolio.Holders(
        _account, _plans, _known, _plan.Leverage, People, _ground.Risk.Read(Now), Now, _ground.Alpha?.Read(Now)));

    private PortfolioPeople People => new(HolderOf, PriceOf, MayGrow);

    private string? HolderOf(Symbol symbol) => _holders.GetValueOrDefault(symbol);

    private Price? PriceOf(Symbol symbol) => _closes.Fresh(symbol, _plan.Policy.Settings.StaleAfter, Now);

    // What nobody may open is not given to anybody: a weight that is cut for nobody makes the portfolio smaller with every hour.
    private bool MayGrow(Symbol symbol) =>
        _ground.Risk.Read(Now).EntriesAllowed && _plans.TryGetValue(symbol, out var plan) && plan.GrowsWhenAsked(HolderOf(symbol)) && _balancer.Unwilling?.Knows(symbol, Now) != true;

    private void Hear(HolderAnswer answer) => Keep(BalancerRounds.Hear(_plan.Policy, _balancer, _executor, answer), Show);

    private void Keep(BalancerRound round, Action then)
    {
        if (!round.IsWorthStoring(_balancer))
        {
            (_balancer, _executor) = (round.Balancer, round.Executor);
            then();
            return;
        }

        Store(round.Events, Fold, () =>
        {
            foreach (var news in _news.Hear(round.Events, _balancer)) _ground.Board.Tell(news);
            then();
        });
    }

    private void Fold(object stored)
    {
        if (stored is BalancerEvent b)
        {
            _balancer = BalancerDecider.Evolve(_balancer, b);
            if (CommandAnswer.Of(b) is { } answer) _answers = _answers.Add(answer, out _);
        }
        else _executor = ExecutorDecider.Evolve(_executor, (ExecutorEvent)stored);
    }

    private void AskHolders()
    {
        Show();
        if (!_tenure.Holds || !_ground.Assets.IsOpen) return;
        foreach (var request in BalancerRounds.Unanswered(_balancer, _executor, Now))
            _ground.Assets[request.Symbol].Tell(new StrategyProtocol.Trim(request.Symbol, request.Wish));
        foreach (var request in BalancerRounds.UnansweredGrowth(_balancer, _executor, Now))
            _ground.Assets[request.Symbol].Tell(new StrategyProtocol.Grow(request.Symbol, request.Wish));
    }

    private void AskForHolders() => _ground.Cluster.Publish(Topics.HolderRequests, StrategyProtocol.GetHolders.Now);

    private void Show() => _ground.Board.Balancer = new BalancerFace(_plan.Policy.Settings, _balancer, _executor, _answers);

    private sealed record Beat
    {
        public const string Key = "beat";
        public static readonly Beat Now = new();
    }
}
