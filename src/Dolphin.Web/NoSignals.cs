using Microsoft.Extensions.Hosting;

namespace Dolphin.Web;

/// <summary>A host that leaves the process's signals alone: the usual one takes SIGINT and SIGTERM for its own, and whoever asks a node to stop while it starts would only stop its pages.</summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
