using Dolphin.Domain.Directional;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Cli;
using Dolphin.Node.Tests.Cli;

namespace Dolphin.Node.Tests.Live;

/// <summary>A signal from a shell to a running node: opened, guarded, and through kill -9.</summary>
public sealed class SignalVerbStories
{
    // Bars of a second: it knows volatility within seconds, and the widest stop is far away. A slow machine's fills are late and cost more than was expected; an
    // exit may also only rest, as long as the node that came back has not heard its account. Such an order is soon cancelled, and the next one may take.
    private const string Plan = """
        dolphin {
          universe.symbols = [BTCUSDT, ETHUSDT]
          strategies.symbols { BTCUSDT { strategy = directional } }
          exit-brain { warm-up-bars = 5, least-stop = 0.05, most-stop = 0.05, least-target = 0.15 }
          sizing.fraction = 1 %
          execution { expected-taker-slippage-bps = 50, care-every = 1s, order-life = 5s }
        }
        """;

    [Fact(DisplayName = "dolphin signal opens a position that is guarded from then on; kill -9 forgets neither it nor the signal; an exit ends it, and dolphin resume lets it go on")]
    public async Task From_a_shell()
    {
        using var place = new TemporaryFolder();
        var (plan, state) = (place.File("plan.hocon", Plan), Path.Combine(place.Path, "state"));
        DirectionalFace held;
        using (var first = LiveProcess.Start(plan, state))
        {
            await first.SeesAsync("begun", r => r.Phase == RunPhase.Running && Of(r) is { Mode: DirectionalMode.Active });
            Assert.Contains("hedge-ETHUSDT trades it", (await Shell(ExitCode.Refused, "signal", "ETHUSDT", "long", "--confidence", "0.9")).Error, StringComparison.Ordinal);
            Assert.Contains("Known: BTCUSDT, ETHUSDT", (await Shell(ExitCode.Refused, "signal", "XUSDT", "long", "--confidence", "0.9")).Error, StringComparison.Ordinal);
            Assert.Contains("expected at least 0.5", (await Shell(ExitCode.Refused, "signal", "BTCUSDT", "long", "--confidence", "0.2")).Error, StringComparison.Ordinal);
            Assert.Contains("has taken signal scan-7, long", (await Shell(ExitCode.Ok, "signal", "BTCUSDT", "long", "--confidence", "0.9", "--id", "scan-7")).Out, StringComparison.Ordinal);
            held = Of(await first.SeesAsync("holding one leg with its plan", r => Of(r) is { Stage: DirectionalStage.Holding, Plan: not null } && r.Counts.OpenOrders == 0))!;
            Assert.Equal((PositionSide.Long, "scan-7", 0.9, 1), (held.Side, held.SignalId, held.Confidence, held.Positions));
            Assert.Contains("one position at a time", (await Shell(ExitCode.Refused, "signal", "BTCUSDT", "long", "--confidence", "1")).Error, StringComparison.Ordinal);
            await first.KillAsync();
        }

        Assert.Contains("holding long", (await Shell(ExitCode.Ok, "status")).Out, StringComparison.Ordinal);
        await Shell(ExitCode.NotRunning, "signal", "BTCUSDT", "long", "--confidence", "1");

        using var second = LiveProcess.Start(plan, state);
        var again = Of(await second.SeesAsync("flying again with what it held", r => r.Phase == RunPhase.Running && Of(r) is { Stage: DirectionalStage.Holding }))!;
        Assert.Equal((held.Quantity, held.Entry, held.SignalId, 1), (again.Quantity, again.Entry, again.SignalId, again.Positions));
        Assert.Contains("before; nothing changed", (await Shell(ExitCode.Ok, "signal", "BTCUSDT", "long", "--confidence", "0.9", "--id", "scan-7")).Out, StringComparison.Ordinal);
        await Shell(ExitCode.Ok, "exit", "directional-BTCUSDT");
        await second.SeesAsync("flat and over", r => Of(r) is { Mode: DirectionalMode.Terminated, Side: null, Ended.Manual: 1 });
        Assert.Contains("goes on, by", (await Shell(ExitCode.Ok, "resume", "directional-BTCUSDT")).Out, StringComparison.Ordinal);
        Assert.Contains("has taken signal scan-8, short", (await Shell(ExitCode.Ok, "signal", "BTCUSDT", "short", "--confidence", "0.9", "--id", "scan-8")).Out, StringComparison.Ordinal);
        await second.SeesAsync("active again", r => Of(r) is { Mode: DirectionalMode.Active });
        Assert.Equal((int)ExitCode.Ok, await second.TerminateAsync());

        async Task<(string Out, string Error)> Shell(ExitCode expected, params string[] args)
        {
            var (code, output, error) = await DolphinProcess.RunAsync(place, "", [.. args, "--state", state]);
            Assert.True(code == expected, $"{code}: {output}{error}");
            return (output, error);
        }
    }

    private static DirectionalFace? Of(RunSnapshot run) => run.Directional?.FirstOrDefault(d => d.Symbol == new Symbol("BTCUSDT"));
}
