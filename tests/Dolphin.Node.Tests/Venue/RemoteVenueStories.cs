using System.Net;
using System.Net.Sockets;
using Dolphin.Domain.Market;
using Dolphin.Venues;
using Dolphin.Venues.Remote;
using static Dolphin.Node.Tests.Venue.OpenVenue;

namespace Dolphin.Node.Tests.Venue;

/// <summary>The client's end, against a real venue that comes and goes.</summary>
public sealed class RemoteVenueStories : IDisposable
{
    private readonly TemporaryFolder _place = new();
    private readonly List<WireSignal<VenueEvent>> _heard = [];

    private string Folder => Path.Combine(_place.Path, "venue");

    public void Dispose() => _place.Dispose();

    [Fact(DisplayName = "When the venue goes the client is told; what is sent meanwhile is refused at once; when it comes back nothing was forgotten, and nothing is sent twice")]
    public async Task Reconnects()
    {
        int port;
        string name;
        RemoteVenue client;
        await using (var venue = await StartAsync(Folder))
        {
            (port, name) = (venue.Port, (await venue.HelloAsync()).Venue);
            client = Client(venue.Address, name);
            await Until("it is connected", () => Count<WireSignal<VenueEvent>.Connected>() == 1);
            client.Send(new VenueCommand.Submit(Order("a")));
            await Hears<VenueEvent.Closed>(e => e.Id.Value == "a" && e.State == OrderState.Filled);
        }

        await using (client)
        {
            await Until("it is told", () => Count<WireSignal<VenueEvent>.Disconnected>() >= 1);
            client.Send(new VenueCommand.Submit(Order("b")));
            Assert.Equal(RemoteVenue.NotSent, (await Hears<VenueEvent.Rejected>(e => e.Id.Value == "b")).Code);
            client.Send(new VenueCommand.Query(new("a"), Btc)); // Has no answer, and is not kept for later.

            await using var again = await StartAsync(Folder, port);
            await Until("it is connected again", () => Count<WireSignal<VenueEvent>.Connected>() == 2);
            Assert.Equal(name, (await again.HelloAsync()).Venue);
            client.Send(new VenueCommand.Query(new("b"), Btc));
            Assert.Equal(OrderState.Unknown, (await Hears<VenueEvent.OrderStatus>(e => e.Id.Value == "b")).State);
            client.Send(new VenueCommand.Query(new("a"), Btc));
            Assert.Equal(OrderState.Filled, (await Hears<VenueEvent.OrderStatus>(e => e.Id.Value == "a")).State);
            client.Send(new VenueCommand.Submit(Order("a")));
            Assert.Equal(VenueCode.DuplicateClientOrderId, (await Hears<VenueEvent.Rejected>(e => e.Id.Value == "a")).Code);
            Assert.Equal((2, 1, 1), await Counts(again));
            lock (_heard) Assert.Single(_heard.OfType<WireSignal<VenueEvent>.Said>(), s => s.What is VenueEvent.OrderStatus e && e.Id.Value == "a");
        }
    }

    [Fact(DisplayName = "An order whose answer the broken connection took along has an unknown outcome, and is not sent again")]
    public async Task Unknown_outcome()
    {
        // A venue that says hello, takes what it is told, and goes: twice.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var hello = new VenueHello(RemoteProtocol.Version, "v", "paper", "sim", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), new(1m), [new(Btc, 1, 3)]);
        var orders = new List<string>();
        var serving = Task.Run(async () =>
        {
            for (var connection = 0; connection < 2; connection++)
            {
                using var session = await FakeVenue.AcceptAsync(listener);
                Assert.IsType<OrderRequest.Hello>(await session.HearsAsync());
                await session.SaysAsync(new OrderAnswer.Hello(hello));
                var order = Assert.IsType<OrderRequest.Order>(await session.HearsAsync());
                lock (orders) orders.Add(Assert.IsType<VenueCommand.Submit>(order.Command).Order.Id.Value);
            }
        });

        await using var client = Client(RemoteAddress.TryParse($"ws://127.0.0.1:{port}", null)!, "v");
        await Until("it is connected", () => Count<WireSignal<VenueEvent>.Connected>() == 1);
        client.Send(new VenueCommand.Submit(Order("a")));
        Assert.Equal(VenueCode.Timeout, (await Hears<VenueEvent.OutcomeUnknown>(e => e.Id.Value == "a")).Code);
        await Until("it is connected again", () => Count<WireSignal<VenueEvent>.Connected>() == 2);
        client.Send(new VenueCommand.Submit(Order("b")));
        await serving.WaitAsync(Patience);
        Assert.Equal(["a", "b"], orders);
        lock (_heard)
        {
            // In this order: first what became of the orders, then that nothing can be sent.
            var unknown = _heard.FindIndex(s => s is WireSignal<VenueEvent>.Said { What: VenueEvent.OutcomeUnknown });
            Assert.IsType<WireSignal<VenueEvent>.Disconnected>(_heard[unknown + 1]);
        }
    }

    [Fact(DisplayName = "Another venue at the same address is not traded with, however often it answers")]
    public async Task Another_venue()
    {
        await using var venue = await StartAsync(Folder);
        await using var client = Client(venue.Address, "paper-0000000000000000");
        await Until("it is told why", () => Reasons().Any(r => r.Contains("expected paper-0000000000000000. Nothing is traded there", StringComparison.Ordinal)));
        client.Send(new VenueCommand.Submit(Order("a")));
        Assert.Equal(RemoteVenue.NotSent, (await Hears<VenueEvent.Rejected>(e => e.Id.Value == "a")).Code);
        Assert.Equal(0, Count<WireSignal<VenueEvent>.Connected>());
        Assert.Equal(0, (await venue.OracleAsync()).Orders.Received);
    }

    [Fact(DisplayName = "A reader of the market is told the newest closed slice first, then each as it closes, and across a reconnect none twice")]
    public async Task Market()
    {
        var (slices, opened, connected) = (new List<long>(), 0, 0);
        int port;
        RemoteMarket market;
        await using (var venue = await StartAsync(Folder))
        {
            port = venue.Port;
            await Until("a bar has closed", async () => (await venue.OracleAsync()).Books.LastSlice is not null);
            market = VenueSocketStories.Market(venue, signal =>
            {
                lock (slices)
                {
                    switch (signal)
                    {
                        case WireSignal<MarketMessage>.Connected:
                            connected++;
                            break;
                        case WireSignal<MarketMessage>.Said { What: MarketMessage.Closed closed }:
                            Assert.Equal(0, closed.Merged);
                            slices.Add(closed.OpenTimeMs);
                            break;
                        case WireSignal<MarketMessage>.Said { What: MarketMessage.Opened bar }:
                            Assert.Equal(1_000m, Assert.Single(bar.Prices).Price.QuotePerBase);
                            opened++;
                            break;
                        default:
                            break;
                    }
                }
            });
            await Until("bars come", () => Seen() > 5);
        }

        await using (market)
        {
            var before = Seen();
            await using var again = await StartAsync(Folder, port);
            await Until("bars come again", () => Seen() > before + 5);
            lock (slices)
            {
                Assert.Equal(slices.Order().Distinct(), slices);
                Assert.Equal(2, connected);
                Assert.True(opened > 0);
                Assert.All(slices, open => Assert.Equal(0, open % 50));
            }
        }

        int Seen()
        {
            lock (slices) return slices.Count;
        }
    }

    private RemoteVenue Client(RemoteAddress address, string venue) => new(address, venue, "paper", 1, TimeSpan.FromSeconds(60), 7, TimeProvider.System, signal =>
    {
        lock (_heard) _heard.Add(signal);
    });

    private int Count<T>()
    {
        lock (_heard) return _heard.OfType<T>().Count();
    }

    private List<string> Reasons()
    {
        lock (_heard) return [.. _heard.OfType<WireSignal<VenueEvent>.Disconnected>().Select(d => d.Reason)];
    }

    private async Task<T> Hears<T>(Func<T, bool> wanted) where T : VenueEvent
    {
        T? found = null;
        await Until($"a {typeof(T).Name} is heard", () =>
        {
            lock (_heard) found = _heard.OfType<WireSignal<VenueEvent>.Said>().Select(s => s.What).OfType<T>().FirstOrDefault(wanted);
            return found is not null;
        });
        return found!;
    }

    private static async Task<(long, long, long)> Counts(OpenVenue venue)
    {
        var orders = (await venue.OracleAsync()).Orders;
        return (orders.Received, orders.Accepted, orders.Duplicates);
    }
}
