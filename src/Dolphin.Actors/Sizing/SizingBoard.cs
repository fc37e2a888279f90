using System.Collections.Immutable;
using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;

namespace Dolphin.Actors.Sizing;

/// <summary>What this process heard last of account, learner and envelope: what sizers read. Many threads may read; one writes.</summary>
/// <param name="capsUnheard">Of the envelope, until something is heard of it; empty where nobody forewarns.</param>
public sealed class SizingBoard(ImmutableArray<EnvelopeCap> capsUnheard)
{
    private volatile SizingProtocol.Measured? _account;
    private volatile SizeLearnerState? _learner;
    private volatile SizingProtocol.Enveloped _envelope = new(capsUnheard, DateTimeOffset.MinValue);

    /// <summary>Null before the first word: not measured. It does not age: an account that stands still is not told again.</summary>
    public SizingProtocol.Measured? Account { get => _account; set => _account = value; }

    /// <summary>Before the first word the prudent caps. It does not age: whose model is old costs R_total.</summary>
    public SizingProtocol.Enveloped Envelope { get => _envelope; set => _envelope = value; }

    /// <summary>Times; null: no cap.</summary>
    public decimal? EnvelopeCapOf(Symbol symbol)
    {
        foreach (var cap in _envelope.Caps)
            if (cap.Symbol == symbol) return cap.Leverage;
        return null;
    }

    /// <summary>Null before the first word, and where nobody learns: the multiplier is 1.</summary>
    public SizeLearnerState? Learner { get => _learner; set => _learner = value; }
}
