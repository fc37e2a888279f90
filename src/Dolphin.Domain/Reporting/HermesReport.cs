using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Reporting;

/// <summary>To whom an asset's legs belong when a run ends, how daring he may be, and how often they changed hands.</summary>
/// <param name="Since">Since when; null before the first adoption.</param>
/// <param name="HandOvers">Asked for so far, those that failed too.</param>
/// <param name="HandOver">The one under way, or null.</param>
/// <param name="Override">An operator's word that holds, or null.</param>
public sealed record HermesReport(
    Symbol Symbol, LegHolder Holder, DateTimeOffset? Since, Regime Regime, RiskPosture Posture, HolderPriority Priority, long HandOvers, PendingHandOver? HandOver, HermesOverride? Override)
{
    public static HermesReport Of(Symbol symbol, HermesState state, Regime regime)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new HermesReport(symbol, state.Holder, state.Since, regime, state.Posture, state.Priority, state.HandOvers, state.HandOver, state.Override);
    }
}
