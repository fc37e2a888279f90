using System.Diagnostics;

namespace Dolphin.Journal;

/// <summary>
/// Whether the writer waits an instant before it takes the next transaction. Actors that store one event after another ask again as soon as they were
/// told; without the instant half of them would always be in the commit that is under way and the other half in the next one, and every commit, which
/// costs nearly the same for fifty events as for a hundred, would have half of what it could have.
/// </summary>
/// <remarks>The idea of PostgreSQL's commit_delay and commit_siblings (https://www.postgresql.org/docs/current/runtime-config-wal.html), with a delay that follows from the disk.</remarks>
internal sealed class Gathering
{
    /// <summary>Requests; with fewer told or fewer waiting there is little to be won.</summary>
    private const int Many = 8;
    /// <summary>Commits; the most that pass without a try after tries that brought nothing.</summary>
    private const int LongestPause = 256;

    private int _pause;
    private int _left; // Of the pause.

    /// <summary>How many requests to wait for, or 0 to go on at once.</summary>
    /// <param name="told">Requests that the last transaction answered.</param>
    /// <param name="waiting">Requests that came while it was committed.</param>
    public int Wanted(int told, int waiting)
    {
        if (told < Many || waiting < Many) return 0;
        if (_left == 0) return told + waiting;
        _left--;
        return 0;
    }

    /// <summary>For how long at most, in stopwatch ticks: what waits loses less by it than by missing the commit before.</summary>
    /// <param name="lastCommit">What the last commit took.</param>
    public static long Longest(long lastCommit) => Math.Min(lastCommit / 2, Stopwatch.Frequency / 1_000);

    /// <summary>Learns whether those who were told came back in time.</summary>
    public void Learn(int told, int came)
    {
        _pause = came >= told / 2 ? 0 : Math.Min(LongestPause, _pause * 2 + 1);
        _left = _pause;
    }
}
