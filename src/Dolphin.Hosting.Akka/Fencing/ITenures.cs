namespace Dolphin.Hosting.Akka.Fencing;

/// <summary>Hands out tenures: one name, one holder, a number that only rises. Kept outside the cluster, because both halves of a split one believe in themselves.</summary>
public interface ITenures
{
    /// <summary>Ends whatever tenure there was and begins the next; from here on the earlier one can be renewed no more.</summary>
    /// <param name="waitsOut">How long after the lease of the one before what it sent may still take effect.</param>
    /// <exception cref="System.Data.Common.DbException">The database does not answer, or refuses.</exception>
    Task<TakenTenure> TakeAsync(string name, string holder, TimeSpan lease, TimeSpan waitsOut, CancellationToken cancellation);

    /// <returns>False if another tenure has begun.</returns>
    /// <exception cref="System.Data.Common.DbException">The database does not answer, or refuses: whether it is renewed is not known.</exception>
    Task<bool> RenewAsync(string name, long epoch, TimeSpan lease, CancellationToken cancellation);

    /// <summary>Says that the holder has stopped acting, so that the next one need not wait. Does nothing to a tenure that is not this one.</summary>
    Task ReleaseAsync(string name, long epoch, CancellationToken cancellation);
}

/// <param name="Epoch">Of the new tenure.</param>
/// <param name="PreviousHolder">Null if there was none.</param>
/// <param name="Wait">
/// How much longer what the one before does may take effect, by the database's clock: the rest of its lease and what is waited out. Zero
/// if there was none, or it said that it had stopped.
/// </param>
public sealed record TakenTenure(long Epoch, string? PreviousHolder, TimeSpan Wait);
