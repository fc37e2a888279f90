using Dolphin.Hosting.Akka.Tests.Postgres;
using Npgsql;

namespace Dolphin.Hosting.Akka.Tests.Traps;

/// <summary>What an SQL journal of Akka.NET does to a durable actor when the database fails it, and that it ends well here each time.</summary>
[Collection(PostgresCollection.Name)]
public sealed class JournalTrapStories(PostgresServer server)
{
    [PostgresFact(DisplayName = "A connection that breaks during a write stops the actor before it acts; it comes back with what the database has, and goes on")]
    public Task Broken_connection() => BreaksAsync(async database =>
    {
        await using var end = database.CreateCommand("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
        Assert.True((long)(await end.ExecuteScalarAsync())! > 0);
    });

    [PostgresFact(DisplayName = "A database that dies during a write stops the actor before it acts; when it is back the actor has what was stored, and goes on")]
    public Task Dead_database() => BreaksAsync(async _ =>
    {
        await server.StopAsync();
        await server.StartAsync();
    });

    /// <param name="break">Breaks the connection on which a write waits.</param>
    private async Task BreaksAsync(Func<NpgsqlDataSource, Task> @break)
    {
        var connection = await KeeperNode.DatabaseAsync(server);
        await using var database = NpgsqlDataSource.Create(connection);
        await using var node = new KeeperNode(connection);
        var notes = new KeeperNotes();
        var keeper = node.StartSupervised("keeper", notes);
        await KeeperNode.KeepAsync(keeper, "a");
        await KeeperNode.KeepAsync(keeper, "b");
        var (lives, ends) = (notes.Lives.Count, notes.Ends.Count);

        await using (await HeldLock.OnWritesAsync(database, "journal"))
        {
            keeper.Tell(KeeperNode.Ask("lost"));
            await HeldLock.WaitedForAsync(database);
            await @break(database);
            await KeeperNode.UntilAsync(() => notes.Ends.Count > ends, "the life that wrote has ended");
        }

        await KeeperNode.UntilAsync(() => notes.Lives.Count > lives, "there is another life", () => string.Join('\n', notes.Ends));
        Assert.Equal("a b", notes.Lives.Last());
        Assert.Equal(("a b", 2L), await KeeperNode.RowsAsync(database, "keeper"));
        Assert.Equal(["a", "b"], notes.Acted);

        await KeeperNode.KeepAsync(keeper, "c");
        Assert.Equal(("a b c", 3L), await KeeperNode.RowsAsync(database, "keeper"));
        Assert.Equal(("a b c", 3L), await KeeperNode.HeldAsync(keeper));
        Assert.Equal(["a", "b", "c"], notes.Acted);
    }

    [PostgresFact(DisplayName = "What the journal rejects instead of failing stops the actor all the same, and it comes back without it")]
    public async Task Rejected()
    {
        var connection = await KeeperNode.DatabaseAsync(server);
        await using var database = NpgsqlDataSource.Create(connection);
        await using var node = new KeeperNode(connection);
        var notes = new KeeperNotes();
        var keeper = node.StartSupervised("keeper", notes);
        await KeeperNode.KeepAsync(keeper, "a");
        var lives = notes.Lives.Count;

        keeper.Tell(new Keeper.Unwritable());
        await KeeperNode.UntilAsync(() => notes.Lives.Count > lives, "there is another life", () => string.Join('\n', notes.Ends));
        Assert.Contains(notes.Ends, e => e.StartsWith("write rejected", StringComparison.Ordinal) && e.Contains("WireTypes", StringComparison.Ordinal));
        Assert.Contains(node.Errors, e => e.Contains("keeper stops: its journal refused event 2 (Unwritable).", StringComparison.Ordinal));
        await KeeperNode.KeepAsync(keeper, "b");
        Assert.Equal(("a b", 2L), await KeeperNode.RowsAsync(database, "keeper"));
        Assert.Equal(["a", "b"], notes.Acted);
    }

    [PostgresFact(DisplayName = "A journal, or a snapshot store, that never answers a recovery is given up after the stated time; nothing is acted on before it answers")]
    public async Task Recovery_without_an_answer()
    {
        foreach (var table in new[] { "journal", "snapshot" })
        {
            var connection = await KeeperNode.DatabaseAsync(server);
            await using var database = NpgsqlDataSource.Create(connection);
            await using (var before = new KeeperNode(connection))
            {
                var keeper = before.Start("keeper", new KeeperNotes());
                await KeeperNode.KeepAsync(keeper, "a");
                await KeeperNode.KeepAsync(keeper, "b");
            }

            await using var node = new KeeperNode(connection, KeeperNode.ShortBounds);
            var notes = new KeeperNotes();
            IActorRef again;
            await using (await HeldLock.OnEverythingAsync(database, table))
            {
                again = node.StartSupervised("keeper", notes);
                again.Tell(KeeperNode.Ask("early"));
                await HeldLock.WaitedForAsync(database);
                // The lock is still held, so it is a bound that ended them: one life after the other, none of which knew anything.
                await KeeperNode.UntilAsync(() => notes.Ends.Count >= 2, "two lives have given up", () => string.Join('\n', node.Errors));
                Assert.Empty(notes.Lives);
                Assert.Empty(notes.Acted);
            }

            await KeeperNode.KeepAsync(again, "c");
            Assert.All(notes.Ends, e => Assert.StartsWith("recovery failed", e, StringComparison.Ordinal));
            Assert.StartsWith("a b", notes.Lives.First(), StringComparison.Ordinal);
            Assert.Equal(await KeeperNode.RowsAsync(database, "keeper"), await KeeperNode.HeldAsync(again));
        }
    }

    [PostgresFact(DisplayName = "A write that nobody answers is given up after the stated time and not acted on; stored after all, it is recovered before the next is")]
    public async Task Write_without_an_answer()
    {
        var connection = await KeeperNode.DatabaseAsync(server);
        await using var database = NpgsqlDataSource.Create(connection);
        await using var node = new KeeperNode(connection, KeeperNode.ShortBounds);
        var notes = new KeeperNotes();
        var keeper = node.StartSupervised("keeper", notes);
        await KeeperNode.KeepAsync(keeper, "a");
        var ends = notes.Ends.Count;
        await using (await HeldLock.OnWritesAsync(database, "journal"))
        {
            keeper.Tell(KeeperNode.Ask("late"));
            await HeldLock.WaitedForAsync(database);
            await KeeperNode.UntilAsync(() => notes.Ends.Count > ends, "the life that wrote has given up");
            Assert.StartsWith("write failed", notes.Ends.Skip(ends).First(), StringComparison.Ordinal);
        }

        // The statement was waiting inside the database all the time: now it is done, for a life that is over.
        await KeeperNode.UntilAsync(async () => (await KeeperNode.RowsAsync(database, "keeper")).Kept == "a late", "the write that was given up is stored");
        await KeeperNode.KeepAsync(keeper, "b");
        Assert.Equal(("a late b", 3L), await KeeperNode.RowsAsync(database, "keeper"));
        Assert.Equal(("a late b", 3L), await KeeperNode.HeldAsync(keeper));
        Assert.Equal(["a", "b"], notes.Acted);
    }

    [PostgresFact(DisplayName = "A write that was given up and is stored after another node recovered makes no second history: that node's next write is refused, and it comes back with the late one")]
    public async Task Late_write_of_another_node()
    {
        var connection = await KeeperNode.DatabaseAsync(server);
        await using var database = NpgsqlDataSource.Create(connection);
        await using var first = new KeeperNode(connection, KeeperNode.ShortBounds);
        await using var second = new KeeperNode(connection);
        KeeperNotes notes = new(), others = new();
        var keeper = first.Start("keeper", notes);
        await KeeperNode.KeepAsync(keeper, "a");
        IActorRef heir;
        await using (await HeldLock.OnWritesAsync(database, "journal"))
        {
            keeper.Tell(KeeperNode.Ask("late"));
            await HeldLock.WaitedForAsync(database);
            await KeeperNode.UntilAsync(() => notes.Ends.Count == 1, "the first node has given up");
            heir = second.StartSupervised("keeper", others);
            Assert.Equal(("a", 1L), await KeeperNode.HeldAsync(heir)); // It knows nothing of what is still on its way.
        }

        await KeeperNode.UntilAsync(async () => (await KeeperNode.RowsAsync(database, "keeper")).Kept == "a late", "the write that was given up is stored");
        Assert.Equal(("a", 1L), await KeeperNode.HeldAsync(heir));
        await KeeperNode.KeepAsync(heir, "b");
        Assert.Contains(others.Ends, e => e.Contains("journal_uq", StringComparison.Ordinal));
        Assert.Equal("a late", others.Lives.Last());
        Assert.Equal(("a late b", 3L), await KeeperNode.RowsAsync(database, "keeper"));
        Assert.Equal(("a late b", 3L), await KeeperNode.HeldAsync(heir));
        Assert.Equal(["b"], others.Acted); // Once, though it was tried twice.
        Assert.Equal(["a"], notes.Acted);
    }

    [PostgresFact(DisplayName = "Rows of two writers, one between the other's, fail the recovery and say so; none is thrown away, and the neighbours go on")]
    public async Task Two_writers()
    {
        var connection = await KeeperNode.DatabaseAsync(server);
        await using var database = NpgsqlDataSource.Create(connection);
        await using (var before = new KeeperNode(connection))
        {
            foreach (var id in new[] { "twice", "neighbour" })
            {
                var keeper = before.Start(id, new KeeperNotes());
                foreach (var by in new[] { "a", "b", "c" }) await KeeperNode.KeepAsync(keeper, by);
            }
        }

        await using (var other = database.CreateCommand("UPDATE journal SET writer_uuid = 'another' WHERE persistence_id = 'twice' AND sequence_number = 2"))
            Assert.Equal(1, await other.ExecuteNonQueryAsync());

        await using var node = new KeeperNode(connection);
        KeeperNotes notes = new(), neighbours = new();
        var twice = node.StartSupervised("twice", notes);
        twice.Tell(KeeperNode.Ask("d"));
        await KeeperNode.UntilAsync(() => notes.Ends.Count >= 2, "it has tried twice");
        Assert.All(notes.Ends, e => Assert.Contains("already a newer writer", e, StringComparison.Ordinal));
        Assert.Contains(node.Errors, e => e.Contains("[twice]", StringComparison.Ordinal));
        Assert.Empty(notes.Lives);
        Assert.Empty(notes.Acted);
        Assert.Equal(("a b c", 3L), await KeeperNode.RowsAsync(database, "twice"));

        var neighbour = node.StartSupervised("neighbour", neighbours);
        await KeeperNode.KeepAsync(neighbour, "d");
        Assert.Equal(("a b c d", 4L), await KeeperNode.HeldAsync(neighbour));

        // What it is set against: by default the event would be gone from memory, and the next number taken all the same.
        await using var trusting = new KeeperNode(connection, "akka.persistence.journal.sql.replay-filter.mode = repair-by-discard-old");
        Assert.Equal(("a b", 3L), await KeeperNode.HeldAsync(trusting.Start("twice", new KeeperNotes())));
    }
}
