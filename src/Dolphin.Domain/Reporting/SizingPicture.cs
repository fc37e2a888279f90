using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;

namespace Dolphin.Domain.Reporting;

/// <summary>What sized the newest opening of each symbol, and how the size learner stands.</summary>
/// <param name="Openings">In ordinal order of symbol; without symbols that have not opened yet.</param>
/// <param name="Learning">Null where nobody learns, or before the learner has said anything.</param>
public sealed record SizingPicture(ImmutableArray<SizedOpening> Openings, SizeReport? Learning)
{
    /// <summary>As lines of text, every factor of every opening.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        foreach (var opening in Openings) text.Append(CultureInfo.InvariantCulture, $"{opening.Symbol} {opening.Sizing.ToText()}");
        if (Learning is { } learning) text.Append(learning.ToText());
        return text.ToString();
    }
}

public sealed record SizedOpening(Symbol Symbol, OpeningSizing Sizing);
