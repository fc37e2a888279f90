using System.Collections.Immutable;

namespace Dolphin.Domain.Sizing;

/// <summary>Equity at some time.</summary>
public readonly record struct EquityMark(DateTimeOffset At, Money Equity);

/// <summary>What the sizing chain has to know of the account: how much of its margin is used, and what it has earned lately. Immutable.</summary>
/// <param name="Marks">One for each twenty-fourth of the window, oldest first; at most <see cref="MostMarks"/>.</param>
/// <param name="Equity">Newest; null before the first.</param>
/// <param name="UsedMargin">Quote; initial margin of all positions.</param>
/// <param name="At">Of the newest.</param>
public sealed record AccountMeter(ImmutableArray<EquityMark> Marks, Money? Equity, Money UsedMargin, DateTimeOffset At)
{
    public const int Parts = 24, MostMarks = Parts + 2;

    public static AccountMeter Empty { get; } = new([], null, Money.Zero, DateTimeOffset.UnixEpoch);

    /// <summary>After one more word of the venue. One that is older than the last changes nothing.</summary>
    /// <param name="window">Over which profit counts as recent; above zero.</param>
    public AccountMeter After(Money equity, Money usedMargin, DateTimeOffset at, TimeSpan window)
    {
        if (at < At) return this;
        var marks = Marks;
        var part = window / Parts;
        if (marks.IsEmpty || at - marks[^1].At >= part) marks = marks.Add(new EquityMark(at, equity));
        // One is kept that is as old as the window, or the oldest there is.
        while (marks.Length > 1 && (marks.Length > MostMarks || at - marks[1].At >= window)) marks = marks.RemoveAt(0);
        return new AccountMeter(marks, equity, usedMargin, at);
    }

    /// <summary>Used over total margin, 0 to 1; 1 where there is no equity. NaN before the first word.</summary>
    public double Utilisation => Equity is not { } equity ? double.NaN
        : equity.Quote <= 0m ? 1 : Math.Clamp((double)(UsedMargin.Quote / equity.Quote), 0, 1);

    /// <summary>Profit or loss over the window, or since the first word if that is later, as a fraction of capital. NaN before the first word.</summary>
    /// <param name="capital">Quote, above zero.</param>
    public double PnlOf(Money capital) => Equity is { } equity ? (double)((equity.Quote - Marks[0].Equity.Quote) / capital.Quote) : double.NaN;

    public bool Equals(AccountMeter? other) => other is not null
        && Marks.SequenceEqual(other.Marks) && Equity == other.Equity && UsedMargin == other.UsedMargin && At == other.At;

    public override int GetHashCode() => HashCode.Combine(Equity, UsedMargin, At, Marks.Length);
}
