using Dolphin.Hosting.Akka.Fencing;
using Dolphin.Hosting.Akka.Journal;

namespace Dolphin.Node.Running;

/// <summary>The database of a node of a cluster: claimed, and found readable by this version.</summary>
/// <param name="Roster">Null where only one process can have the database, so that there is nobody to sign for.</param>
internal sealed record ClusterDatabase(ITenures Tenures, NodeRoster? Roster, Func<ValueTask> Close) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Close();
}
