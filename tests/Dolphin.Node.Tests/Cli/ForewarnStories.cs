using System.Text.Json;
using Dolphin.Node.Cli;
using Dolphin.Node.Running;

namespace Dolphin.Node.Tests.Cli;

/// <summary>Where a plan's parameters are in their safety envelope.</summary>
public sealed class ForewarnStories : IDisposable
{
    private readonly TemporaryFolder _place = new();
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    public void Dispose() => _place.Dispose();

    private async Task<ExitCode> Dolphin(params string[] args) =>
        (ExitCode)await DolphinCli.RunAsync(["forewarn", .. args], new RunMachinery(), new Terminal(_out, _error, IsLive: false, Width: 120));

    private string Plan(string words) => _place.File("small.hocon",
        $"dolphin {{ universe.symbols = [BTCUSDT, SOLUSDT], simulation.span = 3d, {words} }}");

    [Fact(DisplayName = "A ruinous plan is RED, its leverage is halved, and the way back leads to GREEN; a small one is GREEN and needs none")]
    public async Task Bands()
    {
        Assert.Equal(ExitCode.Ok, await Dolphin("--plan", Plan("sizing { fraction = 80 %, leverage = 20 }, survival.postures.apex.max-leverage = 20"), "--trials", "500", "--seed", "3", "--json"));
        var ruinous = JsonDocument.Parse(_out.ToString()).RootElement;
        Assert.Equal(("red", 10m), (ruinous.GetProperty("score").GetProperty("band").GetString(), ruinous.GetProperty("leverageCap").GetDecimal()));
        Assert.Equal("green", ruinous.GetProperty("wayBack").GetProperty("arrival").GetProperty("band").GetString());
        Assert.True(ruinous.GetProperty("alone").GetProperty("catastrophes").GetInt32() > 64);
        _out.GetStringBuilder().Clear();
        Assert.Equal(ExitCode.Ok, await Dolphin("--plan", Plan("sizing { fraction = 5 %, leverage = 1 }"), "--trials", "500", "--seed", "3"));
        foreach (var said in (string[])["GREEN: ", "is not cut", "band-limited hedging, 2 symbols", "500", "0 catastrophes", "sizing.fraction"])
            Assert.Contains(said, _out.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("way back", _out.ToString(), StringComparison.Ordinal);
        Assert.Contains("500 trials of 6 paths each ...", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "Of a market that is shorter than one path people are told")]
    [InlineData("5h", "The market is 4h 55m long, less than one path")]
    [InlineData("73h", null)]
    public async Task Short_market(string span, string? said)
    {
        Assert.Equal(ExitCode.Ok, await Dolphin("--plan", Plan($"simulation.span = {span}"), "--trials", "500", "--seed", "3"));
        if (said is not null) Assert.Contains(said, _out.ToString(), StringComparison.Ordinal);
        else Assert.DoesNotContain("The market is", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A plan with directional alone, a bad number of trials and a missing recording are refused in words")]
    public async Task Refusals()
    {
        Assert.Equal(ExitCode.Refused, await Dolphin("--plan", Plan("strategies.strategy = directional")));
        Assert.Contains("Only directional trades", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, await Dolphin("--trials", "499"));
        Assert.Equal(ExitCode.DataInvalid, await Dolphin("--plan", Plan("account.capital = 1000"), "--data", Path.Combine(_place.Path, "nowhere")));
    }
}
