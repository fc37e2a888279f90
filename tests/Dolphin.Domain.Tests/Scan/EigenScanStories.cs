using Dolphin.Domain.Scan;
using Dolphin.Tests;

namespace Dolphin.Domain.Tests.Scan;

public sealed class EigenScanStories
{
    [RecordedFact(ScanStage.Recording, DisplayName = "Recording 02: the five largest eigenvalues of 400 symbols and 1151 returns are 306.3121, 15.6948, 8.1330, 3.4811, 2.5775")]
    public void Recorded()
    {
        var closes = ScanStage.Recorded(400);
        var scan = new EigenScan(ScanStage.PolicyOf(50, 1151), 400);
        ScanStage.Play(scan, closes);
        scan.Spectra(vectors: true);
        var window = scan.Windows[1];
        Assert.Equal(["306.3121", "15.6948", "8.1330", "3.4811", "2.5775"], window.Eigenvalues[..5].ToArray().Select(v => v.ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(window.Eigenvalues[0], window.Leading!.Value, 1e-9);
        Assert.Equal((49, 400), (scan.Windows[0].Eigenvalues.Length, window.Eigenvalues.Length));
        var vector = new double[400];
        window.CopyVector(0, vector);
        Assert.Equal(1, Math.Abs(vector.Zip(window.Loadings.ToArray(), (a, b) => a * b).Sum()), 1e-12);
    }

    [Theory(DisplayName = "Windows shorter and longer than there are assets: correlations, values, vectors and entropy are the definition's")]
    [InlineData(40, 20, 60)]
    [InlineData(70, 33, 71)]
    [InlineData(9, 10, 64)]
    public void Definition(int assets, int shorter, int longer)
    {
        var closes = ScanStage.Closes(assets, 2 * longer + 31, 11);
        var scan = new EigenScan(ScanStage.PolicyOf(shorter, longer), assets);
        ScanStage.Play(scan, closes);
        scan.Spectra(vectors: true);
        foreach (var window in scan.Windows)
        {
            var matrix = ScanStage.Correlations(closes, window.Length);
            var (values, _) = ScanStage.Jacobi(matrix, assets);
            Assert.Equal(Math.Min(assets, window.Length - 1), window.Eigenvalues.Length);
            Assert.Equal(values[0], window.Leading!.Value, 1e-5); // Returns are rounded to billionths.
            Assert.Equal(window.Eigenvalues[0], window.Leading.Value, 1e-10);
            Assert.Equal(values[0] / assets, window.Share!.Value, 1e-6);
            for (var i = 0; i < assets; i++) Assert.Equal(matrix[i * assets + (i + 3) % assets], window.Correlation(i, (i + 3) % assets), 1e-5);
            for (var k = 0; k < window.Eigenvalues.Length; k++)
            {
                Assert.Equal(values[k], window.Eigenvalues[k], 1e-4 * values[k] + 1e-6);
                IsVector(window, k, assets);
            }
            Assert.Equal(-values.Where(v => v > 1e-9).Sum(v => v / assets * Math.Log(v / assets)) / Math.Log(assets), window.Entropy!.Value, 1e-6);
            Assert.Equal(Math.Pow(1 + Math.Sqrt((double)assets / window.Length), 2), window.Edge, 1e-12);
            Assert.Equal(values.Count(v => v > window.Edge), window.AboveEdge);
        }
    }

    [Fact(DisplayName = "After 100,000 updates sums are, to the last bit, what they are afresh, and so is the spectrum to 1e-9")]
    public void No_drift()
    {
        const int assets = 12, rows = 100_000;
        var policy = ScanStage.PolicyOf(10, 40);
        var (closes, old, young) = (ScanStage.Closes(assets, rows, 3), new EigenScan(policy, assets), new EigenScan(policy, assets));
        ScanStage.Play(old, closes);
        ScanStage.Play(young, closes[^41..], rows - 40);
        Assert.Equal((0L, 0L), old.Drift);
        old.Spectra(vectors: false);
        young.Spectra(vectors: false);
        for (var w = 0; w < 2; w++)
        {
            Assert.Equal(young.Windows[w].Leading!.Value, old.Windows[w].Leading!.Value, 1e-9);
            for (var i = 0; i < assets; i++)
                for (var j = 0; j < assets; j++) Assert.Equal(young.Windows[w].Correlation(i, j), old.Windows[w].Correlation(i, j));
            Assert.Equal(young.Windows[w].Eigenvalues.ToArray(), old.Windows[w].Eigenvalues.ToArray());
        }
    }

    [Fact(DisplayName = "A sum that something else has changed is found within one round of audits, counted, and put right")]
    public void Audit()
    {
        var history = new ReturnHistory(9, 20);
        var (sums, chance) = (new CrossSums(20, 0, 9), new Chance(5));
        var (fresh, leaving, returns) = (new long[16], new long[16], new int[9]);
        for (var t = 0; t < 50; t++)
        {
            for (var i = 0; i < 9; i++)
            {
                returns[i] = chance.NextInt(2_000_001) - 1_000_000;
                (fresh[i], leaving[i]) = (returns[i], history.Oldest(i, 20));
            }
            if (t == 45) fresh[3] += 1; // A flipped bit in the newest return.
            sums.Update(fresh, leaving, [true, true, true, true, true, true, true, true, true]);
            history.Add(returns, new TickKind[9]);
        }
        Assert.NotEqual(0, sums.Audit(3, history));
        Assert.Equal(0, sums.Audit(3, history));
        Assert.Equal(0, sums.Audit(2, history));
    }

    [Fact(DisplayName = "The same closes give the same bits, and a scan allocates nothing")]
    public void Same_bits()
    {
        var closes = ScanStage.Closes(50, 400, 17);
        double[] Bits()
        {
            var scan = new EigenScan(ScanStage.PolicyOf(new ScanSettings { Windows = [20, 90], Plunge = 1 }), 50); // A plunge is an object.
            ScanStage.Play(scan, closes);
            scan.Spectra(vectors: true);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var t = 0; t < 30; t++)
            {
                for (var i = 0; i < 50; i++) scan.Offer(i, closes[t][i], (401 + t) * ScanStage.IntervalMs);
                scan.Scan((401 + t) * ScanStage.IntervalMs);
                scan.Spectra(vectors: true);
            }
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            return [.. scan.Windows[0].Eigenvalues, .. scan.Windows[1].Eigenvalues, .. scan.Windows[0].Loadings, scan.VelDiv!.Value];
        }
        Assert.Equal(Bits(), Bits());
    }

    [Fact(DisplayName = "Two factors of the same weight: neither is the leading one for sure, and the spectrum decides")]
    public void Two_factors()
    {
        var (chance, scan) = (new Chance(23), new EigenScan(ScanStage.PolicyOf(40, 80), 12));
        var (logs, rows) = (new double[12], new List<double[]>());
        for (var t = 0; t < 161; t++)
        {
            // Signs of two rows of a Hadamard matrix: without correlation, and each of the same variance.
            var factors = new[] { t % 2 == 0 ? 1 : -1, t % 4 < 2 ? 1 : -1 };
            for (var i = 0; i < 12; i++) logs[i] += 0.001 * factors[i / 6];
            rows.Add([.. logs.Select(Math.Exp)]);
        }
        ScanStage.Play(scan, rows);
        Assert.True(scan.Windows[0].Resolved > 0);
        Assert.Equal(6, scan.Windows[0].Leading!.Value, 1e-6);
        Assert.Equal(1, scan.Windows[0].Loadings.ToArray().Sum(l => l * l), 1e-9);
    }

    [Fact(DisplayName = "Shards: rows of sums are the same whoever keeps them, and parts of the matrix of scans add up to the same bits in any order and grouping")]
    public void Shards()
    {
        const int assets = 200, window = 50;
        var policy = ScanStage.PolicyOf(10, window);
        var (board, history, sums) = (new CloseBoard(policy, assets), new ReturnHistory(assets, window), new WindowSums(policy, window, assets));
        var whole = new CrossSums(window, 0, assets);
        CrossSums[] split = [new(window, 0, 64), new(window, 64, 72), new(window, 72, assets)];
        var (returns, kinds, unknown) = (new int[assets], new TickKind[assets], new long[assets]);
        long[] fresh = new long[assets], leaving = new long[assets];
        bool[] everybody = [.. Enumerable.Repeat(true, assets)];
        var (row, count) = (ScanStage.Closes(assets, window + 5, 41), 0L);
        foreach (var closes in row)
        {
            for (var i = 0; i < assets; i++) board.Offer(i, closes[i], ++count);
            board.Scan(++count, returns, kinds);
            for (var i = 0; i < assets; i++) (fresh[i], leaving[i]) = (returns[i], history.Oldest(i, window));
            whole.Update(fresh, leaving, everybody);
            foreach (var shard in split) shard.Update(fresh, leaving, everybody);
            sums.Take(returns, history);
            history.Add(returns, kinds);
            sums.Judge(history, unknown, everybody);
        }
        foreach (var shard in split)
            for (var i = shard.First; i < shard.End; i++) Assert.Equal(whole.Row(i), shard.Row(i));

        var together = new double[Lanes.Padded(window) * SymmetricEigen.StrideOf(window)];
        var alone = Parts((0, assets));
        foreach (var parts in ((int, int)[][])[[(0, 64), (64, 128), (128, assets)], [(128, assets), (0, 128)], [(64, assets), (0, 64)], [(128, assets), (64, 128), (0, 64)]])
            Assert.Equal(alone, Parts(parts));

        double[] Parts(params (int First, int End)[] parts)
        {
            Array.Clear(together);
            foreach (var (first, end) in parts)
            {
                // Each shard sums its own, and somebody adds what they send.
                var (standard, own) = (new StandardReturns(window, assets), new double[together.Length]);
                standard.Fill(history, sums, first, end);
                standard.AddPart(sums, first, end, own);
                for (var i = 0; i < own.Length; i++) together[i] += own[i];
            }
            return [.. together];
        }
    }

    [Fact(DisplayName = "Velocity is the smoothed change of the share, without bias at the start; of a scan with other assets it is what is the market's")]
    public void Velocities()
    {
        var velocity = new Velocity().After(0.50, null, 0.9);
        Assert.Null(velocity.Value);
        velocity = velocity.After(0.52, null, 0.9);
        Assert.Equal(0.02, velocity.Value!.Value, 1e-15);
        velocity = velocity.After(0.51, null, 0.9);
        Assert.Equal((0.9 * 0.02 - 0.01) / 1.9, velocity.Value!.Value, 1e-15);
        var reformed = velocity.After(0.70, 0.03, 0.9);
        Assert.Equal((0.9 * (0.9 * 0.02 - 0.01) + 0.03) / 2.71, reformed.Value!.Value, 1e-15);
        Assert.Equal(0.70, reformed.Share);
        Assert.Null(velocity.After(null, null, 0.9).Value);
    }

    [Fact(DisplayName = "A plunge begins at its threshold and ends at the other one, once each, with its depth and length")]
    public void Plunges()
    {
        var policy = ScanStage.PolicyOf(new ScanSettings { Plunge = 0.01, PlungeOver = 0.002 });
        var (plunge, events) = (default(Plunge), new List<PlungeEvent>());
        foreach (var (velDiv, at) in new double?[] { 0.0, -0.0099, -0.01, -0.03, -0.005, null, -0.011, -0.0021, -0.002, -0.009 }.Select((v, i) => (v, (long)i)))
        {
            (plunge, var happened) = plunge.After(policy, velDiv, at);
            if (happened is not null) events.Add(happened);
        }
        Assert.Equal([new PlungeEvent.Began(2, -0.01), new PlungeEvent.Ended(8, -0.002, -0.03, 7)], events);
    }

    [Fact(DisplayName = "Settings: every mistake at once")]
    public void Mistakes()
    {
        var errors = new List<string>();
        Assert.Null(ScanPolicy.Create(new ScanSettings
        {
            Windows = [50, 50, 5000], VelocityHalfLife = 0, Plunge = 2, PlungeOver = 3, MostCarried = 0.6, MaxJump = 1,
        }, "dolphin.scan", errors));
        Assert.Equal(
            ["dolphin.scan.max-jump", "dolphin.scan.most-carried", "dolphin.scan.plunge", "dolphin.scan.plunge-over", "dolphin.scan.velocity-half-life", "dolphin.scan.windows", "dolphin.scan.windows"],
            errors.Select(e => e.Split(' ')[0]).Order(StringComparer.Ordinal));
        Assert.Null(ScanPolicy.Create(new ScanSettings { Windows = default }, "s", errors));
    }

    private static void IsVector(ScanWindow window, int k, int assets)
    {
        var vector = new double[assets];
        window.CopyVector(k, vector);
        Assert.Equal(1, vector.Sum(x => x * x), 1e-8);
        for (var i = 0; i < assets; i++)
            Assert.Equal(window.Eigenvalues[k] * vector[i], Enumerable.Range(0, assets).Sum(j => window.Correlation(i, j) * vector[j]), 1e-8);
    }
}
