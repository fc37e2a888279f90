using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Scenarios.Stage;
using Dolphin.Venues.Paper;

namespace Dolphin.Scenarios;

/// <summary>A replay that is cut off at any moment goes on as if nothing had happened.</summary>
public sealed class CrashAnywhere
{
    private const int Bars = 240;

    [Theory(DisplayName = "A crash at any moment changes nothing of the end: same hash, each order accepted once, nothing lost")]
    [InlineData(11UL)]
    [InlineData(12UL)]
    public void Crash(ulong seed)
    {
        using var whole = new ReplayFolder();
        var images = new List<(int Slice, ReplayFolder Image)>();
        try
        {
            var chance = new Chance(seed);
            var market = new WatchedMarket(Plans.Market(seed), slice =>
            {
                if (slice > 0 && chance.NextInt(20) == 0) images.Add((slice, whole.CrashImage()));
            });
            var expected = ReplayFolder.Live(Plans.Replay(whole.Path, seed, Bars, market: market));
            Assert.True(images.Count >= 6, $"seed {seed}: only {images.Count} crashes.");
            Assert.True(expected.Report.Fills > 50, $"seed {seed}: only {expected.Report.Fills} fills.");
            foreach (var (slice, image) in images)
            {
                var resumed = ReplayFolder.Live(Plans.Replay(image.Path, seed, Bars));
                AssertSame(expected, resumed, $"seed {seed}, cut before slice {slice}");
                AssertAcceptedOnce(image, $"seed {seed}, cut before slice {slice}");
                Assert.Equal(whole.VenueFacts(), image.VenueFacts(), FactsEqual);
            }
        }
        finally
        {
            foreach (var (_, image) in images) image.Dispose();
        }
    }

    [Fact(DisplayName = "Seed 15: legs that the account holds before the run are found once, at whatever moment the run is cut, the first bars above all")]
    public void Found_once()
    {
        const ulong seed = 15;
        const int bars = 60;
        var venue = Plans.Venue(seed) with
        {
            Positions =
            [
                new PaperPosition(new Symbol("AAAUSDT"), PositionSide.Long, new Quantity(5m), Price.Of(110m)), new PaperPosition(new Symbol("AAAUSDT"), PositionSide.Short, new Quantity(4m), Price.Of(90m)),
                new PaperPosition(new Symbol("CCCUSDT"), PositionSide.Short, new Quantity(700m), Price.Of(0.18m)),
            ],
        };
        using var whole = new ReplayFolder();
        var images = new List<(int Slice, ReplayFolder Image)>();
        try
        {
            var market = new WatchedMarket(Plans.Market(seed), slice =>
            {
                if (slice is 0 or 1 or 2 or 3 or 20 or 40) images.Add((slice, whole.CrashImage()));
            });
            var expected = ReplayFolder.Live(Plans.Replay(whole.Path, seed, bars, venue: venue, market: market, checkpointEvery: 30));
            Assert.Equal(3, expected.Report.FillsNotOurs);
            Assert.Single(whole.VenueFacts().OfType<PaperFact.PositionsFound>());
            foreach (var (slice, image) in images)
            {
                var resumed = ReplayFolder.Live(Plans.Replay(image.Path, seed, bars, venue: venue, checkpointEvery: 30));
                AssertSame(expected, resumed, $"seed {seed}, cut before slice {slice}");
                Assert.Equal(3, resumed.Report.FillsNotOurs);
                Assert.Single(image.VenueFacts().OfType<PaperFact.PositionsFound>());
            }
        }
        finally
        {
            foreach (var (_, image) in images) image.Dispose();
        }
    }

    [Fact(DisplayName = "Seed 13: a run that crashes again and again, also while it recovers, ends where an unbroken one does")]
    public void Crash_upon_crash()
    {
        const ulong seed = 13;
        using var whole = new ReplayFolder();
        var expected = ReplayFolder.Live(Plans.Replay(whole.Path, seed, Bars, checkpointEvery: 60));

        var chance = new Chance(seed);
        var folder = new ReplayFolder();
        try
        {
            for (var life = 1; ; life++)
            {
                var last = chance.NextInt(40);
                ReplayFolder? image = null;
                using var stop = new CancellationTokenSource();
                var current = folder;
                var market = new WatchedMarket(Plans.Market(seed), slice =>
                {
                    if (slice != last) return;
                    image = current.CrashImage();
                    stop.Cancel();
                });
                var end = ReplayFolder.Live(Plans.Replay(folder.Path, seed, Bars, market: market, checkpointEvery: 60), stop.Token);
                if (image is null)
                {
                    Assert.True(life > 5, $"seed {seed}: only {life} lives.");
                    AssertSame(expected, end, $"seed {seed}, after {life} lives");
                    AssertAcceptedOnce(folder, $"seed {seed}, after {life} lives");
                    break;
                }

                folder.Dispose();
                folder = image;
            }
        }
        finally
        {
            folder.Dispose();
        }
    }

    [Fact(DisplayName = "Seed 14: a run that is asked to stop and started again, at every tenth bar, ends where an unbroken one does")]
    public void Stop_and_go()
    {
        const ulong seed = 14;
        using ReplayFolder whole = new(), stopped = new();
        var expected = ReplayFolder.Live(Plans.Replay(whole.Path, seed, Bars, checkpointEvery: 60));
        var lives = 0;
        for (var finished = false; !finished; lives++)
        {
            Assert.True(lives < 200, $"seed {seed}: the run does not get on.");
            using var stop = new CancellationTokenSource();
            var market = new WatchedMarket(Plans.Market(seed), slice =>
            {
                if (slice == 40) stop.Cancel();
            });
            var end = ReplayFolder.Live(Plans.Replay(stopped.Path, seed, Bars, market: market, checkpointEvery: 60), stop.Token);
            if (finished = end.Finished) AssertSame(expected, end, $"seed {seed}, after {lives} stops");
        }

        Assert.True(lives > 5, $"seed {seed}: only {lives} lives.");
        AssertAcceptedOnce(stopped, $"seed {seed}");
    }

    private static void AssertSame(RunEnd expected, RunEnd came, string where)
    {
        Assert.True(expected.Violations.Count == 0, $"{where}, unbroken: {string.Join("; ", expected.Violations)}");
        Assert.True(came.Finished, $"{where}: the run did not finish.");
        Assert.True(came.Violations.Count == 0, $"{where}: {string.Join("; ", came.Violations)}");
        Assert.True(came.FactsOutstanding == 0, $"{where}: {came.FactsOutstanding} stored events were not derived again.");
        Assert.True(expected.Hash == came.Hash, $"{where}: the hash is {came.Hash}, expected {expected.Hash}; {StateText.Difference(expected.States, came.States)}");
        Assert.Equal(string.Join(Environment.NewLine, expected.Report.Postures), string.Join(Environment.NewLine, came.Report.Postures));
        Assert.Equal(string.Join(Environment.NewLine, expected.Report.Invariants), string.Join(Environment.NewLine, came.Report.Invariants));
    }

    private static void AssertAcceptedOnce(ReplayFolder folder, string where)
    {
        var facts = folder.VenueFacts();
        Assert.True(facts.OfType<PaperFact.DuplicateRefused>().ToList() is [], $"{where}: an id was sent twice.");
        var accepted = facts.OfType<PaperFact.OrderAccepted>().Select(f => f.Order.Id).ToList();
        Assert.True(accepted.Distinct().Count() == accepted.Count, $"{where}: an id was accepted twice.");
        Assert.Equal(Enumerable.Range(1, facts.Count).Select(n => (long)n), facts.Select(f => f.Sequence));
    }

    // Records of immutable arrays compare by reference; their stored bytes do not.
    private static bool FactsEqual(PaperFact a, PaperFact b) => StateText.Of(a).Equals(StateText.Of(b), StringComparison.Ordinal);
}
