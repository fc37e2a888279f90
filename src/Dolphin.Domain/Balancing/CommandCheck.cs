using System.Collections.Immutable;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Balancing;

/// <summary>What an executor knows when a command reaches it.</summary>
/// <param name="Now">Its clock.</param>
/// <param name="Known">Symbols it could trade.</param>
/// <param name="Held">Margin in quote of every symbol that is held; a symbol that is not in it has none.</param>
/// <param name="Executed">Ids it has carried out. It may forget one when the command's lifetime is over: an older one is refused as expired.</param>
public sealed record ExecutorView(
    DateTimeOffset Now, ImmutableHashSet<Symbol> Known, ImmutableSortedDictionary<Symbol, Money> Held, ImmutableHashSet<long> Executed)
{
    public Money MarginOf(Symbol symbol) => Held.TryGetValue(symbol, out var margin) ? margin : Money.Zero;

    public int SymbolsHeld
    {
        get
        {
            var held = 0;
            foreach (var (_, margin) in Held)
            {
                if (margin.Quote > 0m) held++;
            }
            return held;
        }
    }
}

/// <summary>Whether an executor may carry out a command: the last look before orders are made of it.</summary>
/// <remarks>Sizes are decimals, so that NaN and infinity cannot arrive; a size that no account has is refused in their place.</remarks>
public static class CommandCheck
{
    /// <returns>Why not, or null if nothing speaks against it.</returns>
    public static Refusal? Check(BalancerCommand command, ExecutorView view)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(view);
        return Malformed(command) ?? Late(command, view) ?? Unknown(command, view) ?? BadSize(command) ?? WrongWay(command, view);
    }

    private static Refusal? Malformed(BalancerCommand command)
    {
        if (command.Id < 1) return Refuse(command, "balancing.malformed", "its id is not above 0");
        if (string.IsNullOrWhiteSpace(command.Reason)) return Refuse(command, "balancing.malformed", "it has no reason; expected a sentence");
        return command.Action switch
        {
            BalancerAction.Expand when command.Symbol is not null => Refuse(command, "balancing.malformed", $"it names {command.Symbol}; expected no symbol, the executor takes the best-ranked"),
            BalancerAction.Expand when command is not { NewSymbols: > 0, SymbolsWanted: > 0 } => Refuse(command, "balancing.malformed", $"it asks for {command.NewSymbols} new symbols of {command.SymbolsWanted}; expected at least one"),
            not BalancerAction.Expand when string.IsNullOrEmpty(command.Symbol?.Name) => Refuse(command, "balancing.malformed", "it names no symbol; expected one"),
            BalancerAction.Hedge when command.Hedge is null => Refuse(command, "balancing.malformed", "it does not say how the legs change; expected what to open and to close"),
            _ => null,
        };
    }

    private static Refusal? Late(BalancerCommand command, ExecutorView view)
    {
        if (view.Executed.Contains(command.Id)) return Refuse(command, "balancing.already-executed", "it has been carried out before");
        if (view.Now >= command.ExpiresAt)
            return Refuse(command, "balancing.expired", $"it was good until {command.ExpiresAt.UtcDateTime:u}, now it is {view.Now.UtcDateTime:u}");
        return command.At - view.Now >= BalancerCommand.Lifetime
            ? Refuse(command, "balancing.from-the-future", $"it is of {command.At.UtcDateTime:u}, now it is {view.Now.UtcDateTime:u}; expected clocks closer than {BalancerCommand.Lifetime.TotalSeconds:0} s")
            : null;
    }

    private static Refusal? Unknown(BalancerCommand command, ExecutorView view) =>
        command.Symbol is { } symbol && !view.Known.Contains(symbol)
            ? Refuse(command, "balancing.unknown-symbol", $"{symbol} is not one of the {view.Known.Count} symbols that are traded here")
            : null;

    private static Refusal? BadSize(BalancerCommand command) =>
        Bad(command, command.TargetSize, "target size") ?? (command.Hedge is { } hedge
            ? Bad(command, hedge.Open, "margin to open") ?? Bad(command, hedge.Close, "margin to close") ?? Bad(command, hedge.HeldTarget, "margin left of the held leg")
            : null);

    private static Refusal? Bad(BalancerCommand command, Money size, string what) =>
        size.Quote is < 0m or > PortfolioSnapshot.HighestMargin
            ? Refuse(command, "balancing.bad-size", $"the {what} is {size}; expected 0 to {PortfolioSnapshot.HighestMargin:0}")
            : null;

    // A target that is reached already is no mistake: the command is done without an order.
    private static Refusal? WrongWay(BalancerCommand command, ExecutorView view) => command.Action switch
    {
        BalancerAction.ReduceMargin or BalancerAction.Reduce => WouldGrow(command, view),
        BalancerAction.Rebalance when command.Change.Quote < 0m => WouldGrow(command, view),
        BalancerAction.Rebalance when command.TargetSize < view.MarginOf(command.Symbol!.Value) =>
            Refuse(command, "balancing.would-shrink", $"{command.Symbol} has {view.MarginOf(command.Symbol.Value)} of margin and was to grow to {command.TargetSize}"),
        BalancerAction.Expand when view.SymbolsHeld >= command.SymbolsWanted =>
            Refuse(command, "balancing.already-diversified", $"{view.SymbolsHeld} symbols are held and {command.SymbolsWanted} are wanted"),
        _ => null,
    };

    private static Refusal? WouldGrow(BalancerCommand command, ExecutorView view) =>
        command.TargetSize > view.MarginOf(command.Symbol!.Value)
            ? Refuse(command, "balancing.would-grow", $"{command.Symbol} has {view.MarginOf(command.Symbol.Value)} of margin and was to be reduced to {command.TargetSize}")
            : null;

    private static Refusal Refuse(BalancerCommand command, string code, string what) =>
        new(code, $"Command {command.Id} {command.Action.Word()}: {what}. Not executed; the next look at the portfolio decides anew.");
}
