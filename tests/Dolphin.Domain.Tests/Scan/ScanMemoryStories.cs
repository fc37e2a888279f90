using System.Collections.Immutable;
using Dolphin.Domain.Scan;

namespace Dolphin.Domain.Tests.Scan;

/// <summary>A scan that is put away and taken up again, one of a part of the universe, and one over a gap.</summary>
public sealed class ScanMemoryStories
{
    private static ScanPolicy Policy => ScanStage.PolicyOf(12, 30);

    /// <summary>Some rows miss a close, one asset comes late, one begins anew.</summary>
    private static double[][] Rows(int assets, int count)
    {
        var (rows, chance) = (ScanStage.Closes(assets, count, 5), new Chance(9));
        for (var t = 0; t < count; t++)
        {
            for (var i = 0; i < assets; i++)
                if (chance.NextInt(40) == 0) rows[t][i] = double.NaN;
            if (t < 25) rows[t][3] = double.NaN;
            if (t >= 50) rows[t][4] *= 20;
        }
        return rows;
    }

    private static long Bits(double? value) => BitConverter.DoubleToInt64Bits(value ?? double.NaN);

    private static void Same(EigenScan a, EigenScan b)
    {
        Assert.Equal((a.Count, a.Closes, a.Ticks, a.Plunge, Bits(a.VelDiv)), (b.Count, b.Closes, b.Ticks, b.Plunge, Bits(b.VelDiv)));
        for (var w = 0; w < a.Windows.Length; w++)
        {
            var (one, two) = (a.Windows[w], b.Windows[w]);
            Assert.Equal((one.Members, Bits(one.Share), Bits(one.Velocity), one.Resolved), (two.Members, Bits(two.Share), Bits(two.Velocity), two.Resolved));
            Assert.Equal(one.Loadings.ToArray().Select(l => Bits(l)), two.Loadings.ToArray().Select(l => Bits(l)));
            for (var i = 0; i < a.Assets; i++)
            {
                Assert.Equal(one.StandingOf(i), two.StandingOf(i));
                for (var j = 0; j < a.Assets; j++) Assert.Equal(Bits(one.Correlation(i, j)), Bits(two.Correlation(i, j)));
            }
        }
    }

    // Loadings of other places were added up in another order, so that a leading pair has other last digits.
    private static void Alike(EigenScan a, EigenScan b)
    {
        Assert.Equal((a.Count, a.Closes, a.Ticks), (b.Count, b.Closes, b.Ticks));
        for (var w = 0; w < a.Windows.Length; w++)
        {
            var (one, two) = (a.Windows[w], b.Windows[w]);
            Assert.Equal((one.Members, one.IsReady, one.Velocity is null), (two.Members, two.IsReady, two.Velocity is null));
            Assert.Equal(one.Share ?? 0, two.Share ?? 0, 1e-9);
            Assert.Equal(one.Velocity ?? 0, two.Velocity ?? 0, 1e-9);
            Assert.All(one.Loadings.ToArray().Zip(two.Loadings.ToArray()), l => Assert.Equal(l.First, l.Second, 1e-5));
            for (var i = 0; i < a.Assets; i++)
            {
                Assert.Equal(one.StandingOf(i), two.StandingOf(i));
                for (var j = 0; j < a.Assets; j++) Assert.Equal(Bits(one.Correlation(i, j)), Bits(two.Correlation(i, j)));
            }
        }
    }

    [Theory(DisplayName = "Put away after any scan and taken up again, it goes on to the last bit: gaps, new listings and assets that begin anew included")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(31)]
    [InlineData(52)]
    [InlineData(75)]
    public void Goes_on(int cut)
    {
        var rows = Rows(21, 110);
        var whole = new EigenScan(Policy, 21);
        ScanStage.Play(whole, rows[..cut]);
        var resumed = EigenScan.From(Policy, 21, whole.Capture())!;
        foreach (var t in Enumerable.Range(cut, rows.Length - cut))
        {
            if (t == 60 || t == 85)
            {
                for (var i = 0; i < 21; i += 3)
                {
                    whole.Watch(i, t == 85);
                    resumed.Watch(i, t == 85);
                }
                resumed = EigenScan.From(Policy, 21, resumed.Capture())!;
            }
            ScanStage.Play(whole, rows[t..(t + 1)], t + 1);
            ScanStage.Play(resumed, rows[t..(t + 1)], t + 1);
            Same(whole, resumed);
        }
        Assert.Equal((0L, 0L), whole.Drift);
        Assert.Equal((0L, 0L), resumed.Drift);
    }

    [Theory(DisplayName = "Taken up again with new assets among the others it goes on as if their places had been there from the beginning; without them it is what it was, to the last bit")]
    [InlineData(0, 62)]
    [InlineData(20, 62)]
    [InlineData(55, 62)]
    [InlineData(55, 20)]
    [InlineData(90, 63)]
    public void New_assets(int cut, int assets)
    {
        int[] news = [0, 7, assets + 2];
        ImmutableArray<int> before = [.. Enumerable.Range(0, assets + 3).Select(place => news.Contains(place) ? -1 : place - news.Count(n => n < place))];
        double[] Wider(double[] row, Func<int, double> ofNew) => [.. before.Select((was, place) => was >= 0 ? row[was] : ofNew(place))];
        var rows = Rows(assets, 120);
        var (narrow, wide) = (new EigenScan(Policy, assets), new EigenScan(Policy, assets + 3));
        ScanStage.Play(narrow, rows[..cut]);
        ScanStage.Play(wide, rows[..cut].Select(r => Wider(r, _ => double.NaN)));

        var resumed = EigenScan.From(Policy, assets + 3, narrow.Capture().Placed(before)!)!;
        var chance = new Chance(3);
        for (var t = cut; t < rows.Length; t++)
        {
            double[][] row = [Wider(rows[t], place => 100 + place + chance.NextUnit())];
            ScanStage.Play(wide, row, t + 1);
            ScanStage.Play(resumed, row, t + 1);
            Alike(wide, resumed);
        }
        Assert.Equal((0L, 0L), resumed.Drift);
        if (rows.Length - cut > Policy.Longest) Assert.Equal(Standing.Member, resumed.Windows[^1].StandingOf(7));

        var back = EigenScan.From(Policy, assets, narrow.Capture().Placed(before)!.Placed([.. Enumerable.Range(0, assets).Select(was => before.IndexOf(was))])!)!;
        ScanStage.Play(narrow, rows[cut..], cut + 1);
        ScanStage.Play(back, rows[cut..], cut + 1);
        Same(narrow, back);
    }

    [Fact(DisplayName = "Without somebody who took part at the last scan it is not gone on")]
    public void Without_a_member()
    {
        var scan = new EigenScan(Policy, 21);
        ScanStage.Play(scan, Rows(21, 49));
        Assert.Equal(Standing.Member, scan.Windows[0].StandingOf(20));
        Assert.Null(scan.Capture().Placed([.. Enumerable.Range(0, 20)]));
    }

    [Fact(DisplayName = "What was put away of another universe or other windows is not gone on from")]
    public void Other_universe()
    {
        var memory = new EigenScan(Policy, 21).Capture();
        Assert.Null(EigenScan.From(Policy, 20, memory));
        Assert.Null(EigenScan.From(ScanStage.PolicyOf(12, 31), 21, memory));
    }

    [Fact(DisplayName = "Who is not watched takes part in nothing, the others are scanned as if there were no one else, and who comes back has missed nothing")]
    public void Watching()
    {
        var rows = ScanStage.Closes(24, 90, 3);
        var (scan, all, few) = (new EigenScan(Policy, 24), new EigenScan(Policy, 24), new EigenScan(Policy, 8));
        ScanStage.Play(scan, rows[..50]);
        ScanStage.Play(all, rows[..50]);
        ScanStage.Play(few, rows[..50].Select(r => r.Where((_, i) => i % 3 == 1).ToArray()));
        for (var i = 0; i < 24; i++) scan.Watch(i, i % 3 == 1);
        Assert.Equal(8, scan.Watched);
        ScanStage.Play(scan, rows[50..70], 51);
        ScanStage.Play(all, rows[50..70], 51);
        ScanStage.Play(few, rows[50..70].Select(r => r.Where((_, i) => i % 3 == 1).ToArray()), 51);
        for (var w = 0; w < 2; w++)
        {
            Assert.Equal(8, scan.Windows[w].Members);
            Assert.Equal(Standing.Outside, scan.Windows[w].StandingOf(0));
            Assert.Equal(few.Windows[w].Share!.Value, scan.Windows[w].Share!.Value, 1e-12);
            Assert.Equal(Bits(few.Windows[w].Correlation(0, 7)), Bits(scan.Windows[w].Correlation(1, 22)));
        }
        for (var i = 0; i < 24; i++) scan.Watch(i, watched: true);
        ScanStage.Play(scan, rows[70..71], 71);
        ScanStage.Play(all, rows[70..71], 71);
        for (var w = 0; w < 2; w++)
        {
            Assert.Equal(24, scan.Windows[w].Members);
            Assert.Equal(all.Windows[w].Share!.Value, scan.Windows[w].Share!.Value, 1e-12);
            for (var i = 0; i < 24; i++)
                for (var j = 0; j < 24; j++) Assert.Equal(Bits(all.Windows[w].Correlation(i, j)), Bits(scan.Windows[w].Correlation(i, j)));
        }
        Assert.Equal((0L, 0L), scan.Drift);
    }

    [Fact(DisplayName = "A step that was skipped is nobody's return: windows go on with what they had")]
    public void Skipping()
    {
        var rows = ScanStage.Closes(10, 60, 8);
        var (scan, without) = (new EigenScan(Policy, 10), new EigenScan(Policy, 10));
        ScanStage.Play(scan, rows[..40]);
        ScanStage.Play(without, rows[..40]);
        // An hour in which every price grew by a half.
        var later = rows[40..].Select(r => r.Select(c => 1.5 * c).ToArray()).ToArray();
        var at = 800 * ScanStage.IntervalMs;
        for (var i = 0; i < 10; i++) scan.Offer(i, 1.5 * rows[39][i], at);
        scan.Skip(at);
        ScanStage.Play(scan, later, 801);
        ScanStage.Play(without, rows[40..], 41);
        Assert.Equal(without.Count, scan.Count);
        for (var w = 0; w < 2; w++) Assert.Equal(without.Windows[w].Share!.Value, scan.Windows[w].Share!.Value, 1e-6);
    }
}
