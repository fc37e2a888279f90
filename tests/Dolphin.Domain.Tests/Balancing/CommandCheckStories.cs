using System.Collections.Immutable;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;
using FsCheck;
using FsCheck.Fluent;
using static Dolphin.Domain.Tests.Balancing.BalancerStage;

namespace Dolphin.Domain.Tests.Balancing;

/// <summary>What an executor refuses, and why.</summary>
public sealed class CommandCheckStories
{
    private static readonly Symbol Btc = new("BTCUSDT"), Eth = new("ETHUSDT");
    private static readonly ExecutorView View = new(
        At(10), [Btc, Eth], new Dictionary<Symbol, Money> { [Btc] = new(1000m), [Eth] = new(0m) }.ToImmutableSortedDictionary(), [7]);

    private static readonly BalancerCommand Reduce = new(1, At(0), BalancerAction.Reduce, Btc, new Money(500m), new Money(-500m), "Too much.");
    private static readonly BalancerCommand Expand = new(2, At(0), BalancerAction.Expand, Symbol: null, new Money(100m), new Money(200m), "Too few.", NewSymbols: 2, SymbolsWanted: 3);
    private static readonly BalancerCommand Hedge = new(
        3, At(0), BalancerAction.Hedge, Btc, new Money(100m), new Money(100m), "Apart.", Hedge: new HedgeOrder(OrderSide.Sell, new Money(100m), Money.Zero, new Money(1000m), null));

    [Fact(DisplayName = "Good commands are not refused, and neither is one whose target is reached already")]
    public void Good()
    {
        Assert.All(new[] { Reduce, Expand, Hedge, Reduce with { TargetSize = new Money(1000m) }, Reduce with { TargetSize = Money.Zero } }, c => Assert.Null(CommandCheck.Check(c, View)));
        Assert.Null(CommandCheck.Check(Rebalance(Eth, 50m, 50m), View));
        Assert.Null(CommandCheck.Check(Rebalance(Btc, 900m, -100m), View));
    }

    [Fact(DisplayName = "A command older than 60 seconds is refused, and so is one from a clock a minute ahead")]
    public void Late()
    {
        Assert.Null(CommandCheck.Check(Reduce, View with { Now = At(59.999) }));
        Refuses("balancing.expired", Reduce, "it was good until 2026-01-05 09:01:00Z, now it is 2026-01-05 09:01:00Z", View with { Now = At(60) });
        Refuses("balancing.from-the-future", Reduce, "expected clocks closer than 60 s", View with { Now = At(-60) });
    }

    [Fact(DisplayName = "A command is carried out once")]
    public void Once() => Refuses("balancing.already-executed", Reduce with { Id = 7 }, "Command 7 reduce: it has been carried out before. Not executed");

    [Fact(DisplayName = "A symbol that is not traded here is refused")]
    public void Unknown() => Refuses("balancing.unknown-symbol", Reduce with { Symbol = new Symbol("DOGEUSDT") }, "DOGEUSDT is not one of the 2 symbols");

    [Fact(DisplayName = "A size below zero, or one that no account has, is refused")]
    public void Sizes()
    {
        Refuses("balancing.bad-size", Reduce with { TargetSize = new Money(-1m) }, "the target size is -1.00; expected 0 to 1000000000000");
        Refuses("balancing.bad-size", Expand with { TargetSize = new Money(decimal.MaxValue) }, "the target size is");
        Refuses("balancing.bad-size", Hedge with { Hedge = Hedge.Hedge! with { Open = new Money(-1m) } }, "the margin to open is -1.00");
        Refuses("balancing.bad-size", Hedge with { Hedge = Hedge.Hedge! with { Close = new Money(-1m) } }, "the margin to close is -1.00");
        Refuses("balancing.bad-size", Hedge with { Hedge = Hedge.Hedge! with { HeldTarget = new Money(-1m) } }, "the margin left of the held leg is -1.00");
    }

    [Fact(DisplayName = "What was ordered to shrink never grows, and what was ordered to grow never shrinks")]
    public void Directions()
    {
        Refuses("balancing.would-grow", Reduce with { TargetSize = new Money(1000.01m) }, "BTCUSDT has 1000.00 of margin and was to be reduced to 1000.01");
        Refuses("balancing.would-grow", Reduce with { Action = BalancerAction.ReduceMargin, Symbol = Eth, TargetSize = new Money(1m) }, "ETHUSDT has 0.00");
        Refuses("balancing.would-grow", Reduce with { Symbol = Eth }, "ETHUSDT has 0.00 of margin");
        Refuses("balancing.would-grow", Rebalance(Btc, 1100m, -100m), "was to be reduced to 1100.00");
        Refuses("balancing.would-shrink", Rebalance(Btc, 900m, 100m), "was to grow to 900.00");
    }

    [Fact(DisplayName = "An expansion is refused once as many symbols are held as it wanted")]
    public void Expanded()
    {
        var held = View.Held.SetItems([new(new Symbol("A"), new Money(1m)), new(new Symbol("B"), new Money(1m))]);
        Refuses("balancing.already-diversified", Expand, "3 symbols are held and 3 are wanted", View with { Held = held });
    }

    [Fact(DisplayName = "A command that lacks what its action needs is refused")]
    public void Malformed()
    {
        Refuses("balancing.malformed", Reduce with { Id = 0 }, "its id is not above 0");
        Refuses("balancing.malformed", Reduce with { Reason = " " }, "it has no reason");
        Refuses("balancing.malformed", Reduce with { Symbol = null }, "it names no symbol");
        Refuses("balancing.malformed", Reduce with { Symbol = new Symbol("") }, "it names no symbol");
        Refuses("balancing.malformed", Expand with { Symbol = Btc }, "it names BTCUSDT; expected no symbol");
        Refuses("balancing.malformed", Expand with { NewSymbols = 0 }, "it asks for 0 new symbols");
        Refuses("balancing.malformed", Hedge with { Hedge = null }, "does not say how the legs change");
    }

    [Fact(DisplayName = "Every command of every assessment is good for an executor that does them in order")]
    public void Agrees() => Prop.ForAll(Portfolios.Good, x =>
    {
        var now = x.Snapshot;
        var view = View with { Now = At(1), Known = [.. now.Positions!.Value.Select(p => p.Symbol)], Executed = [] };
        foreach (var command in Assess(now, PolicyOf(x.Settings)).Commands)
        {
            var held = now.Positions!.Value.ToImmutableSortedDictionary(p => p.Symbol, p => p.Margin);
            if (CommandCheck.Check(command, view with { Held = held }) is not null) return false;
            now = now.After([command]);
            view = view with { Executed = view.Executed.Add(command.Id) };
            if (CommandCheck.Check(command, view)?.Code != "balancing.already-executed") return false;
        }
        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static BalancerCommand Rebalance(Symbol symbol, decimal target, decimal change) =>
        new(4, At(0), BalancerAction.Rebalance, symbol, new Money(target), new Money(change), "Uneven.");

    private static void Refuses(string code, BalancerCommand command, string said, ExecutorView? view = null)
    {
        var refusal = CommandCheck.Check(command, view ?? View);
        Assert.Equal(code, refusal?.Code);
        Assert.Contains(said, refusal!.Reason, StringComparison.Ordinal);
        Assert.EndsWith("Not executed; the next look at the portfolio decides anew.", refusal.Reason, StringComparison.Ordinal);
    }
}
