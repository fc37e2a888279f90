using System.Text.Json;
using Dolphin.Node.Cli;
using Dolphin.Node.Running;

namespace Dolphin.Node.Tests.Cli;

/// <summary>What a plan comes to, under its own terms and under harder ones.</summary>
public sealed class EconomicsStories : IDisposable
{
    private readonly TemporaryFolder _place = new();
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    public void Dispose() => _place.Dispose();

    private async Task<ExitCode> Dolphin(IRunMachinery? machinery, params string[] args) =>
        (ExitCode)await DolphinCli.RunAsync(["economics", .. args], machinery ?? new RunMachinery(), new Terminal(_out, _error, IsLive: false, Width: 120));

    private string Plan(string words = "") => _place.File("small.hocon",
        $"dolphin {{ universe.symbols = [BTCUSDT, XMRUSDT], hedging {{ warm-up-bars = 5, k = 6 }}, sizing.capital-per-strategy = 20000 }}\n{words}");

    [Fact(DisplayName = "A simulated day three times: the plan's terms, fees doubled, fills halved; each run adds up")]
    public async Task Three_runs()
    {
        Assert.Equal(ExitCode.Ok, await Dolphin(null, "--plan", Plan(), "--from", "2026-01-05", "--to", "2026-01-06", "--seed", "3", "--json"));
        var table = JsonDocument.Parse(_out.ToString()).RootElement;
        Assert.Equal(("sim", 100_000m), (table.GetProperty("market").GetString(), table.GetProperty("capital").GetDecimal()));
        var runs = table.GetProperty("runs").EnumerateArray().ToArray();
        Assert.Equal(["as planned", "fees x2", "fills halved"], runs.Select(r => r.GetProperty("terms").GetString()));
        Assert.Equal([(0.0002m, 0.0005m, 1m), (0.0004m, 0.001m, 1m), (0.0002m, 0.0005m, 0.5m)],
            runs.Select(r => (r.GetProperty("makerFee").GetDecimal(), r.GetProperty("takerFee").GetDecimal(), r.GetProperty("fillFraction").GetDecimal())));
        Assert.Equal(3, runs.Select(r => r.GetProperty("stateHash").GetString()).Distinct().Count());
        foreach (var run in runs)
        {
            var e = run.GetProperty("economics");
            Assert.True(run.GetProperty("isSound").GetBoolean() && run.GetProperty("fills").GetInt64() > 2, run.GetRawText());
            Assert.Equal(Amount(e, "net"), Amount(e, "gross") - Amount(e, "fees") + Amount(e, "funding"));
            Assert.Equal(Amount(e, "net"), run.GetProperty("strategies").EnumerateArray().Sum(s => Amount(s.GetProperty("economics"), "net")));
            // Every fill takes at the taker fee, or rests at the maker fee.
            Assert.InRange(Amount(e, "fees") / Amount(e, "turnover"), run.GetProperty("makerFee").GetDecimal() * 0.99m, run.GetProperty("takerFee").GetDecimal() * 1.01m);
        }

        static decimal Amount(JsonElement of, string name) => of.GetProperty(name).GetDecimal();
    }

    [Fact(DisplayName = "A person reads one line for each terms, each asset below, and what the words mean")]
    public async Task Text()
    {
        var fake = new FakeRun();
        Assert.Equal(ExitCode.Ok, await Dolphin(fake, "--plan", Plan()));
        Assert.Equal((MarketKind.Sim, Speed.Max), (fake.Options!.Market, fake.Options.Speed));
        Assert.False(Directory.Exists(Path.GetDirectoryName(fake.Options.StateFolder)), "The folders of the runs are still there.");
        foreach (var said in (string[])["as planned", "fees x2", "fills halved", "+2,317.32", "912.44", "-33.08", "+1,371.80", "1.37 %", "1,824,882.20", "43.75 %", "9,981 (3 not ours)", "hedge-btcusdt", "-100.00"])
            Assert.Contains(said, _out.ToString(), StringComparison.Ordinal);
        Assert.Contains("fills halved ...", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A plan that bears no doubled fee is refused before anything is run; an invariant that broke is told by the exit code; a rebate is not doubled")]
    public async Task Refusals()
    {
        var fake = new FakeRun();
        Assert.Equal(ExitCode.ConfigInvalid, await Dolphin(fake, "--plan", Plan("dolphin.venue.paper.liquidation-fee = 6 %")));
        Assert.Contains("dolphin.venue.paper.liquidation-fee is '0.12'", _error.ToString(), StringComparison.Ordinal);
        Assert.Null(fake.Options);
        Assert.Equal(ExitCode.Ok, await Dolphin(fake, "--plan", Plan("dolphin.venue.paper.maker-fee = -0.01 %"), "--json"));
        Assert.Equal([-0.0001m, -0.0001m, -0.0001m], JsonDocument.Parse(_out.ToString()).RootElement.GetProperty("runs").EnumerateArray().Select(r => r.GetProperty("makerFee").GetDecimal()));
        Assert.Equal(ExitCode.Unsound, await Dolphin(new FakeRun { Report = Pictures.Report(violated: 1) }, "--plan", Plan()));
        Assert.Equal(ExitCode.Usage, await Dolphin(fake, "--from", "2026-01-06", "--to", "2026-01-05"));
    }
}
