using System.Globalization;
using Dolphin.Actors.Node;
using Serilog;

namespace Dolphin.Node.Running;

/// <summary>A start on a folder whose newest row is younger than now: the wall clock was set back meanwhile, or was ahead when it was stored.</summary>
/// <remarks>
/// Whatever was stored would look fresh until the clock has come there, and what is heard meanwhile too old to count. So the node does not begin before: what is not
/// there trades nothing.
/// </remarks>
internal static class ClockLag
{
    /// <summary>Waits until nothing stored is younger than now; returns at once if nothing is.</summary>
    /// <exception cref="JournalException">A file of the folder is no journal.</exception>
    public static async Task EndAsync(StateFolder folder, SteadyClock clock, ILogger log, CancellationToken cancellation)
    {
        if (NewestOf(folder) is not { } newest || newest - clock.GetUtcNow() is not { Ticks: > 0 } lag) return;
        log.Warning("{Said:l}", string.Create(CultureInfo.InvariantCulture,
            $"What this folder stored last is of {newest:yyyy-MM-dd HH:mm:ss}Z, {lag.TotalSeconds:#,##0.#} s after this machine's time. The node begins when the clock has come there; if the clock is wrong, set it and start again."));
        await Task.Delay(lag, clock, cancellation);
    }

    private static DateTimeOffset? NewestOf(StateFolder folder) =>
        ((string[])[StateFolder.NodeJournal, StateFolder.VenueJournal]).Select(name => Path.Combine(folder.Path, name)).Where(File.Exists).Max(file =>
        {
            using var journal = new JournalReader(file);
            return journal.NewestTime();
        });
}
