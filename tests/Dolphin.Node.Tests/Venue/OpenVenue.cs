using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Data;
using Dolphin.Data.Recording;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Node.Plan;
using Dolphin.Node.Running;
using Dolphin.Venues;
using Dolphin.Venues.Paper;
using Dolphin.Venues.Remote;
using Dolphin.Web;

namespace Dolphin.Node.Tests.Venue;

/// <summary>A real venue on a port of its own, in this process: a market that stands at 1,000, and all the sockets.</summary>
internal sealed class OpenVenue : IAsyncDisposable
{
    public static readonly Symbol Btc = new("BTCUSDT");

    // Far beyond what a loaded machine needs: only a failing test waits so long.
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly DateTimeOffset Recorded = new(2025, 5, 12, 0, 0, 0, TimeSpan.Zero);
    private static readonly TradingPlan Plan = TradingPlan.Load(Path.Combine(AppContext.BaseDirectory, "hocon", "plans", "hedge-16.hocon"), _ => null).Plan!;

    // Some twenty minutes of bars at 50 ms each.
    private static readonly BarTape Tape = new(TimeSpan.FromMinutes(1),
        [new SymbolSeries(Btc, Enumerable.Range(0, 25_000).Select(m => new Bar(Recorded.AddMinutes(m).ToUnixTimeMilliseconds(), Price.Of(1_000m), Price.Of(1_001m), Price.Of(999m), Price.Of(1_000m), new(1_000m))).ToArray(), new Decimals(1, 3))], []);

    private readonly VenueNode _node;
    private readonly ConcurrentQueue<string> _ended;
    private readonly string? _secret;

    private OpenVenue(VenueNode node, ConcurrentQueue<string> ended, string? secret) => (_node, _ended, _secret) = (node, ended, secret);

    public string Url => _node.Url;
    public Uri Http => new("http" + Url["ws".Length..]);
    public int Port => Http.Port;

    /// <summary>Log lines about sessions that have ended.</summary>
    public IReadOnlyCollection<string> Ended => _ended;

    public static async Task<OpenVenue> StartAsync(string folder, int port = 0, string? secret = null, bool fence = false)
    {
        var policy = Plan.Paper.ToPolicy(7) with { Outbound = new PaperLatency(TimeSpan.FromMilliseconds(1), TimeSpan.Zero), Inbound = default, InitialWallet = new Money(100_000m) };
        var setup = new VenueSetup(
            new RecordedWorld(Tape, TimeSpan.FromMilliseconds(50)), Tape.Interval, [Plan.Instruments.For(Btc, 1, 3)], [new ListedSymbol(Btc, 1, 3)], policy, policy.InitialWallet,
            new RunIdentity(RunIdentity.CurrentFormat, "Embedded", "venue-replay", Tape.Fingerprint, "plan", 7, null, null, policy.InitialWallet.Quote, BarMs: 50),
            new StateFolder(folder), Plan.Journal, new IPEndPoint(IPAddress.Loopback, port), secret, fence);
        var ended = new ConcurrentQueue<string>();
        var log = new Serilog.LoggerConfiguration().WriteTo.Sink(new Notes(ended)).CreateLogger();
        return new OpenVenue(await VenueNode.StartAsync(setup, log, default), ended, secret);
    }

    public RemoteAddress Address => RemoteAddress.TryParse(Url, _secret)!;

    public Task<VenueHello> HelloAsync() => RemoteInquiry.AskAsync(Address, TimeProvider.System, default);

    public async Task<OracleReport> OracleAsync(int newest = 0)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        if (_secret is not null) http.DefaultRequestHeaders.Authorization = new("Bearer", _secret);
        return (await http.GetFromJsonAsync<OracleReport>(new Uri(Http, $"/oracle?orders={newest.ToString(CultureInfo.InvariantCulture)}"), RunJson.Compact))!;
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    public static async Task Until(string what, Func<Task<bool>> holds)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience) throw new TimeoutException($"It never was so: {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }

    public static Task Until(string what, Func<bool> holds) => Until(what, () => Task.FromResult(holds()));

    /// <summary>Takes at once, or in the next bar if it arrives between two: a late timer must not decide a test.</summary>
    public static NewOrder Order(string id) =>
        new(new(id), Btc, PositionSide.Long, OrderSide.Buy, OrderType.Limit, TimeInForce.GoodTillCancel, new(1m), Price.Of(1_010m));

    private sealed class Notes(ConcurrentQueue<string> lines) : Serilog.Core.ILogEventSink
    {
        public void Emit(Serilog.Events.LogEvent logEvent) => lines.Enqueue(logEvent.RenderMessage(CultureInfo.InvariantCulture));
    }
}

/// <summary>An order session by hand: what a well-behaved client would never say, too.</summary>
internal sealed class RawSession : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();

    public static async Task<RawSession> ConnectAsync(OpenVenue venue, string path = RemoteProtocol.OrdersPath, string? secret = null, string? origin = null)
    {
        var session = new RawSession();
        session._socket.Options.Proxy = null;
        session._socket.Options.CollectHttpResponseDetails = true;
        if (secret is not null) session._socket.Options.SetRequestHeader("Authorization", $"Bearer {secret}");
        if (origin is not null) session._socket.Options.SetRequestHeader("Origin", origin);
        try
        {
            await session._socket.ConnectAsync(new Uri(venue.Url + path), default).WaitAsync(OpenVenue.Patience);
        }
        catch (WebSocketException)
        {
            session.Refused = session._socket.HttpStatusCode;
        }

        return session;
    }

    /// <summary>What the venue answered instead of opening a socket.</summary>
    public HttpStatusCode? Refused { get; private set; }

    public static async Task<RawSession> EnteredAsync(OpenVenue venue, long epoch = 1)
    {
        var session = await ConnectAsync(venue);
        await session.SayAsync(new OrderRequest.Hello(RemoteProtocol.Version, epoch, "paper"));
        Assert.IsType<OrderAnswer.Hello>(await session.HearsAsync());
        return session;
    }

    public Task SayAsync(OrderRequest message) => SayAsync(Encoding.UTF8.GetString(WireJson.Write(message)));

    public Task SayAsync(string text) => _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default).WaitAsync(OpenVenue.Patience);

    public Task SendAsync(VenueCommand command, TimeSpan age = default) =>
        SayAsync(new OrderRequest.Order(command, TimeProvider.System.GetUtcNow() - age, 60_000 - (age > TimeSpan.Zero ? 58_000 : 0)));

    /// <returns>Null at the end of the connection.</returns>
    public async Task<OrderAnswer?> HearsAsync()
    {
        var (buffer, length) = (new byte[1 << 20], 0);
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer.AsMemory(length), default).AsTask().WaitAsync(OpenVenue.Patience);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            length += part.Count;
            if (part.EndOfMessage) return WireJson.Read<OrderAnswer>(buffer.AsSpan(0, length));
        }
    }

    /// <summary>The next event of a kind, whatever is said before it.</summary>
    public async Task<T> HearsAsync<T>(Func<T, bool> wanted) where T : VenueEvent
    {
        while (await HearsAsync() is { } answer)
            if (answer is OrderAnswer.Said { Event: T said } && wanted(said)) return said;
        throw new InvalidOperationException($"The connection ended before a {typeof(T).Name}.");
    }

    /// <summary>Why the venue ends the session; it must say so, and then end it.</summary>
    public async Task<string> IsEndedAsync()
    {
        OrderAnswer? last = null;
        while (await HearsAsync() is { } answer) last = answer;
        return Assert.IsType<OrderAnswer.Failed>(last).Reason;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
