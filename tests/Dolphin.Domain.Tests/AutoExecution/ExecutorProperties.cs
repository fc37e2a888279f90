using System.Collections.Immutable;
using Dolphin.Domain.AutoExecution;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;
using Dolphin.Domain.Tests.Balancing;
using Dolphin.Domain.Tests.TwoLegs;
using Dolphin.Domain.TwoLegs;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.AutoExecution;

public sealed class ExecutorProperties
{
    private const decimal Lot = 0.001m;

    private static readonly Arbitrary<(int LongLots, int ShortLots, int TargetPercent, decimal Least)> Cuts =
        (from longLots in Gen.Choose(0, 50_000)
         from shortLots in Gen.OneOf(Gen.Choose(0, 50_000), Gen.Constant(longLots), Gen.Constant(longLots + 1), Gen.Choose(0, 20))
         from percent in Gen.Choose(0, 100)
         from least in Gen.Elements(0.001m, 0.001m, 0.05m)
         select (longLots, shortLots, percent, least)).ToArbitrary();

    [Fact(DisplayName = "A reduction that its holder carries out brings the margin to the target or below, by no more than two smallest orders, makes no leg larger and adds nothing to net")]
    public void Reduces() => Prop.ForAll(Cuts, w =>
    {
        var position = ExecutorStage.Position(ExecutorStage.Btc, w.LongLots * Lot, w.ShortLots * Lot);
        position = position with { Instrument = position.Instrument with { MinQuantity = new Quantity(w.Least) } };
        var stage = new ExecutorStage();
        stage.Held[ExecutorStage.Btc] = position;
        var target = position.Margin.Quote * w.TargetPercent / 100m;
        var end = Assert.Single(stage.Do(stage.Reduce(ExecutorStage.Btc, target)).Events);
        if (end is not ExecutorEvent.CarriedOut { Trim: { } trim })
        {
            return end is ExecutorEvent.DoneAlready ? position.Margin.Quote <= target
                : end is ExecutorEvent.Refused { Code: "executor.too-small" } && position.Legs.Long.Base < w.Least && position.Legs.Short.Base < w.Least;
        }
        // Every holder does it in this way, and the protector and the hedge with no slack.
        var plan = TrimPlan.Of(position.Instrument, position.Legs, trim.Wish.AtMost, slack: default);
        var after = new Legs(position.Legs.Long + plan.Long.Change, position.Legs.Short + plan.Short.Change);
        var margin = (position with { Legs = after }).Margin.Quote;
        // A leg that is smaller than the smallest order stays, and may keep as much of the other one.
        var isDust = Math.Min(position.Legs.Long.Base, position.Legs.Short.Base) < w.Least;
        var dust = isDust ? 3m * w.Least * 20m : 0m;
        return (plan.HeldBack == default || isDust) && after.Long <= position.Legs.Long && after.Short <= position.Legs.Short && after.Net.Abs() <= position.Legs.Net.Abs()
            && margin <= target + dust && margin >= target - 2m * (w.Least + Lot) * 20m
            // The smaller leg is touched only when the legs are as even as lots allow.
            && (plan.Short.IsNothing || plan.Long.IsNothing || after.Net.Abs().Base < Lot + w.Least);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Fact(DisplayName = "A hedge makes only the larger leg smaller, never turns the net position round, and leaves no more net than it wanted but for a lot")]
    public void Hedges() => Prop.ForAll(
        (from longLots in Gen.Choose(0, 50_000)
         from shortLots in Gen.Choose(0, 50_000)
         from held in Gen.Choose(0, 1_000)
         from opposite in Gen.Choose(0, 1_000)
         select (longLots, shortLots, held, opposite)).ToArbitrary(), w =>
    {
        var stage = new ExecutorStage().Holds(ExecutorStage.Btc, w.longLots * Lot, w.shortLots * Lot);
        var position = stage.Held[ExecutorStage.Btc];
        var (held, opposite) = (w.held * 0.997m, w.opposite * 0.997m); // Seldom a whole number of lots.
        var command = stage.Command(BalancerAction.Hedge, ExecutorStage.Btc, opposite, 1m, hedge: new HedgeOrder(null, new Money(1m), Money.Zero, new Money(held), null));
        var wanted = Math.Max(0m, held - opposite);
        var end = Assert.Single(stage.Do(command).Events);
        if (end is not ExecutorEvent.CarriedOut { Trim: { } trim, Instead: not null }) return end is ExecutorEvent.DoneAlready && position.Legs.Net.Abs().Base * 20m <= wanted;
        var after = trim.Wish.AtMost;
        var larger = position.Legs.Net.Base > 0m ? PositionSide.Long : PositionSide.Short;
        return after[larger.Opposite()] == position.Legs[larger.Opposite()] && after[larger] < position.Legs[larger] && after.Net.Base * position.Legs.Net.Base >= 0m
            && after.Net.Abs().Base * 20m <= wanted && after.Net.Abs().Base * 20m > wanted - Lot * 20m - 1e-9m;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));

    [Fact(DisplayName = "All reductions of a look, done in order by holders with open orders or without, leave every symbol at or below its smallest target")]
    public void WholeLooks() => Prop.ForAll(Portfolios.Good, x =>
    {
        var stage = new ExecutorStage();
        foreach (var p in x.Snapshot.Positions!.Value.Where(p => p.Margin.Quote > 1m).Take(5).Select((p, i) => (p, Symbol: ExecutorStage.Known.Order().ElementAt(i))))
        {
            var gross = decimal.Round(p.p.Margin.Quote / 20m, 3);
            var net = decimal.Round((p.p.Net?.Quote ?? p.p.Margin.Quote) / 20m, 3);
            stage.Holds(p.Symbol, Math.Max(0m, decimal.Round((gross + net) / 2m, 3)), Math.Max(0m, decimal.Round((gross - net) / 2m, 3)));
        }
        var snapshot = new PortfolioSnapshot(
            x.Snapshot.TotalMargin, stage.Positions,
            x.Snapshot.Confidence, x.Snapshot.Divergence, BalancerStage.At(0));
        if (BalancerStage.Assess(snapshot, BalancerStage.PolicyOf(x.Settings)) is not { Skipped: null } found) return true;
        var smallest = new SortedDictionary<Symbol, decimal>();
        var wishes = new SortedDictionary<Symbol, TrimWish>();
        foreach (var command in found.Commands)
        {
            foreach (var e in stage.Do(command).Events)
            {
                // All orders are open meanwhile, so a holder does the newest wish only.
                if (e is ExecutorEvent.CarriedOut { Trim: { } trim }) wishes[trim.Symbol] = trim.Wish;
            }
            if (command.Action is BalancerAction.Reduce or BalancerAction.ReduceMargin) smallest[command.Symbol!.Value] = command.TargetSize.Quote;
        }
        return smallest.All(s =>
        {
            var position = stage.Held[s.Key];
            if (wishes.TryGetValue(s.Key, out var wish))
            {
                var plan = TrimPlan.Of(position.Instrument, position.Legs, wish.AtMost, slack: default);
                position = position with { Legs = new Legs(position.Legs.Long + plan.Long.Change, position.Legs.Short + plan.Short.Change) };
            }
            return position.Margin.Quote <= s.Value + Lot * 20m;
        }) && stage.State.Counts.Commands == found.Commands.Length && stage.Events.Count == found.Commands.Length;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact(DisplayName = "Any command at any view ends in exactly one event or is refused without one; done again it does nothing; the events make the same state again; the bound holds")]
    public void Total() => Prop.ForAll(Absurd.ArrayOf().ToArbitrary(), all =>
    {
        var state = ExecutorState.Initial;
        var events = new List<ExecutorEvent>();
        foreach (var input in all)
        {
            var known = state.Knows(input.Command.Id);
            var decision = ExecutorDecider.Decide(state, input);
            if (decision.Events.Length > 1 || (decision.Events.IsEmpty && decision.Refusal is null) || (known && !decision.Events.IsEmpty)) return false;
            foreach (var e in decision.Events)
            {
                if (e.Id != input.Command.Id || e is ExecutorEvent.CarriedOut { Trim: { } t } && (t.Wish.LongAtMost.Base < 0m || t.Wish.ShortAtMost.Base < 0m)) return false;
                events.Add(e);
                state = ExecutorDecider.Evolve(state, e);
            }
            if (input.Command.Id >= 1 && !decision.Events.IsEmpty && !ExecutorDecider.Decide(state, input).Events.IsEmpty) return false;
        }
        return events.Aggregate(ExecutorState.Initial, ExecutorDecider.Evolve) == state && state.Ended.Count <= RecentLog<EndedCommand>.Bound && state.Counts.Commands == events.Count;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static Gen<ExecutorInput.Execute> Absurd =>
        from id in Gen.Elements(-1L, 0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, long.MaxValue)
        from at in Gen.Elements(BalancerStage.At(0), BalancerStage.At(0), BalancerStage.At(-100), DateTimeOffset.MinValue, DateTimeOffset.MaxValue)
        from action in Gen.Elements([.. Enum.GetValues<BalancerAction>(), (BalancerAction)77])
        from symbol in Gen.Elements<Symbol?>(null, ExecutorStage.Btc, ExecutorStage.Btc, ExecutorStage.Eth, new Symbol(""), new Symbol("NONE"))
        from target in Margins
        from change in Broken.Amounts
        from news in Gen.Elements(-1, 0, 1, 3, int.MaxValue)
        from wanted in Gen.Elements(-1, 0, 1, 3, int.MaxValue)
        from open in Margins
        from left in Margins
        from hedge in Gen.Elements(0, 1, 2)
        from reason in Gen.Elements("Because.", "Because.", "")
        from longLeg in Broken.Amounts
        from shortLeg in Broken.Amounts
        from tiedUp in Gen.OneOf(Gen.Constant((decimal?)null), Margins.Select(m => (decimal?)m))
        from price in Broken.Prices
        from leverage in Gen.Elements(0m, 1m, 5m, 125m, -1m, decimal.MaxValue)
        from holder in Gen.Elements("hedge", "hedge", null)
        from rank in Broken.Numbers
        from grows in Gen.Elements(true, false)
        select new ExecutorInput.Execute(
            new BalancerCommand(id, at, action, symbol, new Money(target), new Money(change), reason, news, wanted, hedge switch
            {
                0 => null, 1 => new HedgeOrder(OrderSide.Sell, new Money(open), default, new Money(left), null), _ => new HedgeOrder(null, new Money(open), default, new Money(left), null),
            }),
            new HoldersView(BalancerStage.At(1), ExecutorStage.Known, ImmutableSortedDictionary<Symbol, HeldPosition>.Empty.Add(ExecutorStage.Btc,
                ExecutorStage.Position(ExecutorStage.Btc, longLeg, shortLeg, holder, tiedUp) with { Price = price, Leverage = leverage, MayGrow = grows }),
                [ExecutorStage.Ranked(ExecutorStage.Btc, rank), ExecutorStage.Ranked(ExecutorStage.Sol, rank) with { Price = price, Leverage = leverage }, ExecutorStage.Ranked(ExecutorStage.Doge, 1d), ExecutorStage.Ranked(new Symbol(null!), 2d)]));

    private static Gen<decimal> Margins => Gen.OneOf(Broken.Amounts, Gen.Elements(0m, 1e-28m, 0.5m, 20m, 1e12m));
}
