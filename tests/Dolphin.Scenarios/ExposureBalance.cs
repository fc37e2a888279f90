using Dolphin.Actors.Balancing;
using Dolphin.Actors.Node;
using Dolphin.Data.Recording;
using Dolphin.Domain;
using Dolphin.Domain.AutoExecution;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Hedging;
using Dolphin.Scenarios.Stage;
using Dolphin.Venues.Paper;
using Dolphin.Tests;

namespace Dolphin.Scenarios;

/// <summary>A whole system with somebody who watches what all of it carries.</summary>
public sealed class ExposureBalance
{
    private const string Recording = "01_usdm_1m_16sym_2025-05/sample_16sym_2days_1m.csv.gz";
    // A structure ties up about 1.2 % of the account, so that this limit is broken by every opening.
    private static readonly BalancerSettings Tight = BalancerSettings.Default with { MaxSymbolExposure = 0.01m, MinDiversification = 1 };

    private static NodePlan With(NodePlan plan, BalancerSettings settings)
    {
        var errors = new List<string>();
        var policy = BalancerPolicy.Create(settings, "test", errors) ?? throw new ArgumentException(string.Join(Environment.NewLine, errors), nameof(settings));
        return plan with { Balancer = new BalancerPlan(policy, Plans.Venue(0).Leverage) };
    }

    [Fact(DisplayName = "Seed 41: what opens above its limit is trimmed by its holder; every command ends once, no trim makes a leg larger, books agree and every invariant holds")]
    public void Trims()
    {
        const ulong seed = 41;
        using var folder = new ReplayFolder();
        var end = ReplayFolder.Live(Plans.Replay(folder.Path, seed, bars: 240, plan: With(Plans.Node(Plans.Market(seed)), Tight)));

        Assert.True(end.Finished);
        Assert.Empty(end.Violations);
        Assert.Empty(end.Report.Halted);
        Ledgers.AssertAgree(end, folder.VenueFacts(), $"seed {seed}");
        AssertCommandsEndOnce(folder);
        var trims = EventsOf<HedgeEvent.TrimAsked>(folder);
        Assert.True(trims.Count >= 3, $"only {trims.Count} trims.");
        Assert.All(trims, t => Assert.True(t.Targets.To.Long <= t.Targets.From.Long && t.Targets.To.Short <= t.Targets.From.Short && t.Targets.To.Net.Abs() <= t.Targets.From.Net.Abs()));

        // With nothing open, what the last look saw above the limit had only just come about.
        var statistics = end.Report.ExposureBalancer!;
        Assert.True(statistics.ActionsByType[BalancerAction.Reduce] >= 3);
        Assert.True(statistics.Outcomes.Done > 0);
        Assert.True(statistics.LastMetrics!.DivergenceAssumed);
        Assert.False(statistics.LastMetrics.ConfidenceAssumed);
        Assert.True(statistics.LastMetrics.Positions.Count(p => p.Exposure > 0.01) <= 1, string.Join(", ", statistics.LastMetrics.Positions));
    }

    [Fact(DisplayName = "Seed 42: every opening breaks the limit, and no symbol is seen above it in more than two looks running")]
    public void Breach_is_gone()
    {
        const ulong seed = 42;
        var market = Plans.Market(seed);
        using var node = new StagedNode(market, With(Plans.Node(market), Tight), Plans.Venue(seed), bars: 120);
        var (above, longest, breaches) = (new SortedDictionary<string, int>(StringComparer.Ordinal), 0, 0);
        node.Play(_ =>
        {
            if (node.Board.Balancer?.Statistics.LastMetrics is not { } seen) return;
            foreach (var position in seen.Positions)
            {
                var running = position.Exposure > 0.01 ? above.GetValueOrDefault(position.Symbol.Name) + 1 : 0;
                above[position.Symbol.Name] = running;
                breaches += running == 1 ? 1 : 0;
                longest = Math.Max(longest, running);
            }
        });
        Assert.Empty(node.End().Violations);
        Assert.True(breaches >= 3, $"only {breaches} breaches.");
        Assert.InRange(longest, 1, 2);
    }

    [Fact(DisplayName = "Seed 43: a crash at any moment changes nothing of the end, the middle of a trim included: same hash, each order accepted once")]
    public void Crash()
    {
        const ulong seed = 43;
        using var whole = new ReplayFolder();
        var images = new List<(int Slice, ReplayFolder Image)>();
        try
        {
            var chance = new Chance(seed);
            var market = new WatchedMarket(Plans.Market(seed), slice =>
            {
                // The openings come with the sixth bar, and their trims with the seventh.
                if (slice is >= 5 and <= 9 || (slice > 0 && chance.NextInt(30) == 0)) images.Add((slice, whole.CrashImage()));
            });
            var plan = With(Plans.Node(Plans.Market(seed)), Tight);
            var expected = ReplayFolder.Live(Plans.Replay(whole.Path, seed, 200, plan, market: market, checkpointEvery: 60));
            Assert.True(images.Count >= 8, $"only {images.Count} crashes.");
            Assert.NotEmpty(EventsOf<HedgeEvent.TrimAsked>(whole));
            foreach (var (slice, image) in images)
            {
                var resumed = ReplayFolder.Live(Plans.Replay(image.Path, seed, 200, plan, checkpointEvery: 60));
                Assert.True(resumed.Violations.Count == 0, $"cut before slice {slice}: {string.Join("; ", resumed.Violations)}");
                Assert.True(resumed.FactsOutstanding == 0, $"cut before slice {slice}: {resumed.FactsOutstanding} stored events were not derived again.");
                Assert.True(expected.Hash == resumed.Hash, $"cut before slice {slice}: {StateText.Difference(expected.States, resumed.States)}");
                Assert.Empty(image.VenueFacts().OfType<PaperFact.DuplicateRefused>());
                AssertCommandsEndOnce(image);
            }
        }
        finally
        {
            foreach (var (_, image) in images) image.Dispose();
        }
    }

    [RecordedFact(Recording, DisplayName = "Two recorded days of May 2025: four symbols that open above their limit are trimmed again and again, and every invariant holds")]
    public void Recorded()
    {
        var path = Recordings.PathOf(Recording);
        var tape = RecordingReader.Read([path], new ReadOptions(Symbols: [new("BTCUSDT"), new("ETHUSDT"), new("SOLUSDT"), new("XRPUSDT")]));
        using var folder = new ReplayFolder();
        var plan = With(Plans.Node(tape, new HedgeSettings { Capital = Plans.Deposit.Quote / tape.Symbols.Length }), Tight);
        var options = Plans.Replay(folder.Path, seed: 1, bars: 0, plan, market: tape, checkpointEvery: 100_000) with { From = tape.From.ToUnixTimeMilliseconds(), To = tape.To.ToUnixTimeMilliseconds() };
        var end = ReplayFolder.Live(options);

        Assert.True(end.Finished);
        Assert.Empty(end.Violations);
        Assert.Empty(end.Report.Halted);
        Ledgers.AssertAgree(end, folder.VenueFacts(), "May 2025");
        AssertCommandsEndOnce(folder);
        Assert.NotEmpty(EventsOf<HedgeEvent.TrimAsked>(folder, [.. tape.Symbols.Select(s => s.Name)]));
        Assert.True(end.Report.ExposureBalancer!.CyclesAssessed > 2_500);
    }

    private static void AssertCommandsEndOnce(ReplayFolder folder)
    {
        var events = ReplayFolder.Events(folder.NodeJournal, ExposureBalancerActor.Id).ToList();
        var issued = events.OfType<BalancerEvent.CommandIssued>().Select(c => c.Command.Id).ToList();
        Assert.NotEmpty(issued);
        Assert.Equal(Enumerable.Range(1, issued.Count).Select(i => (long)i), issued);
        Assert.Equal(issued, events.OfType<ExecutorEvent>().Select(e => e.Id));
        // In one process every holder answers; a wish nobody has to.
        var wishes = events.OfType<BalancerEvent.CommandIssued>().Where(c => c.Command.Grows).Select(c => c.Command.Id).ToHashSet();
        Assert.All(events.OfType<BalancerEvent.CommandExpired>(), e => Assert.Contains(e.Id, wishes));
    }

    private static List<T> EventsOf<T>(ReplayFolder folder, params string[] symbols) =>
        [.. (symbols.Length > 0 ? symbols : ["AAAUSDT", "BBBUSDT", "CCCUSDT"]).SelectMany(s => ReplayFolder.Events(folder.NodeJournal, $"strategy-hedge-{s}").OfType<T>())];
}
