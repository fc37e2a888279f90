using System.Net;
using Dolphin.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dolphin.Lighthouse;

/// <summary>Two questions over HTTP on loopback: is the process worth keeping (live), and is it a member (ready).</summary>
internal sealed class HealthServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HealthServer(WebApplication app) => _app = app;

    public static async Task<HealthServer> StartAsync(IPEndPoint endpoint, Func<bool> isAlive, Func<bool> isMember, CancellationToken cancellation)
    {
        // Empty: the usual builder would read addresses from the environment and bind what it finds there.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = 16;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
            kestrel.Listen(endpoint);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        var app = builder.Build();
        app.MapGet("/health/live", () => Answer(isAlive(), "alive", "ended"));
        app.MapGet("/health/ready", () => Answer(isMember(), "member", "not a member"));
        app.MapFallback(() => Results.Text("expected /health/live or /health/ready\n", "text/plain", statusCode: StatusCodes.Status404NotFound));
        try
        {
            await app.StartAsync(cancellation);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        return new HealthServer(app);
    }

    private static IResult Answer(bool good, string yes, string no) =>
        Results.Text($"{{\"status\":\"{(good ? yes : no)}\"}}", "application/json", statusCode: good ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
    }
}
