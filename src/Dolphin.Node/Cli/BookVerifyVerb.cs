using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Dolphin.Node.Report;
using Dolphin.Node.Screen;
using Dolphin.Venues.Binance.Recordings;
using Dolphin.Web;

namespace Dolphin.Node.Cli;

/// <summary>Rebuilds the books of a raw recording and says what is wrong with it. Reads only.</summary>
internal sealed class BookVerifyVerb(Terminal terminal)
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(2);

    public int Run(ImmutableArray<string> paths, bool json, CancellationToken cancellation)
    {
        DataPaths.RequireFiles(paths);
        RecordingReport report;
        try
        {
            report = RecordingCheck.Run(paths, json ? null : Tell(), cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.DataInvalid, $"The recording cannot be read: {e.Message}");
        }

        if (json) terminal.Out.WriteLine(JsonSerializer.Serialize(report, RunJson.Indented));
        else RecordingText.Write(terminal.Out, report);
        return (int)(report.IsClean ? ExitCode.Ok : ExitCode.DataInvalid);
    }

    private Action<CheckProgress> Tell()
    {
        var since = Stopwatch.StartNew();
        return progress =>
        {
            if (since.Elapsed < TellEvery) return;
            since.Restart();
            var part = progress.StoredBytes == 0 ? 1.0 : (double)progress.StoredPosition / progress.StoredBytes;
            terminal.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{(progress.Pass == 1 ? "symbols" : "books")}: {part * 100:0} % of {progress.StoredBytes / 1e6:#,##0.0} MB, {Figures.Count(progress.Messages)} messages"));
        };
    }
}
