using System.Collections.Immutable;
using Dolphin.Actors.Balancing;
using Dolphin.Actors.Directional;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Node;
using Dolphin.Actors.Sizing;
using Dolphin.Actors.Strategies;
using Dolphin.Data;
using Dolphin.Domain;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Exits;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Placement;
using Dolphin.Domain.Sizing;
using Dolphin.Scenarios.Stage;
using Dolphin.Venues.Paper;

namespace Dolphin.Scenarios;

/// <summary>
/// Everybody at once: Hermes, an operator who overrides it, signals, a balancer whose limit every opening breaks, a learner, funding, a symbol that is delisted, bars that come late, a venue that
/// fails and services that fail, in an order drawn by chance; and every order is worked through a book.
/// </summary>
public sealed class Meetings
{
    private const int Bars = 520; // Beyond a settlement of funding.
    private static readonly Symbol A = new("AAAUSDT"), B = new("BBBUSDT"), C = new("CCCUSDT");

    private static NodePlan Plan(IMarketSource market)
    {
        var errors = new List<string>();
        var plan = Governed.Node(market, Plans.Quick, Governed.Quick with { MinDwell = TimeSpan.FromMinutes(15), Confirm = TimeSpan.FromMinutes(2) });
        var exits = ExitPolicy.Create(
            new ExitSettings { WarmUpBars = 10, Horizon = TimeSpan.FromMinutes(30), LongestHold = TimeSpan.FromMinutes(60), SigmaHorizon = TimeSpan.FromMinutes(30) }, "test", errors)!;
        var balancer = BalancerPolicy.Create(BalancerSettings.Default with { MaxSymbolExposure = 0.02m, MinDiversification = 1 }, "test", errors)!;
        var learning = SizeLearningPolicy.Create(new SizeLearningSettings(), "test", errors)!;
        var directional = DirectionalPolicy.Create(new DirectionalSettings(), exits, "test", errors)!;
        var leverage = LeveragePolicy.Create(new LeverageSettings(), "test", errors);
        Assert.Empty(errors);
        AssetPlan OnSignals(AssetPlan asset) => AssetPlan.Alone(
            new DirectionalPlan(StrategyIds.Of(LegHolder.Directional, asset.Symbol), asset.Symbol, directional, asset.Instrument,
                new BetRequest(new Money(20_000m), 0.2m, 3m, EnvelopeCap: null, asset.Instrument.Brackets, Money.Zero), []), Plans.Deposit);
        return plan with
        {
            Assets = [.. plan.Assets.Select(a => a.Symbol == C ? OnSignals(a) : a)],
            Execution = Plans.Execution with { OrderLife = TimeSpan.FromSeconds(30), Placement = new PlacementPlan(PlacementPolicy.Usual, WorksExits: true, BooksShowOwnOrders: false) },
            Balancer = new BalancerPlan(balancer, Plans.Venue(0).Leverage),
            Sizing = new SizingPlan(new SizingPolicy(leverage, learning, 7), Plans.Deposit, TimeSpan.FromDays(1), ImmutableSortedDictionary<Symbol, double>.Empty),
        };
    }

    private static readonly ImmutableArray<PaperFault> Faults =
    [
        new(PaperFaultKind.UnknownExecuted, 100_000, "", 0, TimeSpan.Zero),
        new(PaperFaultKind.UnknownLost, 100_000, "", 0, TimeSpan.Zero),
        new(PaperFaultKind.DropAnswer, 150_000, "", 0, TimeSpan.Zero),
        new(PaperFaultKind.DuplicateDelivery, 300_000, "", 0, TimeSpan.FromMilliseconds(900)),
        new(PaperFaultKind.ReorderDelivery, 300_000, "", 0, TimeSpan.FromMilliseconds(1_200)),
    ];

    private static readonly string[] Services = ["execution", "exposure-balancer", "size-learner", "hermes", "funding-rates", "sizing-account"];

    private static void Play(StagedNode node, Chance chance)
    {
        node.Play(bar =>
        {
            if (bar < 8) return;
            if (bar == Bars - 20)
            {
                node.SetFaults();
                node.FeedDelay = TimeSpan.Zero;
                return;
            }

            if (bar > Bars - 20) return;
            if (chance.NextInt(12) == 0)
            {
                var symbol = chance.NextInt(2) == 0 ? A : B;
                LegHolder? holder = chance.NextInt(3) == 0 ? null : (LegHolder)chance.NextInt(4);
                TimeSpan? until = chance.NextInt(2) == 0 ? null : TimeSpan.FromMinutes(1 + chance.NextInt(30));
                node.AskOperator(OperatorProtocol.Asked.Of(new OperatorWord(symbol, "a story", holder, For: until), "ada", node.Now));
            }

            if (chance.NextInt(10) == 0)
                node.AskOperator(OperatorProtocol.Asked.Of(new SignalWord(C, chance.NextInt(2) == 0 ? PositionSide.Long : PositionSide.Short, 0.9), "ada", node.Now));
            if (chance.NextInt(60) == 0) node.AskOperator(new OperatorProtocol.Asked("exit", $"hedge-{(chance.NextInt(2) == 0 ? A : B)}", "ada", node.Now));
            if (chance.NextInt(20) == 0) node.Fail(Services[chance.NextInt(Services.Length)]);
            if (chance.NextInt(25) == 0) node.SetFaults(chance.NextInt(2) == 0 ? [.. Faults] : []);
            if (chance.NextInt(30) == 0) node.FeedDelay = chance.NextInt(2) == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(1 + chance.NextInt(50)); // Within a bar: none overtakes another.
            if (bar == 300) node.Rules[B] = new ChangedRules(B, "the venue settles it", null, null).EndingAt(node.Now.AddMinutes(120), node.Now.AddMinutes(60));
        });
    }

    // By cash alone, of episodes that began and ended flat: what was sold minus what was bought, minus fees, plus the venue's funding in between.
    private static int AssertProfits(StagedNode node, List<PaperFact> facts, List<SizeEvent> learned, string where)
    {
        var (checkedOnes, closed) = (0, learned.OfType<SizeEvent.EpisodeClosed>().ToDictionary(e => e.Id, e => e));
        foreach (var (symbol, id) in new[] { (A, $"hedge-{A}"), (B, $"hedge-{B}"), (C, $"directional-{C}") })
        {
            (EpisodeId Id, decimal Cash, Legs Held, DateTimeOffset At)? open = null;
            var directional = DirectionalState.Initial;
            foreach (var e in node.Journal.EventsOf(StrategyIds.PersistenceIdOf(id)))
            {
                if (e is DirectionalEvent d) directional = DirectionalDecider.Evolve(directional, d);
                if (e is HedgeEvent.CycleOpened { Sizing.Choice: not null } c)
                    open = c.Targets.From.AreFlat ? (HedgeEpisodes.IdOf(symbol, c.Cycle), 0, default, c.At) : null;
                else if (e is DirectionalEvent.Opened { Sizing.Choice: not null } o)
                    open = o.Targets.From.AreFlat ? (DirectionalEpisodes.IdOf(symbol, directional.Positions), 0, default, o.At) : null;
                var fill = e switch { HedgeEvent.FillBooked f => f.Fill, DirectionalEvent.FillBooked f => f.Fill, _ => null };
                if (fill is null || open is not { } now) continue;
                var signed = fill.Side == OrderSide.Buy ? fill.Quantity : new Quantity(-fill.Quantity.Base);
                var held = fill.Leg == PositionSide.Long ? now.Held with { Long = now.Held.Long + signed } : now.Held with { Short = now.Held.Short - signed };
                open = now with { Cash = now.Cash - signed.Base * fill.Price.QuotePerBase - fill.Fee.Quote, Held = held };
                if (!held.AreFlat || !closed.TryGetValue(now.Id, out var told) || told.At < fill.At || told.At - fill.At > TimeSpan.FromMinutes(5)) continue;
                var funding = facts.OfType<PaperFact.FundingSettled>().Where(f => f.At >= now.At && f.At <= fill.At).SelectMany(f => f.Lines).Where(l => l.Symbol == symbol).Sum(l => l.Amount.Quote);
                checkedOnes++;
                Assert.True(Math.Abs(open.Value.Cash + funding - told.Profit.Quote) < 0.0001m, $"{where}: {now.Id} earned {open.Value.Cash} and {funding}; the learner was told {told.Profit}.");
            }
        }

        return checkedOnes;
    }

    [Theory(DisplayName = "Whatever meets whatever: every invariant holds, no id twice, nothing stays open, book = fills = venue, and each episode ends once with what it earned")]
    [InlineData(3UL)]
    [InlineData(10UL)]
    [InlineData(16UL)]
    [InlineData(29UL)]
    public void Everybody(ulong seed)
    {
        var market = Plans.Market(60 + seed);
        using var node = new StagedNode(market, Plan(market), Plans.Venue(60 + seed), Bars, seed) { ShowsBooks = true };
        Play(node, new Chance(seed));
        var (end, where) = (node.End(), $"seed {seed}");
        var facts = Ledgers.AssertSound(node, end, leastFills: 100, where);
        var learned = node.Journal.EventsOf(SizeLearnerActor.Id).OfType<SizeEvent>().ToList();
        var opened = learned.OfType<SizeEvent.EpisodeOpened>().Select(e => e.Id).ToList();
        List<EpisodeId> ended =
            [.. learned.OfType<SizeEvent.EpisodeClosed>().Select(e => e.Id), .. learned.OfType<SizeEvent.EpisodeWithdrawn>().Select(e => e.Id), .. learned.OfType<SizeEvent.EpisodeExpired>().Select(e => e.Id)];
        Assert.True(AssertProfits(node, facts, learned, where) > 5, $"{where}: too few episodes that began and ended flat.");
        Assert.Equal(opened.Count, opened.Distinct().Count());
        Assert.Equal(ended.Count, ended.Distinct().Count());
        Assert.Subset(opened.ToHashSet(), ended.ToHashSet());
    }
}
