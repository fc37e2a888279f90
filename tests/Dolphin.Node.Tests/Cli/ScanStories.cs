using System.Globalization;
using System.Text;
using System.Text.Json;
using Dolphin.Domain;
using Dolphin.Node.Cli;

namespace Dolphin.Node.Tests.Cli;

/// <summary>What <c>dolphin scan</c> reads, prints and refuses.</summary>
public sealed class ScanStories : IDisposable
{
    private readonly TemporaryFolder _place = new();
    private readonly StringWriter _out = new(), _error = new();

    public void Dispose() => _place.Dispose();

    [Fact(DisplayName = "Windows, spectrum, loadings, the share's path and what was missing are printed in words")]
    public async Task Words()
    {
        Assert.Equal(ExitCode.Ok, await Dolphin("scan", "--data", _place.File("closes.csv", Closes(12, 100, missing: 3)), "--windows", "10,40,200"));
        var said = _out.ToString();
        foreach (var line in (string[])
        [
            "closes.csv: 12 assets, 100 closes each from 2026-01-05 00:00Z to 2026-01-05 01:39Z",
            "window  assets  leading   share  v per scan    edge  above  entropy  reformed  left out",
            "all: 201 closes are needed, there are 100",
            "Spectrum, largest first; * is above the edge:",
            "not nothing       9        12",
            "Heaviest loadings on the leading eigenvector:",
            "Share over the recording, on one scale:",
            "Closes: 1,197 taken; 3 missing, the last close stood in.",
        ])
        {
            Assert.Contains(line, said, StringComparison.Ordinal);
        }
        Assert.Empty(_error.ToString());
    }

    [Fact(DisplayName = "As JSON: every eigenvalue, and what follows from them")]
    public async Task Json()
    {
        Assert.Equal(ExitCode.Ok, await Dolphin("scan", "--data", _place.File("closes.csv", Closes(12, 100, missing: 0)), "--windows", "10,40", "--assets", "9", "--json"));
        var answer = JsonDocument.Parse(_out.ToString()).RootElement;
        Assert.Equal((100, 9), (answer.GetProperty("scans").GetInt32(), answer.GetProperty("assets").GetInt32()));
        Assert.Equal(900, answer.GetProperty("closes").GetProperty("taken").GetInt32());
        var windows = answer.GetProperty("windows").EnumerateArray().ToList();
        Assert.Equal([10, 40], windows.Select(w => w.GetProperty("window").GetInt32()));
        foreach (var window in windows)
        {
            var values = window.GetProperty("eigenvalues").EnumerateArray().Select(v => v.GetDouble()).ToList();
            Assert.Equal(9, values.Sum(), 1e-9);
            Assert.Equal(values[0], window.GetProperty("leading").GetDouble(), 1e-9);
            Assert.Equal(values[0] / 9, window.GetProperty("share").GetDouble(), 1e-9);
            Assert.Equal(9, window.GetProperty("heaviest").GetArrayLength());
            Assert.InRange(window.GetProperty("entropy").GetDouble(), 0.1, 0.99);
        }
        Assert.Equal(windows[0].GetProperty("velocity").GetDouble() - windows[1].GetProperty("velocity").GetDouble(), answer.GetProperty("velDiv").GetDouble(), 1e-15);
    }

    [Fact(DisplayName = "A wrong file, too few complete symbols, and windows that are none are refused, with file and line")]
    public async Task Refusals()
    {
        var bad = _place.File("bad.csv", "open_time_ms,A,B\n1767571201000,1,2\n1767571202000,1,oops\n");
        Assert.Equal(ExitCode.DataInvalid, await Dolphin("scan", "--data", bad));
        Assert.Contains($"{bad}:3: error: column B: expected a close above zero, or nothing; came 'oops'.", _error.ToString(), StringComparison.Ordinal);
        _error.GetStringBuilder().Clear();
        Assert.Equal(ExitCode.DataInvalid, await Dolphin("scan", "--data", bad, "--json"));
        var detail = JsonDocument.Parse(_error.ToString()).RootElement.GetProperty("error").GetProperty("details")[0];
        Assert.Equal(("--data", bad, 3), (detail.GetProperty("path").GetString(), detail.GetProperty("file").GetString(), detail.GetProperty("line").GetInt32()));
        Assert.Equal(ExitCode.DataInvalid, await Dolphin("scan", "--data", _place.File("closes.csv", Closes(5, 30, missing: 1)), "--assets", "5"));
        Assert.Contains("--assets 5: expected so many symbols with a close at every one of 30 times, found 4 of 5.", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.DataInvalid, await Dolphin("scan", "--data", Path.Combine(_place.Path, "none.csv")));
        Assert.Equal(ExitCode.Usage, await Dolphin("scan"));
        Assert.Equal(ExitCode.Usage, await Dolphin("scan", "--data", bad, "--windows", "50,x"));
        Assert.Contains("--windows expects numbers of returns such as 50,150,300,750; found '50,x'", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, await Dolphin("scan", "--data", bad, "--windows", "50,40"));
        Assert.Contains("each longer than the one before it", _error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_out.ToString());
    }

    /// <summary>A close a minute of assets that follow a market; the last symbol lacks some in the middle.</summary>
    private static string Closes(int assets, int rows, int missing)
    {
        var (chance, logs, text) = (new Chance(5), new double[assets], new StringBuilder("open_time_ms"));
        for (var i = 0; i < assets; i++) text.Append(CultureInfo.InvariantCulture, $",S{i:00}USDT");
        for (var t = 0; t < rows; t++)
        {
            var market = chance.NextNormal();
            text.Append(CultureInfo.InvariantCulture, $"\n{DateTimeOffset.Parse("2026-01-05T00:00:00Z", CultureInfo.InvariantCulture).ToUnixTimeMilliseconds() + t * 60_000L}");
            for (var i = 0; i < assets; i++)
            {
                logs[i] += 0.001 * (market + chance.NextNormal());
                text.Append(',');
                if (i < assets - 1 || t < rows / 2 || t >= rows / 2 + missing) text.Append(CultureInfo.InvariantCulture, $"{100 * Math.Exp(logs[i]):0.######}");
            }
        }
        return text.Append('\n').ToString();
    }

    private async Task<ExitCode> Dolphin(params string[] args)
    {
        _out.GetStringBuilder().Clear();
        _error.GetStringBuilder().Clear();
        return (ExitCode)await DolphinCli.RunAsync(args, new FakeRun(), new Terminal(_out, _error, IsLive: false, Width: 120));
    }
}
