using Dolphin.Domain.Compression;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Reporting;

/// <summary>Where the money of one hedge compression came from, since it last took legs over: the three numbers that are kept apart, and their sum.</summary>
/// <param name="Incarnation">How often it has taken legs over; above 0.</param>
/// <param name="Swings">Swings that a reduction followed.</param>
/// <param name="Legs">Base; what it holds.</param>
/// <param name="LockedLossReleased">Quote, usually below zero: the part of the gap that what was closed carried. It was lost before the strategy began.</param>
/// <param name="SwingGains">Quote: what each unit closed brought against the middle of the gap.</param>
/// <param name="Costs">Quote, above zero is paid: fees.</param>
/// <param name="Pnl">Quote: locked loss released + swing gains - costs, exactly what was realised.</param>
/// <param name="LockedLossLeft">Quote, below zero while there is one: the locked loss that what is still held carries.</param>
public sealed record CompressionFace(
    Symbol Symbol, CompressionMode Mode, int Incarnation, int Swings, Market.Legs Legs, Money LockedLossReleased, Money SwingGains, Money Costs, Money Pnl, Money LockedLossLeft)
{
    /// <returns>Null for one that has never held legs.</returns>
    public static CompressionFace? Of(Symbol symbol, CompressionState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var result = state.Result;
        return state.Incarnation == 0
            ? null
            : new CompressionFace(
                symbol, state.Mode, state.Incarnation, state.Swings, state.Legs, result.LockedLossReleased, result.SwingGains, result.Costs, result.Sum, state.LockedLossLeft);
    }
}
