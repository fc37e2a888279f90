using System.Collections.Immutable;
using Dolphin.Domain.AutoExecution;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;
using Dolphin.Domain.Tests.Balancing;

namespace Dolphin.Domain.Tests.AutoExecution;

/// <summary>An executor and what it sees: symbols in lots of 0.001 at 100, leverage 5, so that one of a leg is 20 of margin.</summary>
internal sealed class ExecutorStage
{
    public static readonly Symbol Btc = new("BTCUSDT"), Eth = new("ETHUSDT"), Sol = new("SOLUSDT"), Doge = new("DOGEUSDT"), Xrp = new("XRPUSDT");
    public static readonly ImmutableHashSet<Symbol> Known = [Btc, Eth, Sol, Doge, Xrp];

    private long _id;

    public ExecutorState State { get; private set; } = ExecutorState.Initial;
    public List<ExecutorEvent> Events { get; } = [];
    public DateTimeOffset Now { get; set; } = BalancerStage.At(1);
    public SortedDictionary<Symbol, HeldPosition> Held { get; } = [];
    public List<RankedSymbol> Ranks { get; } = [];

    /// <summary>What is held as the balancer sees it: 20 of margin for a base unit of a leg.</summary>
    public ImmutableArray<PortfolioPosition> Positions =>
        [.. Held.Select(p => PortfolioPosition.OfLegs(p.Key, new Money(p.Value.Legs.Long.Base * 20m), new Money(p.Value.Legs.Short.Base * 20m)))];

    /// <summary>A symbol that could be opened at a price of 100, with leverage 5.</summary>
    public static RankedSymbol Ranked(Symbol symbol, double rank) => new(
        symbol, rank, Instruments.Infer(string.IsNullOrEmpty(symbol.Name) ? Btc : symbol, priceDecimals: 2, volumeDecimals: 3), $"hedge-{symbol}", Price.Of(100m), Leverage: 5m);

    /// <summary>The holder of a symbol makes legs larger when asked to.</summary>
    public ExecutorStage Grows(Symbol symbol)
    {
        Held[symbol] = Held[symbol] with { MayGrow = true };
        return this;
    }

    public bool EntriesAllowed { get; init; } = true;

    public HoldersView View => new(Now, Known, Held.ToImmutableSortedDictionary(), [.. Ranks], EntriesAllowed);

    public static HeldPosition Position(Symbol symbol, decimal longLeg, decimal shortLeg, string? holder = "hedge", decimal? margin = null) => new(
        Instruments.Infer(symbol, priceDecimals: 2, volumeDecimals: 3), holder is null ? null : $"{holder}-{symbol}",
        new Legs(new(longLeg), new(shortLeg)), margin is { } m ? new Money(m) : null, Price.Of(100m), Leverage: 5m);

    public ExecutorStage Holds(Symbol symbol, decimal longLeg, decimal shortLeg, string? holder = "hedge", decimal? margin = null)
    {
        Held[symbol] = Position(symbol, longLeg, shortLeg, holder, margin);
        return this;
    }

    public BalancerCommand Command(BalancerAction action, Symbol? symbol, decimal target, decimal change = -1m, int newSymbols = 0, int symbolsWanted = 0, HedgeOrder? hedge = null) =>
        new(++_id, BalancerStage.At(0), action, symbol, new Money(target), new Money(change), "Because.", newSymbols, symbolsWanted, hedge);

    public BalancerCommand Reduce(Symbol symbol, decimal target) => Command(BalancerAction.Reduce, symbol, target);

    public Decision<ExecutorEvent> Do(BalancerCommand command)
    {
        var decision = ExecutorDecider.Decide(State, new ExecutorInput.Execute(command, View));
        foreach (var e in decision.Events)
        {
            Events.Add(e);
            State = ExecutorDecider.Evolve(State, e);
        }
        return decision;
    }

    public ExecutorEvent.CarriedOut CarriesOut(BalancerCommand command) => Assert.IsType<ExecutorEvent.CarriedOut>(Assert.Single(Do(command).Events));

    public ExecutorEvent.Refused Refuses(BalancerCommand command) => Assert.IsType<ExecutorEvent.Refused>(Assert.Single(Do(command).Events));
}
