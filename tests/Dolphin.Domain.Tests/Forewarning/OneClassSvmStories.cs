using Dolphin.Domain.Forewarning;
using Dolphin.Domain.Market;
using Dolphin.Tests;
using Xunit.Abstractions;

namespace Dolphin.Domain.Tests.Forewarning;

public sealed class OneClassSvmStories(ITestOutputHelper output)
{
    // Both programs stop a tolerance away from the same optimum; with LIBSVM's default of 1e-3 each, the two answers may lie further apart than 1e-3.
    // Below, nu times the number of points is never whole: where it is, every coefficient may be at a bound, and then rho is any number between two.
    private const double Tolerance = 1e-6;
    private const string Month = "01_usdm_1m_16sym_2025-05/BTCUSDT-1m.csv.gz";

    [LibSvmTheory(DisplayName = "Decision values agree with LIBSVM's to 1e-3 on random points, inside, at the boundary and far away")]
    [InlineData(1, 2, 0.103, 0.5, 200)]
    [InlineData(2, 3, 0.501, 1.0, 150)]
    [InlineData(3, 20, 0.0505, 0.1, 600)]
    [InlineData(4, 8, 0.013, 0.2, 300)]
    [InlineData(5, 1, 0.903, 10.0, 120)]
    [InlineData(6, 5, 0.301, 0.01, 400)]
    public void Random(ulong seed, int dimensions, double nu, double gamma, int count)
    {
        var chance = new Chance(seed);
        // Two clouds and some strays: a boundary that is no ball.
        var points = Enumerable.Range(0, count).Select(i => Draw(ref chance, dimensions, centre: i % 3 == 0 ? 2 : -1, spread: i % 17 == 0 ? 4 : 1)).ToArray();
        var asked = points.Concat(Enumerable.Range(0, 200).Select(_ => Draw(ref chance, dimensions, centre: 0, spread: 3))).ToArray();
        Agree(points, asked, nu, gamma);
    }

    [LibSvmFact(Month, DisplayName = "And on a month of BTCUSDT: return, range of returns and volume of each hour")]
    public void Recorded()
    {
        var closes = SharedData.ReadCloses(Recordings.PathOf(Month), new Symbol("BTCUSDT")).Closes.Select(c => Math.Log((double)c.Close.QuotePerBase)).ToArray();
        var hours = closes.Chunk(60).Select(h => new[] { 100 * (h[^1] - h[0]), 100 * (h.Max() - h.Min()), 1000 * h.Zip(h[1..], (a, b) => Math.Abs(b - a)).Average() }).ToArray();
        Assert.InRange(hours.Length, 600, 800);
        Agree(hours[..500], hours, nu: 0.051, gamma: 0.7);
    }

    private void Agree(double[][] points, double[][] asked, double nu, double gamma)
    {
        var ours = Fit(points, nu, gamma);
        var theirs = LibSvm.Fit(points, nu, gamma, Tolerance);
        Assert.True(ours.Converged);
        var values = asked.Select(x => (Ours: ours.Model.Decide(x), Theirs: theirs(x))).ToArray();
        var largest = values.Max(v => Math.Abs(v.Ours - v.Theirs));
        output.WriteLine($"{points.Length} points, {ours.Model.Count} supports, {ours.Steps} steps; of {values.Length} decision values the largest difference is {largest:0.0e0}");
        Assert.InRange(largest, 0, 1e-3);
        // Not by being all the same: some are inside and some are not, by more than what they may differ.
        Assert.Contains(values, v => v.Theirs > 0.01);
        Assert.Contains(values, v => v.Theirs < -0.01);
    }

    [Fact(DisplayName = "At most the share nu of the points is outside, and at least that share supports the boundary")]
    public void Nu()
    {
        var chance = new Chance(7);
        var points = Enumerable.Range(0, 500).Select(_ => Draw(ref chance, 4, centre: 0, spread: 1)).ToArray();
        foreach (var nu in new[] { 0.02, 0.1, 0.4 })
        {
            var model = Fit(points, nu, gamma: 0.3).Model;
            Assert.InRange(points.Count(p => model.Decide(p) < -1e-3) / 500.0, 0, nu);
            Assert.InRange(model.Count / 500.0, nu, 1);
            Assert.Equal(nu * 500, model.Coefficients.Sum(), 9);
            Assert.All(model.Coefficients, a => Assert.InRange(a, 0, 1));
        }
    }

    [Fact(DisplayName = "A cache of two rows gives the very bits that a large one gives")]
    public void Cache()
    {
        var chance = new Chance(8);
        var points = Enumerable.Range(0, 120).Select(_ => Draw(ref chance, 3, centre: 0, spread: 1)).ToArray();
        var settings = new SvmSettings(Nu: 0.2, Gamma: 0.5, Tolerance);
        var (large, small) = (OneClassSvm.Fit(Flat(points), 3, settings), OneClassSvm.Fit(Flat(points), 3, settings with { CacheBytes = 0 }));
        Assert.Equal((large.Steps, large.Model.Rho), (small.Steps, small.Model.Rho));
        Assert.Equal(large.Model.Coefficients.AsEnumerable(), small.Model.Coefficients);
    }

    [Fact(DisplayName = "The gradient is the slope of the decision value")]
    public void Gradient()
    {
        var chance = new Chance(9);
        var model = Fit([.. Enumerable.Range(0, 200).Select(_ => Draw(ref chance, 3, centre: 0, spread: 1))], nu: 0.1, gamma: 0.4).Model;
        for (var i = 0; i < 20; i++)
        {
            var x = Draw(ref chance, 3, centre: 0, spread: 1.5);
            var gradient = new double[3];
            Assert.Equal(model.Decide(x), model.Decide(x, gradient), 12);
            for (var d = 0; d < 3; d++)
            {
                double[] above = [.. x], below = [.. x];
                (above[d], below[d]) = (x[d] + 1e-5, x[d] - 1e-5);
                Assert.Equal((model.Decide(above) - model.Decide(below)) / 2e-5, gradient[d], 5);
            }
        }
    }

    [Fact(DisplayName = "A fit that meets its bound of steps says that it has not converged; points in one place, or nu of 1, are no trouble")]
    public void Bounds()
    {
        var chance = new Chance(10);
        var points = Enumerable.Range(0, 100).Select(_ => Draw(ref chance, 2, centre: 0, spread: 1)).ToArray();
        Assert.False(OneClassSvm.Fit(Flat(points), 2, new SvmSettings(0.1, 0.5, 1e-9) { MostSteps = 3 }).Converged);
        Assert.True(Fit([.. Enumerable.Repeat(new[] { 1.0, 2.0 }, 50)], 0.3, 0.5).Converged);
        var all = Fit(points, nu: 1, gamma: 0.5);
        Assert.True(all.Converged);
        Assert.All(all.Model.Coefficients, a => Assert.Equal(1, a));
    }

    [Fact(DisplayName = "What cannot be fitted is refused in words")]
    public void Refused()
    {
        Assert.Throws<ArgumentException>(() => OneClassSvm.Fit([], 2, new SvmSettings(0.1, 1)));
        Assert.Throws<ArgumentException>(() => OneClassSvm.Fit([1, 2, 3], 2, new SvmSettings(0.1, 1)));
        Assert.Throws<ArgumentException>(() => OneClassSvm.Fit([1, double.NaN], 2, new SvmSettings(0.1, 1)));
        Assert.Throws<ArgumentException>(() => OneClassSvm.Fit([1, 2], 2, new SvmSettings(1.1, 1)));
        Assert.Throws<ArgumentException>(() => OneClassSvm.Fit([1, 2], 2, new SvmSettings(0.1, 0)));
    }

    private static SvmFit Fit(double[][] points, double nu, double gamma) =>
        OneClassSvm.Fit(Flat(points), points[0].Length, new SvmSettings(nu, gamma, Tolerance));

    private static double[] Flat(double[][] points) => [.. points.SelectMany(p => p)];

    private static double[] Draw(ref Chance chance, int dimensions, double centre, double spread)
    {
        var point = new double[dimensions];
        for (var d = 0; d < dimensions; d++) point[d] = centre + spread * chance.NextNormal();
        return point;
    }
}
