using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Dolphin.Domain.AutoExecution;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;
using Dolphin.Venues;

namespace Dolphin.Actors.Balancing;

/// <summary>What is stored of the exposure balancer: what it and the executor decided, and what they have heard.</summary>
/// <param name="Limits">Under which it ran.</param>
/// <param name="Account">The venue's newest word; null before the first.</param>
/// <param name="IsNews">It has not been looked at yet.</param>
/// <param name="Holders">In ordinal order of symbol.</param>
/// <param name="AskedAt">When the venue was last asked for the account, or null.</param>
/// <param name="Closes">Of every symbol the newest; null in what was written before they were kept.</param>
public sealed record BalancerMemory(
    BalancerState Balancer, ExecutorState Executor, BalancerSettings Limits, VenueEvent.Account? Account, bool IsNews, ImmutableArray<SymbolHolder> Holders, DateTimeOffset? AskedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableArray<SymbolClose>? Closes = null)
{
    /// <summary>The state after one more stored event, which is of the balancer or of the executor.</summary>
    /// <exception cref="ArgumentException">It is neither's.</exception>
    public BalancerMemory After(object stored) => stored switch
    {
        BalancerEvent e => this with { Balancer = BalancerDecider.Evolve(Balancer, e) },
        ExecutorEvent e => this with { Executor = ExecutorDecider.Evolve(Executor, e) },
        _ => throw new ArgumentException($"Expected an event of the balancer or of the executor; got {stored.GetType().Name}.", nameof(stored)),
    };

    public BalancerStatistics Statistics => BalancerStatistics.Of(Limits, Balancer);
}

/// <param name="StrategyId">Who has the legs of the symbol.</param>
public sealed record SymbolHolder(Symbol Symbol, string StrategyId);
