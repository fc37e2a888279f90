using System.Text.Json;
using Dolphin.Actors.Node;
using Dolphin.Domain.Directional;
using Dolphin.Node.Plan;
using Dolphin.Node.Running;
using Dolphin.Node.Tests.Plan;
using Dolphin.Web;
using Dolphin.Tests;

namespace Dolphin.Node.Tests.Running;

/// <summary>Four days of the shipped plan that trades on signals, as they were recorded.</summary>
public sealed class DirectionalMayStories
{
    private const string Recording = "01_usdm_1m_16sym_2025-05";
    private static readonly DateTimeOffset From = new(2025, 5, 5, 0, 0, 0, TimeSpan.Zero);

    [RecordedFact(Recording, DisplayName = "The shipped plan opens on the signals of its file, at the close of the bar that made them, closes by its exit plans, and every invariant holds")]
    public async Task Four_days()
    {
        var data = Recordings.PathOf(Recording);
        using var place = new TemporaryFolder();
        var file = Path.Combine(AppContext.BaseDirectory, "hocon", "plans", "directional-may.hocon");
        var plan = TradingPlan.Load(file, _ => null).Good();
        var state = Path.Combine(place.Path, "state");
        var report = await Replays.PlayAsync(file, state, plan.Symbols!.Value.Select(s => Path.Combine(data, $"{s}-1m.csv.gz")), From, From.AddDays(4));
        Assert.True(report.IsSound, string.Join(' ', report.Invariants.Where(i => i.Violated > 0).Select(i => i.Name).Concat(report.Halted.Select(h => h.Reason))));
        Assert.Equal(plan.Account.Capital + report.RealisedPnl + report.UnrealisedPnl - report.Fees + report.Funding, report.Equity);
        Assert.Equal(report.Economics!.Net, report.Equity - plan.Account.Capital);

        var faces = report.Directional!.Value;
        Assert.Equal(plan.Symbols.Value.ToArray(), faces.Select(f => f.Symbol));
        Assert.True(faces.Sum(f => f.Positions) > 8 && faces.All(f => f.Positions > 0), $"{faces.Sum(f => f.Positions)} positions.");
        Assert.True(faces.Sum(f => f.Ended.StopLoss + f.Ended.TrailingStop + f.Ended.TakeProfit + f.Ended.Horizon) > 4, string.Join("; ", faces.Select(f => f.Ended.ToText())));
        Assert.Equal(JsonSerializer.Serialize(faces, RunJson.Compact), JsonSerializer.Serialize(StoredRun.Open(state)!.Snapshot().Directional, RunJson.Compact));

        using var journal = new JournalReader(Path.Combine(state, StateFolder.NodeJournal));
        foreach (var symbol in plan.Symbols.Value)
        {
            var signals = plan.Strategies.Directional.Signals[symbol].ToDictionary(s => s.Id);
            var stored = journal.Events($"strategy-directional-{symbol}").Select(r => r.As<DirectionalEvent>()).ToList();
            var taken = stored.OfType<DirectionalEvent.SignalTaken>().ToList();
            Assert.All(taken, t => Assert.Equal((signals[t.Signal.Id], t.Signal.At), (t.Signal, t.At)));
            // A position of the other side is closed first: at the bar after it the new one is opened, and never on a signal to come.
            Assert.All(stored.OfType<DirectionalEvent.Opened>(), o => Assert.InRange(o.At - signals[o.Terms.SignalId].At, TimeSpan.Zero, plan.Strategies.Directional.Policy.Settings.SignalLifetime));
        }
    }
}
