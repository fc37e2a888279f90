using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dolphin.Venues.Binance.Tests.Live;

/// <summary>The venue's public side on loopback: the same addresses, messages and handshakes over real sockets, and every misbehaviour that a test asks for.</summary>
internal sealed class StandInVenue : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<StandInSocket, bool> _sockets = new();
    private readonly ConcurrentQueue<(int Status, int? RetryAfter)> _refusals = new();
    private readonly ConcurrentQueue<(string Path, long At)> _asked = new();
    private readonly TimeProvider _time;
    private readonly Lock _counting = new();
    private readonly Dictionary<long, int> _weights = [];

    private StandInVenue(WebApplication app, ImmutableArray<StandInMarket> markets, TimeProvider time) => (_app, Markets, _time) = (app, markets, time);

    public ImmutableArray<StandInMarket> Markets { get; }
    public Uri Rest { get; private set; } = null!; // Until it listens.
    public Uri Streams => new UriBuilder(Rest) { Scheme = "ws" }.Uri;

    /// <summary>Connections that are there, oldest subscriptions not first.</summary>
    public ImmutableArray<StandInSocket> Sockets => [.. _sockets.Keys];

    /// <summary>Connections that were ever opened.</summary>
    public int Opened => _opened;
    private int _opened;

    /// <summary>Paths with queries and when they came (a timestamp), in order.</summary>
    public ImmutableArray<(string Path, long At)> Asked => [.. _asked];

    /// <summary>How far the venue's clock is ahead of this machine's.</summary>
    public TimeSpan ClockAhead
    {
        get => _clockAhead;
        set
        {
            _clockAhead = value;
            foreach (var market in Markets) market.ClockAhead = value;
        }
    }

    private TimeSpan _clockAhead;

    /// <summary>Request weight that an address has in each minute of the venue's clock; what is asked beyond it is answered with 429.</summary>
    public const int WeightLimit = 2_400;

    /// <summary>What was asked in each minute of the venue's clock, by weight, what was refused too.</summary>
    public ImmutableArray<int> Weights
    {
        get
        {
            lock (_counting) return [.. _weights.OrderBy(w => w.Key).Select(w => w.Value)];
        }
    }

    /// <summary>How often somebody was answered with 429 for it.</summary>
    public int OverLimit => _overLimit;
    private int _overLimit;

    /// <summary>Told of each question before it is answered.</summary>
    public Action OnAsked { get; set; } = () => { };

    /// <summary>Takes subscriptions and never answers.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>Refuses every subscription.</summary>
    public bool IsRefusing { get; set; }

    /// <summary>Refuses every WebSocket with this status; zero takes them.</summary>
    public int RefuseSockets { get; set; }

    /// <summary>What depth is asked for is answered with, if it is said; else with the market's book.</summary>
    public Func<string, string?> SnapshotOf { get; set; } = _ => null;

    /// <summary>The same of exchangeInfo.</summary>
    public Func<string?> List { get; set; } = () => null;

    public static Task<StandInVenue> StartAsync(params string[] symbols) => StartAsync([.. symbols.Select(s => new StandInMarket(s))]);

    /// <param name="time">That its minutes are counted by; null: this machine's.</param>
    public static async Task<StandInVenue> StartAsync(ImmutableArray<StandInMarket> markets, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var venue = new StandInVenue(app, markets, time ?? TimeProvider.System);
        app.Run(venue.ServeAsync);
        await app.StartAsync();
        venue.Rest = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return venue;
    }

    public StandInMarket this[string symbol] => Markets.Single(m => m.Symbol == symbol);

    /// <summary>The next requests are answered with this status.</summary>
    public void Refuse(int status, int? retryAfter = null) => _refusals.Enqueue((status, retryAfter));

    /// <summary>Everything from now on is answered with 418, which the venue does to an address that it has banned.</summary>
    /// <param name="retryAfter">Seconds.</param>
    public void Ban(int retryAfter) => _ban = retryAfter;

    /// <summary>Answers again.</summary>
    public void Pardon() => _ban = 0;
    private volatile int _ban;

    /// <summary>When somebody was answered so.</summary>
    public ImmutableArray<long> Banned => [.. _banned];
    private readonly ConcurrentQueue<long> _banned = new();

    /// <summary>To everyone who subscribed the stream.</summary>
    public void Send(string stream, string data) => SendWhole(stream, $$"""{"stream":"{{stream}}","data":{{data}}}""");

    /// <summary>The same, envelope and all, as it was recorded.</summary>
    public void SendWhole(string stream, string message)
    {
        foreach (var socket in Sockets)
            if (socket.Wants(stream)) socket.Send(message);
    }

    public void SendDiff(StandInMarket market) => Send($"{market.Symbol.ToLowerInvariant()}@depth@100ms", market.Diff());
    public void SendTicker(StandInMarket market) => Send($"{market.Symbol.ToLowerInvariant()}@bookTicker", market.Ticker());
    public void SendTrade(StandInMarket market, string? price = null, long skip = 0) => Send($"{market.Symbol.ToLowerInvariant()}@aggTrade", market.Trade(price, skip));
    public void SendMark(StandInMarket market, string? price = null, string? index = null, long? eventMs = null) =>
        Send($"{market.Symbol.ToLowerInvariant()}@markPrice@1s", market.Mark(price, index, eventMs));
    public void SendLiquidation(StandInMarket market) => Send($"{market.Symbol.ToLowerInvariant()}@forceOrder", market.Liquidation());

    /// <summary>A moment of the market: of every symbol a diff, the ticker of the same update, a trade and a mark price.</summary>
    /// <param name="only">Of this one; null: of every symbol.</param>
    public void Turn(string? only = null)
    {
        foreach (var market in Markets)
        {
            if (market.Symbol != (only ?? market.Symbol)) continue;
            SendDiff(market);
            SendTicker(market);
            SendTrade(market);
            SendMark(market);
        }
    }

    /// <summary>Turns by itself until what is returned is disposed of.</summary>
    public IAsyncDisposable Turning() => new Mill(this);

    private sealed class Mill : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _turning;

        public Mill(StandInVenue venue) => _turning = TurnAsync(venue);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _turning;
            _stop.Dispose();
        }

        private async Task TurnAsync(StandInVenue venue)
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            try
            {
                while (await timer.WaitForNextTickAsync(_stop.Token)) venue.Turn();
            }
            catch (OperationCanceledException)
            {
                // It was told to stop.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var socket in Sockets) socket.Abort();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
    }

    private Task ServeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (path is "/public/stream" or "/market/stream") return ServeSocketAsync(context, path);
        _asked.Enqueue((path + context.Request.QueryString, TimeProvider.System.GetTimestamp()));
        var refused = _refusals.TryDequeue(out var refusal);
        if (!refused && _ban is > 0 and var ban)
        {
            (refused, refusal) = (true, (418, ban));
            _banned.Enqueue(TimeProvider.System.GetTimestamp());
        }
        if (refused)
        {
            context.Response.StatusCode = refusal.Status;
            if (refusal.RetryAfter is { } after) context.Response.Headers.RetryAfter = after.ToString();
            return context.Response.WriteAsync("""{"code":-1003,"msg":"Too many requests"}""");
        }
        OnAsked();
        var (used, wait) = Weigh(context.Request);
        context.Response.Headers["X-MBX-USED-WEIGHT-1M"] = used.ToString();
        if (used > WeightLimit)
        {
            Interlocked.Increment(ref _overLimit);
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = wait.ToString();
            return context.Response.WriteAsync("""{"code":-1003,"msg":"Too many requests"}""");
        }
        var answer = path switch
        {
            "/fapi/v1/time" => $$"""{"serverTime":{{(TimeProvider.System.GetUtcNow() + ClockAhead).ToUnixTimeMilliseconds()}}}""",
            "/fapi/v1/exchangeInfo" => List() ?? Listing(),
            "/fapi/v1/depth" when context.Request.Query["symbol"].ToString() is var symbol => SnapshotOf(symbol) ?? this[symbol].Snapshot(),
            "/fapi/v1/premiumIndex" => $"[{string.Join(',', Markets.Select(m => m.Premium(TimeProvider.System.GetUtcNow() + ClockAhead)))}]",
            "/fapi/v1/fundingInfo" => $"[{string.Join(',', Markets.Select(m => m.Interval()))}]",
            "/fapi/v1/openInterest" => $$"""{"openInterest":"5","symbol":"{{context.Request.Query["symbol"]}}","time":{{(TimeProvider.System.GetUtcNow() + ClockAhead).ToUnixTimeMilliseconds()}}}""",
            "/fapi/v1/fundingRate" => $"[{string.Join(',', Markets.SelectMany(m => Enumerable.Range(1, 18).Reverse().Select(i => m.Settled(TimeProvider.System.GetUtcNow() - i * TimeSpan.FromHours(8)))))}]",
            "/futures/data/takerlongshortRatio" => $"[{string.Join(',', Enumerable.Range(0, int.Parse(context.Request.Query["limit"]!, System.Globalization.CultureInfo.InvariantCulture)).Reverse().Select(hour => $$"""{"buySellRatio":"1","sellVol":"5","buyVol":"5","timestamp":{{(TimeProvider.System.GetUtcNow() + ClockAhead).AddHours(-hour).ToUnixTimeMilliseconds() - 1_000}}}"""))}]",
            _ => null,
        };
        if (answer is not null) return context.Response.WriteAsync(answer);
        context.Response.StatusCode = 404;
        return Task.CompletedTask;
    }

    // As the venue does: by the minutes of its own clock.
    private (int Used, int Wait) Weigh(HttpRequest request)
    {
        var weight = request.Path.Value switch
        {
            "/fapi/v1/depth" => int.Parse(request.Query["limit"]!, System.Globalization.CultureInfo.InvariantCulture) switch { <= 50 => 2, 100 => 5, 500 => 10, _ => 20 },
            "/fapi/v1/premiumIndex" => 10,
            _ => 1,
        };
        var now = (_time.GetUtcNow() + ClockAhead).ToUnixTimeSeconds();
        lock (_counting)
        {
            var used = _weights[now / 60] = _weights.GetValueOrDefault(now / 60) + weight;
            return (used, (int)(60 - now % 60));
        }
    }

    private string Listing() => $$"""
        {"timezone":"UTC","serverTime":{{(TimeProvider.System.GetUtcNow() + ClockAhead).ToUnixTimeMilliseconds()}},
        "rateLimits":[{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":{{WeightLimit}}}],
        "symbols":[{{string.Join(',', Markets.Where(m => m.Status.Length > 0).Select(m => m.Listing()))}}]}
        """;

    private async Task ServeSocketAsync(HttpContext context, string path)
    {
        if (RefuseSockets != 0)
        {
            context.Response.StatusCode = RefuseSockets;
            return;
        }
        var key = context.Request.Headers.SecWebSocketKey.ToString() + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, 1.3.
#pragma warning disable CA5350 // The handshake of RFC 6455 is made of SHA-1.
        context.Response.Headers.SecWebSocketAccept = Convert.ToBase64String(System.Security.Cryptography.SHA1.HashData(System.Text.Encoding.ASCII.GetBytes(key)));
#pragma warning restore CA5350
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.Connection = "Upgrade";
        await using var stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        var socket = new StandInSocket(stream, path, context.Abort) { IsDeaf = IsDeaf, IsRefusing = IsRefusing };
        Interlocked.Increment(ref _opened);
        _sockets[socket] = true;
        try
        {
            await socket.RunAsync(context.RequestAborted);
        }
        finally
        {
            _sockets.TryRemove(socket, out _);
        }
    }
}
