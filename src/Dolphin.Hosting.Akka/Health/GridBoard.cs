using Dolphin.Actors.Cluster;

namespace Dolphin.Hosting.Akka.Health;

/// <summary>The newest health grid of this process, for screens and probes.</summary>
public sealed class GridBoard
{
    private volatile HealthGrid? _grid;

    /// <summary>Null before the node has joined.</summary>
    public HealthGrid? Grid { get => _grid; internal set => _grid = value; }
}
