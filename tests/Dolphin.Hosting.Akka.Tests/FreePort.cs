using System.Net;
using System.Net.Sockets;

namespace Dolphin.Tests;

/// <summary>
/// Ports for listeners that need their number before they listen, or again after a restart: below all that the system hands out by itself, so that between finding and
/// listening nobody is given one by chance.
/// </summary>
internal static class FreePort
{
    private const int First = 10_000, Count = 22_000; // Linux hands out 32768 and above.

    // Test projects run side by side: each process begins elsewhere.
    private static int _taken = Environment.ProcessId * 100 % Count;

    /// <returns>Another one each time; nobody listens on it.</returns>
    public static int Next()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + Interlocked.Increment(ref _taken) % Count;
            try
            {
                using var probe = new TcpListener(IPAddress.Any, port);
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next one.
            }
        }

        throw new InvalidOperationException($"No port between {First} and {First + Count} is free.");
    }
}
