using Dolphin.Actors.Node;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Running;
using Dolphin.Tests;

namespace Dolphin.Node.Tests.Running;

/// <summary>The shipped plan that trades on plunges, on two dozen assets of the days around the crash of October 2025.</summary>
public sealed class PlungesStories
{
    private const string Recording = "02_usdm_15m_1h_522sym_2024-2025/ohlcv_15m_2025-10-05_2025-10-17.csv.gz";
    [RecordedFact(Recording, DisplayName = "A plunge of the scan opens the best-ranked assets in the direction of their momentum, the hold ends them, the report says what alpha saw, and every invariant holds")]
    public async Task Twelve_days()
    {
        var data = Recordings.PathOf(Recording);
        using var place = new TemporaryFolder();
        File.Copy(Path.Combine(AppContext.BaseDirectory, "hocon", "plans", "plunges.hocon"), Path.Combine(place.Path, "plunges.hocon"));
        var file = place.File("few.hocon", """
            include "plunges.hocon"
            dolphin.universe.symbols = [
              BTCUSDT, ETHUSDT, BNBUSDT, SOLUSDT, XRPUSDT, DOGEUSDT, ADAUSDT, AVAXUSDT, LINKUSDT, LTCUSDT, DOTUSDT, UNIUSDT,
              AAVEUSDT, SUIUSDT, TAOUSDT, ENAUSDT, PUMPUSDT, ASTERUSDT, NEARUSDT, APTUSDT, ARBUSDT, OPUSDT, FILUSDT, ATOMUSDT
            ]
            """);
        var state = Path.Combine(place.Path, "state");
        var report = await Replays.PlayAsync(file, state, [data]);
        Assert.True(report.IsSound, string.Join(' ', report.Invariants.Where(i => i.Violated > 0).Select(i => i.Name).Concat(report.Halted.Select(h => h.Reason))));
        Assert.True(report.Scan is { Plunges: > 0, Watch.IsAlarmed: false });
        Assert.Equal((24, 24), (report.Alpha!.Ranked, report.Alpha.Assets));
        Assert.Equal(AlphaPicture.Shown, report.Alpha.Best.Length);

        var faces = report.Directional!.Value.Where(f => f.Positions > 0).ToList();
        Assert.InRange(faces.Sum(f => f.Positions), 2, 5 * report.Scan.Plunges); // The five best of each.
        Assert.True(faces.Sum(f => f.Ended.Hold) > 0, string.Join("; ", faces.Select(f => f.Ended.ToText())));
        using var journal = new JournalReader(Path.Combine(state, StateFolder.NodeJournal));
        foreach (var face in faces)
        {
            var stored = journal.Events($"strategy-directional-{face.Symbol}").Select(r => r.As<DirectionalEvent>()).ToList();
            var taken = stored.OfType<DirectionalEvent.SignalTaken>().Select(t => t.Signal).ToDictionary(s => s.Id);
            Assert.All(taken.Values, s => Assert.StartsWith("plunge-", s.Id, StringComparison.Ordinal));
            Assert.All(stored.OfType<DirectionalEvent.Opened>(), o => Assert.True(o.At > taken[o.Terms.SignalId].At, "Nobody knew of the plunge before its scan."));
            // Nobody shows a book here: the hold is the base.
            Assert.All(stored.OfType<DirectionalEvent.CloseOrdered>().Where(c => c.Cause == CloseCause.Hold), c => Assert.Equal(Domain.Alpha.HoldVerdict.EjectDue, c.Hold!.Value.Verdict));
        }
    }
}
