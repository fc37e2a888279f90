using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;

namespace Dolphin.Actors.Sizing;

/// <summary>What this process heard last of account and learner: what sizers read. Many threads may read; one writes.</summary>
public sealed class SizingBoard
{
    private volatile SizingProtocol.Measured? _account;
    private volatile SizeLearnerState? _learner;
    private volatile SizingProtocol.Enveloped? _envelope;

    /// <summary>Null before the first word: not measured. It does not age: an account that stands still is not told again.</summary>
    public SizingProtocol.Measured? Account { get => _account; set => _account = value; }

    /// <summary>Null before the first word, and where nobody forewarns. It does not age: whose model is old costs R_total.</summary>
    public SizingProtocol.Enveloped? Envelope { get => _envelope; set => _envelope = value; }

    /// <summary>Times; null: no cap.</summary>
    public decimal? EnvelopeCapOf(Symbol symbol)
    {
        if (_envelope is not { } envelope) return null;
        foreach (var cap in envelope.Caps)
            if (cap.Symbol == symbol) return cap.Leverage;
        return null;
    }

    /// <summary>Null before the first word, and where nobody learns: the multiplier is 1.</summary>
    public SizeLearnerState? Learner { get => _learner; set => _learner = value; }
}
