using Dolphin.Domain.Market;

namespace Dolphin.Domain.Hermes;

/// <summary>What an operator says to Hermes about one asset. Stored with the request: add optional fields; never rename, retype or reuse one.</summary>
/// <param name="Why">For whoever reads it at night.</param>
/// <param name="Holder">Whose the legs are to be, whatever Hermes thinks; null lifts what was said before.</param>
/// <param name="Posture">As long as it holds, or null: what Hermes would say. So is the priority.</param>
/// <param name="For">How long, or null: until it is lifted.</param>
public sealed record OperatorWord(
    Symbol Symbol, string Why, LegHolder? Holder, RiskPosture? Posture = null, HolderPriority? Priority = null, TimeSpan? For = null)
{
    /// <summary>Of a request that gives no reason.</summary>
    public const string NoReason = "no reason was given";
}
