using Dolphin.Actors.Node;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Protection;
using Dolphin.Node.Plan;
using Dolphin.Node.Running;
using Dolphin.Node.Tests.Plan;
using Dolphin.Tests;

namespace Dolphin.Node.Tests.Running;

/// <summary>The shipped plan of everything at once on books under water, through the crash as it was recorded.</summary>
public sealed class FullCrashStories
{
    private const string Recording = "02_usdm_15m_1h_522sym_2024-2025";
    private static readonly DateTimeOffset From = new(2025, 10, 9, 0, 0, 0, TimeSpan.Zero);

    [RecordedFact(Recording, DisplayName = "Every strategy has legs and trades them: compression what is locked, the protector what is lopsided, hedging what nobody needs, directional what there are signals for")]
    public async Task Everybody()
    {
        var data = Recordings.PathOf(Recording);
        using var place = new TemporaryFolder();
        var file = Path.Combine(AppContext.BaseDirectory, "hocon", "plans", "full-crash.hocon");
        var plan = TradingPlan.Load(file, _ => null).Good();
        var state = Path.Combine(place.Path, "state");
        var report = await Replays.PlayAsync(file, state, [Path.Combine(data, "ohlcv_15m_2025-10-05_2025-10-17.csv.gz")], From, From.AddDays(2.5));
        Assert.True(report.IsSound, string.Join(' ', report.Invariants.Where(i => i.Violated > 0).Select(i => i.Name).Concat(report.Halted.Select(h => h.Reason))));

        using var journal = new JournalReader(Path.Combine(state, StateFolder.NodeJournal));
        List<T> Of<T>(string strategy) where T : class =>
            [.. plan.Symbols!.Value.SelectMany(s => journal.Events($"strategy-{strategy}-{s}")).Select(r => r.As<T>())];
        var (compression, protection) = (Of<CompressionEvent>("compression"), Of<ProtectorEvent>("protector"));
        Assert.True(compression.OfType<CompressionEvent.Adopted>().Count() >= 8, $"{compression.Count} events of compressions.");
        Assert.Contains(compression, e => e.Orders is not null);
        Assert.Equal(4, protection.OfType<ProtectorEvent.Adopted>().Count());
        Assert.Contains(protection, e => e is ProtectorEvent.Trimmed);
        Assert.Contains(protection, e => e is ProtectorEvent.FillBooked);
        Assert.Contains(Of<HedgeEvent>("hedge"), e => e.Orders is not null);
        Assert.Contains(Of<DirectionalEvent>("directional"), e => e is DirectionalEvent.Opened);
    }
}
