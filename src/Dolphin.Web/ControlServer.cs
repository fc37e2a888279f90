using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dolphin.Web;

/// <summary>The wanted address is taken or not ours to take.</summary>
public sealed class AddressUnavailableException(IPEndPoint endpoint, string why, string option = "--http")
    : Exception($"{endpoint} cannot be bound: {why}. Nothing was started; give another port with {option}, or leave it out for {(option == "--http" ? "a free one" : "the usual one")}.");

/// <summary>Health and control of one run over HTTP on loopback.</summary>
/// <remarks>It listens before there is a run, so that whoever watches a long recovery sees that it is alive, and a taken address refuses the start early.</remarks>
public sealed class ControlServer : IAsyncDisposable
{
    // A request here is a line and a few headers; anything larger is not meant for us.
    private const int MaxBodyBytes = 4096;
    private const int MaxConnections = 64;

    private static readonly IResult Starting = Json(StatusCodes.Status503ServiceUnavailable, new ErrorAnswer(
        "health.starting", "It is starting: there is nothing to see or to control until the market is read and what is stored is recovered.", []));

    private readonly WebApplication _app;
    private readonly Attached _attached;

    /// <summary>With the port that was really bound.</summary>
    public string Url { get; }
    public string Token { get; }

    /// <summary>True if the wanted port was busy and another one was taken.</summary>
    public bool Moved { get; }

    private ControlServer(WebApplication app, Attached attached, string url, string token, bool moved) =>
        (_app, _attached, Url, Token, Moved) = (app, attached, url, token, moved);

    /// <param name="endpoint">Loopback; port 0 takes any free one.</param>
    /// <param name="exactly">If the port is busy: true is an error, false takes a free one.</param>
    /// <exception cref="AddressUnavailableException">It cannot be bound.</exception>
    /// <exception cref="ArgumentException">Not loopback: without TLS and login that is never right.</exception>
    public static async Task<ControlServer> ListenAsync(IPEndPoint endpoint, bool exactly, ILoggerProvider? log, CancellationToken cancellation)
    {
        if (!IPAddress.IsLoopback(endpoint.Address))
            throw new ArgumentException($"Expected a loopback address, found {endpoint}; not bound.", nameof(endpoint));
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        try
        {
            return await BindAsync(endpoint, token, moved: false, log, cancellation);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException && !exactly)
        {
            return await BindAsync(new IPEndPoint(endpoint.Address, 0), token, moved: true, log, cancellation);
        }
        catch (IOException e)
        {
            throw new AddressUnavailableException(endpoint, (e.InnerException ?? e).Message.TrimEnd('.'));
        }
        catch (System.Net.Sockets.SocketException e)
        {
            throw new AddressUnavailableException(endpoint, e.Message.TrimEnd('.'));
        }
    }

    /// <summary>Fails early where an address is taken; whoever takes it between this and the start fails the start instead.</summary>
    /// <param name="option">Where the address was given, for the message.</param>
    /// <exception cref="AddressUnavailableException">It cannot be bound.</exception>
    public static void RequireFree(IPEndPoint endpoint, string option)
    {
        try
        {
            using var probe = new System.Net.Sockets.TcpListener(endpoint) { ExclusiveAddressUse = true };
            probe.Start();
        }
        catch (System.Net.Sockets.SocketException e)
        {
            throw new AddressUnavailableException(endpoint, e.Message.TrimEnd('.'), option);
        }
    }

    private static async Task<ControlServer> BindAsync(
        IPEndPoint endpoint, string token, bool moved, ILoggerProvider? log, CancellationToken cancellation)
    {
        // Empty: the usual builder would read addresses from the environment and from appsettings.json, and bind what it finds there.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
            kestrel.Listen(endpoint);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        // Why a host does not start it logs and throws; who catches it says it once, and a busy port that is not insisted on is no error.
        if (log is not null) builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        var app = builder.Build();
        var run = ControlFile.RunOf(token);
        app.Use((context, next) =>
        {
            context.Response.Headers[ControlFile.RunHeader] = run;
            return next(context);
        });
        var attached = new Attached();
        Map(app, attached, new LoopbackGuard(token));
        try
        {
            await app.StartAsync(cancellation);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        var url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new ControlServer(app, attached, url.TrimEnd('/'), token, moved);
    }

    private static void Map(WebApplication app, Attached run, LoopbackGuard guard)
    {
        app.Use(async (context, next) =>
        {
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers.XContentTypeOptions = "nosniff";
            context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
            if (guard.Refuse(context) is { } refusal) await Json(refusal.Status, new ErrorAnswer(refusal.Code, refusal.Reason, [])).ExecuteAsync(context);
            else if (!run.IsThere && context.Request.Path != "/health/live") await Starting.ExecuteAsync(context);
            else await next(context);
        });

        // The casts choose the overload that writes what a handler returns; the other one drops it.
        app.MapGet("/health", () =>
        {
            var health = HealthAnswer.Of(run.View.Snapshot());
            return Json(health.IsWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, health);
        });
        // For service managers. Alive: it answers; no posture and no silent database is a reason to kill a process that holds positions.
        app.MapGet("/health/live", () => Json(StatusCodes.Status200OK, new DoneAnswer("alive")));
        // Ready: it takes part, and has heard the survival controller; who replaces nodes one by one waits for that.
        app.MapGet("/health/ready", () => run.View.Snapshot() is { Phase: RunPhase.Running, Risk: not null }
            ? Json(StatusCodes.Status200OK, new DoneAnswer("ready"))
            : Json(StatusCodes.Status503ServiceUnavailable, new ErrorAnswer("health.not-ready", "It is starting, stopping, or has not heard the survival controller yet.", [])));
        app.MapGet("/status", () => Json(StatusCodes.Status200OK, run.View.Snapshot()));
        app.MapGet("/explain", (Delegate)((HttpContext context) => ExplainAsync(run.View, context)));
        app.MapPost("/exit/{strategy}", (string strategy, HttpContext context) =>
            ControlAsync(context, strategy, by => run.Control.ExitAsync(strategy, by, context.RequestAborted)));
        app.MapPost("/resume/{strategy}", (string strategy, HttpContext context) =>
            ControlAsync(context, strategy, by => run.Control.ResumeAsync(strategy, by, context.RequestAborted)));
        app.MapPost("/ack-drawdown", (Delegate)((HttpContext context) =>
            ControlAsync(context, "", by => run.Control.AcknowledgeDrawdownAsync(by, context.RequestAborted))));
        app.MapPost("/ack-ledger", (Delegate)((HttpContext context) =>
            ControlAsync(context, "", by => run.Control.AcknowledgeLedgerAsync(by, context.RequestAborted))));
        app.MapGet("/hermes", () => run.View.Snapshot().Hermes is { } hermes ? Json(StatusCodes.Status200OK, hermes) : Json(StatusCodes.Status404NotFound,
            new ErrorAnswer("hermes.not-enabled", "Hermes decides on no asset of this run; dolphin.hermes.enabled = true in the plan switches it on.", [])));
        app.MapPost("/hermes/override/{symbol}", (string symbol, HttpContext context) =>
            TellAsync<OverrideBody>(context, symbol, (body, by) => run.Control.TellHermesAsync(body.Of(new Symbol(symbol)), by, context.RequestAborted)));
        app.MapPost("/hermes/lift/{symbol}", (string symbol, HttpContext context) =>
            TellAsync<LiftBody>(context, symbol, (body, by) => run.Control.TellHermesAsync(body.Of(new Symbol(symbol)), by, context.RequestAborted)));
        app.MapPost("/signal/{symbol}", (string symbol, HttpContext context) =>
            TellAsync<SignalBody>(context, symbol, (body, by) => run.Control.SignalAsync(body.Of(new Symbol(symbol)), by, context.RequestAborted)));
        app.MapFallback((Delegate)((HttpContext context) => Json(StatusCodes.Status404NotFound, new ErrorAnswer(
            "http.not-found", $"There is no {context.Request.Method} {context.Request.Path}.",
            [
                "GET /health", "GET /health/live", "GET /health/ready", "GET /status", "GET /explain?at=", "GET /hermes", "POST /exit/{strategy}", "POST /resume/{strategy}", "POST /ack-drawdown", "POST /ack-ledger",
                "POST /hermes/override/{symbol}", "POST /hermes/lift/{symbol}", "POST /signal/{symbol}",
            ]))));
    }

    private static async Task<IResult> TellAsync<T>(HttpContext context, string symbol, Func<T, string, Task<ControlAnswer>> tell) where T : class
    {
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync(context.RequestAborted); // At most MaxBodyBytes.
        var (body, wrong) = JsonBody.Read<T>(text.Length == 0 ? "{}" : text);
        return body is not null
            ? await ControlAsync(context, symbol, by => tell(body, by))
            : Json(StatusCodes.Status400BadRequest, new ErrorAnswer("http.bad-body", $"Expected JSON as docs/cli.md has it: {wrong} Nothing was done.", []));
    }

    private static async Task<IResult> ExplainAsync(IRunView view, HttpContext context)
    {
        DateTimeOffset? at = null;
        if (context.Request.Query["at"] is [{ Length: > 0 } text])
        {
            if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
                return Json(StatusCodes.Status400BadRequest, new ErrorAnswer("http.bad-time", $"Expected a time such as 2025-05-12T08:30:00Z, found '{text}'.", []));
            at = time;
        }
        return await view.ExplainAsync(at, context.RequestAborted) is { } explanation
            ? Json(StatusCodes.Status200OK, explanation)
            : Json(StatusCodes.Status404NotFound, new ErrorAnswer("explain.no-record", at is null ? "Nothing has been recorded yet." : $"The run has no record of {at:u}.", []));
    }

    private static async Task<IResult> ControlAsync(HttpContext context, string name, Func<string, Task<ControlAnswer>> ask) =>
        Asker.Of(context.Request) is { } by
            ? Answer(await ask(by), name)
            : Json(StatusCodes.Status400BadRequest, new ErrorAnswer("http.bad-name",
                $"Expected in the header {Asker.Header} one name of 1 to {Asker.MaxLength} letters, digits and . _ - @ :, or no such header; nothing was done.", []));

    private static IResult Answer(ControlAnswer answer, string name) => answer switch
    {
        ControlAnswer.Done done => Json(StatusCodes.Status200OK, new DoneAnswer(done.What)),
        ControlAnswer.Refused refused => Json(StatusCodes.Status409Conflict, new ErrorAnswer(refused.Refusal.Code, refused.Refusal.Reason, [])),
        ControlAnswer.NoSuchStrategy none => Json(StatusCodes.Status404NotFound,
            new ErrorAnswer("strategy.unknown", $"There is no strategy '{name}'.", none.Known)),
        ControlAnswer.NoSuchSymbol none => Json(StatusCodes.Status404NotFound,
            new ErrorAnswer("symbol.unknown", $"The plan has no symbol '{name}'. Nothing was done.", none.Known)),
        _ => throw new System.Diagnostics.UnreachableException($"No answer for {answer}."),
    };

    private static IResult Json<T>(int status, T body) =>
        Results.Text(JsonSerializer.Serialize(body, RunJson.Compact), "application/json", statusCode: status);

    /// <summary>Answers for this run from now on.</summary>
    public void Attach(IRunView view, IRunControl control) => _attached.Run = new Attachment(view, control);

    /// <summary>Takes no more requests and ends those that are under way. Twice is once.</summary>
    public async Task StopAsync()
    {
        // Somebody holding a connection open must not hold up a stop.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _app.DisposeAsync();
    }

    private sealed record Attachment(IRunView View, IRunControl Control);

    private sealed class Attached
    {
        private volatile Attachment? _run;

        public Attachment Run { set => _run = value; }
        public bool IsThere => _run is not null;
        public IRunView View => _run!.View;
        public IRunControl Control => _run!.Control;
    }
}
