using System.Collections.Immutable;
using Dolphin.Domain.External;
using Dolphin.Domain.Market;

namespace Dolphin.Actors.External;

/// <summary>What <see cref="ExternalFactorsActor"/> and its updaters say.</summary>
public static class ExternalFactors
{
    /// <summary>On the topic of factors: one value that was taken. After a restart what is kept of the past comes again, oldest first.</summary>
    /// <param name="Asset">Null: of the whole market.</param>
    /// <param name="Factor">One of <see cref="Factors"/>.</param>
    /// <param name="At">When it was true and could be known.</param>
    public sealed record Observed(Symbol? Asset, string Factor, double Value, DateTimeOffset At);

    /// <summary>On the topic of factors, on every pulse and at a shock: what L7 needs. The newest level.</summary>
    public sealed record Levelled(FactorLevel Level);

    /// <summary>From an updater: what its source has.</summary>
    public sealed record Fetched(string Source, ImmutableArray<FactorValue> Values);

    /// <summary>From an updater: its source has nothing, and when it is asked again.</summary>
    public sealed record Missed(string Source, string Why, int InARow, TimeSpan Next);

    /// <summary>From an updater: what was before the run began is not to be had.</summary>
    public sealed record PastMissed(string Source, string Why);
}
