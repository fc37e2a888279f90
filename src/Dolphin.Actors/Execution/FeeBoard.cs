using Dolphin.Domain.Sizing;

namespace Dolphin.Actors.Execution;

/// <summary>What the venue takes now, as this process heard it last: what sizers read. Many threads may read; one writes.</summary>
/// <param name="planned">Until a fill has shown something else.</param>
public sealed class FeeBoard(VenueFees planned)
{
    private volatile VenueFees _now = planned;

    public VenueFees Now { get => _now; set => _now = value; }
}
