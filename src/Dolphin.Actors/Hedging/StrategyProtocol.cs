using Dolphin.Domain;
using Dolphin.Domain.Hedging;

namespace Dolphin.Actors.Hedging;

/// <summary>What a strategy hears from operators, and what it answers.</summary>
public static class StrategyProtocol
{
    /// <summary>Leave gracefully. Answered by <see cref="Done"/> when it is stored, or <see cref="Refused"/>. Safe to send again.</summary>
    public sealed record Exit(string StrategyId, string By);

    public sealed record Done(string StrategyId, string What);
    public sealed record Refused(string StrategyId, Refusal Refusal);
}

/// <summary>What is stored of a strategy: what it decided, and what it has measured of its market.</summary>
public sealed record StrategySnapshot(HedgeState State, StructureMonitor Monitor);
