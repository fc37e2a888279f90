using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Dolphin.Node.Cli;

/// <summary>The usual help, and after it what it cannot know: examples that can be pasted, and the exit codes.</summary>
internal sealed class TeachingHelp(HelpAction usual) : SynchronousCommandLineAction
{
    public static void Install(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new TeachingHelp((HelpAction)help.Action!);
    }

    public override int Invoke(ParseResult parseResult)
    {
        var result = usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var (examples, codes) = For(parseResult.CommandResult.Command.Name);
        output.WriteLine("Examples:");
        foreach (var (line, why) in examples)
        {
            output.WriteLine($"  # {why}");
            output.WriteLine($"  {line}");
        }
        output.WriteLine();
        output.WriteLine("Exit codes:");
        foreach (var code in codes) output.WriteLine($"  {(int)code,-2} {code.Word(),-17} {code.Meaning()}");
        return result;
    }

    private static ((string Line, string Why)[] Examples, ExitCode[] Codes) For(string command) => command switch
    {
        "run" => (
        [
            ("dolphin run", "a simulated market in real time, the live view, state in ./state/sim"),
            ("dolphin run --market replay --data recordings/2025-05 --report report.json", "a recorded month as fast as it goes, with a report"),
            ("dolphin run --market replay --data recordings/2025-05 --from 2025-05-12 --to 2025-05-14 --speed 600x", "two days of it, ten minutes a second"),
            ("dolphin run --market sim --speed max --from 2026-01-05 --to 2026-01-12", "a simulated week at once"),
            ("dolphin run --market remote --venue ws://127.0.0.1:7788", "a venue in another process (dolphin venue), which outlives this one"),
            ("dolphin run --market replay --plan hocon/plans/ticks.hocon --data usdm_btcusdt.gz --bar 100ms", "raw messages of one symbol: its trades as bars, and its order book"),
            ("dolphin run --market binance --bar 1m", "Binance USD-M futures as they trade now, on paper; no key is needed"),
            ("dolphin run --plan my.hocon --state state/mine --seed 7 --no-ui", "another plan, another state folder, plain log lines"),
        ],
        [ExitCode.Ok, ExitCode.Fault, ExitCode.Usage, ExitCode.ConfigInvalid, ExitCode.DataInvalid, ExitCode.StateRefused, ExitCode.Unsound, ExitCode.HttpUnavailable, ExitCode.StorageFailed, ExitCode.VenueUnavailable]),
        "venue" => (
        [
            ("dolphin venue", "a simulated market on ws://127.0.0.1:7788, state in ./state/venue"),
            ("dolphin venue --market replay --data recordings/2025-05 --bar 1s", "a recorded month of minutes, one a second on the wall clock"),
            ("DOLPHIN_VENUE_SECRET=... dolphin venue --listen 10.0.0.5:7788", "for other machines: only with a secret, from the environment or a file"),
            ("dolphin run --market remote --venue ws://127.0.0.1:7788", "a node that trades there, from another terminal"),
            ("curl http://127.0.0.1:7788/oracle", "what the venue has counted: ids sent twice, epochs, late orders, positions, the cash gap"),
        ],
        [ExitCode.Ok, ExitCode.Fault, ExitCode.Usage, ExitCode.ConfigInvalid, ExitCode.DataInvalid, ExitCode.StateRefused, ExitCode.HttpUnavailable, ExitCode.StorageFailed]),
        "status" => (
        [
            ("dolphin status", "the run on ./state/sim or ./state/replay, whichever is running or newer"),
            ("dolphin status --state state/mine --json", "another folder, for a script"),
        ],
        [ExitCode.Ok, ExitCode.Usage, ExitCode.StateRefused, ExitCode.NotRunning]),
        "explain" => (
        [
            ("dolphin explain", "why R_total is what it is now"),
            ("dolphin explain --at 2025-05-12T08:30:00Z", "why it was what it was then"),
        ],
        [ExitCode.Ok, ExitCode.Usage, ExitCode.StateRefused, ExitCode.NotRunning, ExitCode.Refused]),
        "exit" => (
            [("dolphin exit hedge-BTCUSDT", "leave the position step by step, then terminate")],
            [ExitCode.Ok, ExitCode.Usage, ExitCode.NotRunning, ExitCode.Refused]),
        "resume" => (
        [
            ("dolphin resume protector-BTCUSDT", "after somebody else's trade, or an exit, stopped it and you know why: it trims again"),
            ("dolphin resume hedge-BTCUSDT", "after it has ended: it opens again as soon as it may"),
        ],
        [ExitCode.Ok, ExitCode.Usage, ExitCode.NotRunning, ExitCode.Refused]),
        "ack-drawdown" => (
            [("dolphin ack-drawdown", "after a drawdown was looked into")],
            [ExitCode.Ok, ExitCode.Usage, ExitCode.NotRunning, ExitCode.Refused]),
        "ack-ledger" => (
            [("dolphin ack-ledger", "after it was understood why books and venue differed, and they agree again")],
            [ExitCode.Ok, ExitCode.Usage, ExitCode.NotRunning, ExitCode.Refused]),
        "signal" => (
        [
            ("dolphin signal BTCUSDT long --confidence 0.8", "opens at the next bar, if nothing is held and the plan believes 0.8"),
            ("dolphin signal BTCUSDT short --confidence 0.9 --id scan-117 --json", "from a program: asking again with the same id does nothing new"),
        ],
        [ExitCode.Ok, ExitCode.Usage, ExitCode.NotRunning, ExitCode.Refused]),
        "hermes" => (
        [
            ("dolphin hermes", "a line for each asset: regime, holder, what is wanted and why"),
            ("dolphin hermes BTCUSDT", "one asset in full"),
            ("dolphin hermes override BTCUSDT compression --reason 'both legs are under water'", "an operator's word goes before the table"),
            ("dolphin hermes lift BTCUSDT", "Hermes decides again"),
        ],
        [ExitCode.Ok, ExitCode.Usage, ExitCode.StateRefused, ExitCode.NotRunning, ExitCode.Refused]),
        "override" => (
        [
            ("dolphin hermes override BTCUSDT compression --reason 'both legs are under water'", "its legs go to hedge compression as they stand, from the next bar on"),
            ("dolphin hermes override BTCUSDT protector --posture cautious --priority high --for 4h", "for four hours, and how"),
            ("dolphin hermes override BTCUSDT nobody --reason delisting", "hands off: what is there stays, and nobody trades it"),
        ],
        [ExitCode.Ok, ExitCode.Usage, ExitCode.NotRunning, ExitCode.Refused]),
        "lift" => (
            [("dolphin hermes lift BTCUSDT --reason 'looked at it'", "whoever holds the legs keeps them until Hermes wants somebody else, after its dwell")],
            [ExitCode.Ok, ExitCode.Usage, ExitCode.NotRunning, ExitCode.Refused]),
        "copy-state" => (
        [
            ("DOLPHIN_DB='Host=db;Database=dolphin;Username=dolphin' dolphin copy-state --state state/remote --cluster hocon/cluster/node.conf", "a run at a venue of its own process moves to a cluster"),
            ("dolphin copy-state --state state/remote --cluster node.conf --json", "every entity with its count, highest number and digest, for a script"),
        ],
        [ExitCode.Ok, ExitCode.Fault, ExitCode.Usage, ExitCode.ConfigInvalid, ExitCode.StateRefused, ExitCode.NotRunning, ExitCode.StorageFailed]),
        "balance" => (
        [
            ("dolphin balance --snapshot portfolio.json", "what is wrong with a portfolio, and what would put it right"),
            ("MAX_SYMBOL_EXPOSURE=0.12 dolphin balance --snapshot portfolio.json --preset conservative", "other limits: a preset, and the environment over it"),
            ("dolphin balance --snapshot portfolio.json --json", "metrics, limits, commands and alerts for a script"),
        ],
        [ExitCode.Ok, ExitCode.Usage, ExitCode.ConfigInvalid, ExitCode.DataInvalid]),
        "economics" => (
        [
            ("dolphin economics --plan hocon/plans/full.hocon --data recordings/2025-05", "every strategy together on a recorded month, three times"),
            ("dolphin economics --plan my.hocon --from 2026-01-05 --to 2026-01-12 --json", "a simulated week, for a script"),
        ],
        [ExitCode.Ok, ExitCode.Fault, ExitCode.Usage, ExitCode.ConfigInvalid, ExitCode.DataInvalid, ExitCode.Unsound, ExitCode.StorageFailed]),
        "forewarn" => (
        [
            ("dolphin forewarn --plan hocon/plans/full.hocon --data recordings/2025-05", "a plan's parameters against trials on a recorded month"),
            ("dolphin forewarn --plan my.hocon --trials 20000 --seed 7 --json", "more trials of a simulated market, for a script"),
        ],
        [ExitCode.Ok, ExitCode.Fault, ExitCode.Usage, ExitCode.ConfigInvalid, ExitCode.DataInvalid, ExitCode.Refused]),
        "verify" or "book" => (
        [
            ("dolphin book verify --data btcusdt_20240808.gz", "one recording of raw messages with its snapshot"),
            ("dolphin book verify --data BINANCE_FUTURES.ws.1.0.gz BINANCE_FUTURES.http.0.0.gz", "a session whose snapshots are in a file of their own"),
            ("dolphin book verify --data day.csv.gz --json", "every count and the first findings of each kind, for a script"),
        ],
        [ExitCode.Ok, ExitCode.Fault, ExitCode.Usage, ExitCode.DataInvalid]),
        "degrade" => (
        [
            ("dolphin degrade --plan hocon/plans/all-symbols.hocon --data recordings/2025-10 --from 2025-10-09 --to 2025-10-12 --at 2025-10-10T20:00Z", "each sensor at fault for three hours of a crash"),
            ("dolphin degrade --data recordings/2025-05 --at 2025-05-12 --for 30m --json", "a shorter fault, for a script"),
        ],
        [ExitCode.Ok, ExitCode.Fault, ExitCode.Usage, ExitCode.ConfigInvalid, ExitCode.DataInvalid, ExitCode.Unsound, ExitCode.StorageFailed]),
        "place" => (
        [
            ("dolphin book place --data btcusdt_20240808.gz --quantity 0.5", "half a bitcoin each five seconds, bought and sold by turns"),
            ("dolphin book place --data session.gz --symbol ETHUSDT --quantity 10 --every 1m --no-take --json", "as in STALKER: what does not fill is left"),
        ],
        [ExitCode.Ok, ExitCode.Fault, ExitCode.Usage, ExitCode.ConfigInvalid, ExitCode.DataInvalid]),
        "scan" => (
        [
            ("dolphin scan --data closes.csv.gz", "every symbol of a close matrix, windows of 50, 150, 300 and 750 returns"),
            ("dolphin scan --data recordings/2025-10 --assets 400 --windows 50,1151", "the first 400 complete symbols of recorded bars, other windows"),
            ("dolphin scan --data closes.csv.gz --json", "all eigenvalues, for a script"),
        ],
        [ExitCode.Ok, ExitCode.Usage, ExitCode.DataInvalid]),
        "check" or "config" => (
        [
            ("dolphin config check my.hocon", "every mistake at once, with file, line and column"),
            ("dolphin config check my.hocon --json", "the same for an editor"),
        ],
        [ExitCode.Ok, ExitCode.Usage, ExitCode.ConfigInvalid]),
        _ => (
        [
            ("dolphin", "the same as dolphin run: a simulated market, live view, state in ./state/sim"),
            ("dolphin run --help", "everything run can do"),
            ("dolphin status", "how it is doing, from another terminal"),
        ],
        Enum.GetValues<ExitCode>()),
    };
}
