using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Dolphin.Venues.Remote;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dolphin.Web;

/// <summary>The sockets of a paper venue that others trade against: orders, market, and what it has counted.</summary>
public sealed class VenueServer : IAsyncDisposable
{
    private const int MaxConnections = 256; // Sessions and readers, and room for who looks at the oracle.
    private const int MaxBodyBytes = 4096; // Nobody posts anything here.
    private const int MostListed = 10_000; // Orders in one answer: some megabytes.

    private readonly WebApplication _app;

    /// <summary>With the port that was really bound, for WebSockets: <c>ws://127.0.0.1:7788</c>.</summary>
    public string Url { get; }

    private VenueServer(WebApplication app, string url) => (_app, Url) = (app, url);

    /// <param name="endpoint">Port 0 takes any free one. Not loopback: only with a secret.</param>
    /// <param name="ended">Is told when a session has ended, which and why.</param>
    /// <exception cref="AddressUnavailableException">It cannot be bound.</exception>
    /// <exception cref="ArgumentException">Not loopback, and there is no secret.</exception>
    public static async Task<VenueServer> StartAsync(
        IVenueDesk desk, IPEndPoint endpoint, VenueGuard guard, TimeProvider time, Action<string, string> ended, ILoggerProvider? log, CancellationToken cancellation)
    {
        if (!guard.HasSecret && !IPAddress.IsLoopback(endpoint.Address))
            throw new ArgumentException($"{endpoint} is not a loopback address and there is no secret; not bound.", nameof(endpoint));
        // Empty: the usual builder would read addresses from the environment and from appsettings.json, and bind what it finds there.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = MaxConnections;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
            kestrel.Listen(endpoint);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2)); // Who holds a connection open does not hold up a stop.
        if (log is not null) builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        var app = builder.Build();
        Map(app, desk, guard, time, ended);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (Exception e)
        {
            await app.DisposeAsync();
            if (e is IOException or System.Net.Sockets.SocketException) throw new AddressUnavailableException(endpoint, (e.InnerException ?? e).Message.TrimEnd('.'), "--listen");
            throw;
        }

        var url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new VenueServer(app, "ws" + url.TrimEnd('/')["http".Length..]);
    }

    private static void Map(WebApplication app, IVenueDesk desk, VenueGuard guard, TimeProvider time, Action<string, string> ended)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        app.Use(async (context, next) =>
        {
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers.XContentTypeOptions = "nosniff";
            if (guard.Refuse(context) is { } refusal) await Json(refusal.Status, new ErrorAnswer(refusal.Code, refusal.Reason, [])).ExecuteAsync(context);
            else await next(context);
        });
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = RemoteProtocol.PingEvery, KeepAliveTimeout = RemoteProtocol.PongWithin });

        app.MapGet(RemoteProtocol.OrdersPath, OnSocket(RemoteProtocol.OrdersPath, ended, socket => new OrderSession(socket, desk, time).RunAsync(stopping)));
        app.MapGet(RemoteProtocol.MarketPath, OnSocket(RemoteProtocol.MarketPath, ended, socket => new MarketSession(socket, desk, time).RunAsync(stopping)));
        app.MapGet(RemoteProtocol.VenuePath, () => Results.Bytes(WireJson.Write(desk.Hello), "application/json"));
        app.MapGet(RemoteProtocol.OraclePath, (Delegate)((HttpContext context) => OracleAsync(desk, context)));
        app.MapFallback((Delegate)((HttpContext context) => Json(StatusCodes.Status404NotFound, new ErrorAnswer(
            "http.not-found", $"There is no {context.Request.Method} {context.Request.Path}.",
            [$"GET {RemoteProtocol.VenuePath}", $"GET {RemoteProtocol.OraclePath}?orders=", $"WebSocket {RemoteProtocol.OrdersPath}", $"WebSocket {RemoteProtocol.MarketPath}"]))));
    }

    private static RequestDelegate OnSocket(string path, Action<string, string> ended, Func<WebSocket, Task<string>> serve) => async context =>
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await Json(StatusCodes.Status426UpgradeRequired, new ErrorAnswer("venue.no-websocket", $"{path} is a WebSocket.", [])).ExecuteAsync(context);
            return;
        }

        var from = $"{path} of {context.Connection.RemoteIpAddress}:{context.Connection.RemotePort}";
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        ended(from, await serve(socket));
    };

    private static async Task<IResult> OracleAsync(IVenueDesk desk, HttpContext context)
    {
        var newest = 0;
        if (context.Request.Query["orders"] is [{ Length: > 0 } text]
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out newest) || newest > MostListed))
            return Json(StatusCodes.Status400BadRequest, new ErrorAnswer("venue.bad-number", $"Expected orders=0 to {MostListed}, found '{text}'.", []));
        return Json(StatusCodes.Status200OK, await desk.OracleAsync(newest, context.RequestAborted));
    }

    private static IResult Json<T>(int status, T body) =>
        Results.Text(JsonSerializer.Serialize(body, RunJson.Compact), "application/json", statusCode: status);

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
    }
}
