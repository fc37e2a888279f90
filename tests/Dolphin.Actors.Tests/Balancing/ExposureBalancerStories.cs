using System.Collections.Immutable;
using System.Text;
using Dolphin.Actors.Balancing;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Divergence;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Strategies;
using Dolphin.Actors.Tests.Hedging;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.AutoExecution;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Venues;
using CommandFate = Dolphin.Domain.Reporting.CommandFate;
using static Dolphin.Actors.Strategies.StrategyProtocol;

namespace Dolphin.Actors.Tests.Balancing;

/// <summary>The exposure balancer between a venue that says what the account is and assets that answer what a test lets them answer.</summary>
public sealed class ExposureBalancerStories : ActorStage
{
    private const decimal Leverage = 5m;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);
    private static readonly Symbol Eth = new("ETHUSDT"), Sol = new("SOLUSDT");
    private static readonly ImmutableArray<AssetPlan> Plans =
    [
        .. new[] { Btc, Eth, Sol }.Select(s => Hedges.Asset with
        {
            Symbol = s, Instrument = Instrument with { Symbol = s }, Strategies = [Hedges.Asset.Strategies[0] with { StrategyId = $"hedge-{s}", Symbol = s }],
        }),
    ];

    private readonly AssetDirectory _assets = new();
    private readonly TestProbe _asset, _requests, _holders;
    private readonly SwitchedTenure _tenure = new();
    private readonly DivergenceBoard _divergence = new(TimeSpan.FromMinutes(2));
    private readonly AlphaBoard _alpha = new(TimeSpan.FromMinutes(5));
    private BalancerSettings _settings = BalancerSettings.Default with { MinDiversification = 1 };
    private IActorRef _balancer = ActorRefs.Nobody;
    private int _lives;

    public ExposureBalancerStories()
    {
        (_asset, _requests, _holders) = (CreateTestProbe("asset"), CreateTestProbe("requests"), CreateTestProbe("holders"));
        Cluster.Subscribe(Topics.AccountRequests, _requests.Ref);
        Cluster.Subscribe(Topics.HolderRequests, _holders.Ref);
        _assets.Open(Plans.Select(p => KeyValuePair.Create(p.Symbol, _asset.Ref)));
    }

    private sealed class SwitchedTenure : ITenure
    {
        public long Epoch => 3;
        public bool Holds { get; set; } = true;
        public bool TookOver => false;
    }

    private void Live()
    {
        var errors = new List<string>();
        var policy = BalancerPolicy.Create(_settings, "test", errors) ?? throw new InvalidOperationException(string.Join(' ', errors));
        var (plan, ground, tenure) = (new BalancerPlan(policy, Leverage), new BalancerGround(Plans, Cluster, Risk, Board, _assets, _divergence, _alpha), _tenure);
        _balancer = Sys.ActorOf(Props.Create(() => new ExposureBalancerActor(plan, ground, tenure)), $"balancer-{++_lives}");
        Settle();
    }

    private void Fly()
    {
        Live();
        Assess(Posture.Apex);
        foreach (var plan in Plans) Hold(plan.Symbol, $"hedge-{plan.Symbol}");
    }

    private void Crash()
    {
        Sys.Stop(_balancer);
        Settle();
        Live();
    }

    private void Hold(Symbol symbol, string? strategy)
    {
        Cluster.Publish(Topics.Holders, new HeldBy(symbol, strategy));
        Settle();
    }

    /// <summary>What the venue says now; every price is 100, so that one of a leg ties up 20.</summary>
    private void Account(decimal equity, params (Symbol Symbol, decimal Long, decimal Short)[] held) => Account(equity, Price.Of(100m), held);

    private void Account(decimal equity, Price? mark, params (Symbol Symbol, decimal Long, decimal Short)[] held)
    {
        VenuePosition Leg(Symbol symbol, PositionSide side, decimal quantity) =>
            new(symbol, side, new Quantity(quantity), new Money(quantity * 100m), Money.Zero, Money.Zero, Money.Zero, mark, 1);
        var view = new AccountView(null, new Money(equity), Money.Zero, Money.Zero, Money.Zero,
            [.. held.SelectMany(h => new[] { Leg(h.Symbol, PositionSide.Long, h.Long), Leg(h.Symbol, PositionSide.Short, h.Short) })]);
        if (_barsOf.Length > 0) Bars();
        Cluster.Publish(Topics.Account, new VenueEvent.Account(view, Clock));
        Settle();
    }

    /// <summary>Whose bars close now and then.</summary>
    private Symbol[] _barsOf = [Btc, Eth, Sol];

    private void Bars()
    {
        var (price, opensAt) = (Price.Of(100m), (Clock - Minute).ToUnixTimeMilliseconds());
        Cluster.Publish(Topics.Slices, new MarketProtocol.SliceClosed(
            new MarketSlice(opensAt, Minute, _barsOf.Select(s => new SymbolBar(s, new Bar(opensAt, price, price, price, price, new Quantity(1m)))).ToArray())));
    }

    /// <summary>The trim has been done as a whole.</summary>
    private void Answer(Trim trim) => Over(trim.Symbol, trim.Wish.Id, trim.Wish.AtMost);

    private void Over(Symbol symbol, long id, Legs held)
    {
        _asset.Send(_balancer, new WishOver(symbol, $"hedge-{symbol}", id, held));
        Settle();
    }

    private BalancerMemory Kept => (BalancerMemory)_balancer.Ask<DurableProtocol.StoredState>(DurableProtocol.GetStored.Now).GetAwaiter().GetResult().State;
    private List<object> Stored => [.. Journal.EventsOf(ExposureBalancerActor.Id)];
    private List<T> StoredOf<T>() => [.. Stored.OfType<T>()];
    private BalancerStatistics Shown => Board.Balancer!.Statistics;

    [Theory(DisplayName = "Where venues are compared, the worst divergence of what is held asks for a hedge; of a symbol that is not held, or too old, it asks for nothing")]
    [InlineData("ETHUSDT", 0, BalancerAction.Hedge)]
    [InlineData("SOLUSDT", 0, null)]
    [InlineData("ETHUSDT", 3, null)]
    public void Venues_apart(string symbol, int minutesOld, BalancerAction? asked)
    {
        Fly();
        _divergence.Publish(new SymbolDivergence(Btc, 0.001, null, "", Clock));
        _divergence.Publish(new SymbolDivergence(new Symbol(symbol), 0.08, null, "", Clock - TimeSpan.FromMinutes(minutesOld)));
        Account(1_000m, (Btc, 3m, 0m), (Eth, 3m, 0m)); // All on one side: what the venues are apart is felt whole.
        Assert.Equal(asked is { } action ? [action] : [], StoredOf<BalancerEvent.CommandIssued>().Select(e => e.Command.Action).Distinct());
    }

    [Fact(DisplayName = "A symbol above its limit is trimmed by its holder to what the limit allows; when it is, no second command comes for it")]
    public void Breach()
    {
        Fly();
        Account(1_000m, (Btc, 8m, 8m), (Eth, 3m, 3m)); // 32 % and 12 % of total margin.
        var trim = Assert.Single(Heard<Trim>(_asset));
        Assert.Equal((Btc, 1L, "auto-executor"), (trim.Symbol, trim.Wish.Id, trim.Wish.By));
        Assert.Equal((3.747m, 3.747m), (trim.Wish.LongAtMost.Base, trim.Wish.ShortAtMost.Base)); // 149.88 of the 149.9 that 14.99 % are.
        Answer(trim);
        for (var i = 0; i < 7; i++)
        {
            Wait(Beat);
            Assess(Posture.Apex);
            Account(1_000m, (Btc, 3.747m, 3.747m), (Eth, 3m, 3m));
        }
        Assert.Empty(Heard<Trim>(_asset));
        Assert.Equal((1L, 1L, 0, 0L), (Shown.ActionsTaken, Shown.Outcomes.Done, Shown.CommandsOpen, Shown.Outcomes.Expired));
        Assert.Single(StoredOf<ExecutorEvent.CarriedOut>());
    }

    [Fact(DisplayName = "The board has what became of each command; after a crash it has it from the journal, as far as that is read again")]
    public void Told()
    {
        Fly();
        Account(1_000m, (Btc, 8m, 8m), (Eth, 3m, 3m));
        Assert.Equal([(1L, CommandFate.Open)], Fates());
        Answer(Assert.Single(Heard<Trim>(_asset)));
        Assert.Equal([(1L, CommandFate.Done)], Fates());
        Assert.Equal(1, Board.Balancer!.Streams.Executor.Trims);
        Crash();
        Assert.Equal([(1L, CommandFate.Done)], Fates());
        Assert.Equal(1, Board.Balancer!.Streams.Executor.Trims);

        IEnumerable<(long, CommandFate)> Fates() => Board.Balancer!.Streams.Commands.Select(c => (c.Command.Id, c.Fate));
    }

    [Fact(DisplayName = "As long as the limit is broken every tenth second brings another command, by another id and for no more than was asked for before")]
    public void Still_broken()
    {
        Fly();
        Account(1_000m, (Btc, 8m, 8m));
        Answer(Assert.Single(Heard<Trim>(_asset)));
        Wait(TimeSpan.FromSeconds(5));
        Account(1_100m, (Btc, 8m, 8m));
        Assert.Empty(Heard<Trim>(_asset)); // The interval is not over.
        Wait(TimeSpan.FromSeconds(6));
        var second = Assert.Single(Heard<Trim>(_asset));
        Assert.Equal((2L, 3.747m), (second.Wish.Id, second.Wish.LongAtMost.Base)); // 14.99 % of 1,100 would be more.
    }

    [Fact(DisplayName = "A holder that does not answer is asked again with every beat by the same id; after a minute the command has expired, and nobody asks any more")]
    public void Expires()
    {
        Fly();
        Account(1_000m, (Btc, 8m, 8m));
        Wait(Minute + Beat);
        var asked = Heard<Trim>(_asset);
        Assert.InRange(asked.Count, 5, 7);
        Assert.Equal(1L, Assert.Single(asked.Select(t => t.Wish.Id).Distinct()));
        Assert.Single(asked.Select(t => t.Wish).Distinct());
        Assert.Equal(1L, Assert.Single(StoredOf<BalancerEvent.CommandExpired>()).Id);
        Wait(Minute);
        Assert.DoesNotContain(Heard<Trim>(_asset), t => t.Wish.Id == 1);
        _asset.Send(_balancer, new TrimTaken(Btc, Strategy, 1));
        Settle();
        Assert.Empty(StoredOf<BalancerEvent.CommandDone>()); // Too late to count.
    }

    [Fact(DisplayName = "Killed between the ask and the answer: the next life asks again by the same id and issues no other command; killed after the answer it asks for nothing")]
    public void Killed()
    {
        Fly();
        Account(1_000m, (Btc, 8m, 8m));
        var first = Assert.Single(Heard<Trim>(_asset));
        Crash();
        Wait(Beat);
        var again = Assert.Single(Heard<Trim>(_asset));
        Assert.Equal(first.Wish, again.Wish);
        Answer(again);
        Crash();
        Wait(Minute);
        Assert.Empty(Heard<Trim>(_asset));
        Assert.Single(StoredOf<BalancerEvent.CommandIssued>());
        Assert.Equal(1L, Assert.Single(StoredOf<BalancerEvent.CommandDone>()).Id);
    }

    [Fact(DisplayName = "A look is stored as one: cut off anywhere else than between two looks there is no command without its end")]
    public void One_write()
    {
        Fly();
        var writes = new List<JournalOperation.Write>();
        Journal.Faults = operation =>
        {
            if (operation is JournalOperation.Write write) writes.Add(write);
            return null;
        };
        Account(1_000m, (Btc, 8m, 8m), (Eth, 8m, 8m), (Sol, 8m, 8m));
        Assert.True(Stored.Count >= 8, $"{Stored.Count} events.");
        Assert.Equal((1L, (long)Stored.Count), Assert.Single(writes) is var one ? (one.FirstSequenceNr, one.LastSequenceNr) : default);
    }

    [Fact(DisplayName = "A holder that declines is heard: the command is rejected with its reason, people read it, and a minute later a look decides anew")]
    public void Declined()
    {
        Fly();
        Account(1_000m, (Btc, 8m, 8m));
        var trim = Assert.Single(Heard<Trim>(_asset));
        _asset.Send(_balancer, new TrimDeclined(Btc, trim.Wish.Id, new Refusal("hedge.release-wanted", "hermes waits for both legs.")));
        Settle();
        Assert.Equal((1L, "hedge.release-wanted"), Assert.Single(StoredOf<BalancerEvent.CommandRejected>()) is var no ? (no.Id, no.Code) : default);
        Assert.Contains(Board.News, n => n.Text.Contains("hermes waits for both legs", StringComparison.Ordinal));
        Wait(Beat);
        Account(1_000m, (Btc, 8m, 8m));
        Assert.Empty(Heard<Trim>(_asset));
        Wait(Minute);
        Account(1_000m, (Btc, 8m, 8m));
        Assert.Equal(2L, Assert.Single(Heard<Trim>(_asset)).Wish.Id);
    }

    [Fact(DisplayName = "R_total is the confidence; a controller that nobody hears leaves 0.5, and divergence nobody measures 0.0: both are said, and looked at all the same")]
    public void Degrades()
    {
        Live();
        Account(1_000m, (Btc, 3m, 3m));
        Assert.Equal((0.5, true, 0.0, true, "DEGRADED"), (Shown.LastMetrics!.Confidence, Shown.LastMetrics.ConfidenceAssumed, Shown.LastMetrics.Divergence, Shown.LastMetrics.DivergenceAssumed, Shown.Status));
        Wait(Beat);
        Assess(Posture.Stalker, rTotal: 0.7);
        Account(1_000m, (Btc, 3m, 3m));
        Assert.Equal((0.7, false, true), (Shown.LastMetrics!.Confidence, Shown.LastMetrics.ConfidenceAssumed, Shown.LastMetrics.DivergenceAssumed));
        Wait(Minute * 3); // The controller has been silent for longer than anybody waits.
        Account(1_000m, (Btc, 3m, 3m));
        Wait(Beat);
        Assert.True(Shown.LastMetrics!.ConfidenceAssumed);
    }

    [Fact(DisplayName = "Positions without a price, and an account with nothing in it, are skipped with a reason that is stored once")]
    public void Skips()
    {
        Fly();
        for (var i = 0; i < 3; i++)
        {
            Account(1_000m, mark: null, (Btc, 8m, 8m));
            Wait(Beat);
        }
        Assert.Equal("balancing.positions-unavailable", Assert.Single(StoredOf<BalancerEvent.CycleSkipped>()).Code);
        Account(0m, (Btc, 8m, 8m));
        Assert.Equal(["balancing.positions-unavailable", "balancing.total-margin-unusable"], StoredOf<BalancerEvent.CycleSkipped>().Select(s => s.Code));
        Assert.Equal("DEGRADED", Shown.Status);
        Assert.Empty(Heard<Trim>(_asset));
        Wait(Beat);
        Account(1_000m, (Btc, 8m, 8m));
        Assert.Single(Heard<Trim>(_asset));
    }

    [Fact(DisplayName = "A venue that says nothing is asked once a minute, and only when it does not answer is a look skipped; nothing is decided on an old account")]
    public void Silent()
    {
        Fly();
        Wait(Beat);
        Assert.Single(Heard<ExecutionProtocol.ShowAccount>(_requests));
        Assert.Empty(Stored);
        Account(1_000m, (Btc, 3m, 3m));
        Wait(Minute);
        Assert.Empty(Heard<ExecutionProtocol.ShowAccount>(_requests));
        Wait(Beat * 2);
        Assert.Single(Heard<ExecutionProtocol.ShowAccount>(_requests));
        Assert.Empty(Stored);
        Wait(Beat * 3);
        Assert.Equal("balancing.snapshot-stale", Assert.Single(StoredOf<BalancerEvent.CycleSkipped>()).Code);
        Assess(Posture.Apex);
        Account(1_000m, (Btc, 8m, 8m));
        Wait(Beat);
        Assert.Single(Heard<Trim>(_asset));
        Assert.Equal("DEGRADED", Shown.Status); // Of divergence nobody says anything.
        Assert.Null(Shown.LastSkip);
    }

    [Fact(DisplayName = "Where entries are forbidden nothing but reductions goes out; beside a failed invariant nothing does")]
    public void Postures()
    {
        _settings = BalancerSettings.Default;
        Fly();
        Assess(Posture.Turtle, rTotal: 0.4);
        Account(1_000m, (Btc, 8m, 8m), (Eth, 3m, 3m)); // One is too large, and three are missing.
        Assert.Equal(Btc, Assert.Single(Heard<Trim>(_asset)).Symbol);
        Assert.Equal(BalancerAction.Expand, Assert.Single(StoredOf<ExecutorEvent.Refused>(), r => r.Code == "executor.entries-not-allowed").Action);
        Wait(Minute * 2 + Beat); // It expires, and is not asked for again at once.
        Heard<Trim>(_asset);
        Assess(Posture.Hibernate, rTotal: 0, invariantFailed: true);
        Account(1_000m, (Btc, 8m, 8m), (Eth, 3m, 3m));
        Wait(Beat);
        Assert.Empty(Heard<Trim>(_asset));
        Assert.Contains(StoredOf<ExecutorEvent.Refused>(), r => r is { Action: BalancerAction.Reduce, Code: "executor.exits-not-allowed" });
    }

    [Fact(DisplayName = "Where entries are forbidden no weight is moved: nobody may take what is cut")]
    public void No_weights()
    {
        Fly();
        foreach (var symbol in new[] { Btc, Eth, Sol }) Hold(symbol, $"hedge-{symbol}");
        Assess(Posture.Turtle, rTotal: 0.4);
        Account(10_000m, (Btc, 30m, 30m), (Eth, 10m, 10m), (Sol, 10m, 10m));
        Assert.Empty(Heard<Trim>(_asset));
        Assert.Contains(Kept.Balancer.LastNotes, n => n.Contains("no rebalance", StringComparison.Ordinal));
        Wait(Minute);
        Assess(Posture.Apex);
        Account(10_000m, (Btc, 30m, 30m), (Eth, 10m, 10m), (Sol, 10m, 10m));
        Assert.Equal(Btc, Assert.Single(Heard<Trim>(_asset)).Symbol);
    }

    [Fact(DisplayName = "In good times an expansion is asked of the holder with every beat, by one id; that nobody answered people read once, though it is asked again after an hour")]
    public void Wishes()
    {
        _settings = BalancerSettings.Default with { MinDiversification = 2 };
        Fly();
        Account(1_000m, (Btc, 3m, 3m));
        Assert.Equal(Eth, Assert.Single(Assert.Single(StoredOf<ExecutorEvent.CarriedOut>()).Openings).Symbol);
        Assert.Equal((0L, 1), (Shown.Outcomes.Done, Shown.CommandsOpen));
        Wait(Minute - Beat);
        Assess(Posture.Apex);
        var wish = Assert.Single(Heard<Grow>(_asset).Select(g => g.Wish).Distinct());
        Assert.Equal((1L, 3.747m, 3.747m), (wish.Id, wish.LongAtLeast.Base, wish.ShortAtLeast.Base)); // 14.99 % of the account.
        Wait(Beat);
        for (var i = 0; i < 59; i++)
        {
            Wait(Minute);
            Assess(Posture.Apex);
            Account(1_000m, (Btc, 3m, 3m));
        }
        Assert.Empty(Heard<Trim>(_asset));
        Assert.Equal((0L, 1L, 1), (Shown.Outcomes.Done, Shown.Outcomes.Expired, Shown.CommandsOpen));
        Assert.StartsWith("command 1 expand: within 60 s nobody made it 2 symbols;", Assert.Single(Board.News).Text, StringComparison.Ordinal);
        Wait(Beat);
        Account(1_000m, (Btc, 3m, 3m), (Eth, 3m, 3m));
        Assert.Equal((1L, 0), (Shown.Outcomes.Done, Shown.CommandsOpen));
    }

    [Fact(DisplayName = "Who has taken an opening is asked until it is over, beyond the minute and in the next life too; what it declined is not asked of it again within the hour")]
    public void Grows()
    {
        _settings = BalancerSettings.Default with { MinDiversification = 2 };
        Fly();
        Account(1_000m, (Btc, 3m, 3m));
        var grow = Assert.Single(Heard<Grow>(_asset));
        _asset.Send(_balancer, new GrowTaken(Eth, "hedge-ETHUSDT", grow.Wish.Id));
        Wait(Minute * 3);
        Assert.Equal((1, 1), (Shown.CommandsOpen, Shown.CommandsUnderWay));
        Crash();
        Heard<Grow>(_asset);
        Wait(Beat);
        Assert.Equal(grow, Assert.Single(Heard<Grow>(_asset)));
        Over(Eth, grow.Wish.Id, grow.Wish.AtLeast);
        Assert.Equal((1L, 0, 0), (Shown.Outcomes.Done, Shown.CommandsOpen, Shown.CommandsUnderWay));
        Assess(Posture.Apex);
        Hold(Eth, "hedge-ETHUSDT");
        Account(1_000m, (Btc, 3m, 3m)); // It was closed again since.
        var second = Assert.Single(Heard<Grow>(_asset));
        Assert.Equal((Eth, 2L), (second.Symbol, second.Wish.Id));
        _asset.Send(_balancer, new GrowDeclined(Eth, 2, new Refusal("hedge.paused", "hedge-ETHUSDT pauses.")));
        Settle();
        Assert.Equal((1L, 1L, "hedge.paused"), (Shown.Outcomes.Rejected, Shown.Outcomes.GrowthDeclined, Assert.Single(StoredOf<BalancerEvent.CommandRejected>()).Code));
        Assert.Contains(Board.News, n => n.Text.Contains("hedge-ETHUSDT pauses.", StringComparison.Ordinal));
        Assert.True(Kept.Balancer.Unwilling!.Knows(Eth, Clock));
    }

    [Fact(DisplayName = "A symbol whose bars have stopped is named by no command, however far above its limit it stays; when they come again it is")]
    public void Bars_stop()
    {
        Fly();
        Account(1_000m, (Btc, 3m, 3m), (Eth, 3m, 3m));
        _barsOf = [Eth, Sol];
        for (var i = 0; i < 3; i++)
        {
            Wait(Minute);
            Account(1_000m, (Btc, 3m, 3m), (Eth, 3m, 3m));
        }
        Wait(Minute * 2); // The next bar is overdue by more than three minutes.
        Account(1_000m, (Btc, 8m, 8m), (Eth, 3m, 3m));
        Wait(Minute);
        Assert.Empty(Heard<Trim>(_asset));
        Assert.Empty(StoredOf<BalancerEvent.CommandIssued>());
        Crash();
        Assess(Posture.Apex);
        foreach (var symbol in new[] { Btc, Eth }) Hold(symbol, $"hedge-{symbol}");
        Account(1_000m, (Btc, 8m, 8m), (Eth, 8m, 8m));
        Assert.Equal(Eth, Assert.Single(Heard<Trim>(_asset)).Symbol);
        _barsOf = [Btc, Eth, Sol];
        Wait(Minute);
        Assess(Posture.Apex);
        Account(1_000m, (Btc, 8m, 8m), (Eth, 3m, 3m));
        Assert.Contains(Heard<Trim>(_asset), t => t.Symbol == Btc);
    }

    [Theory(DisplayName = "An expansion takes the symbol that alpha ranks best of those that are not held; where nothing was heard of alpha lately, the first by name")]
    [InlineData(0, "SOLUSDT")]
    [InlineData(6, "ETHUSDT")]
    public void Best_ranked(int minutesOld, string opened)
    {
        _settings = BalancerSettings.Default with { MinDiversification = 2 };
        Fly();
        AlphaFeatures Of(Symbol symbol, int rank, double score) => new(symbol, rank, score, null, null, null, null, null, null, Cut: 0, Boost: 0);
        _alpha.Publish(AlphaSnapshot.Of(1, 1, Clock - TimeSpan.FromMinutes(minutesOld), [Of(Btc, 1, 0.9), Of(Eth, 3, 0.1), Of(Sol, 2, 0.2)], plunge: null, signals: []));
        Account(1_000m, (Btc, 3m, 3m));
        Assert.Equal(opened, Assert.Single(Assert.Single(StoredOf<ExecutorEvent.CarriedOut>()).Openings).Symbol.Name);
    }

    [Fact(DisplayName = "Who holds a symbol is asked for until somebody says; until then its legs are left alone")]
    public void Unknown_holder()
    {
        Live();
        Assess(Posture.Apex);
        Assert.Single(Heard<GetHolders>(_holders));
        Account(1_000m, (Btc, 8m, 8m));
        Assert.Empty(StoredOf<BalancerEvent.CommandIssued>());
        Assert.Empty(Heard<Trim>(_asset));
        Assert.Single(Heard<GetHolders>(_holders));
        Hold(Btc, Strategy);
        Wait(Beat);
        Account(1_000m, (Btc, 8m, 8m));
        Answer(Assert.Single(Heard<Trim>(_asset)));
        Hold(Btc, null);
        Wait(Beat);
        Account(1_000m, (Btc, 8m, 8m));
        Assert.Single(StoredOf<BalancerEvent.CommandIssued>());
    }

    [Fact(DisplayName = "A position that the plan does not trade counts in the portfolio, and is asked of nobody")]
    public void Foreign()
    {
        Fly();
        Account(1_000m, (new Symbol("XRPUSDT"), 8m, 8m), (Btc, 3m, 3m));
        Assert.Equal(2, Shown.LastMetrics!.SymbolCount);
        Assert.Empty(Stored); // Nobody could carry a command out.
        Assert.Empty(Heard<Trim>(_asset));
    }

    [Fact(DisplayName = "Too much margin in use: the smallest positions go first, at every look, and people are told every time")]
    public void Overload()
    {
        _settings = _settings with { RebalanceInterval = TimeSpan.FromSeconds(1) };
        Fly();
        Account(1_000m, (Btc, 12m, 12m), (Eth, 6m, 6m), (Sol, 5m, 5m)); // 48 %, 24 % and 20 %: 92 % of 85 %.
        var first = Heard<Trim>(_asset);
        Assert.Equal((Sol, 2m), (first[0].Symbol, first[0].Wish.LongAtMost.Base)); // Down to 80 %: 120 less, of the smallest.
        foreach (var trim in first) Answer(trim);
        Wait(TimeSpan.FromSeconds(1));
        Account(1_000m, (Btc, 12m, 12m), (Eth, 6m, 6m), (Sol, 5m, 5m));
        Assert.Equal(Sol, Assert.Single(Heard<Trim>(_asset)).Symbol); // The other checks wait for their ten seconds.
        Assert.Equal(2, StoredOf<BalancerEvent.AlertRaised>().Count);
        Assert.Equal(2, Board.News.Count(n => n.Text.StartsWith("Margin overload", StringComparison.Ordinal)));
    }

    [Fact(DisplayName = "A portfolio that is well leaves no row, however often it is looked at")]
    public void Well()
    {
        Fly();
        for (var i = 0; i < 20; i++)
        {
            Account(1_000m, (Btc, 3m, 3m), (Eth, 3m, 3m));
            Wait(Beat);
            Assess(Posture.Apex);
        }
        Assert.Empty(Stored);
        Assert.True(Shown.CyclesAssessed >= 19, $"{Shown.CyclesAssessed} looks.");
    }

    [Fact(DisplayName = "Somebody who acts no more asks nobody")]
    public void Tenure_is_over()
    {
        Fly();
        _tenure.Holds = false;
        Account(1_000m, (Btc, 8m, 8m));
        Wait(Beat);
        Assert.Empty(Heard<Trim>(_asset));
    }

    [Fact(DisplayName = "What a snapshot holds is what a restart finds, to the last byte: streams, open commands, account, holders")]
    public void Snapshot()
    {
        Fly();
        Account(1_000m, (Btc, 8m, 8m), (Eth, 3m, 3m));
        Answer(Heard<Trim>(_asset)[0]);
        Wait(Beat);
        Account(1_000m, (Btc, 7m, 7m), (Eth, 8m, 8m));
        var before = Memory();
        _balancer.Tell(DurableProtocol.TakeSnapshot.Now);
        Settle();
        Crash();
        Assert.Equal(before, Memory());
        Assert.Equal(Stored.Aggregate(new BalancerMemory(BalancerState.Initial, ExecutorState.Initial, _settings, null, false, [], null), (m, e) => m.After(e)).Balancer.Open,
            ((BalancerMemory)State()).Balancer.Open);

        object State() => _balancer.Ask<DurableProtocol.StoredState>(DurableProtocol.GetStored.Now).GetAwaiter().GetResult().State;
        string Memory() => Encoding.UTF8.GetString(StoredJson.Write(State()));
    }
}
