using Dolphin.Domain.External;
using Dolphin.Node.Cli;
using Dolphin.Node.Plan;
using Dolphin.Node.Running;
using Serilog;

namespace Dolphin.Node.Tests.Plan;

/// <summary>What a plan says of external factors, and what a run makes of it.</summary>
public sealed class ExfPlanStories : IDisposable
{
    private readonly TemporaryFolder _place = new();
    public void Dispose() => _place.Dispose();

    private static TradingPlan Good(string text) => PlanStories.Load(text).Good();
    private static void Bad(string text, params string[] says) => PlanStories.Load(text).Bad(says);

    [Fact(DisplayName = "Without a word there are none, and the fingerprint is that of before there could be any; every default is the domain's")]
    public void Off()
    {
        Assert.Null(Good("").Exf);
        Assert.Equal(Good("").Fingerprint, Good("dolphin.exf { source = off, shock.dvol-rise = 20 %, fresh-for.dvol = 1h }").Fingerprint);
        var exf = Good("dolphin.exf.source = live").Exf!;
        Assert.Equal((new FactorSettings(), FactorOrigin.Live, new Uri("https://fapi.binance.com"), new Uri("https://www.deribit.com"), 300), (exf.Settings, exf.Origin, exf.Binance, exf.Deribit, exf.MostWeight));
    }

    [Fact(DisplayName = "What decides is in the fingerprint; where live factors are asked for, and what a file is called, is not")]
    public void Fingerprint()
    {
        string Of(string text) => Good($"dolphin.exf {{ source = live, {text} }}").Fingerprint;
        Assert.NotEqual(Good("").Fingerprint, Of(""));
        Assert.NotEqual(Of(""), Of("shock.dvol-rise = 20 %"));
        Assert.Equal(Of(""), Of("live { timeout = 3s, binance = \"http://127.0.0.1:8080\" }"));
        Assert.Equal(Of("files = [a.csv]"), Of("files = [b.csv]"));
    }

    [Fact(DisplayName = "What cannot be meant is refused with its path, what it is and what was expected")]
    public void Bad_values()
    {
        Bad("dolphin.exf.source = files", "dolphin.exf.files", "expected at least one");
        Bad("dolphin.exf.files = [\"../../etc/passwd\"]", "dolphin.exf.files", "beside the plan");
        Bad("dolphin.exf.files = [\"/etc/passwd\"]", "dolphin.exf.files");
        Bad("dolphin.exf.shock.dvol-rise = 0.1 %", "dolphin.exf.shock.dvol-rise", "0.01 to 10");
        Bad("dolphin.exf.live.binance = \"ftp://binance\"", "dolphin.exf.live.binance", "an address such as");
        Bad("dolphin.exf.live.dvol-currency = DOGE", "BTC or ETH");
        Bad("dolphin { exf { source = live, live.most-weight = 601 } }", "dolphin.exf.live.most-weight", "expected at most 600");
        Bad("dolphin { exf { source = live }, venues.binance.weight-share = 20 % }", "dolphin.exf.live.most-weight", "expected at most 240");
        Good("dolphin { exf { source = live, live.most-weight = 960 }, venues.binance.weight-share = 80 % }");
        Bad("dolphin.exf.fresh-fer { dvol = 1h }", "did you mean 'fresh-for'");
    }

    private async Task<Domain.Reporting.RunReport> RunAsync(string exf, string folder = "state")
    {
        var from = new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
        var options = new RunOptions(Path.Combine(_place.Path, "plan.hocon"), MarketKind.Sim, [], Speed.Max, from, from.AddHours(2), Path.Combine(_place.Path, folder), Seed: 3, ReportPath: null,
            Http: null, NoUi: true, Json: false);
        var plan = Good($"dolphin {{ universe.symbols = [BTCUSDT, XMRUSDT], hedging.warm-up-bars = 5, replay.checkpoint-every-bars = 100, {exf} }}");
        await using var node = await new RunMachinery().StartAsync(options, plan, new LoggerConfiguration().CreateLogger(), CancellationToken.None);
        return await node.Completion;
    }

    private void Write(params string[] rows) => File.WriteAllLines(Path.Combine(_place.Path, "factors.csv"), ["at,asset,factor,value", .. rows]);

    [Fact(DisplayName = "A run plays the files beside its plan: a shock of DVOL takes R_total down, and the report counts what came; with other content it is another run")]
    public async Task Played()
    {
        const string files = "exf { source = files, files = [factors.csv], fresh-for.dvol = 26h }";
        Write("2026-01-04T23:00Z,,dvol,50", "2026-01-05T01:00Z,,dvol,60");
        var (shocked, quiet) = (await RunAsync(files), await RunAsync("", "quiet"));
        Assert.Equal([new FactorCount(Factors.Dvol, 2, 0, 1)], shocked.Factors!.Value.AsEnumerable());
        Assert.Null(quiet.Factors);
        Assert.InRange(shocked.MinimumRTotal, 0.2, 0.31);
        Assert.True(quiet.MinimumRTotal > 0.5, $"{quiet.MinimumRTotal}");
        Assert.True(shocked.IsSound);

        Write("2026-01-04T23:00Z,,dvol,50", "2026-01-05T01:00Z,,dvol,51");
        var other = await Assert.ThrowsAsync<CliException>(() => RunAsync(files));
        Assert.Equal(ExitCode.StateRefused, other.Code);
    }

    [Fact(DisplayName = "A file that is wrong is refused with file and line, and live factors in a replay are, before anything is begun")]
    public async Task Refused()
    {
        Write("2026-01-04T23:00Z,,dvol,fifty");
        var bad = await Assert.ThrowsAsync<CliException>(() => RunAsync("exf { source = files, files = [factors.csv] }"));
        Assert.Equal(ExitCode.DataInvalid, bad.Code);
        Assert.Equal("dolphin.exf.files: the recording cannot be used: it has 1 error. Nothing was started.", bad.Message);
        var detail = Assert.Single(bad.Details);
        Assert.Equal(("dolphin.exf.files", "factors.csv", 2L), (detail.Path, Path.GetFileName(detail.File), detail.Line));
        Assert.StartsWith("column value: expected a finite number", detail.Message, StringComparison.Ordinal);
        var live = await Assert.ThrowsAsync<CliException>(() => RunAsync("exf.source = live"));
        Assert.Contains("not in real time", live.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_place.Path, "state")));
    }
}
