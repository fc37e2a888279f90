using System.Collections.Immutable;
using Dolphin.Domain.Market;

namespace Dolphin.Node.Cli;

/// <summary>What <c>dolphin book place</c> was asked.</summary>
/// <param name="DataPaths">One session of raw messages with receive times.</param>
/// <param name="PlanPath">Fees and latencies.</param>
/// <param name="Symbol">Null: the only one there is.</param>
/// <param name="Quantity">Base, of each placement.</param>
/// <param name="Every">From one placement to the next.</param>
/// <param name="Side">Null: buys and sells by turns.</param>
/// <param name="MayTake">Whether what has not filled in time is taken.</param>
public sealed record BookPlaceOptions(
    ImmutableArray<string> DataPaths, string PlanPath, Symbol? Symbol, decimal Quantity, TimeSpan Every, OrderSide? Side, bool MayTake);
