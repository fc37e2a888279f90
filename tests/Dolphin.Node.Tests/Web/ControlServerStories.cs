using System.Net;
using System.Text.Json;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;
using Dolphin.Web;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Dolphin.Node.Tests.Web;

/// <summary>Health and control over HTTP, asked by friends and by others.</summary>
public sealed class ControlServerStories : IAsyncLifetime
{
    private readonly FakeRun _run = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private ControlServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await _run.ServedAsync();
        _http.BaseAddress = new Uri(_server.Url);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact(DisplayName = "A run that flies is healthy, with R_total, posture, layers and assets")]
    public async Task Healthy()
    {
        _run.Picture = Pictures.Replay(1);
        var (status, body) = await Ask(HttpMethod.Get, "/health");
        Assert.Equal((200, "flying"), (status, body.GetProperty("status").GetString()));
        Assert.Equal(_run.Picture.Risk!.RTotal, body.GetProperty("rTotal").GetDouble());
        Assert.Equal("APEX", body.GetProperty("posture").GetString());
        Assert.Equal(9, body.GetProperty("layers").GetArrayLength());
        Assert.Equal(16, body.GetProperty("assets").GetProperty("count").GetInt32());
        Assert.Equal("LAYERUSDT: C1 holds", body.GetProperty("assets").GetProperty("attention")[0].GetString());
    }

    [Fact(DisplayName = "An invariant that failed is 503, and so is a run that has not taken off; one entity that halted or hangs is not, alone")]
    public async Task Unhealthy()
    {
        await Expect(Pictures.Replay(1, failedInvariant: "ledger"), 503, "invariant-failed");
        await Expect(Pictures.Replay(1) with { Phase = RunPhase.Recovering }, 503, "recovering");
        await Expect(Pictures.Replay(1) with { Risk = null }, 503, "recovering");
        await Expect(Pictures.Replay(1) with { Phase = RunPhase.Stopping }, 503, "stopping");
        await Expect(Pictures.Replay(1) with { Halted = [new HaltedEntity("book-x", "bad row", Pictures.Start)] }, 200, "degraded");
        await Expect(Pictures.Replay(1) with { Quorum = QuorumWatchState.Initial with { Hanging = [new SilentService("execution", "", Pictures.Start)] } }, 200, "degraded");
        await Expect(Pictures.Replay(1) with { Quorum = QuorumWatchState.Initial }, 200, "flying");

        async Task Expect(RunSnapshot picture, int status, string word)
        {
            _run.Picture = picture;
            var (code, body) = await Ask(HttpMethod.Get, "/health");
            Assert.Equal((status, word), (code, body.GetProperty("status").GetString()));
        }
    }

    [Fact(DisplayName = "Before there is a run it is alive and nothing else: a long recovery is seen to be one, and nothing can be asked of what is not there")]
    public async Task Starting()
    {
        await using var early = await ControlServer.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), exactly: true, null, default);
        _http.BaseAddress = new Uri(early.Url);
        Assert.Equal(200, (await Ask(HttpMethod.Get, "/health/live")).Status);
        foreach (var path in (string[])["/health", "/health/ready", "/status", "/explain", "/nope"]) await Expect(HttpMethod.Get, path, 503, "health.starting");
        await Expect(HttpMethod.Post, "/ack-drawdown", 503, "health.starting");
        Assert.Equal(401, (await Ask(HttpMethod.Post, "/ack-drawdown", token: "guessed")).Status);

        early.Attach(_run, _run);
        Assert.Equal(200, (await Ask(HttpMethod.Get, "/health")).Status);

        async Task Expect(HttpMethod method, string path, int status, string error)
        {
            var (code, body) = await Ask(method, path, token: early.Token);
            Assert.Equal((status, error), (code, body.GetProperty("code").GetString()));
        }
    }

    [Fact(DisplayName = "A process that answers is alive whatever its posture; it is ready once it takes part and has heard the controller")]
    public async Task Alive_and_ready()
    {
        foreach (var (picture, ready) in new[]
        {
            (Pictures.Replay(1), 200),
            (Pictures.Replay(1, failedInvariant: "ledger"), 200), // It takes part; that it may not trade is another matter.
            (Pictures.Replay(1) with { Risk = null }, 503),
            (Pictures.Replay(1) with { Phase = RunPhase.Recovering }, 503),
            (Pictures.Replay(1) with { Phase = RunPhase.Stopping }, 503),
        })
        {
            _run.Picture = picture;
            Assert.Equal((200, ready), ((await Ask(HttpMethod.Get, "/health/live")).Status, (await Ask(HttpMethod.Get, "/health/ready")).Status));
        }
    }

    [Fact(DisplayName = "The status is the whole picture and reads back as it was")]
    public async Task Status()
    {
        var text = await _http.GetStringAsync("/status");
        var read = JsonSerializer.Deserialize<RunSnapshot>(text, RunJson.Compact)!;
        Assert.Equal(text, JsonSerializer.Serialize(read, RunJson.Compact));
        Assert.Equal(_run.Picture.Assets.ToArray(), read.Assets.ToArray());
        Assert.Equal(_run.Picture.Money, read.Money);
    }

    [Fact(DisplayName = "Explain answers for a moment, and says so where it cannot")]
    public async Task Explain()
    {
        Assert.Equal("L7_EXF_SERVICE", (await Ask(HttpMethod.Get, "/explain")).Body.GetProperty("binding").GetString());
        Assert.Equal(200, (await Ask(HttpMethod.Get, "/explain?at=2025-05-12T08:30:00Z")).Status);
        Assert.Equal(404, (await Ask(HttpMethod.Get, "/explain?at=2001-01-01")).Status);
        var (status, body) = await Ask(HttpMethod.Get, "/explain?at=yesterday");
        Assert.Equal((400, "http.bad-time"), (status, body.GetProperty("code").GetString()));
    }

    [Fact(DisplayName = "With the token a strategy can be told to leave; what is unknown or refused is said and not done")]
    public async Task Control()
    {
        Assert.Equal(200, (await Ask(HttpMethod.Post, "/exit/hedge-btcusdt", token: _server.Token)).Status);
        var (refused, why) = await Ask(HttpMethod.Post, "/exit/hedge-ethusdt", token: _server.Token);
        Assert.Equal((409, "hedge.not-active"), (refused, why.GetProperty("code").GetString()));
        var (unknown, known) = await Ask(HttpMethod.Post, "/exit/nobody", token: _server.Token);
        Assert.Equal((404, 2), (unknown, known.GetProperty("known").GetArrayLength()));
        var (done, what) = await Ask(HttpMethod.Post, "/ack-drawdown", token: _server.Token);
        Assert.Equal((200, "The capital layer may recover."), (done, what.GetProperty("what").GetString()));
        var (nothing, reason) = await Ask(HttpMethod.Post, "/ack-ledger", token: _server.Token);
        Assert.Equal((409, "ledger.not-broken"), (nothing, reason.GetProperty("code").GetString()));
        Assert.Equal(5, _run.Asked.Count);
    }

    [Fact(DisplayName = "A signal comes in as JSON and is answered with what became of it; one without side or confidence is refused, and nothing is said without the token")]
    public async Task Signal()
    {
        Assert.Equal((200, "directional-BTCUSDT has taken it."), await Post("/signal/BTCUSDT", "{\"side\":\"long\",\"confidence\":0.8,\"id\":\"scan-7\"}") is var (s, b) ? (s, b.GetProperty("what").GetString()) : default);
        Assert.Equal((409, "directional.not-confident"), Code(await Post("/signal/ETHUSDT", "{\"side\":\"short\",\"confidence\":0}")));
        Assert.Equal((404, "symbol.unknown"), Code(await Post("/signal/XUSDT", "{\"side\":\"short\",\"confidence\":1}")));
        Assert.Equal(["signal BTCUSDT Long 0.8 scan-7 by loopback http", "signal ETHUSDT Short 0 - by loopback http", "signal XUSDT Short 1 - by loopback http"], _run.Asked);
        foreach (var bad in (string[])["", "{}", "{\"side\":\"long\"}", "{\"confidence\":1}", "{\"side\":\"up\",\"confidence\":1}", "{\"side\":\"long\",\"confidence\":1,\"idd\":\"x\"}", "{\"side\":\"long\",\"confidence\":\"NaN\"}", "null"])
            Assert.Equal((400, "http.bad-body"), Code(await Post("/signal/BTCUSDT", bad)));
        Assert.Equal(401, (await Ask(HttpMethod.Post, "/signal/BTCUSDT")).Status);
        Assert.Equal(3, _run.Asked.Count);

        Task<(int Status, JsonElement Body)> Post(string path, string body) => Ask(HttpMethod.Post, path, token: _server.Token, content: body);
        static (int, string?) Code((int Status, JsonElement Body) answer) => (answer.Status, answer.Body.GetProperty("code").GetString());
    }

    [Fact(DisplayName = "What is traded on signals is part of the picture, and reads back as it was")]
    public async Task On_signals()
    {
        _run.Picture = Pictures.Replay(1) with { Directional = Pictures.OnSignals };
        var read = JsonSerializer.Deserialize<RunSnapshot>(await _http.GetStringAsync("/status"), RunJson.Compact)!;
        Assert.Equal(Pictures.OnSignals.ToArray(), read.Directional!.Value.ToArray());
        _run.Picture = Pictures.Replay(1);
        Assert.DoesNotContain("directional", await _http.GetStringAsync("/status"), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "What Hermes thinks of each asset is JSON without gaps: what was not measured is null, and it reads back as it was; without Hermes there is none")]
    public async Task Hermes_seen()
    {
        var (none, why) = await Ask(HttpMethod.Get, "/hermes");
        Assert.Equal((404, "hermes.not-enabled"), (none, why.GetProperty("code").GetString()));
        _run.Picture = Pictures.Replay(1) with { Hermes = Pictures.Hermes };
        var (status, body) = await Ask(HttpMethod.Get, "/hermes");
        Assert.Equal((200, 2), (status, body.GetArrayLength()));
        Assert.Equal(("band-limited-hedging", "cautious", "hedge-compression"),
            (body[0].GetProperty("holder").GetString(), body[0].GetProperty("posture").GetString(), body[0].GetProperty("override").GetProperty("holder").GetString()));
        Assert.Equal(JsonValueKind.Null, body[0].GetProperty("features").GetProperty("spread").ValueKind);
        Assert.Equal(0.21, body[0].GetProperty("features").GetProperty("efficiencyRatio").GetDouble());
        var read = JsonSerializer.Deserialize<RunSnapshot>(await _http.GetStringAsync("/status"), RunJson.Compact)!;
        Assert.Equal(Pictures.Hermes.ToArray(), read.Hermes!.Value.ToArray());
    }

    [Fact(DisplayName = "An operator's word to Hermes comes in as JSON: short names are understood, a slip is refused and says where, and nothing is said without the token")]
    public async Task Hermes_told()
    {
        var said = await Post("/hermes/override/BTCUSDT", "{\"holder\":\"compression\",\"posture\":\"cautious\",\"priority\":\"high\",\"for\":\"04:00:00\",\"reason\":\"a test\"}");
        Assert.Equal((200, "hedge-compression, as you say."), (said.Status, said.Body.GetProperty("what").GetString()));
        Assert.Equal(200, (await Post("/hermes/lift/BTCUSDT", "")).Status);
        Assert.Equal(200, (await Post("/hermes/lift/BTCUSDT", "{\"reason\":\"enough\"}")).Status);
        Assert.Equal((409, "hermes.override-stands"), Code(await Post("/hermes/override/ETHUSDT", "{\"holder\":\"nobody\"}")));
        var unknown = await Post("/hermes/lift/XUSDT", "");
        Assert.Equal((404, "symbol.unknown"), Code(unknown));
        Assert.Equal(2, unknown.Body.GetProperty("known").GetArrayLength());
        Assert.Equal(
        [
            "BTCUSDT hedge-compression Cautious High 04:00:00 (a test) by loopback http", "BTCUSDT lift    (no reason was given) by loopback http", "BTCUSDT lift    (enough) by loopback http",
            "ETHUSDT nobody    (no reason was given) by loopback http", "XUSDT lift    (no reason was given) by loopback http",
        ], _run.Asked);
        foreach (var bad in (string[])["", "{}", "{\"holder\":\"grid\"}", "{\"holder\":2}", "{\"holder\":\"nobody\",\"postur\":\"bold\"}", "{\"holder\":\"nobody\",\"posture\":\"brave\"}", "nonsense", "null"])
            Assert.Equal((400, "http.bad-body"), Code(await Post("/hermes/override/BTCUSDT", bad)));
        Assert.Equal(401, (await Ask(HttpMethod.Post, "/hermes/override/BTCUSDT")).Status);
        Assert.Equal(401, (await Ask(HttpMethod.Post, "/hermes/lift/BTCUSDT", token: "0")).Status);
        Assert.Equal(413, (await Post("/hermes/override/BTCUSDT", new string(' ', 5_000))).Status);
        Assert.Equal(5, _run.Asked.Count);

        Task<(int Status, JsonElement Body)> Post(string path, string body) => Ask(HttpMethod.Post, path, token: _server.Token, content: body);
        static (int, string?) Code((int Status, JsonElement Body) answer) => (answer.Status, answer.Body.GetProperty("code").GetString());
    }

    [Fact(DisplayName = "The journal gets the name that the client gives itself; who gives none is a client on loopback, and what is no name is refused")]
    public async Task Who_asks()
    {
        Assert.Equal(200, (await Ask(HttpMethod.Post, "/exit/hedge-btcusdt", token: _server.Token, by: "cli:ada@ops-1")).Status);
        Assert.Equal(200, (await Ask(HttpMethod.Post, "/ack-drawdown", token: _server.Token)).Status);
        Assert.Equal(200, (await Ask(HttpMethod.Post, "/ack-drawdown", token: _server.Token, by: new string('x', 64))).Status);
        foreach (var name in (string[])["", "two words", "<b>", "a;b", new string('x', 65)])
        {
            var (status, body) = await Ask(HttpMethod.Post, "/ack-drawdown", token: _server.Token, by: name);
            Assert.Equal((400, "http.bad-name"), (status, body.GetProperty("code").GetString()));
        }

        Assert.Equal(["exit hedge-btcusdt by cli:ada@ops-1", "ack-drawdown by loopback http", $"ack-drawdown by {new string('x', 64)}"], _run.Asked);
        Assert.Equal("cli:J_rg_M_ller", Asker.Fit("cli:Jörg Müller"));
        Assert.Equal(64, Asker.Fit(new string('x', 1_000)).Length);
    }

    [Fact(DisplayName = "A busy port that nobody insists on is no error: another is taken, and nothing is logged here")]
    public async Task Busy_port()
    {
        var log = new NotedLog();
        await using var second = await ControlServer.ListenAsync(new IPEndPoint(IPAddress.Loopback, new Uri(_server.Url).Port), exactly: false, log, default);
        Assert.True(second.Moved);
        Assert.NotEqual(_server.Url, second.Url);
        Assert.Empty(log.Lines);
    }

    [Fact(DisplayName = "Without the token, or with a wrong one, nothing is changed")]
    public async Task No_token()
    {
        foreach (var token in (string?[])[null, "", "0", _server.Token[..^1], _server.Token + "0", _server.Token.ToUpperInvariant() + "x"])
        {
            foreach (var path in (string[])["/exit/hedge-btcusdt", "/ack-drawdown", "/ack-ledger", "/nowhere"])
                Assert.Equal(401, (await Ask(HttpMethod.Post, path, token: token)).Status);
        }
        Assert.Equal(401, (await Ask(HttpMethod.Delete, "/exit/hedge-btcusdt")).Status);
        Assert.NotEqual(200, (await Ask(HttpMethod.Get, "/exit/hedge-btcusdt", token: _server.Token)).Status);
        Assert.Empty(_run.Asked);
    }

    [Fact(DisplayName = "A page that gave 127.0.0.1 a name of its own reads nothing: the Host is not ours")]
    public async Task Rebinding()
    {
        var port = new Uri(_server.Url).Port;
        foreach (var host in (string[])["evil.example", $"evil.example:{port}", $"127.0.0.1.evil.example:{port}", "127.0.0.1:1", "localhost"])
            Assert.Equal(421, (await Ask(HttpMethod.Get, "/status", host: host)).Status);
        Assert.Equal(200, (await Ask(HttpMethod.Get, "/status", host: $"localhost:{port}")).Status);
    }

    [Fact(DisplayName = "A page of another site gets nothing, not even with the token")]
    public async Task Cross_site()
    {
        var port = new Uri(_server.Url).Port;
        foreach (var origin in (string[])["https://evil.example", "null", $"http://evil.example:{port}", "http://127.0.0.1:1", $"https://127.0.0.1:{port}"])
        {
            Assert.Equal(403, (await Ask(HttpMethod.Get, "/status", origin: origin)).Status);
            Assert.Equal(403, (await Ask(HttpMethod.Post, "/exit/hedge-btcusdt", token: _server.Token, origin: origin)).Status);
        }
        Assert.Equal(200, (await Ask(HttpMethod.Get, "/status", origin: _server.Url)).Status);
        Assert.Empty(_run.Asked);
    }

    [Fact(DisplayName = "An unknown path lists the known ones; no answer may be cached, sniffed or framed")]
    public async Task Edges()
    {
        var (status, body) = await Ask(HttpMethod.Get, "/nope");
        Assert.Equal((404, 13), (status, body.GetProperty("known").GetArrayLength()));
        using var answer = await _http.GetAsync("/health");
        Assert.Equal(("no-store", "nosniff"), (answer.Headers.CacheControl!.ToString(), answer.Headers.GetValues("X-Content-Type-Options").Single()));
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Fact(DisplayName = "A busy port is given way to, unless it was asked for exactly")]
    public async Task Busy()
    {
        var taken = new IPEndPoint(IPAddress.Loopback, new Uri(_server.Url).Port);
        await using var moved = await ControlServer.ListenAsync(taken, exactly: false, null, default);
        Assert.True(moved.Moved);
        Assert.NotEqual(_server.Url, moved.Url);
        await Assert.ThrowsAsync<AddressUnavailableException>(() => ControlServer.ListenAsync(taken, exactly: true, null, default));
        Assert.Throws<AddressUnavailableException>(() => ControlServer.RequireFree(taken, "--listen"));
    }

    [Fact(DisplayName = "Nothing but loopback is ever bound")]
    public async Task Loopback_only()
    {
        foreach (var address in (string[])["0.0.0.0", "::", "192.0.2.1"])
            await Assert.ThrowsAsync<ArgumentException>(() => ControlServer.ListenAsync(new IPEndPoint(IPAddress.Parse(address), 0), exactly: false, null, default));
    }

    [Fact(DisplayName = "The control file can be read by its owner alone, leads nowhere but here, and only its writer removes it")]
    public void Control_file()
    {
        using var place = new TemporaryFolder();
        var file = new ControlFile("http://127.0.0.1:8080", "secret", 1, Pictures.Start);
        file.Write(place.Path);
        file.Write(place.Path); // A second run takes over what a killed one left.
        var path = Path.Combine(place.Path, ControlFile.Name);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(file, ControlFile.Read(place.Path));
        ControlFile.Remove(place.Path, "another");
        Assert.True(File.Exists(path));
        ControlFile.Remove(place.Path, "secret");
        Assert.Empty(Directory.GetFiles(place.Path));
        foreach (var url in (string[])["http://evil.example:8080", "https://127.0.0.1:1", "file:///etc/passwd", "nonsense"])
        {
            (file with { Url = url }).Write(place.Path);
            Assert.Null(ControlFile.Read(place.Path));
        }
        place.File(ControlFile.Name, "{ half a fi");
        Assert.Null(ControlFile.Read(place.Path));
    }

    private async Task<(int Status, JsonElement Body)> Ask(HttpMethod method, string path, string? token = null, string? host = null, string? origin = null, string? by = null, string? content = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (content is not null) request.Content = new StringContent(content);
        if (token is not null) request.Headers.TryAddWithoutValidation("X-Dolphin-Token", token);
        if (host is not null) request.Headers.Host = host;
        if (by is not null) request.Headers.TryAddWithoutValidation(Asker.Header, by);
        if (origin is not null) request.Headers.TryAddWithoutValidation("Origin", origin);
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    private sealed class NotedLog : ILoggerProvider, ILogger
    {
        public List<string> Lines { get; } = [];
        public ILogger CreateLogger(string categoryName) => this;
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel} {formatter(state, exception)} {exception}");
        public void Dispose() { }
    }
}
