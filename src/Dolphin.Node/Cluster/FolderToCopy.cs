using System.Collections.Immutable;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Domain.Reporting;
using Dolphin.Hosting.Akka.Copying;
using Dolphin.Node.Cli;

namespace Dolphin.Node.Running;

/// <summary>A state folder that nobody else works on, and what of it belongs to the folder alone.</summary>
internal sealed class FolderToCopy : IDisposable
{
    private readonly StateFolderLock _lock;

    public CopySource Source { get; }
    public ImmutableArray<LeftOut> LeftOut { get; }

    /// <summary>What whoever copied it has to know, in sentences.</summary>
    public ImmutableArray<string> Notes { get; }

    /// <summary>Takes the folder's lock and verifies every row of its journals.</summary>
    /// <exception cref="CliException">There is nothing in it that a cluster could go on with.</exception>
    /// <exception cref="StateFolderInUseException">A process runs on it.</exception>
    /// <exception cref="InvalidDataException">What it says of itself cannot be read.</exception>
    /// <exception cref="JournalException">A journal cannot be read.</exception>
    public static FolderToCopy Open(string path, Action<string> say)
    {
        var folder = new StateFolder(path);
        // Looked for before the lock, which would make a folder.
        if (folder.ReadIdentity() is not { } identity)
            throw new CliException(ExitCode.NotRunning, $"There is no run in {path}. Nothing was copied; name the folder that one was started on with --state.");
        if (identity.Market.StartsWith("venue-", StringComparison.Ordinal))
            throw new CliException(ExitCode.StateRefused, $"{path} holds a venue, not a run. Nothing was copied; a venue stays in its folder, and nodes reach it over the network.");
        if (!File.Exists(Path.Combine(path, StateFolder.NodeJournal)))
            throw new CliException(ExitCode.StateRefused, $"{path} has no {StateFolder.NodeJournal}. Nothing was copied; a node of a cluster keeps its state in the cluster's database, where it is already.");
        var held = StateFolderLock.Acquire(path);
        try
        {
            say($"Verifying every row of {path}.");
            return new FolderToCopy(folder, identity, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private FolderToCopy(StateFolder folder, RunIdentity identity, StateFolderLock held)
    {
        _lock = held;
        var notes = ImmutableArray.CreateBuilder<string>();
        var epoch = FencingEpoch.Newest(folder);
        if (epoch is null && identity.Market == "remote")
            throw new InvalidDataException($"{Path.Combine(folder.Path, "epoch")} is missing: without it an order id could be used twice. Nothing was copied; restore the file.");
        var (venue, leftOut) = InsideVenue(folder, notes);
        LeftOut = leftOut;
        var journal = new WholeJournal(Path.Combine(folder.Path, StateFolder.NodeJournal));
        // A replay's epoch is 1, whatever its speed.
        Source = new CopySource(folder.Path, journal, identity.Plan, VenueOf(identity, epoch is not null, venue, notes), epoch ?? 1);
        Notes = notes.ToImmutable();
    }

    public void Dispose()
    {
        Source.Journal.Dispose();
        _lock.Dispose();
    }

    /// <summary>Which venue a node has to trade at to go on from the copy.</summary>
    private static string VenueOf(RunIdentity identity, bool isLive, DateTimeOffset? began, ImmutableArray<string>.Builder notes)
    {
        if (identity.Market == "remote") return identity.Source;
        if (isLive && began is { } at)
        {
            var name = VenueSetup.NameOf(identity with { Market = VenueSetup.OfSimulation }, at);
            notes.Add($"It traded at the paper venue in its own folder. Copy {StateFolder.VenueJournal}* into an empty folder and open that with dolphin venue --state, with the same plan and seed: it is then {name}, where the cluster goes on.");
            return name;
        }
        notes.Add("It is a replay: its venue ends with it, so no node will go on from this copy. It is whole, for whoever wants to look at it.");
        return identity.Source;
    }

    /// <returns>When the market in the folder began, if there is one that goes on; and what it has stored.</returns>
    private static (DateTimeOffset? Began, ImmutableArray<LeftOut> LeftOut) InsideVenue(StateFolder folder, ImmutableArray<string>.Builder notes)
    {
        var file = Path.Combine(folder.Path, StateFolder.VenueJournal);
        if (!File.Exists(file)) return (null, []);
        using var journal = new WholeJournal(file);
        foreach (var row in journal.Damage) notes.Add($"{row} It is the venue's, and was not copied.");
        var began = journal.Events().FirstOrDefault(e => e.PersistenceId == "world" && e.Manifest == "world.began.v1");
        return (
            began is null ? null : ((WorldEvent.Began)Dolphin.Actors.Journal.StoredJson.Read(began.Message, typeof(WorldEvent.Began))).At,
            [.. journal.Entities.Select(e => new LeftOut(e.PersistenceId, journal.RowsOf(e.PersistenceId), "Of the venue inside the folder, which is no part of a cluster."))]);
    }
}
