using Dolphin.Scenarios.Stage;
using Dolphin.Venues.Paper;

namespace Dolphin.Scenarios;

/// <summary>A venue that forgets answers, repeats itself and tells things out of order.</summary>
public sealed class VenueFaults
{
    private const int Bars = 300;

    [Theory(DisplayName = "Whatever the venue leaves out, repeats or swaps: every invariant holds, nothing stays open, book = fills = venue")]
    [InlineData(21UL, PaperFaultKind.UnknownExecuted, 300_000, 0)]
    [InlineData(22UL, PaperFaultKind.UnknownLost, 300_000, 0)]
    [InlineData(23UL, PaperFaultKind.DropAnswer, 500_000, 0)]
    [InlineData(24UL, PaperFaultKind.DuplicateDelivery, 800_000, 700)]
    [InlineData(25UL, PaperFaultKind.ReorderDelivery, 500_000, 1_500)]
    [InlineData(26UL, PaperFaultKind.DelayDelivery, 300_000, 4_000)]
    public void One_kind(ulong seed, PaperFaultKind kind, int perMillion, int delayMs) =>
        Survive(seed, new PaperFault(kind, perMillion, "", 0, TimeSpan.FromMilliseconds(delayMs)));

    [Theory(DisplayName = "All faults at once: every invariant holds, nothing stays open, book = fills = venue")]
    [InlineData(31UL)]
    [InlineData(32UL)]
    [InlineData(33UL)]
    public void All_kinds(ulong seed) => Survive(seed, Everything);

    [Fact(DisplayName = "Seed 34: definite rejections (-2019, -5022) cost an order each and nothing else")]
    public void Rejections() => Survive(34, new PaperFault(PaperFaultKind.Reject, 150_000, "", -2019, TimeSpan.Zero), new PaperFault(PaperFaultKind.Reject, 150_000, "", -5022, TimeSpan.Zero));

    [Fact(DisplayName = "Seed 35: the same faults strike again after a crash, and the end is the same")]
    public void Faults_and_crashes()
    {
        const ulong seed = 35;
        using var whole = new ReplayFolder();
        ReplayFolder? image = null;
        try
        {
            var market = new WatchedMarket(Plans.Market(seed), slice =>
            {
                if (slice == 137) image = whole.CrashImage();
            });
            var expected = ReplayFolder.Live(Options(whole, seed, Everything) with { Market = market });
            var resumed = ReplayFolder.Live(Options(image!, seed, Everything));
            Assert.True(expected.Hash == resumed.Hash, $"seed {seed}: {StateText.Difference(expected.States, resumed.States)}");
            Ledgers.AssertAgree(resumed, image!.VenueFacts(), $"seed {seed}");
        }
        finally
        {
            image?.Dispose();
        }
    }

    private static PaperFault[] Everything =>
    [
        new(PaperFaultKind.UnknownExecuted, 100_000, "", 0, TimeSpan.Zero),
        new(PaperFaultKind.UnknownLost, 100_000, "", 0, TimeSpan.Zero),
        new(PaperFaultKind.DropAnswer, 150_000, "", 0, TimeSpan.Zero),
        new(PaperFaultKind.DuplicateDelivery, 300_000, "", 0, TimeSpan.FromMilliseconds(900)),
        new(PaperFaultKind.ReorderDelivery, 300_000, "", 0, TimeSpan.FromMilliseconds(1_200)),
        new(PaperFaultKind.DelayDelivery, 100_000, "", 0, TimeSpan.FromMilliseconds(2_500)),
    ];

    private static Backtest.Replay.ReplayOptions Options(ReplayFolder folder, ulong seed, PaperFault[] faults)
    {
        var market = Plans.Market(seed);
        // Orders live for half a minute, so that what rests is over when the run has settled.
        var plan = Plans.Node(market) with { Execution = Plans.Execution with { OrderLife = TimeSpan.FromSeconds(30) } };
        return Plans.Replay(folder.Path, seed, Bars, plan, Plans.Venue(seed, faults), market);
    }

    private static void Survive(ulong seed, params PaperFault[] faults)
    {
        using var folder = new ReplayFolder();
        var end = ReplayFolder.Live(Options(folder, seed, faults));
        Assert.True(end.Finished, $"seed {seed}: not finished.");
        Assert.True(end.Report.Fills > 40, $"seed {seed}: only {end.Report.Fills} fills.");
        Assert.True(end.Violations.Count == 0, $"seed {seed}: {string.Join("; ", end.Violations)}");
        Assert.True(end.Report.Halted.IsEmpty, $"seed {seed}: {string.Join("; ", end.Report.Halted)}");
        var facts = folder.VenueFacts();
        Assert.True(!facts.OfType<PaperFact.DuplicateRefused>().Any(), $"seed {seed}: an id was sent twice.");
        Ledgers.AssertAgree(end, facts, $"seed {seed}");
        Ledgers.AssertSettled(end, $"seed {seed}");
    }
}
