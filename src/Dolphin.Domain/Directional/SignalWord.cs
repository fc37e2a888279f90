using System.Globalization;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Directional;

/// <summary>What an operator, or a program in an operator's place, thinks of one asset. Stored with the request: add optional fields; never rename, retype or
/// reuse one.</summary>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Id">1 to 64 characters; null: made from time, symbol and side.</param>
public sealed record SignalWord(Symbol Symbol, PositionSide Side, double Confidence, string? Id = null)
{
    /// <param name="at">When it was said: the time of the opinion.</param>
    public DirectionalSignal ToSignal(DateTimeOffset at) => new(Id ?? IdOf(at, Symbol, Side), Side, Confidence, at);

    /// <summary>The id of a signal that has none of its own, such as <c>20260105T093000.000Z-BTCUSDT-long</c>.</summary>
    public static string IdOf(DateTimeOffset at, Symbol symbol, PositionSide side) =>
        string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyyMMdd'T'HHmmss.fff}Z-{symbol.Name}-{(side == PositionSide.Long ? "long" : "short")}");
}
