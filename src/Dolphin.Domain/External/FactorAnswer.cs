using System.Collections.Immutable;

namespace Dolphin.Domain.External;

/// <summary>What a source of factors said when it was asked.</summary>
public abstract record FactorAnswer
{
    private FactorAnswer() { }

    /// <param name="Lacking">Of how many of the symbols that were asked for there is nothing, or not all: of them the factor ages, of no other.</param>
    /// <param name="Why">Of the first of them what came instead; empty where none is lacking.</param>
    public sealed record Values(ImmutableArray<FactorValue> All, int Lacking = 0, string Why = "") : FactorAnswer;

    /// <param name="Why">What was expected and what came.</param>
    /// <param name="NotBefore">How long the source wants to be left alone; null if it did not say.</param>
    /// <param name="Status">Of HTTP, where that was the answer.</param>
    public sealed record Nothing(string Why, TimeSpan? NotBefore = null, int? Status = null) : FactorAnswer;
}
