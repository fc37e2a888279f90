using System.Collections.Immutable;

namespace Dolphin.Domain.External;

/// <summary>What a source of factors said when it was asked.</summary>
public abstract record FactorAnswer
{
    private FactorAnswer() { }

    public sealed record Values(ImmutableArray<FactorValue> All) : FactorAnswer;

    /// <param name="Why">What was expected and what came.</param>
    /// <param name="NotBefore">How long the source wants to be left alone; null if it did not say.</param>
    public sealed record Nothing(string Why, TimeSpan? NotBefore = null) : FactorAnswer;
}
