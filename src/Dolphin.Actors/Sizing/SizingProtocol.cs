using System.Collections.Immutable;
using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;

namespace Dolphin.Actors.Sizing;

/// <summary>What strategies and the size learner say to each other, and what both of account and learner publish. Openings, closes and withdrawals are
/// <see cref="SizeInput"/> itself.</summary>
public static class SizingProtocol
{
    /// <summary>On the topic of sizing: the account as the chain needs it. The newest level.</summary>
    /// <param name="Margin">Used over total, 0 to 1.</param>
    /// <param name="Pnl">Recent, as a fraction of capital.</param>
    public sealed record Measured(double Margin, double Pnl, DateTimeOffset At);

    /// <summary>On the topic of sizing: all that the learner knows, after every change and after a recovery. The newest level.</summary>
    public sealed record Learned(SizeLearnerState State);

    /// <summary>On the topic of sizing, on every pulse and after every change: how high leverage may be where live parameters are outside of the safety envelope. The newest level.</summary>
    /// <param name="Caps">Only of symbols that are outside; empty: nobody is, or no model serves, which costs R_total and no leverage.</param>
    public sealed record Enveloped(ImmutableArray<EnvelopeCap> Caps, DateTimeOffset At);

    /// <summary>From the learner to who told it something of an episode: it is stored, known already, or refused for good. Tell it no more.</summary>
    /// <param name="End">It was the end of the episode; else the opening.</param>
    public sealed record Taken(EpisodeId Id, bool End);
}

/// <param name="Leverage">Times; at most.</param>
public sealed record EnvelopeCap(Symbol Symbol, decimal Leverage);
