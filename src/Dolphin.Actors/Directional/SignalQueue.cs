using System.Collections.Immutable;
using Dolphin.Domain.Directional;

namespace Dolphin.Actors.Directional;

/// <summary>The signals of a plan, handed out as their time comes.</summary>
/// <param name="signals">In order of time.</param>
/// <remarks>A struct, for there is one in every strategy: keep it in a field that is not readonly.</remarks>
internal struct SignalQueue(ImmutableArray<DirectionalSignal> signals)
{
    private int _next;

    /// <summary>Goes to the first signal after <paramref name="shownUntil"/>.</summary>
    public void Rewind(DateTimeOffset shownUntil)
    {
        var (low, high) = (0, signals.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (signals[middle].At <= shownUntil) low = middle + 1;
            else high = middle;
        }

        _next = low;
    }

    /// <summary>The next signal of <paramref name="until"/> or before, or null. Nothing later is ever looked at.</summary>
    public DirectionalSignal? Next(DateTimeOffset until) => _next < signals.Length && signals[_next].At <= until ? signals[_next++] : null;
}
