namespace Dolphin.Actors.Strategies;

/// <summary>What people see of a strategy.</summary>
/// <param name="Mode">The strategy's own word.</param>
/// <param name="Cycle">Cycles, swings, actions or positions so far: what it counts.</param>
/// <param name="Note">The code of what it was refused last; empty if nothing stands in its way.</param>
public sealed record StrategyFace(string StrategyId, string Mode, long Cycle, string Note, bool Holds);
