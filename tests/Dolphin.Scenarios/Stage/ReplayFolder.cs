using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Backtest.Replay;
using Dolphin.Backtest.Report;
using Dolphin.Domain.Reporting;
using Dolphin.Venues.Paper;
using Edition = Dolphin.Actors.Edition;

namespace Dolphin.Scenarios.Stage;

/// <summary>A state folder that is gone when the story ends, and the runs that live in it.</summary>
internal sealed class ReplayFolder : IDisposable
{
    public ReplayFolder() => Path = Directory.CreateTempSubdirectory("dolphin-story-").FullName;

    public string Path { get; }
    public string NodeJournal => System.IO.Path.Combine(Path, StateFolder.NodeJournal);
    public string VenueJournal => System.IO.Path.Combine(Path, StateFolder.VenueJournal);

    /// <summary>One life of a run, to its end or to where <paramref name="market"/> or the plan makes it stop.</summary>
    public static RunEnd Live(ReplayOptions options, CancellationToken stop = default, Action<ReplayRun>? afterStart = null)
    {
        using var run = new ReplayRun(options);
        run.Start();
        afterStart?.Invoke(run);
        var finished = run.Run(stop);
        return EndOf(run, options, finished);
    }

    public static RunEnd EndOf(ReplayRun run, ReplayOptions options, bool finished)
    {
        var states = run.States();
        var report = ReportBuilder.Build(options.Plan.Assets, states, new RunFacts(
            Edition.Name, options.Identity.Seed, run.BarsDone, run.BarsDone - run.BarsAtStart, 1,
            run.Board.Postures, run.Invariants.Counts, run.Board.Halted));
        return new RunEnd(finished, report, states, run.EventsOutstanding, [.. run.Invariants.Counts.Where(c => c.Violated > 0).Select(c => $"{c.Name}: {c.FirstViolation}")]);
    }

    /// <summary>What a crash at this instant would leave: the files as they are, not flushed, not closed.</summary>
    /// <remarks>
    /// A reader holds each file's log meanwhile, so that the writer may append to it and not begin it anew: what is copied is what a
    /// disk would hold. The venue's file goes first, because a batch is committed in the other order.
    /// </remarks>
    public ReplayFolder CrashImage()
    {
        var image = new ReplayFolder();
        using var venue = new HeldLog(VenueJournal);
        using var node = new HeldLog(NodeJournal);
        foreach (var name in (ReadOnlySpan<string>)[StateFolder.VenueJournal, StateFolder.NodeJournal])
        {
            Copy(name, image);
            Copy(name + "-wal", image); // Its shared-memory index dies with the process; the next one makes it anew.
        }

        Copy("run.json", image);
        return image;
    }

    private void Copy(string name, ReplayFolder image)
    {
        using var from = new FileStream(System.IO.Path.Combine(Path, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var to = File.Create(System.IO.Path.Combine(image.Path, name));
        from.CopyTo(to);
    }

    /// <summary>Everything the venue has on record, oldest first.</summary>
    public IReadOnlyList<PaperFact> VenueFacts() => [.. Events(VenueJournal, "paper-venue").OfType<PaperFact>()];

    public static IEnumerable<object> Events(string journal, string persistenceId)
    {
        using var reader = new JournalReader(journal);
        return [.. reader.Events(persistenceId).Select(row => StoredJson.Read(row.Bytes, StoredTypes.TypeOf(row.Manifest)))];
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>What one life of a run came to.</summary>
/// <param name="Violations">Invariants that did not hold, with the first violation of each.</param>
internal sealed record RunEnd(bool Finished, RunReport Report, IReadOnlyList<DurableProtocol.StoredState> States, long FactsOutstanding, IReadOnlyList<string> Violations)
{
    public string Hash => Report.StateHash;
}
