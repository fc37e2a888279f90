using System.Collections.Immutable;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Node;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Node.Running;
using Dolphin.Tests;

namespace Dolphin.Node.Tests.Running;

/// <summary>The shipped plan for recordings of raw messages, through six minutes of the BTC perpetual in bars of 100 ms.</summary>
public sealed class TickReplayStories
{
    private const string Recording = "04_l2_usdm_btc_spot_btc_2024-08-08/usdm_btcusdt_20240808.gz";
    private static readonly string PlanFile = Path.Combine(AppContext.BaseDirectory, "hocon", "plans", "ticks.hocon");

    [RecordedFact(Recording, DisplayName = "The whole node works its orders through the recorded book: nearly all of it rests, the venue sees every order once, and every invariant holds")]
    public async Task Six_minutes()
    {
        var data = Recordings.PathOf(Recording);
        using var place = new TemporaryFolder();
        var state = Path.Combine(place.Path, "state");
        var report = await Replays.PlayAsync(PlanFile, state, [data]);
        Assert.True(report.IsSound, string.Join(' ', report.Invariants.Where(i => i.Violated > 0).Select(i => i.Name).Concat(report.Halted.Select(h => h.Reason))));
        Assert.True(report.Directional!.Value.Single().Positions > 8, report.Directional.Value.Single().Ended.ToText());
        Assert.Contains(LayerId.ObStreamer, Layers(state));

        using var journal = new JournalReader(Path.Combine(state, StateFolder.NodeJournal));
        var stored = journal.Events("execution").Select(r => r.As<ExecutionEvent>()).ToList();
        var (began, ended) = (stored.OfType<ExecutionEvent.PlacementBegan>().ToList(), stored.OfType<ExecutionEvent.PlacementEnded>().ToList());
        Assert.True(began.Count > 15 && began.Count - ended.Count <= 1, $"{began.Count} placements, {ended.Count} over.");
        var filled = stored.OfType<ExecutionEvent.Finished>().GroupBy(f => ClientOrderIds.TryParse(f.Id, out var name) ? (name.Value.Sequence, name.Value.Leg) : default).ToDictionary(g => g.Key, g => g.Sum(f => f.Cumulative.Base));
        Assert.All(ended, e => Assert.Equal(e.Cumulative.Base, filled[(e.Sequence, e.Leg)]));
        Assert.All(ended, e => Assert.True(e.Cumulative <= began.Single(b => (b.Sequence, b.Leg) == (e.Sequence, e.Leg)).Quantity));
        var intents = stored.OfType<ExecutionEvent.Intended>().ToList();
        Assert.Equal(intents.Count, intents.Select(i => i.Order.Id).Distinct().Count());

        foreach (var name in (string[])["ticks.hocon", "ticks.csv"]) File.Copy(Path.Combine(Path.GetDirectoryName(PlanFile)!, name), Path.Combine(place.Path, name));
        var taking = await Replays.PlayAsync(place.File("taking.hocon", "include \"ticks.hocon\"\ndolphin.execution.placement.enabled = false"), Path.Combine(place.Path, "taking"), [data]);
        var (worked, taken) = (report.Economics!.Fees.Quote / report.Economics.Turnover.Quote, taking.Economics!.Fees.Quote / taking.Economics.Turnover.Quote);
        Assert.True(worked < 0.00025m && taken == 0.0005m, $"Fees {worked:P4} of what was traded, and {taken:P4} where all is taken.");
        Assert.Equal(report.StateHash, (await Replays.PlayAsync(PlanFile, Path.Combine(place.Path, "again"), [data])).StateHash);
    }

    private static ImmutableArray<LayerId> Layers(string state) => [.. StoredRun.Open(state)!.Snapshot().Risk!.Layers.Select(l => l.Layer)];
}
