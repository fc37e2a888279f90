using Dolphin.Domain.Scan;

namespace Dolphin.Domain.Tests.Scan;

public sealed class TwistedFactorsStories
{
    [Theory(DisplayName = "T v = lambda v, of length 1, orthogonal and without a subnormal number, though the largest value's vector falls a thousandfold each row")]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(23)]
    [InlineData(200)]
    public void Falling(int n)
    {
        var chance = new Chance(5);
        double[] d = [.. Enumerable.Range(0, n).Select(i => i == n - 1 ? 100 : 0.3 + chance.NextUnit())];
        double[] e = [.. Enumerable.Range(0, n - 1).Select(_ => 1e-3 + 0.1 * chance.NextUnit())];
        var (spectrum, panels) = (new TridiagonalSpectrum(n), new double[Lanes.Padded(n) * n]);
        spectrum.Solve(d, e, n);
        Assert.True(spectrum.TryVectors(0, 0, panels));
        var vectors = Enumerable.Range(0, n).Select(k => Enumerable.Range(0, n).Select(i => panels[(k / Lanes.Count * n + i) * Lanes.Count + k % Lanes.Count]).ToArray()).ToArray();
        for (var k = 0; k < n; k++)
        {
            var v = vectors[k];
            Assert.DoesNotContain(v, double.IsSubnormal);
            for (var i = 0; i < n; i++)
            {
                var image = d[i] * v[i] + (i > 0 ? e[i - 1] * v[i - 1] : 0) + (i + 1 < n ? e[i] * v[i + 1] : 0);
                Assert.Equal(spectrum.Values[k] * spectrum.Scale * v[i], image, 1e-12);
            }
            for (var l = 0; l <= k; l++) Assert.Equal(l == k ? 1 : 0, v.Zip(vectors[l], (a, b) => a * b).Sum(), TridiagonalSpectrum.MostOverlap);
        }
    }
}
