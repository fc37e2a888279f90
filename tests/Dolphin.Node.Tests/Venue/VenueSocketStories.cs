using System.Net;
using System.Net.Sockets;
using System.Text;
using Dolphin.Actors.Venue;
using Dolphin.Domain.Market;
using Dolphin.Venues;
using Dolphin.Venues.Remote;
using static Dolphin.Node.Tests.Venue.OpenVenue;

namespace Dolphin.Node.Tests.Venue;

/// <summary>A venue behind real sockets, spoken to by friends, by strangers and by the broken.</summary>
public sealed class VenueSocketStories : IDisposable
{
    private readonly TemporaryFolder _place = new();

    private string Folder => Path.Combine(_place.Path, "venue");

    public void Dispose() => _place.Dispose();

    [Fact(DisplayName = "An order over the wire is accepted and filled, every session of the account is told, and the books stay square")]
    public async Task Trades()
    {
        await using var venue = await StartAsync(Folder);
        await using var trader = await RawSession.EnteredAsync(venue);
        await using var watcher = await RawSession.EnteredAsync(venue);
        var id = ClientOrderIds.For("hedge-BTCUSDT", 1, PositionSide.Long, 1).Value;
        await trader.SendAsync(new VenueCommand.Submit(Order(id)));
        foreach (var session in (RawSession[])[trader, watcher])
        {
            await session.HearsAsync<VenueEvent.Accepted>(e => e.Order.Id.Value == id);
            await session.HearsAsync<VenueEvent.Closed>(e => e.Id.Value == id && e.State == OrderState.Filled);
        }

        await Until("a bar has closed", async () => (await venue.OracleAsync()).Books.LastSlice is not null);
        var report = await venue.OracleAsync(newest: 10);
        Assert.Equal((1, 1, 0, 1, 0), (report.Orders.Received, report.Orders.Accepted, report.Orders.Duplicates, report.Orders.Fills, report.Orders.Overlaps));
        var (order, position) = (Assert.Single(report.Newest), Assert.Single(report.Books.Positions, p => p.Quantity.Base != 0m));
        Assert.Equal((id, 1, 1, 1), (order.Id, order.Epoch, order.Received, order.Accepted));
        Assert.Equal((Btc, PositionSide.Long, 1m), (position.Symbol, position.Leg, position.Quantity.Base));
        Assert.Equal((0m, 2, 1), (report.Books.CashGap.Quote, report.Books.Sessions, report.ThisLife.HighestEpoch));
        Assert.Equal((await venue.HelloAsync()).Venue, report.Books.Venue);
    }

    [Fact(DisplayName = "An id that was used before is refused with -4116, by whichever session it comes, and the oracle says so")]
    public async Task Duplicate()
    {
        await using var venue = await StartAsync(Folder);
        await using var first = await RawSession.EnteredAsync(venue);
        await using var second = await RawSession.EnteredAsync(venue);
        await first.SendAsync(new VenueCommand.Submit(Order("a")));
        await first.HearsAsync<VenueEvent.Closed>(e => e.Id.Value == "a");
        await second.SendAsync(new VenueCommand.Submit(Order("a")));
        Assert.Equal(VenueCode.DuplicateClientOrderId, (await second.HearsAsync<VenueEvent.Rejected>(e => e.Id.Value == "a")).Code);
        var report = await venue.OracleAsync();
        Assert.Equal((2, 1, 1, 0, 1), (report.Orders.Received, report.Orders.Accepted, report.Orders.Duplicates, report.Orders.AcceptedTwice, report.Orders.Fills));
        Assert.Equal(("a", 2, 1), (report.Repeated.Single().Id, report.Repeated.Single().Received, report.Repeated.Single().Accepted));
    }

    [Fact(DisplayName = "An order that comes later than its recvWindow is refused with -1021 and never executed")]
    public async Task Late()
    {
        await using var venue = await StartAsync(Folder);
        await using var session = await RawSession.EnteredAsync(venue);
        await session.SendAsync(new VenueCommand.Submit(Order("late")), age: TimeSpan.FromSeconds(3));
        Assert.Equal(VenueCode.OutsideRecvWindow, (await session.HearsAsync<VenueEvent.Rejected>(e => e.Id.Value == "late")).Code);
        await session.SendAsync(new VenueCommand.Query(new("late"), Btc));
        Assert.Equal(OrderState.Unknown, (await session.HearsAsync<VenueEvent.OrderStatus>(e => e.Id.Value == "late")).State);
        var report = await venue.OracleAsync();
        Assert.Equal((1, 0, 0), (report.ThisLife.Late, report.Orders.Accepted, report.Orders.Fills));
    }

    [Theory(DisplayName = "Whoever says what cannot be understood is told why and loses the connection; nobody else notices")]
    [InlineData("{\"$type\":\"order\",", "Expected a OrderRequest")]
    [InlineData("not json at all", "Expected a OrderRequest")]
    [InlineData("{\"$type\":\"order\",\"command\":{\"$type\":\"withdraw\",\"to\":\"me\"},\"sentAt\":\"2026-01-05T08:00:00+00:00\",\"recvWindowMs\":2000}", "Expected a OrderRequest")]
    [InlineData("{\"$type\":\"hello\",\"protocol\":1,\"epoch\":1,\"account\":\"paper\"}", "second hello")]
    [InlineData("LARGE", "at most 16384 bytes")]
    public async Task Nonsense(string said, string why)
    {
        await using var venue = await StartAsync(Folder);
        await using var good = await RawSession.EnteredAsync(venue);
        await using var bad = await RawSession.EnteredAsync(venue);
        await bad.SayAsync(said == "LARGE" ? new string(' ', 100_000) : said);
        Assert.Contains(why, await bad.IsEndedAsync(), StringComparison.Ordinal);
        await good.SendAsync(new VenueCommand.Submit(Order("a")));
        await good.HearsAsync<VenueEvent.Accepted>(e => e.Order.Id.Value == "a");
        Assert.Equal(1, (await venue.OracleAsync()).Orders.Received);
    }

    [Theory(DisplayName = "Without the right hello nobody enters: another protocol, another account, an epoch below zero, an order first")]
    [InlineData("{\"$type\":\"hello\",\"protocol\":2,\"epoch\":1,\"account\":\"paper\"}", "protocol 2; expected 1")]
    [InlineData("{\"$type\":\"hello\",\"protocol\":1,\"epoch\":1,\"account\":\"hers\"}", "account 'hers'")]
    [InlineData("{\"$type\":\"hello\",\"protocol\":1,\"epoch\":-1,\"account\":\"paper\"}", "epoch -1")]
    [InlineData("{\"$type\":\"order\",\"command\":{\"$type\":\"cancel-all\",\"requestId\":\"a\"},\"sentAt\":\"2026-01-05T08:00:00+00:00\",\"recvWindowMs\":2000}", "Expected a hello")]
    public async Task Wrong_hello(string said, string why)
    {
        await using var venue = await StartAsync(Folder);
        await using var session = await RawSession.ConnectAsync(venue);
        await session.SayAsync(said);
        Assert.Contains(why, await session.IsEndedAsync(), StringComparison.Ordinal);
        Assert.Equal(0, (await venue.OracleAsync()).ThisLife.Sessions);
    }

    [Fact(DisplayName = "Half a frame and then nothing: no half order is executed, and nobody else notices")]
    public async Task Half_a_frame()
    {
        await using var venue = await StartAsync(Folder);
        using (var tcp = new TcpClient())
        {
            await tcp.ConnectAsync(IPAddress.Loopback, venue.Port);
            var stream = await UpgradeAsync(tcp, venue.Port, RemoteProtocol.OrdersPath);
            await stream.WriteAsync(Frame(WireJson.Write(new OrderRequest.Hello(RemoteProtocol.Version, 1, "paper"))));
            await Until("it has entered", async () => (await venue.OracleAsync()).Books.Sessions == 1);
            var order = Frame(WireJson.Write(new OrderRequest.Order(new VenueCommand.Submit(Order("half")), TimeProvider.System.GetUtcNow(), 2_000)));
            await stream.WriteAsync(order.AsMemory(0, order.Length / 2));
            await stream.FlushAsync();
        }

        await Until("the venue has noticed", async () => (await venue.OracleAsync()).Books.Sessions == 0);
        await using var session = await RawSession.EnteredAsync(venue);
        await session.SendAsync(new VenueCommand.Query(new("half"), Btc));
        Assert.Equal(OrderState.Unknown, (await session.HearsAsync<VenueEvent.OrderStatus>(e => e.Id.Value == "half")).State);
        Assert.Equal(0, (await venue.OracleAsync()).Orders.Received);
    }

    [Fact(DisplayName = "A reader that reads nothing, not even pings, is dropped; the market goes on for the others")]
    public async Task Reads_nothing()
    {
        await using var venue = await StartAsync(Folder);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, venue.Port);
        _ = await UpgradeAsync(tcp, venue.Port, RemoteProtocol.MarketPath);
        var slices = new List<long>();
        await using var market = Market(venue, signal =>
        {
            lock (slices)
                if (signal is WireSignal<MarketMessage>.Said { What: MarketMessage.Closed closed }) slices.Add(closed.OpenTimeMs);
        });
        await Until("the silent one is dropped", () => venue.Ended.Any(line => line.Contains("/market", StringComparison.Ordinal) && line.Contains("has ended", StringComparison.Ordinal)));
        var seen = Count();
        await Until("more bars have come", () => Count() > seen + 5);
        lock (slices) Assert.Equal(slices.Order().Distinct(), slices);

        int Count()
        {
            lock (slices) return slices.Count;
        }
    }

    [Fact(DisplayName = "Without the secret, or with a wrong one, nothing is told; a web page is never answered")]
    public async Task Secret()
    {
        const string secret = "canary-of-sixteen-or-more";
        await using var venue = await StartAsync(Folder, secret: secret);
        foreach (var path in (string[])[RemoteProtocol.OrdersPath, RemoteProtocol.MarketPath])
        {
            foreach (var wrong in (string?[])[null, "canary-of-sixteen-or-mora", "", secret + "x"])
            {
                await using var stranger = await RawSession.ConnectAsync(venue, path, wrong);
                Assert.Equal(HttpStatusCode.Unauthorized, stranger.Refused);
            }

            await using var page = await RawSession.ConnectAsync(venue, path, secret, origin: "http://127.0.0.1:7788");
            Assert.Equal(HttpStatusCode.Forbidden, page.Refused);
        }

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        foreach (var path in (string[])[RemoteProtocol.VenuePath, RemoteProtocol.OraclePath])
        {
            using var answer = await http.GetAsync(new Uri(venue.Http, path));
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.DoesNotContain(secret, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        var refused = await Assert.ThrowsAsync<RemoteRefusedException>(() => RemoteInquiry.AskAsync(RemoteAddress.TryParse(venue.Url, "another-secret-of-mine")!, TimeProvider.System, default));
        Assert.Contains("does not know our secret", refused.Message, StringComparison.Ordinal);
        await using var friend = await RawSession.ConnectAsync(venue, secret: secret);
        Assert.Null(friend.Refused);
        Assert.Equal("BTCUSDT", (await venue.HelloAsync()).Symbols.Single().Symbol.Name);
        Assert.DoesNotContain(venue.Ended, line => line.Contains(secret, StringComparison.Ordinal));
    }

    [Fact(DisplayName = "An older gateway is let in and counted, as on a real venue; with the fence it is turned away, and ended if it was there")]
    public async Task Fence()
    {
        await using (var venue = await StartAsync(Folder))
        {
            await using var newer = await RawSession.EnteredAsync(venue, epoch: 2);
            await using var older = await RawSession.EnteredAsync(venue, epoch: 1);
            await newer.SendAsync(new VenueCommand.Submit(Order(Id(2))));
            await newer.HearsAsync<VenueEvent.Closed>(e => e.Id.Value == Id(2));
            await older.SendAsync(new VenueCommand.Submit(Order(Id(1))));
            await older.HearsAsync<VenueEvent.Closed>(e => e.Id.Value == Id(1));
            var report = await venue.OracleAsync();
            Assert.Equal((1, 1, 1, 0), (report.Orders.Overlaps, report.ThisLife.OlderSessions, report.ThisLife.AcceptedAfterHigherSession, report.ThisLife.Fenced));
        }

        await using (var venue = await StartAsync(Folder, fence: true))
        {
            await using var refused = await RawSession.ConnectAsync(venue);
            await refused.SayAsync(new OrderRequest.Hello(RemoteProtocol.Version, 1, "paper"));
            Assert.Contains("epoch 1 is fenced off: 2 has been here", await refused.IsEndedAsync(), StringComparison.Ordinal); // It remembers the orders of its last life.
            await using var second = await RawSession.EnteredAsync(venue, epoch: 2);
            await using var third = await RawSession.EnteredAsync(venue, epoch: 3);
            Assert.Contains("epoch 2 is fenced off: 3 has come", await second.IsEndedAsync(), StringComparison.Ordinal);
            Assert.Equal((2, 1), ((await venue.OracleAsync()).ThisLife.Fenced, (await venue.OracleAsync()).Books.Sessions));
        }

        static string Id(long epoch) => ClientOrderIds.For("hedge-BTCUSDT", epoch, PositionSide.Long, epoch).Value;
    }

    [Fact(DisplayName = "No more sessions than there is room for: the next is told to come back, and is let in when one has gone")]
    public async Task Sessions()
    {
        await using var venue = await StartAsync(Folder);
        var sessions = new List<RawSession>();
        for (var i = 0; i < VenueGateActor.MostSessions; i++) sessions.Add(await RawSession.EnteredAsync(venue));
        await using (var oneMore = await RawSession.ConnectAsync(venue))
        {
            await oneMore.SayAsync(new OrderRequest.Hello(RemoteProtocol.Version, 1, "paper"));
            Assert.Contains("come back later", await oneMore.IsEndedAsync(), StringComparison.Ordinal);
        }

        await sessions[0].DisposeAsync();
        await Until("there is room", async () => (await venue.OracleAsync()).Books.Sessions < VenueGateActor.MostSessions);
        sessions[0] = await RawSession.EnteredAsync(venue);
        foreach (var session in sessions) await session.DisposeAsync();
    }

    [Fact(DisplayName = "More orders than the rate allows are refused with -1015 and not executed; a cancel still passes")]
    public async Task Rate()
    {
        await using var venue = await StartAsync(Folder);
        await using var session = await RawSession.EnteredAsync(venue);
        for (var i = 0; i <= OrderRate.PerTenSeconds; i++)
            await session.SendAsync(new VenueCommand.Submit(Order($"r{i}") with { Symbol = new("NOSUCH") })); // Refused by the books (-1121), after the rate.
        var refused = await session.HearsAsync<VenueEvent.Rejected>(e => e.Code == VenueCode.TooManyOrders);
        Assert.Equal($"r{OrderRate.PerTenSeconds}", refused.Id.Value);
        await session.SendAsync(new VenueCommand.Cancel(new("x"), Btc));
        Assert.Equal(VenueCode.CancelRejected, (await session.HearsAsync<VenueEvent.CancelRejected>(e => e.Id.Value == "x")).Code);
        Assert.Equal(1, (await venue.OracleAsync()).ThisLife.OverRate);
    }

    [Fact(DisplayName = "What there is besides is told, and nothing is changed by HTTP")]
    public async Task Http_answers()
    {
        await using var venue = await StartAsync(Folder);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        foreach (var (method, path, status) in ((HttpMethod, string, HttpStatusCode)[])
            [
                (HttpMethod.Get, "/nowhere", HttpStatusCode.NotFound), (HttpMethod.Post, "/oracle", HttpStatusCode.NotFound), (HttpMethod.Get, "/orders", HttpStatusCode.UpgradeRequired),
                (HttpMethod.Get, "/oracle?orders=-1", HttpStatusCode.BadRequest), (HttpMethod.Get, "/oracle?orders=99999999999", HttpStatusCode.BadRequest), (HttpMethod.Get, "/oracle", HttpStatusCode.OK),
            ])
        {
            using var answer = await http.SendAsync(new HttpRequestMessage(method, new Uri(venue.Http, path)));
            Assert.Equal((path, status), (path, answer.StatusCode));
        }
    }

    internal static RemoteMarket Market(OpenVenue venue, Action<WireSignal<MarketMessage>> listener) => new(venue.Address, null, 7, TimeProvider.System, listener);

    private static async Task<NetworkStream> UpgradeAsync(TcpClient tcp, int port, string path)
    {
        var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"));
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one).AsTask().WaitAsync(Patience);
            head.Append((char)one[0]);
        }

        Assert.StartsWith("HTTP/1.1 101", head.ToString(), StringComparison.Ordinal);
        return stream;
    }

    // A text frame as a client sends it, masked with zeros.
    private static byte[] Frame(byte[] text)
    {
        Assert.InRange(text.Length, 1, ushort.MaxValue);
        return text.Length < 126
            ? [0x81, (byte)(0x80 | text.Length), 0, 0, 0, 0, .. text]
            : [0x81, 0x80 | 126, (byte)(text.Length >> 8), (byte)text.Length, 0, 0, 0, 0, .. text];
    }
}
