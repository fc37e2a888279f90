using Dolphin.Actors.Compression;
using Dolphin.Actors.Directional;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Protection;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Sizing;

namespace Dolphin.Actors.Strategies;

/// <summary>What is stored of a strategy, in the words that all of them share.</summary>
/// <param name="Holds">The legs are its own.</param>
/// <param name="Cycles">Cycles, swings, actions or positions so far: what it counts.</param>
/// <param name="Exits">How often it has left its position for a reason of its own.</param>
/// <param name="LastClose">Quote per base; 0 before its first bar.</param>
public sealed record StoredStrategy(string Mode, bool Holds, long Cycles, long Exits, double LastClose)
{
    /// <returns>Null for what is no strategy's.</returns>
    public static StoredStrategy? Of(object? state) => state switch
    {
        StrategySnapshot { State: var s, Monitor: var m } => new StoredStrategy(
            s.Mode.ToString(), s.IsLive, s.Cycle, s.Exits, m.BarsSeen > 0 ? m.LastClose : 0),
        CompressionSnapshot { State: var s, Monitor: var m } => new StoredStrategy(
            s.Mode.ToString(), s.IsLive, s.Swings, s.Mode == CompressionMode.Terminated ? 1 : 0, m.BarsSeen > 0 ? m.LastClose : 0),
        ProtectorSnapshot { State: var s, LastClose: var close } => new StoredStrategy(s.Mode.ToString(), s.IsLive, s.Actions, Exits: 0, close),
        DirectionalSnapshot { State: var s, Monitor: var m } => new StoredStrategy(
            s.Mode.ToString(), s.IsLive, s.Positions, s.Ended.Total - s.Ended.Nobody, m.BarsSeen > 0 ? m.LastClose : 0),
        _ => null,
    };

    /// <summary>What the newest opening was sized by.</summary>
    /// <returns>Null for one that plan and R_total size alone, one that has not opened, and what is no strategy's.</returns>
    public static OpeningSizing? SizingOf(object? state) => state switch
    {
        StrategySnapshot s => s.Sizing,
        DirectionalSnapshot s => s.Sizing,
        _ => null,
    };
}
