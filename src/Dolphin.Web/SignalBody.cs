using System.Text.Json.Serialization;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Market;

namespace Dolphin.Web;

/// <summary>The body of <c>POST /signal/{symbol}</c>.</summary>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Id">1 to 64 characters; left out: made from time, symbol and side, so that asking again is another signal.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)] // A misspelt id must not be one that was not given.
public sealed record SignalBody(PositionSide Side, double Confidence, string? Id = null)
{
    public SignalWord Of(Symbol symbol) => new(symbol, Side, Confidence, Id);
}
