using Dolphin.Domain.Market;

namespace Dolphin.Domain.Balancing;

/// <summary>What a symbol will be when the commands that are under way are done. Amounts are margins in quote currency.</summary>
/// <param name="Margin">At most; null where no cut says.</param>
/// <param name="Apart">At most between the two legs; null where no hedge says.</param>
/// <param name="Opened">At least; null where nothing is opened.</param>
public readonly record struct SymbolUnderWay(decimal? Margin, decimal? Apart, decimal? Opened);

/// <summary>
/// Cuts, hedges and growth of symbols that nobody has finished yet: the look after them reckons with what they will leave, and asks for nothing in their place. What a cut
/// will free is free when it is done, and not before.
/// </summary>
public sealed class CommandsUnderWay
{
    private readonly Dictionary<Symbol, SymbolUnderWay> _bySymbol = []; // Looked up only.

    private CommandsUnderWay() { }

    public static CommandsUnderWay None { get; } = new();

    public static CommandsUnderWay Of(BalancerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Open.Count == 0) return None;
        var underWay = new CommandsUnderWay();
        foreach (var command in state.Commands)
        {
            if (command is not { Symbol: { } symbol } || !state.Open.Contains(command.Id)) continue;
            var before = underWay.Of(symbol) ?? default;
            underWay._bySymbol[symbol] = command.Grows ? before with { Opened = command.TargetSize.Quote }
                : command.Hedge is { } hedge ? before with
                {
                    Apart = Smaller(before.Apart, Math.Max(0m, hedge.HeldTarget.Quote - command.TargetSize.Quote)),
                    Opened = hedge.Open.Quote > 0m ? hedge.HeldTarget.Quote + command.TargetSize.Quote : before.Opened,
                    Margin = hedge.Close.Quote > 0m ? Smaller(before.Margin, hedge.HeldTarget.Quote + command.TargetSize.Quote) : before.Margin,
                }
                : before with { Margin = Smaller(before.Margin, command.TargetSize.Quote) };
        }
        return underWay;
    }

    /// <summary>Null where nothing is under way.</summary>
    public SymbolUnderWay? Of(Symbol symbol) => _bySymbol.TryGetValue(symbol, out var found) ? found : null;

    private static decimal Smaller(decimal? a, decimal b) => a is { } other && other < b ? other : b;
}
