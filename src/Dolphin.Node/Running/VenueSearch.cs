using Dolphin.Node.Cli;
using Dolphin.Venues.Remote;
using Serilog;

namespace Dolphin.Node.Running;

/// <summary>Waits for a venue to answer before a node is built on what it lists.</summary>
internal static class VenueSearch
{
    // Venue and nodes may be started together, and a venue with a long journal takes its time; who manages the process sees the exit and starts it again.
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <exception cref="CliException">It does not answer in time, or answers no.</exception>
    public static async Task<VenueHello> FindAsync(RemoteAddress address, ILogger log, CancellationToken cancellation)
    {
        var began = TimeProvider.System.GetTimestamp();
        for (var told = false; ; told = true)
        {
            try
            {
                return await RemoteInquiry.AskAsync(address, TimeProvider.System, cancellation);
            }
            catch (RemoteRefusedException e)
            {
                throw new CliException(ExitCode.VenueUnavailable, $"{e.Message} Nothing was started.");
            }
            catch (HttpRequestException e)
            {
                if (TimeProvider.System.GetElapsedTime(began) > Patience)
                    throw new CliException(ExitCode.VenueUnavailable, $"No venue answers at {address}: {e.Message.TrimEnd('.')}. Nothing was started; start it with dolphin venue, or give another address with --venue.");
                if (!told) log.Information("No venue answers at {Address:l} yet: {Reason:l}. It is waited for up to {Seconds} s", address.ToString(), e.Message, Patience.TotalSeconds);
            }

            await Task.Delay(Pause, cancellation);
        }
    }
}
