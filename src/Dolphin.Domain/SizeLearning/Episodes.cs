using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Dolphin.Domain.SizeLearning;

/// <summary>Names one position from its opening to its close, such as <c>band-limited-hedging:BTCUSDT:12</c>. Never used again for another.</summary>
public readonly record struct EpisodeId(string Value)
{
    /// <summary>Characters.</summary>
    public const int LongestValue = 100;

    [JsonIgnore]
    public bool IsGood => Value is { Length: > 0 and <= LongestValue };

    /// <summary>64-bit FNV-1a of the characters: the same on every machine, which <see cref="string.GetHashCode()"/> is not.</summary>
    [JsonIgnore]
    public ulong Fingerprint
    {
        get
        {
            var hash = 14695981039346656037UL;
            foreach (var c in Value ?? "") hash = unchecked((hash ^ c) * 1099511628211UL);
            return hash;
        }
    }

    public override string ToString() => Value ?? "";
}

/// <summary>The multiplier for one position, and how it came about.</summary>
/// <param name="Offered">0.5 to 1.5, hundredths: the learner's best, trusted or not.</param>
/// <param name="Used">0.5 to 1.5, hundredths: what the position is to be sized by. 1 while the learner is not trusted.</param>
/// <param name="Explored"><paramref name="Used"/> was drawn from around <paramref name="Offered"/>.</param>
/// <param name="OfferedLeft">0.5 to 1.5: by what the offer would have changed the size, where a bound takes some of it; null: by all of it.</param>
/// <param name="UsedLeft">0.5 to 1.5: by what the size was changed, where a bound took some of it; null: by all of it.</param>
public sealed record SizeChoice(
    ScaledContext Context, decimal Offered, decimal Used, bool Explored,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? OfferedLeft = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? UsedLeft = null)
{
    /// <summary>Size as it would have been by the offer, over size at the constant: what the offer is judged by.</summary>
    [JsonIgnore]
    public decimal EffectiveOffered => OfferedLeft ?? Offered;

    /// <summary>Size as it was made, over size at the constant.</summary>
    [JsonIgnore]
    public decimal Effective => UsedLeft ?? Used;

    /// <summary>With what bounds leave of both multipliers, six decimals, held within the range of a multiplier.</summary>
    public SizeChoice Bounded(decimal offered, decimal used) => this with { OfferedLeft = Left(Offered, offered), UsedLeft = Left(Used, used) };

    private static decimal? Left(decimal multiplier, decimal effect)
    {
        var left = Math.Clamp(decimal.Round(effect, 6), SizeLearningPolicy.Least, SizeLearningPolicy.Most);
        return left == multiplier ? null : left;
    }

    /// <summary>The constant, offered and used: for positions that nobody was asked about.</summary>
    public static readonly SizeChoice Constant = new(ScaledContext.Neutral, SizeLearningPolicy.Constant, SizeLearningPolicy.Constant, Explored: false);
}

/// <summary>A position whose outcome is awaited.</summary>
/// <param name="Witness">Its outcome counts for and against trust.</param>
public sealed record OpenEpisode(EpisodeId Id, SizeChoice Choice, bool Witness, DateTimeOffset At);

/// <summary>
/// The episodes that are open, in the order of opening, and the fingerprints of the newest that are not any more, so that a second copy of an
/// opening or a close is known. Immutable; equal when the contents are.
/// </summary>
/// <remarks>A copy that comes after <see cref="Remembered"/> others have ended is taken for a new episode; copies come within seconds.</remarks>
public sealed class EpisodeBook : IEquatable<EpisodeBook>
{
    /// <summary>Ended episodes that are known; 8 bytes each.</summary>
    public const int Remembered = 64;

    private readonly ImmutableArray<OpenEpisode> _open;
    private readonly ImmutableArray<ulong> _ended;

    /// <summary>From what <see cref="Open"/> and <see cref="Ended"/> once gave.</summary>
    public EpisodeBook(ImmutableArray<OpenEpisode> open, ImmutableArray<ulong> ended) =>
        (_open, _ended) = (open.IsDefault ? [] : open, ended.IsDefault ? [] : ended);

    public static EpisodeBook Empty { get; } = new([], []);

    public ImmutableArray<OpenEpisode> Open => _open;
    /// <summary>Oldest first.</summary>
    public ImmutableArray<ulong> Ended => _ended;

    public OpenEpisode? Find(EpisodeId id)
    {
        foreach (var episode in _open)
            if (episode.Id == id) return episode;
        return null;
    }

    public bool HasEnded(EpisodeId id) => _ended.Contains(id.Fingerprint);

    /// <summary>Whether an outcome is awaited that counts for trust.</summary>
    [JsonIgnore]
    public bool AwaitsWitness
    {
        get
        {
            foreach (var episode in _open)
                if (episode.Witness) return true;
            return false;
        }
    }

    public EpisodeBook With(OpenEpisode episode) => new(_open.Add(episode), _ended);

    public EpisodeBook Without(OpenEpisode episode)
    {
        var ended = _ended.Length < Remembered ? _ended : _ended.RemoveAt(0);
        return new EpisodeBook(_open.Remove(episode), ended.Add(episode.Id.Fingerprint));
    }

    public bool Equals(EpisodeBook? other) => other is not null && _open.SequenceEqual(other._open) && _ended.SequenceEqual(other._ended);
    public override bool Equals(object? obj) => Equals(obj as EpisodeBook);
    public override int GetHashCode() => HashCode.Combine(_open.Length, _ended.Length, _ended.IsEmpty ? 0 : _ended[^1]);
}
