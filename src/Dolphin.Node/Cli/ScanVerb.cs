using System.Text.Json;
using Dolphin.Data.Recording;
using Dolphin.Domain.Scan;
using Dolphin.Node.Report;
using Dolphin.Node.Screen;
using Dolphin.Web;

namespace Dolphin.Node.Cli;

/// <summary>Scans recorded closes row by row, as a node scans a market, and says what the last scan saw and how it came there. Nothing is kept.</summary>
internal sealed class ScanVerb(Terminal terminal, TimeProvider time)
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(10);

    public int Run(ScanOptions options, bool json, CancellationToken cancellation)
    {
        DataPaths.RequireThere(options.DataPaths);
        var policy = Policy(options);
        var matrix = Matrix(options);
        var scan = new EigenScan(policy, matrix.Symbols.Length);
        var path = new ScanPath(policy, matrix.Rows);
        var told = time.GetTimestamp();
        for (var row = 0; row < matrix.Rows; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            var closes = matrix.Row(row);
            for (var asset = 0; asset < closes.Length; asset++)
                if (!double.IsNaN(closes[asset])) scan.Offer(asset, closes[asset], matrix.TimesMs[row]);
            path.Take(scan, scan.Scan(matrix.TimesMs[row]));
            if (json || time.GetElapsedTime(told) < ProgressEvery) continue;
            told = time.GetTimestamp();
            terminal.Error.WriteLine($"{Figures.Count(row + 1)} of {Figures.Count(matrix.Rows)} scans");
        }
        scan.Spectra(vectors: false);
        var report = ScanReport.Of(options.DataPaths, matrix, scan, path);
        if (json) terminal.Out.WriteLine(JsonSerializer.Serialize(report, RunJson.Indented));
        else ScanText.Write(terminal.Out, report);
        return (int)ExitCode.Ok;
    }

    private static ScanPolicy Policy(ScanOptions options)
    {
        var errors = new List<string>();
        var settings = options.Windows.IsEmpty ? ScanSettings.Default : ScanSettings.Default with { Windows = options.Windows };
        return ScanPolicy.Create(settings, "scan", errors)
            ?? throw new CliException(ExitCode.Usage, "The windows cannot be scanned.", [.. errors.Select(e => new CliDetail("error", "--windows", null, null, null, e))]);
    }

    private static CloseMatrix Matrix(ScanOptions options)
    {
        CloseMatrix matrix;
        try
        {
            matrix = CloseMatrixReader.Read(options.DataPaths);
        }
        catch (RecordingException e)
        {
            throw DataRefusal.Of(e, "--data");
        }

        var has = matrix.Symbols.Length;
        if (options.Assets is { } wanted)
        {
            matrix = matrix.FirstComplete(wanted);
            if (matrix.Symbols.Length < wanted)
            {
                throw new CliException(ExitCode.DataInvalid,
                    $"--assets {wanted}: expected so many symbols with a close at every one of {matrix.Rows} times, found {matrix.Symbols.Length} of {has}. Without --assets all are taken, whatever is missing.");
            }
        }
        return matrix.Symbols.Length is >= 2 and <= EigenScan.MostAssets
            ? matrix
            : throw new CliException(ExitCode.DataInvalid, $"Expected closes of 2 to {EigenScan.MostAssets} symbols, found {matrix.Symbols.Length}.");
    }
}
