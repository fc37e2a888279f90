using System.Globalization;
using System.Text;
using System.Text.Json;
using Dolphin.Domain.Forewarning;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;
using Dolphin.Node.Cli;
using Dolphin.Node.Plan;
using Dolphin.Node.Report;
using Dolphin.Node.Running;
using Dolphin.Node.Screen;
using Dolphin.Web;
using Serilog;

namespace Dolphin.Node.Tests.Running;

/// <summary>A forewarner from the plan's words to what people are told of it.</summary>
public sealed class ForewarnerNodeStories : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
    private readonly TemporaryFolder _place = new();

    public void Dispose() => _place.Dispose();

    // Few trials prove nothing, so whatever is fitted serves. APEX reaches down to where the envelope halves R_total: positions are opened there, and the cap is seen to bind.
    private string Plan(string more = "") => _place.File("small.hocon", $$"""
        dolphin {
          universe.symbols = [BTCUSDT, XMRUSDT]
          hedging.warm-up-bars = 5
          sizing { capital-per-strategy = 20000, fraction = 80 %, leverage = 20 }
          survival.postures {
            apex { fall-below = 0.40, rise-above = 0.45, max-leverage = 20 }
            stalker { fall-below = 0.30, rise-above = 0.35 }
          }
          forewarner { enabled = true, trials = 200, least-recall = 0, most-false-alarm = 100 %, may-be-worse-by = 100 %, history = [bars.csv] }
          {{more}}
        }
        """);

    // Two days of bars of five minutes; the replay begins with the second.
    private string Bars()
    {
        var (began, chance) = (Start.ToUnixTimeMilliseconds(), new Domain.Chance(3));
        var text = new StringBuilder("open_time_ms,symbol,open,high,low,close,volume\n");
        foreach (var (symbol, level) in (ReadOnlySpan<(string, decimal)>)[("BTCUSDT", 90_000m), ("XMRUSDT", 400m)])
        {
            var open = level;
            for (var bar = 0; bar < 2 * 288; bar++)
            {
                var close = Math.Round(open * (1 + 0.0023m * (decimal)chance.NextNormal()), 2);
                text.Append(CultureInfo.InvariantCulture, $"{began + 300_000L * bar},{symbol},{open},{Math.Max(open, close)},{Math.Min(open, close)},{close},1000000\n");
                open = close;
            }
        }

        return _place.File("bars.csv", text.ToString());
    }

    private async Task<RunReport> RunAsync(string plan, DateTimeOffset? from, string state = "state")
    {
        var options = new RunOptions(plan, MarketKind.Replay, [Bars()], Speed.Max, from, from?.AddHours(12) ?? Start.AddHours(6), Path.Combine(_place.Path, state), Seed: 3, ReportPath: null,
            Http: null, NoUi: true, Json: false);
        var loaded = TradingPlan.Load(plan, _ => null);
        await using var node = await new RunMachinery().StartAsync(options, loaded.Plan ?? throw loaded.ToException(plan), new LoggerConfiguration().CreateLogger(), CancellationToken.None);
        return await node.Completion;
    }

    [Fact(DisplayName = "A plan that bets too much is RED from the first bar: L3 halves R_total, openings have half of their leverage and say why, and every screen shows the way back")]
    public async Task Red()
    {
        var report = await RunAsync(Plan(), Start.AddDays(1));
        Assert.True(report.IsSound);
        var worst = report.Forewarner!.Standings.MinBy(s => s.Distance)!;
        Assert.Equal((EnvelopeBand.Red, 10m), (worst.Band, worst.LeverageCap));
        Assert.InRange(report.MinimumRTotal, 0.4, 0.5);
        using var text = new StringWriter();
        ReportText.Write(text, report);
        Assert.Contains("RED: ", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("back to safety: sizing.", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("2026-01-06 00:00:00 leverage halves on 2 of 2 symbols, whose parameters are outside", text.ToString(), StringComparison.Ordinal);

        var stored = StoredRun.Open(Path.Combine(_place.Path, "state"))!;
        var picture = stored.Snapshot();
        Assert.Equal(JsonSerializer.Serialize(report.Forewarner.Standings, RunJson.Compact), JsonSerializer.Serialize(picture.Forewarner!.Standings, RunJson.Compact));
        using var status = new StringWriter();
        StatusText.Write(status, picture, "state", isRunning: false);
        Assert.Contains("leverage at most 10x of 20x", status.ToString(), StringComparison.Ordinal);
        Assert.Contains("forewarner RED", RunScreen.Render(picture, 120, 40, colours: false), StringComparison.Ordinal);
        var json = JsonSerializer.Serialize(picture, RunJson.Compact);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<RunSnapshot>(json, RunJson.Compact), RunJson.Compact));

        var past = (await stored.ExplainAsync(Start.AddDays(1).AddHours(3), CancellationToken.None))!;
        var l3 = past.Layers.Single(l => l.Layer == LayerId.McForewarner);
        Assert.Equal(0.5, l3.Damped, 1e-9);
        Assert.Equal((BetBound.Envelope, 10m, 10m), past.Sizing!.Openings[0].Sizing is var s ? (s.Bound, s.Leverage, s.EnvelopeCap) : default);
        Assert.Contains("leverage 10x of 20x wished, set by the envelope", past.ToText(), StringComparison.Ordinal);
        Assert.Contains("envelope: at most 10x", past.ToText(), StringComparison.Ordinal);
        Assert.Contains("back to safety: sizing.", past.ToText(), StringComparison.Ordinal);

        Assert.Equal(report.StateHash, (await RunAsync(Plan(), Start.AddDays(1), "again")).StateHash);
    }

    [Fact(DisplayName = "What history has of the replay's own time is not looked at: at its beginning there is nothing to fit, and the node flies as STALKER, not grounded")]
    public async Task No_history()
    {
        var refused = await Assert.ThrowsAsync<CliException>(() => RunAsync(Plan(), from: null));
        Assert.Contains("dolphin.forewarner.history", refused.Message, StringComparison.Ordinal);
        var report = await RunAsync(Plan("forewarner.history = [], survival.postures { apex { fall-below = 0.85, rise-above = 0.92 }, stalker { fall-below = 0.55, rise-above = 0.65 } }"), from: null);
        Assert.InRange(report.MinimumRTotal, 0.7, 0.75); // What it loses of its best is in it.
        Assert.Equal(0, report.Forewarner!.Tally.Wanted);
        Assert.Equal("STALKER", report.Postures[^1].To);
        Assert.True(report.Fills > 0);
    }
}
