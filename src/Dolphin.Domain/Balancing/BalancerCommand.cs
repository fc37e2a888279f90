using System.Diagnostics;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Balancing;

/// <summary>What the balancer can ask an executor for. Stored by name: never rename one.</summary>
public enum BalancerAction
{
    /// <summary>Check 1: too much of the margin is used.</summary>
    ReduceMargin,
    /// <summary>Check 2: one symbol uses too much of the margin.</summary>
    Reduce,
    /// <summary>Check 3: too few symbols.</summary>
    Expand,
    /// <summary>Check 4: venues' prices part, and the portfolio would feel it.</summary>
    Hedge,
    /// <summary>Check 5: one symbol weighs too much among those held.</summary>
    Rebalance,
}

public static class BalancerActions
{
    /// <summary>The word of the seed's streams and statistics.</summary>
    public static string Word(this BalancerAction action) => action switch
    {
        BalancerAction.ReduceMargin => "reduce_margin",
        BalancerAction.Reduce => "reduce",
        BalancerAction.Expand => "expand",
        BalancerAction.Hedge => "hedge",
        BalancerAction.Rebalance => "rebalance",
        _ => throw new UnreachableException($"No word for {action}."),
    };

    /// <summary>1 critical, 2 important, 3 optimisation.</summary>
    public static int Priority(this BalancerAction action) => action switch
    {
        BalancerAction.ReduceMargin => 1,
        BalancerAction.Reduce or BalancerAction.Expand or BalancerAction.Hedge => 2,
        BalancerAction.Rebalance => 3,
        _ => throw new UnreachableException($"No priority for {action}."),
    };

    /// <summary>How long the check behind an action waits after it has acted: not at all, 10 s, 30 s.</summary>
    public static TimeSpan Cadence(this BalancerAction action) => action.Priority() switch
    {
        1 => TimeSpan.Zero,
        2 => TimeSpan.FromSeconds(10),
        _ => TimeSpan.FromSeconds(30),
    };
}

/// <summary>How a hedge is made of two legs of one symbol: one is opened, or the other is closed. Amounts are margins in quote currency.</summary>
/// <param name="Side">Of the order: a sale where the symbol is net long. Null: the snapshot did not say which way it is.</param>
/// <param name="Open">What the opposite leg grows by; zero where something is closed.</param>
/// <param name="Close">What is closed of the held leg, where the opposite leg cannot be opened: its holder makes none larger when asked, or there is no margin for it. Journals of before have both
/// in one hedge.</param>
/// <param name="HeldTarget">What is left of the held leg.</param>
/// <param name="Venue">Where the opposite leg is opened: a sale where the price is high, a purchase where it is low. Null with one venue.</param>
public sealed record HedgeOrder(OrderSide? Side, Money Open, Money Close, Money HeldTarget, string? Venue);

/// <summary>One thing an executor is to do. Sizes are margins in quote currency, and absolute: done twice, a command changes nothing the second time.</summary>
/// <remarks>
/// Commands of one cycle are to be done in the order of their ids. A reduction closes the larger of the two legs first, so that it never adds
/// to the net exposure; a growth opens both legs alike.
/// </remarks>
/// <param name="Id">1, 2, 3 ... over the life of a balancer.</param>
/// <param name="At">When it was decided.</param>
/// <param name="Symbol">Null for <see cref="BalancerAction.Expand"/>, where the executor takes the best-ranked symbols that are not held.</param>
/// <param name="TargetSize">Margin of the symbol afterwards; of an expansion: of each new symbol; of a hedge: of the opposite leg.</param>
/// <param name="Change">Signed: <paramref name="TargetSize"/> less what the commands before this one leave; of an expansion: all new margin together.
/// Zero for a reduction that an earlier command of the cycle has done already.</param>
/// <param name="Reason">A sentence for a person: what was measured, what is allowed, what becomes of it.</param>
/// <param name="NewSymbols">Of an expansion: how many symbols are opened; else 0.</param>
/// <param name="SymbolsWanted">Of an expansion: how many are to be held afterwards; else 0. It makes an expansion absolute, too.</param>
/// <param name="Hedge">Of a hedge; else null.</param>
public sealed record BalancerCommand(
    long Id, DateTimeOffset At, BalancerAction Action, Symbol? Symbol, Money TargetSize, Money Change, string Reason,
    int NewSymbols = 0, int SymbolsWanted = 0, HedgeOrder? Hedge = null)
{
    /// <summary>The seed's 60 s: by then the portfolio has been looked at six times, and what was right may be wrong.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    public int Priority => Action.Priority();
    /// <summary>Once a holder has taken it, it is open until the holder is done with it, and so long at most: an order that rests for an hour is not about to be filled.</summary>
    public static readonly TimeSpan FillTime = TimeSpan.FromHours(1);

    /// <summary>It makes the portfolio larger: a wish, which the holder may decline.</summary>
    public bool Grows => Action == BalancerAction.Expand || (Action == BalancerAction.Rebalance && Change.Quote >= 0m);
    /// <summary>A hedge that opens: it makes its symbol larger, and the net position smaller.</summary>
    public bool Opens => Hedge is { Open.Quote: > 0m };
    /// <summary>From this instant on it is not to be done any more.</summary>
    public DateTimeOffset ExpiresAt => At + Lifetime;
}
