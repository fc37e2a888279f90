using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Dolphin.Venues.Remote;

namespace Dolphin.Node.Tests.Venue;

/// <summary>The venue's end of one order connection, by hand: it vanishes when the test wants it to.</summary>
internal sealed class FakeVenue : IDisposable
{
    private readonly TcpClient _tcp;
    private readonly WebSocket _socket;

    private FakeVenue(TcpClient tcp, WebSocket socket) => (_tcp, _socket) = (tcp, socket);

    public static async Task<FakeVenue> AcceptAsync(TcpListener listener)
    {
        var tcp = await listener.AcceptTcpClientAsync().WaitAsync(OpenVenue.Patience);
        var (stream, head, one) = (tcp.GetStream(), new StringBuilder(), new byte[1]);
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one).AsTask().WaitAsync(OpenVenue.Patience);
            head.Append((char)one[0]);
        }

        var key = head.ToString().Split("\r\n").Single(l => l.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase)).Split(':', 2)[1].Trim();
        // RFC 6455, section 1.3: the key and this text, hashed, prove that whoever answers speaks the protocol.
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"));
        return new FakeVenue(tcp, WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true }));
    }

    public async Task<OrderRequest> HearsAsync()
    {
        var buffer = new byte[1 << 16];
        var part = await _socket.ReceiveAsync(buffer.AsMemory(), default).AsTask().WaitAsync(OpenVenue.Patience);
        Assert.True(part.EndOfMessage);
        return WireJson.Read<OrderRequest>(buffer.AsSpan(0, part.Count));
    }

    public Task SaysAsync(OrderAnswer answer) => _socket.SendAsync(WireJson.Write(answer), WebSocketMessageType.Text, true, default).WaitAsync(OpenVenue.Patience);

    public void Dispose()
    {
        _socket.Abort();
        _socket.Dispose();
        _tcp.Dispose();
    }
}
