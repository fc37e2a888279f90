using System.Text.Json;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Cli;
using Dolphin.Node.Tests.Cli;

namespace Dolphin.Node.Tests.Live;

/// <summary>An operator's word to Hermes from a shell to a running node and back, and through kill -9.</summary>
public sealed class HermesVerbStories
{
    // As for the other live stories: it opens within seconds at any hour of the week.
    private const string Plan = """
        dolphin {
          universe.symbols = [BTCUSDT]
          hermes.enabled = true
          hedging { warm-up-bars = 20, gamma1 = 0.0001, max-interval = 365d }
          sizing.fraction = 1 %
        }
        """;

    [Fact(DisplayName = "dolphin hermes override reaches the node over its socket, the legs change hands as they stand, kill -9 forgets nothing, and lift ends it")]
    public async Task From_a_shell()
    {
        using var place = new TemporaryFolder();
        var (plan, state) = (place.File("plan.hocon", Plan), Path.Combine(place.Path, "state"));
        RunSnapshot before;
        using (var first = LiveProcess.Start(plan, state))
        {
            await first.SeesAsync("looking at its asset", r => r.Phase == RunPhase.Running && Of(r) is { RegimeSince: not null });
            Assert.Equal(ExitCode.Refused, (await Shell("override", "XUSDT", "hedging")).Code);
            await Succeeds("override", "BTCUSDT", "hedging", "--posture", "balanced", "--reason", "open it");
            before = await first.SeesAsync("holding both legs", r => Holds(r) && r.Counts.OpenOrders == 0);
            var (code, _, error) = await Shell("override", "BTCUSDT", "protector");
            Assert.Equal(ExitCode.Refused, code);
            Assert.Contains($"There is override 1 already, by cli:{Environment.UserName}", error, StringComparison.Ordinal);
            await Succeeds("lift", "BTCUSDT");
            await Succeeds("override", "BTCUSDT", "protector", "--reason", "a drill");
            var handed = await first.SeesAsync("with the protector", r => Of(r) is { Holder: LegHolder.ExposureProtector, HandOver: null });
            Assert.Equal(before.Assets[0].Legs, handed.Assets[0].Legs);
            Assert.Equal(before.Counts.Orders, handed.Counts.Orders);
            await first.KillAsync();
        }

        var dead = await Shell("override", "BTCUSDT", "hedging");
        Assert.Equal(ExitCode.NotRunning, dead.Code);
        var left = await Shell("BTCUSDT");
        Assert.Equal(ExitCode.Ok, left.Code);
        Assert.Contains("exposure-protector", left.Out, StringComparison.Ordinal);

        using var second = LiveProcess.Start(plan, state);
        await second.SeesAsync("flying again under the same word", r => r.Phase == RunPhase.Running && Holds(r)
            && Of(r) is { Holder: LegHolder.ExposureProtector, Override: { Holder: LegHolder.ExposureProtector, Why: "a drill" } });
        var json = await Shell("BTCUSDT", "--json");
        Assert.Equal("exposure-protector", JsonDocument.Parse(json.Out).RootElement[0].GetProperty("override").GetProperty("holder").GetString());
        await Succeeds("lift", "BTCUSDT", "--reason", "the drill is over");
        await second.SeesAsync("without an override, and with the same holder until the dwell is over", r => Of(r) is { Override: null, Holder: LegHolder.ExposureProtector });
        Assert.Equal((int)ExitCode.Ok, await second.TerminateAsync());

        Task<(ExitCode Code, string Out, string Error)> Shell(params string[] args) => DolphinProcess.RunAsync(place, "", ["hermes", .. args, "--state", state]);
        async Task Succeeds(params string[] args)
        {
            var (code, _, error) = await Shell(args);
            Assert.True(code == ExitCode.Ok, error);
        }
    }

    [Fact(DisplayName = "On a node without Hermes the same words are refused with what would switch it on, and nothing is stored")]
    public async Task Not_enabled()
    {
        using var place = new TemporaryFolder();
        var (plan, state) = (place.File("plan.hocon", "dolphin.universe.symbols = [BTCUSDT]"), Path.Combine(place.Path, "state"));
        using var run = LiveProcess.Start(plan, state);
        var events = await run.SeesAsync("running", r => r.Phase == RunPhase.Running);
        Assert.Null(events.Hermes);
        foreach (var args in (string[][])[["override", "BTCUSDT", "compression"], ["lift", "BTCUSDT"], []])
        {
            var (code, _, error) = await DolphinProcess.RunAsync(place, "", ["hermes", .. args, "--state", state]);
            Assert.Equal(ExitCode.Refused, code);
            Assert.Contains("dolphin.hermes.enabled = true", error, StringComparison.Ordinal);
        }

        Assert.Equal((int)ExitCode.Ok, await run.TerminateAsync());
    }

    private static HermesExplanation? Of(RunSnapshot run) => run.Hermes?.FirstOrDefault(h => h.Symbol == new Symbol("BTCUSDT"));

    private static bool Holds(RunSnapshot run) => run.Assets[0].Legs is { Long.Quantity.Base: > 0m, Short.Quantity.Base: > 0m };
}
