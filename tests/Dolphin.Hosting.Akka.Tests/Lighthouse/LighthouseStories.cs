using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Dolphin.Hosting.Akka.Settings;
using Dolphin.Hosting.Akka.Tests.Cluster;
using Dolphin.Lighthouse;
using Dolphin.Tests;

namespace Dolphin.Hosting.Akka.Tests.Lighthouse;

/// <summary>The lighthouse as people meet it: its command line, its exit codes, and its TLS.</summary>
public sealed class LighthouseStories : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dolphin-lighthouse-").FullName;
    private readonly string _config;
    private readonly Certificates _ours;

    public LighthouseStories()
    {
        _config = Path.Combine(_folder, "lighthouse.conf");
        File.WriteAllText(_config, "dolphin.cluster { name = dolphin-test, host = 127.0.0.1, cmd.enabled = false }");
        _ours = new Certificates(_folder, "ours");
    }

    public void Dispose()
    {
        _ours.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact(DisplayName = "The help teaches: options, examples, every exit code")]
    public async Task Help()
    {
        var (code, said) = await RunAsync("--help");
        Assert.Equal(LighthouseExit.Ok, code);
        foreach (var exit in Enum.GetValues<LighthouseExit>()) Assert.Matches(string.Create(CultureInfo.InvariantCulture, $@"\n +{(int)exit}  "), said);
        Assert.Contains("Examples:", said, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A wrong command line is refused with what was expected")]
    public async Task Usage()
    {
        foreach (var (line, expected) in new[] { ("--conf x", "--config F"), ("--config", "expected a value"), ("--http 127.0.0.1:1", "--config is missing"), ("--config x --http 10.0.0.1:1", "loopback") })
        {
            var (code, said) = await RunAsync(line);
            Assert.Equal(LighthouseExit.Usage, code);
            Assert.Contains(expected, said, StringComparison.Ordinal);
        }
    }

    [Fact(DisplayName = "Wrong settings are all named, and nothing is started")]
    public async Task Settings()
    {
        await File.WriteAllTextAsync(_config, "dolphin.cluster { host = \"\", port = -1 }");
        var (code, said) = await RunAsync($"--config {_config}");
        Assert.Equal(LighthouseExit.ConfigInvalid, code);
        Assert.Contains("dolphin.cluster.host", said, StringComparison.Ordinal);
        Assert.Contains("dolphin.cluster.port", said, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A port in use is refused with what to do")]
    public async Task Port_in_use()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await File.WriteAllTextAsync(_config, string.Create(CultureInfo.InvariantCulture, $"dolphin.cluster {{ host = 127.0.0.1, port = {((IPEndPoint)other.LocalEndpoint).Port} }}"));
        var (code, said) = await RunAsync($"--config {_config}");
        Assert.Equal(LighthouseExit.AddressUnavailable, code);
        Assert.Contains("DOLPHIN_CLUSTER_PORT", said, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "With certificates of one authority two lighthouses meet over TLS, say that they are members, and leave when asked; no password is ever said")]
    public async Task Meet_over_tls()
    {
        var (first, http) = (FreePort.Next(), FreePort.Next());
        await using var a = Start(first, $"127.0.0.1:{first}", Good("a"), _ours.Authority);
        await using var b = await JoinsAsync(a, first, http);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{http}") };
        var began = TimeProvider.System.GetTimestamp();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await client.GetAsync("/health/ready")).StatusCode != HttpStatusCode.OK)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < LighthouseProcess.Patience, b.Said);
            await look.WaitForNextTickAsync();
        }
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/live")).StatusCode);

        await AnswersWhoHasNoCertificateAsync(first);

        await b.TerminateAsync();
        Assert.Equal((int)LighthouseExit.Ok, await b.EndAsync());
        Assert.DoesNotContain(Certificates.Password, a.Said + b.Said, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "The first signal leaves the cluster, however long the others take to see it off; the second one ends the process at once")]
    public async Task Second_signal()
    {
        var first = FreePort.Next();
        await using var a = Start(first, $"127.0.0.1:{first}", Good("a"), _ours.Authority);
        await using var b = await JoinsAsync(a, first, FreePort.Next());
        await a.FreezeAsync();
        await b.TerminateAsync();
        await b.UntilSaidAsync("as [Leaving]"); // Nobody confirms it: it waits for as long as a phase may take.
        await b.TerminateAsync();
        Assert.Equal(128 + 15, await b.EndAsync());
    }

    // Akka.NET 1.5.0 to 1.5.51 never ask a client for its certificate (CVE-2025-61778). Newer ones do, as AkkaConfig tells all of them.
    private static async Task AnswersWhoHasNoCertificateAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        await using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
        var accepted = true;
        try
        {
            await tls.AuthenticateAsClientAsync(Certificates.Cluster);
            // In TLS 1.3 a server refuses after the client believes to be done: it closes instead of waiting for more.
            await tls.WriteAsync(new byte[] { 4, 0, 0, 0 });
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            accepted = await tls.ReadAsync(new byte[1], patience.Token) > 0;
        }
        catch (OperationCanceledException)
        {
            accepted = true; // It waits for what we have to say.
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            accepted = false;
        }
        Assert.Equal(TlsCheck.AkkaVersion < TlsCheck.Mutual, accepted);
    }

    [Fact(DisplayName = "A certificate that no other node would accept is refused at the start, with the reason")]
    public async Task Refused_at_the_start()
    {
        using var strangers = new Certificates(_folder, "strangers");
        foreach (var (certificate, reason) in new[]
        {
            (_ours.Issue("expired.p12", address: IPAddress.Loopback, from: TimeSpan.FromDays(-30), until: TimeSpan.FromDays(-1)), "expired at"),
            (_ours.Issue("early.p12", address: IPAddress.Loopback, from: TimeSpan.FromDays(1)), "is not valid before"),
            (_ours.Issue("elsewhere.p12", [Certificates.Cluster, "node-9"]), "expected 127.0.0.1 among its names"),
            (_ours.Issue("servers-only.p12", address: IPAddress.Loopback, forClients: false), "may not be used by a client"),
            (strangers.Issue("stranger.p12", address: IPAddress.Loopback), "does not lead to an authority that this machine trusts"),
        })
        {
            await using var process = Start(FreePort.Next(), "127.0.0.1:4053", certificate, _ours.Authority, http: null, "--check");
            Assert.Equal((int)LighthouseExit.ConfigInvalid, await process.EndAsync());
            Assert.Contains(reason, process.Said, StringComparison.Ordinal);
            Assert.DoesNotContain(Certificates.Password, process.Said, StringComparison.Ordinal);
        }
    }

    [Fact(DisplayName = "A good certificate passes the check, and one that ends soon is warned about")]
    public async Task Checks()
    {
        await using var good = Start(FreePort.Next(), "127.0.0.1:4053", Good("good"), _ours.Authority, http: null, "--check");
        Assert.Equal((int)LighthouseExit.Ok, await good.EndAsync());
        Assert.Contains("with TLS", good.Said, StringComparison.Ordinal);
        await using var soon = Start(FreePort.Next(), "127.0.0.1:4053", _ours.Issue("soon.p12", address: IPAddress.Loopback, until: TimeSpan.FromDays(3)), _ours.Authority, http: null, "--check");
        Assert.Equal((int)LighthouseExit.Ok, await soon.EndAsync());
        Assert.Contains("warning: dolphin.cluster.tls.certificate", soon.Said, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A node that trusts another authority is not let in, and says that somebody answers and does not let it in")]
    public async Task Unknown_authority()
    {
        using var strangers = new Certificates(_folder, "strangers");
        var (first, second) = (FreePort.Next(), FreePort.Next());
        var seeds = $"127.0.0.1:{first},127.0.0.1:{second}";
        await using var a = Start(first, seeds, Good("a"), _ours.Authority);
        await a.UntilSaidAsync("is the new leader");
        await using var b = Start(second, seeds, strangers.Issue("b.p12", address: IPAddress.Loopback), strangers.Authority);
        await b.UntilSaidAsync("has not let this node in");
        Assert.DoesNotContain("Welcome from", b.Said, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A node whose certificate names another cluster is not let in")]
    public async Task Other_name()
    {
        var (first, second) = (FreePort.Next(), FreePort.Next());
        var seeds = $"127.0.0.1:{first},127.0.0.1:{second}";
        await using var a = Start(first, seeds, Good("a"), _ours.Authority);
        await a.UntilSaidAsync("is the new leader");
        // Good for its own address; newer versions compare addresses, these compare the first DNS name.
        await using var b = Start(second, seeds, _ours.Issue("b.p12", ["another.cluster.internal"], IPAddress.Parse("127.0.0.1")), _ours.Authority);
        if (TlsCheck.AkkaVersion < TlsCheck.Mutual) await b.UntilSaidAsync("has not let this node in");
        else await b.UntilSaidAsync("Welcome from");
    }

    private async Task<LighthouseProcess> JoinsAsync(LighthouseProcess other, int port, int http)
    {
        await other.UntilSaidAsync("is the new leader");
        var joins = Start(FreePort.Next(), $"127.0.0.1:{port}", Good("b"), _ours.Authority, http);
        await joins.UntilSaidAsync("Welcome from");
        return joins;
    }

    private string Good(string name) => _ours.Issue($"{name}.p12", address: IPAddress.Loopback);

    private LighthouseProcess Start(int port, string seeds, string certificate, string authority, int? http = null, string more = "") => LighthouseProcess.Start(
        string.Create(CultureInfo.InvariantCulture, $"--config {_config} {(http is { } h ? $"--http 127.0.0.1:{h}" : "")} {more}"),
        ("DOLPHIN_CLUSTER_PORT", port.ToString(CultureInfo.InvariantCulture)), ("DOLPHIN_CLUSTER_SEEDS", seeds), ("DOLPHIN_TLS_CERT", certificate),
        ("DOLPHIN_TLS_PASSWORD_FILE", _ours.PasswordFile), ("SSL_CERT_FILE", authority), ("SSL_CERT_DIR", _folder));


    private static async Task<(LighthouseExit Code, string Said)> RunAsync(string line)
    {
        using var said = new StringWriter();
        var code = await LighthouseProgram.RunAsync(line.Split(' '), said, said, CancellationToken.None);
        return (code, $"\n{said}");
    }
}
