using System.Net;
using System.Text;
using System.Text.Json;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;
using Dolphin.Web;

namespace Dolphin.Node.Cli;

/// <summary>Talks to the node that runs on a state folder, as another process of the same user.</summary>
internal sealed class NodeClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly ControlFile _control;

    private NodeClient(ControlFile control)
    {
        _control = control;
        // No proxy: the answer must come from this machine, and the token must not leave it.
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(2) })
        {
            BaseAddress = new Uri(control.Url),
            Timeout = TimeSpan.FromSeconds(15),
        };
    }

    /// <returns>Null if no node runs on the folder: no control file, or one that a dead process left behind, whoever has its port now.</returns>
    public static async Task<NodeClient?> FindAsync(string stateFolder, CancellationToken cancellation)
    {
        if (ControlFile.Read(stateFolder) is not { } control) return null;
        var client = new NodeClient(control);
        try
        {
            using var answer = await client._http.GetAsync("/health", cancellation);
            if (answer.Headers.TryGetValues(ControlFile.RunHeader, out var run) && run.SequenceEqual([ControlFile.RunOf(control.Token)])) return client;
            client.Dispose();
            return null;
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            client.Dispose();
            return null;
        }
    }

    public Task<RunSnapshot> StatusAsync(CancellationToken cancellation) => SendAsync<RunSnapshot>(HttpMethod.Get, "/status", cancellation);

    public Task<Explanation> ExplainAsync(DateTimeOffset? at, CancellationToken cancellation) =>
        SendAsync<Explanation>(HttpMethod.Get, at is { } time ? $"/explain?at={Uri.EscapeDataString(time.ToString("O"))}" : "/explain", cancellation);

    public Task<DoneAnswer> ExitAsync(string strategy, CancellationToken cancellation) =>
        SendAsync<DoneAnswer>(HttpMethod.Post, $"/exit/{Uri.EscapeDataString(strategy)}", cancellation);

    public Task<DoneAnswer> ResumeAsync(string strategy, CancellationToken cancellation) =>
        SendAsync<DoneAnswer>(HttpMethod.Post, $"/resume/{Uri.EscapeDataString(strategy)}", cancellation);

    public Task<DoneAnswer> AcknowledgeDrawdownAsync(CancellationToken cancellation) => SendAsync<DoneAnswer>(HttpMethod.Post, "/ack-drawdown", cancellation);

    public Task<DoneAnswer> AcknowledgeLedgerAsync(CancellationToken cancellation) => SendAsync<DoneAnswer>(HttpMethod.Post, "/ack-ledger", cancellation);

    public Task<DoneAnswer> OverrideHermesAsync(string symbol, OverrideBody body, CancellationToken cancellation) =>
        SendAsync<DoneAnswer>(HttpMethod.Post, $"/hermes/override/{Uri.EscapeDataString(symbol)}", cancellation, JsonSerializer.Serialize(body, RunJson.Compact));

    public Task<DoneAnswer> LiftHermesAsync(string symbol, LiftBody body, CancellationToken cancellation) =>
        SendAsync<DoneAnswer>(HttpMethod.Post, $"/hermes/lift/{Uri.EscapeDataString(symbol)}", cancellation, JsonSerializer.Serialize(body, RunJson.Compact));

    public Task<DoneAnswer> SignalAsync(string symbol, SignalBody body, CancellationToken cancellation) =>
        SendAsync<DoneAnswer>(HttpMethod.Post, $"/signal/{Uri.EscapeDataString(symbol)}", cancellation, JsonSerializer.Serialize(body, RunJson.Compact));

    private async Task<T> SendAsync<T>(HttpMethod method, string path, CancellationToken cancellation, string? json = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        if (method == HttpMethod.Post)
        {
            request.Headers.Add("X-Dolphin-Token", _control.Token);
            request.Headers.Add(Asker.Header, Asker.Fit($"cli:{Environment.UserName}"));
        }

        try
        {
            using var response = await _http.SendAsync(request, cancellation);
            var body = await response.Content.ReadAsStringAsync(cancellation);
            if (response.StatusCode == HttpStatusCode.OK)
                return JsonSerializer.Deserialize<T>(body, RunJson.Compact) ?? throw new JsonException("The body is null.");
            var error = JsonSerializer.Deserialize<ErrorAnswer>(body, RunJson.Compact);
            var known = error is { Known.Length: > 0 } ? $" Known: {string.Join(", ", error.Known)}." : "";
            throw new CliException(ExitCode.Refused, $"{error?.Reason ?? $"{method} {path} was answered {(int)response.StatusCode}."}{known}");
        }
        catch (HttpRequestException e)
        {
            throw new CliException(ExitCode.NotRunning, $"The node at {_control.Url} stopped answering: {e.Message}");
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CliException(ExitCode.NotRunning, $"The node at {_control.Url} (process {_control.ProcessId}) did not answer {method} {path} within {_http.Timeout.TotalSeconds:0} s; whether it was done is unknown, ask with dolphin status.");
        }
        catch (JsonException e)
        {
            throw new CliException(ExitCode.Fault, $"{method} {path} was answered with something that is not expected: {e.Message}");
        }
    }

    public void Dispose() => _http.Dispose();
}
