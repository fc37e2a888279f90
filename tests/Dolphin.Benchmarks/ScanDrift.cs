using System.Diagnostics;
using System.Globalization;
using Dolphin.Domain.Scan;

namespace Dolphin.Benchmarks;

/// <summary>How far a scan of many updates is from one that began just before: the incremental path beside a fresh one, of a whole universe and all its windows.</summary>
internal static class ScanDrift
{
    private const int Looks = 10;
    private const double Agreed = 1e-9;

    /// <param name="args"><c>[--assets N] [--updates N]</c>: 400 and 100,000 unless said otherwise.</param>
    /// <returns>0: they agree to 1e-9. 1: they do not. 2: bad arguments.</returns>
    public static int Run(string[] args, TextWriter output)
    {
        var (assets, updates) = (400, 100_000);
        for (var i = 0; i < args.Length; i += 2)
        {
            var isNumber = i + 1 < args.Length && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out _);
            if (isNumber && args[i] == "--assets") assets = int.Parse(args[i + 1], CultureInfo.InvariantCulture);
            else if (isNumber && args[i] == "--updates") updates = int.Parse(args[i + 1], CultureInfo.InvariantCulture);
            else return Refuse();
        }
        var warm = ScanUniverse.Policy.Windows[^1] + 2;
        if (assets is < 2 or > EigenScan.MostAssets || updates < Looks * warm) return Refuse();

        output.WriteLine(Machine.Describe());
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{assets} assets, windows {string.Join(' ', ScanUniverse.Policy.Windows)}, {updates:#,0} updates; beside a scan that began {warm} before"));
        var (universe, old, watch) = (new ScanUniverse(assets), new EigenScan(ScanUniverse.Policy, assets), Stopwatch.StartNew());
        var worst = 0.0;
        for (var look = 1; look <= Looks; look++)
        {
            var until = (long)updates * look / Looks;
            while (old.Count < until - warm) universe.Scan(old);
            var fresh = new EigenScan(ScanUniverse.Policy, assets);
            while (old.Count < until) universe.Scan(old, fresh);
            old.Spectra(vectors: false);
            fresh.Spectra(vectors: false);
            var (leading, spectrum, correlation) = Apart(old, fresh);
            worst = Math.Max(worst, Math.Max(leading, Math.Max(spectrum, correlation)));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  after {old.Count,9:#,0}: leading pairs apart by {leading:0.0e+00}, spectra by {spectrum:0.0e+00}, correlations by {correlation:0.0e+00}; rows of sums put right {old.Drift.Rows}"));
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"at most {worst:0.0e+00} apart, {(worst <= Agreed ? "which is within" : "MORE THAN")} {Agreed:0e+00}; {watch.Elapsed.TotalSeconds:0} s"));
        return worst <= Agreed ? 0 : 1;

        int Refuse()
        {
            output.WriteLine("Expected: scan-drift [--assets 2 to 4096] [--updates, at least ten times the longest window].");
            return 2;
        }
    }

    // Leading values and spectra as eigenvalues over the number of assets would hide a difference: they are compared as they are.
    private static (double Leading, double Spectrum, double Correlation) Apart(EigenScan old, EigenScan fresh)
    {
        var (leading, spectrum, correlation) = (0.0, 0.0, 0.0);
        for (var w = 0; w < old.Windows.Length; w++)
        {
            var (a, b) = (old.Windows[w], fresh.Windows[w]);
            leading = Math.Max(leading, Math.Abs(a.Leading!.Value - b.Leading!.Value));
            for (var i = 0; i < old.Assets; i++) leading = Math.Max(leading, Math.Abs(a.Loadings[i] - b.Loadings[i]));
            for (var k = 0; k < a.Eigenvalues.Length; k++) spectrum = Math.Max(spectrum, Math.Abs(a.Eigenvalues[k] - b.Eigenvalues[k]));
            for (var i = 0; i < old.Assets; i++)
                for (var j = 0; j <= i; j++) correlation = Math.Max(correlation, Math.Abs(a.Correlation(i, j) - b.Correlation(i, j)));
        }
        return (leading, spectrum, correlation);
    }
}
