using System.Net;
using System.Net.Sockets;
using Dolphin.Hosting.Akka.Settings;

namespace Dolphin.Hosting.Akka.Joining;

/// <summary>Finds out, before anything is started, whether this node's name is free.</summary>
public static class AddressCheck
{
    /// <returns>What is wrong and what to do; null if nothing is.</returns>
    public static async Task<string?> RefusalAsync(ClusterSettings settings)
    {
        if (settings.Port == 0) return null;
        if (Bound(settings) is { } taken) return taken;
        // Nobody listens on our own socket yet, so whoever answers under our name is somebody else.
        return await SeedProbe.KnockAsync(settings.Host, settings.Port) == SeedAnswer.Answers
            ? $"Another process answers at {settings.Host}:{settings.Port}, which is this node's name in the cluster. Two nodes with one name take each other down. "
                + "Give this one another dolphin.cluster.host or port, or stop the other."
            : null;
    }

    private static string? Bound(ClusterSettings settings)
    {
        try
        {
            var address = IPAddress.TryParse(settings.BindHost, out var given) ? given : Dns.GetHostAddresses(settings.BindHost)[0];
            using var probe = new TcpListener(address, settings.Port);
            probe.Start();
            return null;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => $"Port {settings.Port} of {settings.BindHost} is in use by another process. Two nodes on one machine need two ports: "
                    + "set dolphin.cluster.port or DOLPHIN_CLUSTER_PORT, or stop the other.",
                SocketError.AddressNotAvailable => $"{settings.BindHost} is not an address of this machine. Set dolphin.cluster.bind-host (0.0.0.0 for all).",
                SocketError.AccessDenied => $"Port {settings.Port} may not be bound by this user. Take one above 1023.",
                _ => $"{settings.BindHost}:{settings.Port} cannot be bound: {e.Message}",
            };
        }
    }
}
