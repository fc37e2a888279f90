using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Dolphin.Node.Cli;
using Dolphin.Tests;
using Dolphin.Web;

namespace Dolphin.Node.Tests.Cli;

/// <summary>What the command line answers, with a made-up run under it.</summary>
public sealed class CliStories : IDisposable
{
    private readonly TemporaryFolder _place = new();
    private readonly FakeRun _run = new();
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    public void Dispose() => _place.Dispose();

    [Fact(DisplayName = "Options without a verb mean run; what is not said has its default")]
    public async Task Defaults()
    {
        await Succeeds("--state", State, "--http", Free());
        var options = _run.Options!;
        Assert.Equal((MarketKind.Sim, Speed.Real, State), (options.Market, options.Speed, options.StateFolder));
        Assert.EndsWith(Path.Combine("hocon", "plans", "hedge-16.hocon"), options.PlanPath, StringComparison.Ordinal);
        Assert.Equal((null, null, null, null), (options.Seed, options.From, options.To, options.ReportPath));
    }

    [Fact(DisplayName = "Every option of run arrives as it was meant")]
    public async Task Options()
    {
        var report = Path.Combine(_place.Path, "report.json");
        await Succeeds(
            "run", "--plan", _place.File("my.hocon", "dolphin.universe.symbols = [BTCUSDT]"), "--market", "replay", "--data", _place.Path, _place.File("b.csv.gz", ""), "--speed", "60x",
            "--from", "2025-05-12", "--to", "2025-05-13T06:00:00+02:00", "--state", State, "--seed", "-7", "--report", report, "--http", Free(), "--no-ui");
        var options = _run.Options!;
        Assert.Equal(MarketKind.Replay, options.Market);
        Assert.Equal(2, options.DataPaths.Length);
        Assert.Equal((60.0, -7L, true), (options.Speed.Factor!.Value, options.Seed!.Value, options.NoUi));
        Assert.Equal(("2025-05-12 00:00:00Z", "2025-05-13 04:00:00Z"), ($"{options.From:u}", $"{options.To:u}"));
        Assert.Equal("BTCUSDT", Assert.Single(_run.Plan!.Symbols!.Value).Name);
        Assert.Equal(42, JsonDocument.Parse(File.ReadAllText(report)).RootElement.GetProperty("seed").GetInt32());
        Assert.Contains("two legs cost", _out.ToString(), StringComparison.Ordinal);
        Assert.Contains($"State folder: {State}", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Every mistake of a command line is reported at once, on the error stream, with exit code 2, and nothing starts")]
    public async Task Usage()
    {
        Assert.Equal(ExitCode.Usage, await Dolphin("run", "--market", "mars", "--speed", "-1", "--seed", "x", "--from", "soon", "--http", "80"));
        foreach (var said in (string[])["--market expects sim, replay, remote or binance; found 'mars'", "--speed expects max, real or a factor", "--seed expects a whole number", "--from expects a time", "--http expects an address and a port"])
            Assert.Contains(said, _error.ToString(), StringComparison.Ordinal);
        Assert.Null(_run.Options);
        Assert.Empty(_out.ToString());
    }

    [Theory(DisplayName = "What a wrong command line is told to try can be typed as it stands")]
    [InlineData("dolphin scan", "scan")]
    [InlineData("dolphin book verify", "book", "verify")]
    [InlineData("dolphin hermes override", "hermes", "override", "BTCUSDT", "nonsense")]
    [InlineData("dolphin config check", "config", "check")]
    [InlineData("dolphin", "nonsense")]
    public async Task Try(string command, params string[] args)
    {
        Assert.Equal(ExitCode.Usage, await Dolphin(args));
        Assert.Contains($"nothing was done. Try: {command} --help", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A remote market is the venue on this machine unless another is named, in real time, with a folder of its own")]
    public async Task Remote()
    {
        await Succeeds("run", "--market", "remote", "--state", State, "--http", Free());
        Assert.Equal((MarketKind.Remote, "ws://127.0.0.1:7788", Speed.Real), (_run.Options!.Market, _run.Options.Venue, _run.Options.Speed));
        await Succeeds("run", "--market", "remote", "--venue", "ws://10.0.0.5:9", "--secret-file", "s", "--state", State, "--http", Free());
        Assert.Equal(("ws://10.0.0.5:9", "s"), (_run.Options.Venue, _run.Options.SecretFile));
        Assert.Equal(Path.Combine("state", "remote"), StateFolders.Default(MarketKind.Remote));
    }

    [Fact(DisplayName = "A remote market goes as fast as its venue and has no data of its own; a venue is named for no other market")]
    public async Task Remote_refusals()
    {
        await Refused("--venue is for a remote market", "run", "--venue", "ws://10.0.0.5:9");
        await Refused("--secret-file is for a remote market", "run", "--secret-file", "s");
        await Refused("--market remote goes as fast as the venue", "run", "--market", "remote", "--speed", "60x");
        await Refused("--data is for a replay", "run", "--market", "remote", "--data", _place.Path);
    }

    [Fact(DisplayName = "Every option of venue arrives as it was meant; what is not said has its default")]
    public async Task Venue()
    {
        await Dolphin("venue", "--listen", Free());
        var usual = _run.VenueOptions!;
        Assert.Equal((MarketKind.Sim, null, null, false), (usual.Market, usual.Bar, usual.SecretFile, usual.Fence));
        Assert.EndsWith(Path.Combine("state", "venue"), usual.StateFolder, StringComparison.Ordinal);

        var listen = Free();
        await Dolphin("venue", "--market", "replay", "--data", _place.Path, "--bar", "200ms", "--from", "2025-05-12", "--to", "2025-05-13", "--seed", "7", "--state", State,
            "--listen", listen, "--secret-file", "s", "--fence");
        var options = _run.VenueOptions!;
        Assert.Equal((MarketKind.Replay, TimeSpan.FromMilliseconds(200), 7L, State, listen, "s", true),
            (options.Market, options.Bar!.Value, options.Seed!.Value, options.StateFolder, options.Listen.ToString(), options.SecretFile, options.Fence));
        Assert.Equal(("2025-05-12 00:00:00Z", "2025-05-13 00:00:00Z"), ($"{options.From:u}", $"{options.To:u}"));
        foreach (var (text, bar) in ((string, TimeSpan)[])[("1s", TimeSpan.FromSeconds(1)), ("5m", TimeSpan.FromMinutes(5)), ("8h", TimeSpan.FromHours(8))])
        {
            await Dolphin("venue", "--market", "replay", "--data", _place.Path, "--bar", text, "--listen", Free());
            Assert.Equal(bar, _run.VenueOptions!.Bar);
        }
    }

    [Fact(DisplayName = "A venue's senseless options are refused, each with what would be right")]
    public async Task Venue_refusals()
    {
        await Refused("--market replay needs --data", "venue", "--market", "replay");
        await Refused("--data is for a replay", "venue", "--data", _place.Path);
        await Refused("--bar is for a replay", "venue", "--bar", "1s");
        await Refused("--from and --to cut a recording", "venue", "--from", "2025-05-12");
        await Refused("--market expects sim or replay; found 'remote'", "venue", "--market", "remote");
        foreach (var wrong in (string[])["1", "0s", "-1s", "1.5s", "fast", "99999999999s"]) await Refused("--bar expects a time", "venue", "--market", "replay", "--data", _place.Path, $"--bar={wrong}");
    }

    [Fact(DisplayName = "Options that are good alone and senseless together are refused")]
    public async Task Together()
    {
        await Refused("--market replay needs --data", "run", "--market", "replay");
        await Refused("--data is for a replay", "run", "--data", _place.Path);
        await Refused("is not before --to", "run", "--from", "2025-05-13", "--to", "2025-05-12");
        await Refused("--http 0.0.0.0:8080 is not a loopback address", "run", "--http", "0.0.0.0:8080");
        await Refused("is not a loopback address", "run", "--http", "[::]:8080");
        await Refused("is not a loopback address", "run", "--http", "192.168.1.5:8080");
        await Refused("there is no folder", "run", "--report", Path.Combine(_place.Path, "no", "where", "r.json"));
        await Refused("Unrecognized command or argument 'fly'", "fly");
        await Refused("Required argument missing", "exit");
        await Refused("Unrecognized command or argument '--plan'", "status", "--plan", "x");
    }

    [Fact(DisplayName = "An @file on the command line is text, not a file to read")]
    public async Task No_response_files() => await Refused("Unrecognized", "@" + _place.File("args", "status"));

    [Fact(DisplayName = "A bad plan ends with code 3 and every mistake; the state folder is not even made")]
    public async Task Bad_plan()
    {
        var plan = _place.File("bad.hocon", "dolphin { hedging.k = 99\n account.capital = no }");
        Assert.Equal(ExitCode.ConfigInvalid, await Dolphin("run", "--plan", plan, "--state", State));
        Assert.Contains("bad.hocon:1:23: error: dolphin.hedging.k is 99; expected 6 to 10", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("bad.hocon:2:20: error: dolphin.account.capital is 'no'", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("has 2 errors; nothing was started", _error.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(State));
    }

    [Fact(DisplayName = "Data that is not there ends with code 4; what the machinery refuses ends with its own code")]
    public async Task Refusals()
    {
        Assert.Equal(ExitCode.DataInvalid, await Dolphin("run", "--market", "replay", "--data", "/no/such/file.csv.gz", "--state", State));
        Assert.Null(_run.Options);
        _run.RefuseToStart = new CliException(ExitCode.StateRefused, $"{State} is in use by process 77; nothing was started.");
        Assert.Equal(ExitCode.StateRefused, await Dolphin("run", "--state", State));
        Assert.Contains("in use by process 77", _error.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(State)); // No log, no control file: it belongs to somebody else.
    }

    [Fact(DisplayName = "With --json errors are JSON too, with code, word and details")]
    public async Task Json_errors()
    {
        Assert.Equal(ExitCode.ConfigInvalid, await Dolphin("config", "check", _place.File("bad.hocon", "dolphin.hedging.kk = 1"), "--json"));
        var error = JsonDocument.Parse(_error.ToString()).RootElement.GetProperty("error");
        Assert.Equal(("config-invalid", 3), (error.GetProperty("code").GetString(), error.GetProperty("exitCode").GetInt32()));
        var detail = Assert.Single(error.GetProperty("details").EnumerateArray());
        Assert.Equal(("dolphin.hedging.kk", 1, 22), (detail.GetProperty("path").GetString(), detail.GetProperty("line").GetInt32(), detail.GetProperty("column").GetInt32()));
        Assert.Empty(_out.ToString());
    }

    [Fact(DisplayName = "A run that was not sound ends with code 6, and its report says so")]
    public async Task Unsound()
    {
        _run.Report = Pictures.Report(violated: 1);
        Assert.Equal(ExitCode.Unsound, await Dolphin("run", "--state", State, "--http", Free()));
        Assert.Contains("NOT SOUND", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A run that breaks ends with code 1 and what broke it, without secrets, and leaves no control file")]
    public async Task Fault()
    {
        _run.WhenStarted = run =>
        {
            run.Break(new InvalidOperationException("journal gone, apiKey=canary-2"));
            return Task.CompletedTask;
        };
        Assert.Equal(ExitCode.Fault, await Dolphin("run", "--state", State, "--http", Free()));
        Assert.Contains("journal gone", _error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", _error.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(State, ControlFile.Name)));
    }

    [Fact(DisplayName = "An address given with --http that is taken ends with code 9 before anything starts")]
    public async Task Busy_port()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        Assert.Equal(ExitCode.HttpUnavailable, await Dolphin("run", "--state", State, "--http", taken.LocalEndpoint.ToString()!));
        Assert.Null(_run.Options);
    }

    [Fact(DisplayName = "With --json the answer of run is the report alone")]
    public async Task Json_report()
    {
        await Succeeds("run", "--state", State, "--http", Free(), "--json");
        Assert.Equal("9f86d081884c7d65", JsonDocument.Parse(_out.ToString()).RootElement.GetProperty("stateHash").GetString());
    }

    [Fact(DisplayName = "The log goes to the state folder as JSON lines, and no secret with it")]
    public async Task Log_file()
    {
        await Succeeds("run", "--state", State, "--http", Free(), "--no-ui");
        var lines = File.ReadAllLines(Assert.Single(Directory.GetFiles(Path.Combine(State, "logs"))));
        Assert.All(lines, l => JsonDocument.Parse(l));
        Assert.Contains(lines, l => l.Contains("Started with", StringComparison.Ordinal));
        Assert.DoesNotContain("canary", string.Concat(lines) + _out, StringComparison.Ordinal);
        Assert.Contains("Started with 16 symbols", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Plain log lines read plainly: words without quotes, and no R_total before there is one")]
    public async Task Plain_lines()
    {
        await Succeeds("run", "--state", State, "--http", Free(), "--no-ui");
        Assert.Contains("Running at 2025-05-24 21:36Z: 304,440 of 708,000 bars, 512345 bars/s, R_total 0.589 STALKER, equity 99", _out.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\"Running\"", _out.ToString(), StringComparison.Ordinal);
        _out.GetStringBuilder().Clear();
        var again = new FakeRun { Picture = Pictures.Replay() with { Risk = null, At = null } };
        await DolphinCli.RunAsync(["run", "--state", State, "--http", Free(), "--no-ui"], again, new Terminal(_out, _error, IsLive: false, Width: 120));
        Assert.Contains("Running at -: 304,440 of 708,000 bars, 512345 bars/s, R_total not yet assessed, equity", _out.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("null", _out.ToString(), StringComparison.Ordinal);
        var stored = File.ReadAllLines(Assert.Single(Directory.GetFiles(Path.Combine(State, "logs")))).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Contains(stored, l => l.GetProperty("RenderedMessage").GetString()!.Contains("R_total 0.589 STALKER", StringComparison.Ordinal)
            && l.GetProperty("Properties").GetProperty("Posture").GetString() == "STALKER");
    }

    [Fact(DisplayName = "Status, explain, exit, resume, ack-drawdown and ack-ledger reach the node that runs on a state folder")]
    public async Task Verbs_reach_the_node()
    {
        Directory.CreateDirectory(State);
        await using var server = await _run.ServedAsync();
        new ControlFile(server.Url, server.Token, Environment.ProcessId, Pictures.Start).Write(State);

        await Succeeds("status", "--state", State);
        Assert.Contains("hedge-xrpusdt", _out.ToString(), StringComparison.Ordinal);
        await Succeeds("status", "--state", State, "--json");
        Assert.Equal(708_000, Answer().GetProperty("progress").GetProperty("barsTotal").GetInt64());
        await Succeeds("explain", "--state", State, "--at", "2025-05-12T08:30:00Z");
        Assert.Contains("binding: L7_EXF_SERVICE", _out.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Refused, await Dolphin("explain", "--state", State, "--at", "2001-01-01"));
        await Succeeds("exit", "hedge-btcusdt", "--state", State);
        Assert.Equal(ExitCode.Refused, await Dolphin("exit", "hedge-ethusdt", "--state", State));
        Assert.Equal(ExitCode.Refused, await Dolphin("exit", "nobody", "--state", State));
        Assert.Contains("Known: hedge-btcusdt, hedge-ethusdt.", _error.ToString(), StringComparison.Ordinal);
        await Succeeds("resume", "hedge-ethusdt", "--state", State);
        Assert.Contains("hedge-ethusdt goes on.", _out.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Refused, await Dolphin("resume", "hedge-btcusdt", "--state", State));
        Assert.Equal(ExitCode.Refused, await Dolphin("resume", "nobody", "--state", State));
        await Succeeds("ack-drawdown", "--state", State, "--json");
        Assert.Equal("The capital layer may recover.", Answer().GetProperty("what").GetString());
        Assert.Equal(ExitCode.Refused, await Dolphin("ack-ledger", "--state", State));
        Assert.Contains("There is nothing to acknowledge.", _error.ToString(), StringComparison.Ordinal);
        var me = $"cli:{Environment.UserName}";
        Assert.Equal(
            [$"exit hedge-btcusdt by {me}", $"exit hedge-ethusdt by {me}", $"exit nobody by {me}", $"resume hedge-ethusdt by {me}", $"resume hedge-btcusdt by {me}", $"resume nobody by {me}", $"ack-drawdown by {me}", $"ack-ledger by {me}"], _run.Asked);
    }

    [Fact(DisplayName = "dolphin signal gives a running node an opinion, and passes refusals on; what is open and how it is guarded is in the status")]
    public async Task Signal()
    {
        Directory.CreateDirectory(State);
        await using var server = await _run.ServedAsync();
        new ControlFile(server.Url, server.Token, Environment.ProcessId, Pictures.Start).Write(State);
        await Succeeds("signal", "BTCUSDT", "long", "--confidence", "0.8", "--id", "scan-7", "--state", State);
        Assert.Contains("directional-BTCUSDT has taken it.", _out.ToString(), StringComparison.Ordinal);
        await Succeeds("signal", "BTCUSDT", "short", "--confidence", "1", "--state", State, "--json");
        Assert.Equal(ExitCode.Refused, await Dolphin("signal", "ETHUSDT", "short", "--confidence", "0.1", "--state", State));
        Assert.Contains("its confidence is too low", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Refused, await Dolphin("signal", "XUSDT", "long", "--confidence", "0.8", "--state", State));
        Assert.Equal(
        [
            $"signal BTCUSDT Long 0.8 scan-7 by cli:{Environment.UserName}", $"signal BTCUSDT Short 1 - by cli:{Environment.UserName}",
            $"signal ETHUSDT Short 0.1 - by cli:{Environment.UserName}", $"signal XUSDT Long 0.8 - by cli:{Environment.UserName}",
        ], _run.Asked);
        _run.Picture = Pictures.Replay() with { Directional = Pictures.OnSignals };
        _out.GetStringBuilder().Clear();
        await Succeeds("status", "--state", State);
        Assert.Contains("BTCUSDT: holding long 0.036 from 103912.4, stop 104100 (trailing), target 110000, until 2025-05-13 00:00, on scan-7 at 0.8; 9 opened, 8 over: 3 by stop-loss",
            _out.ToString(), StringComparison.Ordinal);
        Assert.Contains("ETHUSDT: pause, flat; scan-9 waits for the next bar; 0 opened; newest signal refused: directional.no-risk-budget", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A signal that is none is refused before anybody is asked, and without a node there is nobody to ask")]
    public async Task Signal_refusals()
    {
        await Refused("expected long or short; found 'up'", "signal", "BTCUSDT", "up", "--confidence", "0.8");
        await Refused("--confidence expects 0 to 1; found '1.1'", "signal", "BTCUSDT", "long", "--confidence", "1.1");
        await Refused("--confidence expects 0 to 1; found 'NaN'", "signal", "BTCUSDT", "long", "--confidence", "NaN");
        await Refused("--id expects 1 to 64 characters", "signal", "BTCUSDT", "long", "--confidence", "1", "--id", new string('x', 65));
        await Refused("--confidence", "signal", "BTCUSDT", "long");
        Assert.Equal(ExitCode.NotRunning, await Dolphin("signal", "BTCUSDT", "long", "--confidence", "0.8", "--state", State));
    }

    [Fact(DisplayName = "dolphin hermes shows a line for each asset or one in full, tells Hermes an operator's word, and passes refusals on")]
    public async Task Hermes()
    {
        Directory.CreateDirectory(State);
        await using var server = await _run.ServedAsync();
        new ControlFile(server.Url, server.Token, Environment.ProcessId, Pictures.Start).Write(State);
        Assert.Equal(ExitCode.Refused, await Dolphin("hermes", "--state", State));
        Assert.Contains("dolphin.hermes.enabled = true", _error.ToString(), StringComparison.Ordinal);

        _run.Picture = Pictures.Replay() with { Hermes = Pictures.Hermes };
        await Succeeds("hermes", "--state", State);
        foreach (var said in (string[])["BTCUSDT  ranging  1.23 % per root hour", "band-limited-hedging -> hedge-compression", "CAUTIOUS   high      ada       ada wants hedge-compression: a test", "ETHUSDT  unknown"])
            Assert.Contains(said, _out.ToString(), StringComparison.Ordinal);
        await Succeeds("hermes", "BTCUSDT", "--state", State);
        Assert.Contains("override  2 by ada at 2025-05-12 00:00:00, until 2025-05-12 04:00:00: hedge-compression CAUTIOUS, priority high. a test", _out.ToString(), StringComparison.Ordinal);
        await Succeeds("status", "--state", State);
        Assert.Contains("Hermes (more: dolphin hermes)", _out.ToString(), StringComparison.Ordinal);
        _out.GetStringBuilder().Clear();
        await Succeeds("hermes", "ETHUSDT", "--state", State, "--json");
        Assert.Equal("nobody", Assert.Single(JsonDocument.Parse(_out.ToString()).RootElement.EnumerateArray()).GetProperty("holder").GetString());
        Assert.Equal(ExitCode.Refused, await Dolphin("hermes", "XUSDT", "--state", State));
        Assert.Contains("Known: BTCUSDT, ETHUSDT.", _error.ToString(), StringComparison.Ordinal);

        await Succeeds("hermes", "override", "BTCUSDT", "compression", "--posture", "cautious", "--priority", "HIGH", "--for", "4h", "--reason", "both legs are under water", "--state", State, "--json");
        Assert.Equal("hedge-compression, as you say.", Answer().GetProperty("what").GetString());
        await Succeeds("hermes", "override", "BTCUSDT", "exposure-protector", "--state", State);
        await Succeeds("hermes", "lift", "BTCUSDT", "--state", State);
        Assert.Equal(ExitCode.Refused, await Dolphin("hermes", "override", "ETHUSDT", "nobody", "--state", State));
        Assert.Contains("There is override 1 already.", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Refused, await Dolphin("hermes", "lift", "XUSDT", "--state", State));
        Assert.Contains("The plan has no symbol 'XUSDT'. Nothing was done. Known: BTCUSDT, ETHUSDT.", _error.ToString(), StringComparison.Ordinal);
        var me = $"cli:{Environment.UserName}";
        Assert.Equal(
        [
            $"BTCUSDT hedge-compression Cautious High 04:00:00 (both legs are under water) by {me}", $"BTCUSDT exposure-protector    (no reason was given) by {me}",
            $"BTCUSDT lift    (no reason was given) by {me}", $"ETHUSDT nobody    (no reason was given) by {me}", $"XUSDT lift    (no reason was given) by {me}",
        ], _run.Asked);

        _run.Picture = Pictures.Replay() with { Hermes = [] };
        Assert.Equal(ExitCode.Refused, await Dolphin("hermes", "--state", State));
        Assert.Contains("another node of this cluster", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A word to Hermes that is none is refused before anybody is asked; without a node none can be said, and what was stored can still be seen")]
    public async Task Hermes_refusals()
    {
        await Refused("expected one of band-limited-hedging (or hedging)", "hermes", "override", "BTCUSDT", "grid");
        await Refused("Required argument missing", "hermes", "override", "BTCUSDT");
        await Refused("Required argument missing", "hermes", "lift");
        await Refused("--posture expects bold, balanced, cautious or defensive; found '3'", "hermes", "override", "BTCUSDT", "nobody", "--posture", "3");
        await Refused("--priority expects low, normal, high or urgent; found 'asap'", "hermes", "override", "BTCUSDT", "nobody", "--priority", "asap");
        await Refused("--for expects a time such as 30m or 4h; found 'ever'", "hermes", "override", "BTCUSDT", "nobody", "--for", "ever");
        Assert.Equal(ExitCode.NotRunning, await Dolphin("hermes", "--state", State));
        Assert.Equal(ExitCode.NotRunning, await Dolphin("hermes", "override", "BTCUSDT", "nobody", "--state", State));
        Assert.Equal(ExitCode.NotRunning, await Dolphin("hermes", "lift", "BTCUSDT", "--state", State));
        _run.OnDisk = new FakeRun { Picture = Pictures.Replay() with { Hermes = Pictures.Hermes } };
        await Succeeds("hermes", "--state", State);
        _run.OnDisk = new FakeRun();
        Assert.Equal(ExitCode.Refused, await Dolphin("hermes", "--state", State));
        Assert.Contains("has stored nothing of Hermes", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Where no node runs, status and explain read what the run left; the others cannot")]
    public async Task Without_a_node()
    {
        Directory.CreateDirectory(State);
        new ControlFile("http://127.0.0.1:1", "dead", 1, Pictures.Start).Write(State); // Left behind by a process that was killed.
        Assert.Equal(ExitCode.NotRunning, await Dolphin("status", "--state", State));
        _run.OnDisk = new FakeRun();
        await Succeeds("status", "--state", State);
        Assert.Contains("not running", _out.ToString(), StringComparison.Ordinal);
        await Succeeds("explain", "--state", State);
        Assert.Equal(ExitCode.NotRunning, await Dolphin("exit", "hedge-btcusdt", "--state", State));
        Assert.Equal(ExitCode.NotRunning, await Dolphin("ack-drawdown", "--state", State));
        Assert.Equal(ExitCode.NotRunning, await Dolphin("ack-ledger", "--state", State));
    }

    [Fact(DisplayName = "A node that was killed is not running, whoever has its port now: another run's status is not shown as its own, and its orders are not given to it")]
    public async Task Somebody_elses_port()
    {
        Directory.CreateDirectory(State);
        await using var other = await _run.ServedAsync();
        new ControlFile(other.Url, "of a run that was killed", 1, Pictures.Start).Write(State);
        Assert.Equal(ExitCode.NotRunning, await Dolphin("status", "--state", State));
        Assert.DoesNotContain("hedge-xrpusdt", _out.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.NotRunning, await Dolphin("exit", "hedge-btcusdt", "--state", State));
        Assert.Empty(_run.Asked);
    }

    [Fact(DisplayName = "copy-state says what came over, what was left out and what to do next; its progress is not part of the answer, and as JSON there is the answer alone")]
    public async Task Copy_state()
    {
        await Succeeds("copy-state", "--state", State, "--cluster", "node.conf");
        Assert.Equal((State, "node.conf"), (_run.CopyOptions!.StateFolder, _run.CopyOptions.Cluster));
        foreach (var said in (string[])["1,234 events and 3 snapshots of 1 entities", "plan plan-1 and venue paper-1", "above 7", "Left out: checkpoints, 2 rows. Of a replay.", "A note.", "never start a node on the folder again"])
            Assert.Contains(said, _out.ToString(), StringComparison.Ordinal);
        Assert.Equal("Half of it is done.", _error.ToString().Trim());

        _error.GetStringBuilder().Clear();
        _out.GetStringBuilder().Clear();
        await Succeeds("copy-state", "--state", State, "--cluster", "node.conf", "--json");
        Assert.Equal(("9f86d081", 7), (Answer().GetProperty("entities")[0].GetProperty("sha256").GetString(), Answer().GetProperty("epoch").GetInt32()));
        Assert.Empty(_error.ToString());

        _run.RefuseToStart = new CliException(ExitCode.StateRefused, "The database already has an event.");
        Assert.Equal(ExitCode.StateRefused, await Dolphin("copy-state", "--state", State, "--cluster", "node.conf"));
    }

    [Fact(DisplayName = "copy-state guesses neither the folder nor the cluster")]
    public async Task Copy_state_asks_for_both()
    {
        await Refused("--state", "copy-state", "--cluster", "node.conf");
        await Refused("--cluster", "copy-state", "--state", State);
        Assert.Null(_run.CopyOptions);
    }

    [Fact(DisplayName = "A good plan with warnings is a good plan, and the warnings are said")]
    public async Task Check()
    {
        await Succeeds("config", "check", _place.File("good.hocon", "dolphin.hedging.max-interval = 9h"));
        Assert.Contains("warning: dolphin.hedging.max-interval is 9 h", _out.ToString(), StringComparison.Ordinal);
        Assert.Contains("is a good plan with 1 warning", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Every verb's help has examples and the exit codes it can end with")]
    public async Task Help()
    {
        foreach (var verb in (string[][])[[], ["run"], ["status"], ["explain"], ["exit"], ["resume"], ["ack-drawdown"], ["ack-ledger"], ["hermes"], ["hermes", "override"], ["hermes", "lift"], ["copy-state"], ["balance"], ["config"], ["config", "check"]])
        {
            _out.GetStringBuilder().Clear();
            await Succeeds([.. verb, "--help"]);
            Assert.Contains("Examples:\n  # ", _out.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
            Assert.Contains("Exit codes:\n  0  ok", _out.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
        }
    }

    [Fact(DisplayName = "Each exit code is in docs/cli.md with its word and meaning")]
    public void Documented()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Dolphin.Actors.sln"))) root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("No Dolphin.Actors.sln above the tests.");
        var page = File.ReadAllText(Path.Combine(root, "docs", "cli.md"));
        Assert.All(Enum.GetValues<ExitCode>(), c => Assert.Contains($"| {(int)c} | {c.Word()} | {c.Meaning()} |", page, StringComparison.Ordinal));
    }

    private string State => Path.Combine(_place.Path, "state");
    private static string Free() => $"127.0.0.1:{FreePort.Next()}";

    private async Task<ExitCode> Dolphin(params string[] args) =>
        (ExitCode)await DolphinCli.RunAsync(args, _run, new Terminal(_out, _error, IsLive: false, Width: 120));

    /// <summary>A failure shows what was said.</summary>
    private async Task Succeeds(params string[] args) => Assert.True(await Dolphin(args) == ExitCode.Ok, _error.ToString());

    private async Task Refused(string said, params string[] args)
    {
        Assert.Equal(ExitCode.Usage, await Dolphin(args));
        Assert.Contains(said, _error.ToString(), StringComparison.Ordinal);
        Assert.Null(_run.Options);
    }

    /// <summary>The last JSON that was answered.</summary>
    private JsonElement Answer()
    {
        var text = _out.ToString();
        var json = JsonDocument.Parse(text[(text.LastIndexOf("\n{", StringComparison.Ordinal) is >= 0 and var at ? at + 1 : 0)..]).RootElement;
        return json;
    }
}
