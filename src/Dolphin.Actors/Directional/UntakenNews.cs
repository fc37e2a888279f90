using System.Globalization;
using Dolphin.Actors.Node;
using Dolphin.Domain;
using Dolphin.Domain.Reporting;

namespace Dolphin.Actors.Directional;

/// <summary>Says why signals of a plan were not taken: the first at once, then at most one an hour with how many there were, or a file would fill the news.</summary>
internal sealed class UntakenNews(RunBoard board, string source)
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1); // Of market time: a day of them is a screenful.
    private DateTimeOffset? _saidAt;
    private int _silent;

    public void Tell(Refusal refusal, DateTimeOffset at)
    {
        if (at - _saidAt < Every)
        {
            _silent++;
            return;
        }

        var others = _silent > 0 ? string.Create(CultureInfo.InvariantCulture, $" So were {_silent} others since {_saidAt!.Value.UtcDateTime:yyyy-MM-dd HH:mm}, of which nothing was said.") : "";
        board.Tell(new NotableEvent(at, NotableKind.Info, source, refusal.Reason + others));
        (_saidAt, _silent) = (at, 0);
    }
}
