using Dolphin.Domain.Scan;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Scan;

/// <summary>What becomes of closes that are missing, late, wrong, new or gone.</summary>
public sealed class CloseStories
{
    private const int Assets = 5, Shorter = 10, Longer = 20;

    private readonly EigenScan _scan = new(ScanStage.PolicyOf(Shorter, Longer), Assets);
    private readonly double[][] _closes = ScanStage.Closes(Assets, 200, 29);
    private int _next;

    [Fact(DisplayName = "A tenth of a window may be missing: the last close stands in. More, and the asset is out of that window until the gap has left it")]
    public void Missing()
    {
        Play(60);
        Play(1, without: 2);
        Assert.Equal((Standing.Member, Standing.Member), Standings(2)); // One of ten.
        Play(1, without: 2);
        Assert.Equal((Standing.Gaps, Standing.Member), Standings(2)); // Two of ten, two of twenty.
        Play(1, without: 2);
        Assert.Equal((Standing.Gaps, Standing.Gaps), Standings(2));
        Assert.Equal((3L, 4), (_scan.Ticks.Carried, _scan.Windows[0].Members));
        Play(9);
        Assert.Equal((Standing.Member, Standing.Gaps), Standings(2));
        Play(9);
        Assert.Equal((Standing.Member, Standing.Member), Standings(2));
        Assert.True(_scan.Windows[0].Velocity.HasValue);
    }

    [Fact(DisplayName = "A newly listed asset takes part in each window once it has that many returns")]
    public void New()
    {
        Play(40, without: 4);
        Assert.Equal((Standing.Young, Standing.Young), Standings(4));
        Assert.Equal(4, _scan.Windows[1].Members);
        Play(Shorter);
        Assert.Equal((Standing.Young, Standing.Young), Standings(4));
        Play(1);
        Assert.Equal((Standing.Member, Standing.Young), Standings(4));
        Play(Longer - Shorter);
        Assert.Equal((Standing.Member, Standing.Member), Standings(4));
        Assert.Equal(5L, _scan.Ticks.Listed);
    }

    [Fact(DisplayName = "An asset of which nothing comes for the longest window is gone; when it comes back it is new")]
    public void Gone()
    {
        Play(40);
        Play(Longer, without: 1);
        Assert.Equal((1L, Standing.Young), (_scan.Ticks.Gone, Standings(1).Item1));
        Play(5);
        Assert.Equal((6L, Standing.Young), (_scan.Ticks.Listed, Standings(1).Item1));
    }

    [Fact(DisplayName = "An asset that is removed is out at once, and its place is another's from then on")]
    public void Removed()
    {
        Play(40);
        _scan.Remove(0);
        Play(1);
        Assert.Equal((Standing.Young, Standing.Young), Standings(0));
    }

    [Fact(DisplayName = "A close that comes after its scan counts in the next one, one older than what is there is dropped, and both are counted")]
    public void Late()
    {
        Play(30, without: 3);
        var at = _next * ScanStage.IntervalMs;
        _scan.Offer(3, 100, at - 1);
        _scan.Offer(3, 99, at - 2);
        _scan.Offer(3, 98, at - 1);
        Assert.Equal((1L, 2L), (_scan.Closes.Late, _scan.Closes.Stale));
        Play(1, without: 3);
        Assert.Equal(5L, _scan.Ticks.Listed);
    }

    [Fact(DisplayName = "What is no price, and a jump beyond belief, is refused and counted; the asset goes on from its last close")]
    public void Absurd()
    {
        Play(40);
        var at = _next * ScanStage.IntervalMs + 1;
        foreach (var close in (double[])[double.NaN, double.PositiveInfinity, 0, -5, _closes[39][0] * 8.1, _closes[39][0] / 8.1]) _scan.Offer(0, close, at++);
        Assert.Equal(6, _scan.Closes.Refused);
        Play(1);
        Assert.Equal((Standing.Member, Standing.Member), Standings(0));
    }

    [Fact(DisplayName = "Three closes in a row that are not believed, but agree, are a new price: the asset's history begins anew")]
    public void Redenominated()
    {
        Play(40);
        foreach (var row in _closes) row[0] *= 1000;
        Play(3);
        Assert.Equal((2L, 1L), (_scan.Closes.Refused, _scan.Ticks.BegunAnew));
        Assert.Equal((Standing.Young, Standing.Young), Standings(0));
        Play(Shorter);
        Assert.Equal((Standing.Member, Standing.Young), Standings(0));
    }

    [Fact(DisplayName = "An asset that stands still, or goes up by the same step each time, has no correlation and takes no part")]
    public void Still()
    {
        for (var t = 0; t < _closes.Length; t++) (_closes[t][0], _closes[t][1]) = (7, Math.Exp(0.001 * t));
        Play(60);
        Assert.Equal((Standing.Still, Standing.Still), Standings(0));
        Assert.Equal((Standing.Still, Standing.Still), Standings(1));
        Assert.Equal(3, _scan.Windows[0].Members);
        Assert.True(double.IsNaN(_scan.Windows[0].Correlation(0, 2)));
    }

    [Fact(DisplayName = "An asset that moved twenty-fold within a window is left out while it does, and is right afterwards")]
    public void Wild()
    {
        for (var t = 40; t < 44; t++)
            for (var later = t; later < _closes.Length; later++) _closes[later][2] *= t % 2 == 0 ? 7 : 1.0 / 7;
        Play(45);
        Assert.Equal((Standing.Wild, Standing.Wild), Standings(2));
        Play(Longer);
        Assert.Equal((Standing.Member, Standing.Member), Standings(2));
        var matrix = ScanStage.Correlations(_closes[.._next], Longer);
        Assert.Equal(matrix[2 * Assets + 3], _scan.Windows[1].Correlation(2, 3), 1e-5);
        Assert.Equal((0L, 0L), _scan.Drift);
    }

    [Fact(DisplayName = "Fewer than two assets with a whole window: no values, and no velocity until there have been two in a row")]
    public void Too_few()
    {
        Play(Shorter);
        Assert.False(_scan.Windows[0].IsReady);
        _scan.Spectra(vectors: true);
        Assert.Null(_scan.Windows[0].Leading);
        Assert.Null(_scan.Windows[0].Entropy);
        Assert.Empty(_scan.Windows[0].Eigenvalues.ToArray());
        Play(1);
        Assert.True(_scan.Windows[0].IsReady);
        Assert.Null(_scan.Windows[0].Velocity);
        Play(1);
        Assert.NotNull(_scan.Windows[0].Velocity);
        Assert.Null(_scan.VelDiv);
    }

    [Fact(DisplayName = "Whatever closes come, every number is a number: shares are above 0 and at most 1, entropies 0 to 1, and values add up to the members")]
    public void Total()
    {
        var close = Gen.Frequency(
            (60, Gen.Choose(-300, 300).Select(x => 100 * Math.Exp(x / 1000.0))), (5, Gen.Constant(100.0)), (4, Gen.Constant(double.NaN)), (2, Gen.Constant(-1.0)),
            (2, Gen.Constant(1e-300)), (2, Gen.Constant(1e300)), (3, Gen.Choose(1, 700).Select(x => (double)x)));
        var rows = close.ArrayOf(6).ArrayOf(60).ToArbitrary();
        Prop.ForAll(rows, closes =>
        {
            var scan = new EigenScan(ScanStage.PolicyOf(10, 20), 6);
            foreach (var (row, t) in closes.Select((r, i) => (r, i)))
            {
                for (var i = 0; i < 6; i++) scan.Offer(i, row[i], (t + 1) * 10L);
                scan.Scan((t + 1) * 10L);
                scan.Spectra(vectors: true);
                foreach (var window in scan.Windows)
                {
                    if (!window.IsReady) continue;
                    Assert.InRange(window.Share!.Value, 1.0 / window.Members - 1e-9, 1 + 1e-9);
                    Assert.InRange(window.Entropy!.Value, -1e-9, 1 + 1e-9);
                    Assert.Equal(window.Members, window.Eigenvalues.ToArray().Sum(), 1e-9);
                    Assert.Equal(window.Eigenvalues[0], window.Leading!.Value, 1e-8);
                    Assert.All(window.Loadings.ToArray(), l => Assert.True(double.IsFinite(l)));
                }
            }
            return scan.Drift == (0, 0);
        }).Check(Draws.Same(40));
    }

    private (Standing, Standing) Standings(int asset) => (_scan.Windows[0].StandingOf(asset), _scan.Windows[1].StandingOf(asset));

    private void Play(int rows, int without = -1)
    {
        for (var end = _next + rows; _next < end; _next++)
        {
            var row = _closes[_next].Select((c, i) => i == without ? double.NaN : c).ToArray();
            ScanStage.Play(_scan, [row], _next + 1);
        }
    }
}
