using System.Data.Common;
using Dolphin.Hosting.Akka.Journal;

namespace Dolphin.Hosting.Akka.Copying;

/// <summary>A database of a cluster that a state folder is copied into: all that its kind is asked in its own words.</summary>
public abstract class CopyTarget(DbConnection connection)
{
    /// <summary>Open.</summary>
    public DbConnection Connection { get; } = connection;

    /// <summary>
    /// Inside the transaction: makes what is missing, claims the database, keeps nodes that start meanwhile waiting, and lets intents of earlier
    /// tenures pass until it ends.
    /// </summary>
    /// <exception cref="ClusterRefusedException">It belongs to another cluster or plan, or a newer program wrote it.</exception>
    public abstract Task ClaimAsync(DbTransaction transaction, string cluster, string plan, CancellationToken cancellation);

    /// <returns>Who has a tenure that is not over yet, in words; null if nobody.</returns>
    public abstract Task<string?> ActingAsync(DbTransaction transaction, CancellationToken cancellation);

    /// <summary>Ends the tenures up to an epoch: whoever takes the next one gets a greater number, and waits out what was sent until now.</summary>
    /// <param name="holder">Whose they were, for people.</param>
    public abstract Task EndTenuresAsync(DbTransaction transaction, IEnumerable<string> names, long epoch, string holder, CancellationToken cancellation);
}
