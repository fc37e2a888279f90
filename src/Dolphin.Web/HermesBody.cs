using System.Text.Json.Serialization;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;

namespace Dolphin.Web;

/// <summary>The body of <c>POST /hermes/override/{symbol}</c>.</summary>
/// <param name="For">How long, such as <c>04:00:00</c>; left out: until it is lifted.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)] // A misspelt posture must not be one that was not given.
public sealed record OverrideBody(LegHolder Holder, RiskPosture? Posture = null, HolderPriority? Priority = null, TimeSpan? For = null, string? Reason = null)
{
    public OperatorWord Of(Symbol symbol) => new(symbol, HermesBodies.Reason(Reason), Holder, Posture, Priority, For);
}

/// <summary>The body of <c>POST /hermes/lift/{symbol}</c>, which needs none.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LiftBody(string? Reason = null)
{
    public OperatorWord Of(Symbol symbol) => new(symbol, HermesBodies.Reason(Reason), Holder: null);
}

internal static class HermesBodies
{
    public static string Reason(string? reason) => string.IsNullOrWhiteSpace(reason) ? OperatorWord.NoReason : reason.Trim();
}
