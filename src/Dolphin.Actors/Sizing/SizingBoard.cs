using Dolphin.Domain.SizeLearning;

namespace Dolphin.Actors.Sizing;

/// <summary>What this process heard last of account and learner: what sizers read. Many threads may read; one writes.</summary>
public sealed class SizingBoard
{
    private volatile SizingProtocol.Measured? _account;
    private volatile SizeLearnerState? _learner;

    /// <summary>Null before the first word: not measured. It does not age: an account that stands still is not told again.</summary>
    public SizingProtocol.Measured? Account { get => _account; set => _account = value; }

    /// <summary>Null before the first word, and where nobody learns: the multiplier is 1.</summary>
    public SizeLearnerState? Learner { get => _learner; set => _learner = value; }
}
