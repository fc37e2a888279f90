namespace Dolphin.Actors.Node;

/// <summary>
/// Counts how often each child was started again. A window opens with a child's first failure; the first one after its end opens the
/// next.
/// </summary>
/// <param name="atMost">Restarts that a window has room for.</param>
public sealed class RestartAllowance(int atMost, TimeSpan window)
{
    private readonly Dictionary<IActorRef, (TimeSpan Since, int Restarts)> _children = [];

    /// <summary>Counts a failure of <paramref name="child"/>: true if it may be started again, false if it stays down.</summary>
    /// <param name="now">On a clock that never runs backward.</param>
    public bool Permits(IActorRef child, TimeSpan now)
    {
        if (!_children.TryGetValue(child, out var seen) || now - seen.Since > window) seen = (now, 0);
        if (seen.Restarts == atMost)
        {
            _children.Remove(child); // It is stopped: another one under its name is another child.
            return false;
        }

        _children[child] = (seen.Since, seen.Restarts + 1);
        return true;
    }
}
