using System.Security.Cryptography;
using Dolphin.Actors;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Backtest.Replay;
using Dolphin.Backtest.Report;
using Dolphin.Data.Simulation;
using Dolphin.Domain.Reporting;
using Dolphin.Scenarios.Stage;

namespace Dolphin.Backtest.Tests.Stage;

/// <summary>A state folder that is gone when the story ends, and the lives of a run in it.</summary>
internal sealed class RunFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("dolphin-backtest-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>One life of a run, to its end or to where it is asked to stop.</summary>
    /// <param name="before">Told of the run and of each slice before it is handed out, counted over all lives; true asks the run to stop there.</param>
    /// <param name="change">What is different from the plan of the stories.</param>
    /// <param name="of">Another market than that of the stories.</param>
    public Life Live(
        int slices, Func<ReplayRun, int, bool>? before = null, double? speed = null, long checkpointEvery = 100, Func<ReplayOptions, ReplayOptions>? change = null, SimulatedMarket? of = null)
    {
        using var stop = new CancellationTokenSource();
        ReplayRun? run = null;
        var source = of ?? Small.Market();
        var market = new WatchedMarket(source, given =>
        {
            var earlier = (int)(run!.BarsAtStart / source.Symbols.Length); // Every slice has a bar of every symbol.
            if (before?.Invoke(run, earlier + given) == true) stop.Cancel();
        });
        var options = Small.Options(Path, slices, market, speed, checkpointEvery);
        options = change?.Invoke(options) ?? options;
        using (run = new ReplayRun(options))
        {
            run.Start();
            var finished = run.Run(stop.Token);
            var states = run.States();
            var report = ReportBuilder.Build(options.Plan.Assets, states, new RunFacts(
                Edition.Name, options.Identity.Seed, run.BarsDone, run.BarsDone - run.BarsAtStart, 1, run.Board.Postures, run.Invariants.Counts, run.Board.Halted,
                RunDealings.Read(System.IO.Path.Combine(Path, StateFolder.NodeJournal), [.. options.Plan.Assets.Select(a => a.Symbol)], source, Small.Start, run.MarketTime, options.To)));
            return new Life(finished, run.BarsAtStart, run.EventsOutstanding, report, states);
        }
    }

    /// <summary>What an entity has stored, oldest first.</summary>
    public IReadOnlyList<object> Stored(string persistenceId, string journal = StateFolder.NodeJournal)
    {
        using var reader = new JournalReader(System.IO.Path.Combine(Path, journal));
        return [.. reader.Events(persistenceId).Select(row => StoredJson.Read(row.Bytes, StoredTypes.TypeOf(row.Manifest)))];
    }

    /// <summary>Every file but the lock, which whoever looks in has to take: with its time and a digest of its bytes.</summary>
    public IReadOnlyList<string> Contents() =>
    [
        .. Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories)
            .Where(file => !System.IO.Path.GetFileName(file).StartsWith("lock", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(file => $"{file} {File.GetLastWriteTimeUtc(file):O} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))}"),
    ];
}

/// <summary>What one life of a run came to.</summary>
internal sealed record Life(bool Finished, long BarsAtStart, long FactsOutstanding, RunReport Report, IReadOnlyList<DurableProtocol.StoredState> States)
{
    public string Hash => Report.StateHash;
}
