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

    /// <summary>On the topic of requests for factors: who begins to listen asks for what is known. Answered by all pieces of <see cref="Known"/>.</summary>
    public sealed record GetKnown
    {
        public static readonly GetKnown Now = new();
    }

    /// <summary>On the topic of factors: a piece of all that is kept, for who has begun to listen after it was said.</summary>
    /// <param name="Values">At most <see cref="MostInPiece"/>; of each factor of each asset in order of time, over the pieces too.</param>
    /// <param name="Piece">From 0.</param>
    /// <param name="Pieces">Of one answer, at least 1: that nothing is known is an answer too.</param>
    public sealed record Known(ImmutableArray<Observed> Values, int Piece, int Pieces);

    /// <summary>About 90 bytes each: a piece stays below 64 KB.</summary>
    public const int MostInPiece = 600;

    /// <summary>On the topic of factors, on every pulse and at a shock: what L7 needs. The newest level.</summary>
    public sealed record Levelled(FactorLevel Level);

    /// <summary>From an updater: what its source has.</summary>
    /// <param name="Lacking">Symbols of which it has nothing, or not all.</param>
    /// <param name="Why">Of the first of them; empty where none is lacking.</param>
    public sealed record Fetched(string Source, ImmutableArray<FactorValue> Values, int Lacking, string Why);

    /// <summary>From an updater: its source has nothing, and when it is asked again.</summary>
    public sealed record Missed(string Source, string Why, int InARow, TimeSpan Next);

    /// <summary>From an updater: what was before the run began is not to be had.</summary>
    public sealed record PastMissed(string Source, string Why);
}
