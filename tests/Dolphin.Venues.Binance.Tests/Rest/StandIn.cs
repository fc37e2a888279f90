using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Dolphin.Venues.Binance.Tests.Rest;

/// <summary>An HTTP server on loopback that says what a test wants, well-mannered or not. One answer a connection.</summary>
internal sealed class StandIn : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, string?> _answer;
    private readonly List<string> _asked = [];

    /// <param name="answer">Given path and query: all bytes of the answer; null: nothing at all, and the connection stays open.</param>
    public StandIn(Func<string, string?> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Root => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Paths and queries, in order.</summary>
    public string[] Asked
    {
        get
        {
            lock (_asked) return [.. _asked];
        }
    }

    public static string Ok(string body, string headers = "") => Status("200 OK", body, headers);

    public static string Status(string status, string body = "", string headers = "") =>
        $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n{headers}\r\n{body}";

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                var path = (await reader.ReadLineAsync(_stop.Token))?.Split(' ')[1] ?? "";
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 }) { }
                lock (_asked) _asked.Add(path);
                if (_answer(path) is not { } answer)
                {
                    await stream.ReadExactlyAsync(new byte[1], _stop.Token); // Until the other end has had enough.
                    return;
                }
                await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            // Either end has gone.
        }
    }
}
