using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Node.Plan;
using Dolphin.Venues.Paper;
using Dolphin.Web;
using Symbol = Dolphin.Domain.Market.Symbol;

namespace Dolphin.Node.Cli;

/// <summary>The grammar of the command line: names, types, help. What a verb does is in its own file.</summary>
internal sealed class CommandTree
{
    private static readonly IPEndPoint UsualListen = new(IPAddress.Loopback, 7788);

    public RootCommand Root { get; }

    private readonly Option<string?> _plan = new("--plan")
    {
        Description = "The plan file (HOCON). Default: hedge-16, sixteen band-limited hedging strategies, shipped with the program.",
        HelpName = "F.hocon",
    };
    private readonly Option<MarketKind?> _market = new("--market")
    {
        Description = "sim (the default): a seeded, simulated market in real time. replay: recorded bars from --data. remote: the venue at --venue. binance: USD-M futures live, on paper.",
        HelpName = "sim|replay|remote|binance",
        CustomParser = r => Parse(r, "sim, replay, remote or binance", t => t switch
        {
            "sim" => MarketKind.Sim, "replay" => MarketKind.Replay, "remote" => MarketKind.Remote, "binance" => MarketKind.Binance, _ => (MarketKind?)null,
        }),
    };
    private readonly Option<string?> _venue = new("--venue")
    {
        Description = "Where the venue of a remote market listens. Default: ws://127.0.0.1:7788.",
        HelpName = "ws://HOST:PORT",
    };
    private readonly Option<string?> _cluster = new("--cluster")
    {
        Description = "The cluster that this node joins: its settings, hocon/cluster/node.conf to begin with. Of the Cluster edition.",
        HelpName = "NODE.conf",
    };
    private readonly Option<string?> _secretFile = new("--secret-file")
    {
        Description = "The file with the secret that venue and nodes share. Default: the environment's DOLPHIN_VENUE_SECRET, or none.",
        HelpName = "FILE",
    };
    private readonly Option<MarketKind?> _played = new("--market")
    {
        Description = "sim (the default): a seeded, simulated market. replay: recorded bars from --data, put onto the wall clock.",
        HelpName = "sim|replay",
        CustomParser = r => Parse(r, "sim or replay", t => t switch { "sim" => MarketKind.Sim, "replay" => MarketKind.Replay, _ => (MarketKind?)null }),
    };
    private readonly Option<TimeSpan?> _bar = new("--bar")
    {
        Description = "How long a recorded bar takes on the wall clock: 200ms, 1s, 1m. Default: as long as it was recorded.",
        HelpName = "TIME",
        CustomParser = r => Parse(r, "a time such as 200ms, 1s or 1m", ParseSpan),
    };
    private readonly Option<TimeSpan?> _liveBar = new("--bar")
    {
        Description = "How long a bar of a Binance market takes: 1s, 1m. Default: the plan's dolphin.venues.binance.bar; of a recording of raw messages 100ms.",
        HelpName = "TIME",
        CustomParser = r => Parse(r, "a time such as 1s or 1m", ParseSpan),
    };
    private readonly Option<DateTimeOffset?> _recordedFrom = Time("--from", "Where the recording is cut, inclusive. ISO 8601, UTC unless it says otherwise.");
    private readonly Option<DateTimeOffset?> _recordedTo = Time("--to", "Where it ends, exclusive.");
    private readonly Option<string?> _venueState = new("--state") { Description = "The state folder: the venue's journal and logs. Default: ./state/venue.", HelpName = "DIR" };
    private readonly Option<IPEndPoint?> _listen = new("--listen")
    {
        Description = "Where nodes reach the venue. Any address but loopback needs a secret. Default: 127.0.0.1:7788.",
        HelpName = "127.0.0.1:7788",
        CustomParser = ParseEndpoint,
    };
    private readonly Option<bool> _fence = new("--fence") { Description = "Turn away gateways with a lower epoch than one that was here. No real venue does; without it they are only counted." };
    private readonly Option<string[]> _data = new("--data")
    {
        Description = "Recorded bars: folders or .csv.gz files, one symbol a file or all merged with a symbol column; funding files too.",
        HelpName = "PATH",
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<string[]> _judged = new("--data")
    {
        Description = "Recorded bars to run the plan on, as for a replay. Default: the plan's simulated market, thirty days of it.",
        HelpName = "PATH",
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<string[]> _tried = new("--data")
    {
        Description = "Recorded bars that the paths are drawn from. Default: the plan's simulated market, thirty days of it.",
        HelpName = "PATH",
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<int?> _trials = new("--trials")
    {
        Description = $"How many parameter vectors are tried, {ForewarnOptions.LeastTrials} to {ForewarnOptions.MostTrials}. Default: {ForewarnOptions.UsualTrials}.",
        HelpName = "N",
        CustomParser = r => Parse(r, $"a whole number from {ForewarnOptions.LeastTrials} to {ForewarnOptions.MostTrials}", t =>
            int.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is >= ForewarnOptions.LeastTrials and <= ForewarnOptions.MostTrials ? n : (int?)null),
    };
    private readonly Option<Speed?> _speed = new("--speed")
    {
        Description = "max, real, or how many times faster than the market, such as 60x. Default: real for sim, max for replay.",
        HelpName = "max|real|<x>",
        CustomParser = r => Parse(r, "max, real or a factor above 0 such as 60x", t => Cli.Speed.TryParse(t, out var s) ? s : (Speed?)null),
    };
    private readonly Option<DateTimeOffset?> _from = Time("--from", "Market time of the first bar, inclusive: where a recording is cut, or a simulation begins. ISO 8601, UTC unless it says otherwise.");
    private readonly Option<DateTimeOffset?> _to = Time("--to", "Market time of the end, exclusive. Without it a simulation has no end.");
    private readonly Option<string[]> _recordings = new("--data")
    {
        Description = "Recorded bars, as for a replay.",
        HelpName = "PATH",
        AllowMultipleArgumentsPerToken = true,
        Required = true,
    };
    private readonly Option<DateTimeOffset?> _faultAt = RequiredTime("--at", "When each fault begins, within the recording.");
    private readonly Option<TimeSpan?> _faultFor = new("--for")
    {
        Description = "How long it lasts: 30m, 3h. Default: 3h.",
        HelpName = "TIME",
        CustomParser = r => Parse(r, "a time such as 30m or 3h", ParseSpan),
    };
    private readonly Option<SensorFaultKind[]?> _faults = new("--faults")
    {
        Description = "Which faults are tried. Default: killed,frozen,delayed,lying,raving.",
        HelpName = "FAULT,...",
        CustomParser = r => Parse(r, "killed, frozen, delayed, lying or raving, with commas between them", Faults),
    };
    private readonly Option<string[]?> _sensors = new("--sensors")
    {
        Description = "Which sensors are tried, by the names of their layers: L3_MC_FOREWARNER,L5_OB_STREAMER. Default: all that the plan has.",
        HelpName = "LAYER,...",
        CustomParser = r => Parse(r, "names of layers such as L5_OB_STREAMER, with commas between them", static text => text.Split(',') is var names && names.All(n => n.Length > 0) ? names : null),
    };
    private readonly Option<string?> _state = new("--state")
    {
        Description = "The state folder: journal, venue, logs. Default: ./state/ and the name of the market.",
        HelpName = "DIR",
    };
    private readonly Option<long?> _seed = new("--seed")
    {
        Description = "Seed of the simulated market and of every chance in the run. Default: the plan's.",
        HelpName = "N",
        CustomParser = r => Parse(r, "a whole number", t => long.TryParse(t, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : (long?)null),
    };
    private readonly Option<string?> _report = new("--report") { Description = "Write the report of the run as JSON when it ends.", HelpName = "OUT.json" };
    private readonly Option<IPEndPoint?> _http = new("--http")
    {
        Description = "Health and control. Loopback only: there is no TLS and no login. Default: the plan's port, or a free one if it is busy.",
        HelpName = "127.0.0.1:8080",
        CustomParser = ParseEndpoint,
    };
    private readonly Option<bool> _noUi = new("--no-ui") { Description = "Plain log lines instead of the live view; the default where there is no terminal." };
    private readonly Option<bool> _json = new("--json") { Description = "The answer, and any error, as JSON.", Recursive = true };
    private readonly Option<string> _copied = new("--state") { Description = "The state folder of a run that has been stopped. It is read, never changed.", HelpName = "DIR", Required = true };
    private readonly Option<string> _into = new("--cluster")
    {
        Description = "The settings of the cluster, as its nodes have them: they say which database. It has to be empty.",
        HelpName = "NODE.conf",
        Required = true,
    };
    private readonly Option<DateTimeOffset?> _at = Time("--at", "Market time to explain. Default: the newest.");
    private readonly Argument<string> _strategy = new("strategy") { Description = "The strategy's name, as in the live view: hedge-BTCUSDT." };
    private readonly Argument<string?> _watched = new("symbol") { Description = "One asset in full: BTCUSDT. Default: a line for each.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Argument<string> _symbol = new("symbol") { Description = "The asset, as the plan has it: BTCUSDT." };
    private readonly Argument<LegHolder?> _heir = new("strategy")
    {
        Description = $"Who is to hold its legs: {LegHolders.Spoken}.",
        CustomParser = ParseHolder,
        Arity = ArgumentArity.ExactlyOne,
    };
    private readonly Option<RiskPosture?> _posture = new("--posture")
    {
        Description = "How daring, as long as it holds: bold, balanced, cautious, defensive (which opens nothing). Default: what Hermes says.",
        HelpName = "POSTURE",
        CustomParser = r => Parse(r, "bold, balanced, cautious or defensive", ParseWord<RiskPosture>),
    };
    private readonly Option<HolderPriority?> _priority = new("--priority")
    {
        Description = "How urgent, as long as it holds: low, normal, high, urgent. Default: what Hermes says.",
        HelpName = "PRIORITY",
        CustomParser = r => Parse(r, "low, normal, high or urgent", ParseWord<HolderPriority>),
    };
    private readonly Option<TimeSpan?> _for = new("--for")
    {
        Description = "For how long: 30m, 4h. Default: until it is lifted.",
        HelpName = "TIME",
        CustomParser = r => Parse(r, "a time such as 30m or 4h", ParseSpan),
    };
    private readonly Option<string?> _reason = new("--reason") { Description = "Why, for the journal; at most 500 characters.", HelpName = "TEXT" };
    private readonly Argument<PositionSide?> _side = new("side")
    {
        Description = "Where the price is thought to go: long or short.",
        CustomParser = ParseSide,
        Arity = ArgumentArity.ExactlyOne,
    };
    private readonly Option<double?> _confidence = new("--confidence")
    {
        Description = "How sure the signal is, 0 to 1. Which is enough is said in the plan: dolphin.directional.",
        HelpName = "C",
        Required = true,
        CustomParser = r => Parse(r, "0 to 1", t =>
            double.TryParse(t, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var c) && c is >= 0d and <= 1d ? c : (double?)null),
    };
    private readonly Option<string?> _id = new("--id")
    {
        Description = "The signal's name, at most 64 characters: the same again is the same signal. Default: made from time, symbol and side.",
        HelpName = "ID",
        CustomParser = r => Parse(r, $"1 to {DirectionalPolicy.LongestId} characters", t => t.Length is >= 1 and <= DirectionalPolicy.LongestId ? t : null),
    };
    private readonly Argument<string> _file = new("F.hocon") { Description = "The plan file to check." };

    private readonly Option<string> _snapshot = new("--snapshot")
    {
        Description = "The portfolio as JSON: {\"totalMargin\":10000,\"positions\":{\"BTCUSDT\":3000},\"confidence\":0.8,\"divergence\":0.01}, margins in quote currency. "
            + "For a position also {\"long\":..,\"short\":..}; further \"venues\":{\"binance\":60000,..} and \"at\".",
        HelpName = "F.json",
        Required = true,
    };
    private readonly Option<string?> _preset = new("--preset")
    {
        Description = $"The limits: {string.Join(", ", BalancerSettings.PresetNames)}. Default: default. Environment variables go over it: {string.Join(", ", BalancerEnvironment.Variables)}.",
        HelpName = string.Join('|', BalancerSettings.PresetNames),
        CustomParser = r => Parse(r, string.Join(", ", BalancerSettings.PresetNames.SkipLast(1)) + " or " + BalancerSettings.PresetNames[^1], t => BalancerSettings.Preset(t) is null ? null : t),
    };

    private readonly Option<string[]> _raw = new("--data")
    {
        Description = "A raw recording: messages one a line, with or without receive times, or rows of Binance-Data-Processor; plain or gzip. Several files are one session.",
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = true,
        Required = true,
    };
    private readonly Option<Symbol?> _bookSymbol = new("--symbol")
    {
        Description = "Whose book, where the recording has several.",
        HelpName = "SYMBOL",
        CustomParser = r => Parse(r, "a symbol", t => t.Length is > 0 and <= 64 ? new Symbol(t) : (Symbol?)null),
    };
    private readonly Option<decimal?> _quantity = new("--quantity")
    {
        Description = "Base, of each placement: whole lots. Default: 0.5.",
        HelpName = "Q",
        CustomParser = r => Parse(r, "a quantity above zero, such as 0.5", t => decimal.TryParse(t, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var q) && q > 0m ? q : (decimal?)null),
    };
    private readonly Option<TimeSpan?> _every = new("--every")
    {
        Description = "From one placement to the next on the recording's clock, 100ms or more. Default: 5s.",
        HelpName = "TIME",
        CustomParser = r => Parse(r, "a time such as 500ms, 5s or 1m, 100ms or more", t => ParseSpan(t) is { } every && every >= TimeSpan.FromMilliseconds(100) ? every : (TimeSpan?)null),
    };
    private readonly Option<OrderSide?> _bookSide = new("--side")
    {
        Description = "buy or sell. Default: by turns.",
        HelpName = "buy|sell",
        CustomParser = r => Parse(r, "buy or sell", t => t switch { "buy" => OrderSide.Buy, "sell" => OrderSide.Sell, _ => (OrderSide?)null }),
    };
    private readonly Option<bool> _noTake = new("--no-take") { Description = "Leave what has not filled in time, as below APEX." };
    private readonly Option<string[]> _closes = new("--data")
    {
        Description = "A close matrix (.csv or .csv.gz: open_time_ms, then a column for each symbol), or recorded bars as for a replay.",
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = true,
        Required = true,
    };
    private readonly Option<int[]?> _windows = new("--windows")
    {
        Description = "Returns of each window, ascending. Default: 50,150,300,750.",
        HelpName = "W,W,...",
        CustomParser = r => Windows(r),
    };
    private readonly Option<int?> _assets = new("--assets")
    {
        Description = "The first N symbols in ordinal order that have every close. Default: all symbols, whatever is missing.",
        HelpName = "N",
        CustomParser = r => Parse(r, "a number of symbols, 2 or more", t => int.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= 2 ? n : (int?)null),
    };

    public CommandTree(Verbs verbs)
    {
        var run = new Command("run", "Run a market against the plan until it ends or Ctrl-C. Run again on the same state folder, it goes on where it was.")
        {
            _plan, _market, _data, _liveBar, _venue, _secretFile, _cluster, _speed, _from, _to, _state, _seed, _report, _http, _noUi,
        };
        run.SetAction((parsed, cancellation) => verbs.RunAsync(Checked(Options(parsed, parsed.GetValue(_market) ?? MarketKind.Sim)), cancellation));

        var node = new Command("node", "Join a cluster and trade its part against a venue: the same as run --market remote with --cluster.")
        {
            _plan, _cluster, _venue, _secretFile, _to, _state, _report, _http, _noUi,
        };
        node.SetAction((parsed, cancellation) => verbs.RunAsync(OfNode(Checked(Options(parsed, MarketKind.Remote))), cancellation));

        var venue = new Command("venue", "Open a paper venue and the market it plays for nodes that trade against it over the network. It outlives them.")
        {
            _plan, _played, _data, _bar, _recordedFrom, _recordedTo, _venueState, _seed, _listen, _secretFile, _fence,
        };
        venue.SetAction((parsed, cancellation) => verbs.VenueAsync(Checked(OptionsOfVenue(parsed)), cancellation));

        var status = new Command("status", "How the run on a state folder is doing; works on a running node and on a stopped one.") { _state };
        status.SetAction((parsed, cancellation) => verbs.StatusAsync(parsed.GetValue(_state), parsed.GetValue(_json), cancellation));

        var explain = new Command("explain", "Why R_total is what it is: each layer's input, response, damping, and which one binds.") { _at, _state };
        explain.SetAction((parsed, cancellation) => verbs.ExplainAsync(parsed.GetValue(_state), parsed.GetValue(_at), parsed.GetValue(_json), cancellation));

        var exit = new Command("exit", "Start the graceful exit of one strategy of a running node.") { _strategy, _state };
        exit.SetAction((parsed, cancellation) => verbs.ExitAsync(parsed.GetValue(_state), parsed.GetRequiredValue(_strategy), parsed.GetValue(_json), cancellation));

        var resume = new Command("resume", "Let one strategy of a running node go on after a stop, a pause or its end.") { _strategy, _state };
        resume.SetAction((parsed, cancellation) => verbs.ResumeAsync(parsed.GetValue(_state), parsed.GetRequiredValue(_strategy), parsed.GetValue(_json), cancellation));

        var ack = new Command("ack-drawdown", "Acknowledge a drawdown, so that the capital layer may recover from below its latch.") { _state };
        ack.SetAction((parsed, cancellation) => verbs.AcknowledgeDrawdownAsync(parsed.GetValue(_state), parsed.GetValue(_json), cancellation));

        var ackLedger = new Command("ack-ledger", "Acknowledge that books and venue differed, so that the ledger layer may hold again; refused while they differ.") { _state };
        ackLedger.SetAction((parsed, cancellation) => verbs.AcknowledgeLedgerAsync(parsed.GetValue(_state), parsed.GetValue(_json), cancellation));

        var impose = new Command("override", "Say whose an asset's legs are to be, whatever Hermes thinks. It is stored, and holds until its time is over or it is lifted.")
        {
            _symbol, _heir, _posture, _priority, _for, _reason, _state,
        };
        impose.SetAction((parsed, cancellation) => verbs.OverrideHermesAsync(
            parsed.GetValue(_state), parsed.GetRequiredValue(_symbol),
            new OverrideBody(parsed.GetRequiredValue(_heir)!.Value, parsed.GetValue(_posture), parsed.GetValue(_priority), parsed.GetValue(_for), parsed.GetValue(_reason)),
            parsed.GetValue(_json), cancellation));
        var lift = new Command("lift", "Let Hermes decide on an asset again. Its own choice of a holder waits for confirmation and dwell.") { _symbol, _reason, _state };
        lift.SetAction((parsed, cancellation) => verbs.LiftHermesAsync(
            parsed.GetValue(_state), parsed.GetRequiredValue(_symbol), parsed.GetValue(_reason), parsed.GetValue(_json), cancellation));
        var hermes = new Command("hermes", "Who holds which asset's legs, how daring, and why: regime with its measures, what Hermes wants, what an operator said.")
        {
            _watched, _state, impose, lift,
        };
        hermes.SetAction((parsed, cancellation) => verbs.HermesAsync(parsed.GetValue(_state), parsed.GetValue(_watched), parsed.GetValue(_json), cancellation));

        var signal = new Command("signal", "Give a running node an opinion: long or short of one asset, for its directional strategy. The answer says whether it is taken, or why not.")
        {
            _symbol, _side, _confidence, _id, _state,
        };
        signal.SetAction((parsed, cancellation) => verbs.SignalAsync(
            parsed.GetValue(_state), parsed.GetRequiredValue(_symbol),
            new SignalBody(parsed.GetRequiredValue(_side)!.Value, parsed.GetRequiredValue(_confidence)!.Value, parsed.GetValue(_id)), parsed.GetValue(_json), cancellation));

        var copy = new Command("copy-state",
            "Copy the state folder of a run of one process into the database of a cluster, whose nodes then go on from there. One transaction: "
            + "whatever ends it early, a kill too, leaves the database as it was. Needs the Cluster edition.")
        {
            _copied, _into,
        };
        copy.SetAction((parsed, cancellation) => verbs.CopyStateAsync(
            new CopyOptions(Path.GetFullPath(parsed.GetRequiredValue(_copied)), parsed.GetRequiredValue(_into)), parsed.GetValue(_json), cancellation));

        var balance = new Command("balance", "What the exposure balancer would ask for, given a portfolio. A dry run: nothing is sent.") { _snapshot, _preset };
        balance.SetAction((parsed, _) => verbs.BalanceAsync(new BalanceOptions(parsed.GetRequiredValue(_snapshot), parsed.GetValue(_preset) ?? "default"), parsed.GetValue(_json)));

        var economics = new Command("economics",
            "What a plan comes to: gross, fees, funding, net, drawdown, turnover and time in market of a run under the plan's terms, with fees doubled and with fills "
            + "halved. Each in a state folder of its own under the temporary directory, gone afterwards.")
        {
            _plan, _judged, _from, _to, _seed,
        };
        economics.SetAction((parsed, cancellation) => verbs.EconomicsAsync(Checked(new EconomicsOptions(
            parsed.GetValue(_plan) ?? Verbs.DefaultPlan, [.. parsed.GetValue(_judged) ?? []], parsed.GetValue(_from), parsed.GetValue(_to), parsed.GetValue(_seed),
            parsed.GetValue(_json))), cancellation));

        var forewarn = new Command("forewarn",
            "Where a plan's parameters are in their safety envelope: thousands of parameter vectors are tried through the strategies' deciders on paths of a market, an "
            + "envelope is fitted around those that were no catastrophe, and the plan's own are scored GREEN, ORANGE or RED, with the way back. Nothing is traded.")
        {
            _plan, _tried, _trials, _seed,
        };
        forewarn.SetAction((parsed, cancellation) => verbs.ForewarnAsync(new ForewarnOptions(
            parsed.GetValue(_plan) ?? Verbs.DefaultPlan, [.. parsed.GetValue(_tried) ?? []], parsed.GetValue(_trials) ?? ForewarnOptions.UsualTrials,
            parsed.GetValue(_seed), parsed.GetValue(_json)), cancellation));

        var degrade = new Command("degrade",
            "Play a recording again and again, each time with another sensor killed, frozen, delayed, lying or raving, and say what R_total, posture and exposure did, and how soon.")
        {
            _plan, _recordings, _from, _to, _faultAt, _faultFor, _faults, _sensors,
        };
        degrade.SetAction((parsed, cancellation) => verbs.DegradeAsync(new DegradeOptions(
            parsed.GetValue(_plan) ?? Verbs.DefaultPlan, [.. parsed.GetRequiredValue(_recordings)], parsed.GetValue(_from), parsed.GetValue(_to),
            parsed.GetRequiredValue(_faultAt)!.Value, parsed.GetValue(_faultFor) ?? TimeSpan.FromHours(3), [.. parsed.GetValue(_faults) is { Length: > 0 } faults ? faults : Enum.GetValues<SensorFaultKind>()],
            [.. parsed.GetValue(_sensors) ?? []], parsed.GetValue(_json)), cancellation));

        var verify = new Command("verify",
            "Rebuild every book of a raw recording as a live feed would, compare it with the book ticker, and name what is missing, twice, out of order, crossed or damaged.")
        {
            _raw,
        };
        verify.SetAction((parsed, cancellation) => verbs.VerifyBookAsync([.. parsed.GetRequiredValue(_raw)], parsed.GetValue(_json), cancellation));
        var place = new Command("place",
            "Work a quantity again and again through a recorded order book, resting first (SmartPlacer) and taking at once, and compare what it cost.")
        {
            _raw, _plan, _bookSymbol, _quantity, _every, _bookSide, _noTake,
        };
        place.SetAction((parsed, cancellation) => verbs.PlaceInBookAsync(new BookPlaceOptions(
            [.. parsed.GetRequiredValue(_raw)], parsed.GetValue(_plan) ?? Verbs.DefaultPlan, parsed.GetValue(_bookSymbol), parsed.GetValue(_quantity) ?? 0.5m,
            parsed.GetValue(_every) ?? TimeSpan.FromSeconds(5), parsed.GetValue(_bookSide), !parsed.GetValue(_noTake)), parsed.GetValue(_json), cancellation));
        var book = new Command("book", "Look at recorded order books.") { verify, place };

        var scan = new Command("scan", "The eigen-scan of recorded closes: spectrum, noise edge, entropy, velocities and the heaviest loadings of each window.") { _closes, _windows, _assets };
        scan.SetAction((parsed, cancellation) => verbs.ScanAsync(
            new ScanOptions([.. parsed.GetRequiredValue(_closes)], [.. parsed.GetValue(_windows) ?? []], parsed.GetValue(_assets)), parsed.GetValue(_json), cancellation));

        var check = new Command("check", "Check a plan: every mistake at once, with key, file, line and column; and warnings.") { _file };
        check.SetAction((parsed, _) => verbs.CheckConfigAsync(parsed.GetRequiredValue(_file), parsed.GetValue(_json)));
        var config = new Command("config", "Look at plans without running them.") { check };

        Root = new RootCommand("Dolphin: hedge-mode crypto trading with risk that breathes. Without a verb: run.")
        {
            run, node, venue, status, explain, exit, resume, ack, ackLedger, hermes, signal, copy, balance, economics, forewarn, degrade, scan, book, config, _json,
        };
        // Never reached: no verb means run (see MeansRun). Without it a misspelt verb would be reported twice.
        Root.SetAction(_ => (int)ExitCode.Usage);
        TeachingHelp.Install(Root);
    }

    /// <summary>The names of the options that <c>run</c> has, for a command line that starts with one.</summary>
    public static bool MeansRun(string[] args) =>
        args.Length == 0 || (args[0].StartsWith("--", StringComparison.Ordinal) && args[0] is not ("--help" or "--version")
            && !args.Contains("--help", StringComparer.Ordinal));

    private static RunOptions OfNode(RunOptions options) => options.Cluster is not null
        ? options
        : throw NotUnderstood("dolphin node", ["A node needs --cluster with the settings of its cluster, such as hocon/cluster/node.conf."]);

    private RunOptions Options(ParseResult parsed, MarketKind market)
    {
        return new RunOptions(
            PlanPath: parsed.GetValue(_plan) ?? Verbs.DefaultPlan,
            Market: market,
            DataPaths: [.. parsed.GetValue(_data) ?? []],
            Speed: parsed.GetValue(_speed) ?? (market == MarketKind.Replay ? Speed.Max : Speed.Real),
            From: parsed.GetValue(_from),
            To: parsed.GetValue(_to),
            StateFolder: Path.GetFullPath(parsed.GetValue(_state) ?? StateFolders.Default(market)),
            Seed: parsed.GetValue(_seed),
            ReportPath: parsed.GetValue(_report),
            Http: parsed.GetValue(_http),
            NoUi: parsed.GetValue(_noUi),
            Json: parsed.GetValue(_json),
            Venue: parsed.GetValue(_venue) ?? (market == MarketKind.Remote ? $"ws://{UsualListen}" : null),
            SecretFile: parsed.GetValue(_secretFile),
            Cluster: parsed.GetValue(_cluster),
            Bar: parsed.GetValue(_liveBar));
    }

    private VenueOptions OptionsOfVenue(ParseResult parsed) => new(
        PlanPath: parsed.GetValue(_plan) ?? Verbs.DefaultPlan,
        Market: parsed.GetValue(_played) ?? MarketKind.Sim,
        DataPaths: [.. parsed.GetValue(_data) ?? []],
        Bar: parsed.GetValue(_bar),
        From: parsed.GetValue(_recordedFrom),
        To: parsed.GetValue(_recordedTo),
        StateFolder: Path.GetFullPath(parsed.GetValue(_venueState) ?? StateFolders.OfVenue),
        Seed: parsed.GetValue(_seed),
        Listen: parsed.GetValue(_listen) ?? UsualListen,
        SecretFile: parsed.GetValue(_secretFile),
        Fence: parsed.GetValue(_fence));

    private static readonly TimeSpan LongestReplayedBar = TimeSpan.FromHours(1);

    /// <summary>What each option allows and the options together do not.</summary>
    private static RunOptions Checked(RunOptions options)
    {
        var errors = new List<string>();
        var replay = options.Market == MarketKind.Replay;
        if (replay && options.DataPaths.IsEmpty) errors.Add("--market replay needs --data with at least one file or folder of recorded bars.");
        var remote = options.Market == MarketKind.Remote;
        if (!remote && options.Venue is not null) errors.Add("--venue is for a remote market; add --market remote, or leave --venue out.");
        if (!remote && options.Cluster is not null) errors.Add("--cluster is for a remote market, because all nodes trade at one venue; add --market remote, or leave it out.");
        if (!remote && options.SecretFile is not null) errors.Add("--secret-file is for a remote market; add --market remote, or leave it out.");
        if (remote && options.Speed != Speed.Real) errors.Add("--market remote goes as fast as the venue; leave --speed out.");
        var binance = options.Market == MarketKind.Binance;
        if (binance && options.Speed != Speed.Real) errors.Add("--market binance goes as fast as the market; leave --speed out.");
        if (!binance && !replay && options.Bar is not null) errors.Add("--bar is for a Binance market and for recordings of raw messages; add --market binance or replay, or leave --bar out.");
        if (replay && options.Bar is { } bar && (bar < PaperExchange.ShortestBar || bar > LongestReplayedBar || bar.Ticks % TimeSpan.TicksPerMillisecond != 0))
            errors.Add($"--bar {PlanSection.Show(bar)}: expected {PlanSection.Show(PaperExchange.ShortestBar)} to {PlanSection.Show(LongestReplayedBar)}, in whole milliseconds, for a replay of raw messages.");
        if (!replay && !options.DataPaths.IsEmpty) errors.Add("--data is for a replay; add --market replay, or leave --data out.");
        if (options.From >= options.To) errors.Add($"--from {options.From:u} is not before --to {options.To:u}.");
        if (options.Http is { } http && !IPAddress.IsLoopback(http.Address))
            errors.Add($"--http {http} is not a loopback address. Refused: there is no TLS and no login yet, so anyone who reaches it could trade. Use 127.0.0.1:{http.Port}.");
        return errors.Count == 0 ? options : throw NotUnderstood("dolphin run", errors);
    }

    private static EconomicsOptions Checked(EconomicsOptions options) => options.From >= options.To
        ? throw NotUnderstood("dolphin economics", [$"--from {options.From:u} is not before --to {options.To:u}."])
        : options;

    private static VenueOptions Checked(VenueOptions options)
    {
        var errors = new List<string>();
        var replay = options.Market == MarketKind.Replay;
        if (replay && options.DataPaths.IsEmpty) errors.Add("--market replay needs --data with at least one file or folder of recorded bars.");
        if (!replay && !options.DataPaths.IsEmpty) errors.Add("--data is for a replay; add --market replay, or leave --data out.");
        if (!replay && options.Bar is not null) errors.Add("--bar is for a replay; a simulated market has the plan's dolphin.simulation.live-interval.");
        if (!replay && (options.From ?? options.To) is not null) errors.Add("--from and --to cut a recording; a simulated market begins now and has no end.");
        if (options.From >= options.To) errors.Add($"--from {options.From:u} is not before --to {options.To:u}.");
        return errors.Count == 0 ? options : throw NotUnderstood("dolphin venue", errors);
    }

    public static CliException NotUnderstood(string command, IEnumerable<string> errors) => new(
        ExitCode.Usage, $"The command line is not understood; nothing was done. Try: {command} --help",
        [.. errors.Select(e => new CliDetail("error", command, null, null, null, e))]);

    private static Option<DateTimeOffset?> RequiredTime(string name, string description)
    {
        var option = Time(name, description);
        option.Required = true;
        return option;
    }

    private static Option<DateTimeOffset?> Time(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = r => Parse(r, "a time such as 2025-05-12 or 2025-05-12T08:30:00Z", t =>
            DateTimeOffset.TryParse(t, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
                ? time : (DateTimeOffset?)null),
    };

    private static LegHolder? ParseHolder(ArgumentResult result)
    {
        var holder = LegHolders.ParseSpoken(result.Tokens[0].Value);
        if (holder is null) result.AddError($"expected one of {LegHolders.Spoken}; found '{result.Tokens[0].Value}'.");
        return holder;
    }

    private static PositionSide? ParseSide(ArgumentResult result)
    {
        PositionSide? side = result.Tokens[0].Value switch { "long" => PositionSide.Long, "short" => PositionSide.Short, _ => null };
        if (side is null) result.AddError($"expected long or short; found '{result.Tokens[0].Value}'.");
        return side;
    }

    // Letters only: the number of a posture is nobody's word for it.
    private static T? ParseWord<T>(string text) where T : struct, Enum =>
        text.All(char.IsAsciiLetter) && Enum.TryParse<T>(text, ignoreCase: true, out var value) ? value : null;

    private static SensorFaultKind[]? Faults(string text)
    {
        var kinds = text.Split(',').Select(word => Enum.GetValues<SensorFaultKind>().Cast<SensorFaultKind?>()
            .FirstOrDefault(kind => string.Equals(kind.ToString(), word, StringComparison.OrdinalIgnoreCase))).ToArray();
        return kinds.Contains(null) ? null : [.. kinds.Select(kind => kind!.Value).Distinct().Order()];
    }

    private static TimeSpan? ParseSpan(string text)
    {
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        if (!int.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0) return null;
        return text[digits..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "s" => TimeSpan.FromSeconds(number),
            "m" => TimeSpan.FromMinutes(number),
            "h" => TimeSpan.FromHours(number),
            _ => null,
        };
    }

    private static IPEndPoint? ParseEndpoint(ArgumentResult result) =>
        Parse(result, "an address and a port such as 127.0.0.1:8080", text =>
        {
            var local = text.StartsWith("localhost:", StringComparison.Ordinal) ? string.Concat("127.0.0.1", text.AsSpan("localhost".Length)) : text;
            return IPEndPoint.TryParse(local, out var endpoint) && endpoint.Port > 0 && local.Contains(':', StringComparison.Ordinal) ? endpoint : null;
        });

    private static int[]? Windows(ArgumentResult result) => Parse(result, "numbers of returns such as 50,150,300,750", text =>
    {
        var parts = text.Split(',').Select(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out var w) ? w : 0).ToArray();
        return parts.All(w => w > 0) ? parts : null;
    });

    private static T? Parse<T>(ArgumentResult result, string expected, Func<string, T?> read)
    {
        var text = result.Tokens[0].Value;
        var value = read(text);
        if (value is null) result.AddError($"--{((OptionResult)result.Parent!).Option.Name.TrimStart('-')} expects {expected}; found '{text}'.");
        return value;
    }
}
