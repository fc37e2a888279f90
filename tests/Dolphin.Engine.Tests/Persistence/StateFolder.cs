namespace Dolphin.EngineTests.Persistence;

/// <summary>A temporary state folder and ways to open, feed and damage the journals in it.</summary>
internal sealed class StateFolder : IDisposable
{
    private static int s_count;

    /// <summary>The instant of the first event; each further one is a millisecond later.</summary>
    public static readonly long StartTicks = new DateTime(2026, 1, 5, 0, 0, 0, DateTimeKind.Utc).Ticks;

    public string Path { get; } = System.IO.Path.Combine(
        System.IO.Path.GetTempPath(), $"dolphin-journal-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");
    public string NodeFile => System.IO.Path.Combine(Path, "journal.db");
    public string VenueFile => System.IO.Path.Combine(Path, "venue.db");
    public List<string> Warnings { get; } = [];

    public StateFolder() => Directory.CreateDirectory(Path);

    public JournalSettings Settings(DurabilityMode mode) => new()
    {
        Directory = Path,
        Files = [new("node", "journal.db"), new("venue", "venue.db")],
        Mode = mode,
    };

    public JournalSet Open(DurabilityMode mode = DurabilityMode.Durable) => Open(Settings(mode));

    public JournalSet Open(JournalSettings settings) =>
        JournalSet.Open(settings, new Dolphin.Engine.Serialization.Serialization(TestSerializer.Bindings(null!)), "test", Warnings.Add);

    /// <summary>Opens in Durable mode, stores the texts one after the other, closes.</summary>
    public void Write(string id, params string[] texts)
    {
        using var journal = Open();
        var next = Last(journal, id) + 1;
        foreach (var text in texts)
            journal.Store(id, next++, text);
        journal.Flush();
    }

    public static long Last(JournalSet journal, string id, string plugin = "")
    {
        var replay = new Replayed();
        ((IEventStore)journal).Replay(plugin, id, 1, 0, 0, replay);
        return replay.Wait().Highest;
    }

    /// <summary>Runs SQL on a closed journal file, as damage does.</summary>
    public void Damage(string sql, string? file = null)
    {
        using var db = new SqliteConnection(file ?? NodeFile, readOnly: false);
        db.Execute(sql);
    }

    public long Number(string sql, string? file = null)
    {
        using var db = new SqliteConnection(file ?? NodeFile, readOnly: false);
        return db.Number(sql);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>Short ways to store and read without an actor.</summary>
internal static class JournalTestExtensions
{
    public static JournalEvent Pending(object payload, long sequenceNr, int group) => new()
    {
        Payload = payload,
        SequenceNr = sequenceNr,
        CreatedTicks = StateFolder.StartTicks + (sequenceNr * TimeSpan.TicksPerMillisecond),
        AtomicGroup = group,
    };

    /// <summary>Stores in Durable mode; the answer comes later.</summary>
    public static Answers Store(this JournalSet journal, string id, long sequenceNr, string text, string plugin = "") =>
        journal.Store(id, plugin, Pending(new Noted(text), sequenceNr, 1));

    public static Answers Store(this JournalSet journal, string id, string plugin, params JournalEvent[] events)
    {
        var answers = new Answers();
        ((IEventStore)journal).Write(plugin, id, [.. events], answers);
        return answers;
    }

    /// <summary>Stores in WriteBehind mode.</summary>
    /// <returns>Why the event was not taken, or null.</returns>
    public static Exception? Take(this JournalSet journal, string id, long sequenceNr, string text, string plugin = "") =>
        ((IEventStore)journal).WriteNow(plugin, id, [Pending(new Noted(text), sequenceNr, 1)])?[0].Cause;

    public static Replayed Read(this JournalSet journal, string id, long from = 1, long to = long.MaxValue, long max = long.MaxValue, string plugin = "")
    {
        var replayed = new Replayed();
        ((IEventStore)journal).Replay(plugin, id, from, to, max, replayed);
        return replayed.Wait();
    }

    public static Exception? Snapshot(this JournalSet journal, string id, long sequenceNr, string text, string plugin = "")
    {
        using var done = new ManualResetEventSlim();
        Exception? failure = null;
        var at = new DateTime(StateFolder.StartTicks + sequenceNr, DateTimeKind.Utc);
        ((IEventStore)journal).SaveSnapshot(plugin, new SnapshotKey(id, sequenceNr, at), new Noted(text), cause =>
        {
            failure = cause;
            done.Set();
        });
        Assert.True(done.Wait(TimeSpan.FromSeconds(20)), "The journal did not answer.");
        return failure;
    }

    public static (string? Text, long SequenceNr, Exception? Cause) LoadSnapshot(this JournalSet journal, string id, SnapshotRange? range = null,
        string plugin = "")
    {
        using var done = new ManualResetEventSlim();
        (string?, long, Exception?) result = default;
        ((IEventStore)journal).LoadSnapshot(plugin, id, range ?? SnapshotRange.All, (snapshot, cause) =>
        {
            result = ((snapshot?.State as Noted)?.Text, snapshot?.Key.SequenceNr ?? -1, cause);
            done.Set();
        });
        Assert.True(done.Wait(TimeSpan.FromSeconds(20)), "The journal did not answer.");
        return result;
    }
}

/// <summary>Collects what the journal says about writes.</summary>
internal sealed class Answers : IWriteObserver
{
    private readonly List<string> _heard = [];

    /// <summary>Read after a Flush, which answers everything before it.</summary>
    public IReadOnlyList<string> Heard
    {
        get
        {
            lock (_heard)
                return [.. _heard];
        }
    }

    public void Stored(JournalEvent @event) => Hear($"{@event.SequenceNr} stored");
    public void Rejected(JournalEvent @event, Exception cause) => Hear($"{@event.SequenceNr} rejected: {cause.Message}");
    public void Failed(JournalEvent @event, Exception cause) => Hear($"{@event.SequenceNr} failed: {cause.Message}");

    private void Hear(string what)
    {
        lock (_heard)
            _heard.Add(what);
    }
}

/// <summary>Collects a replay.</summary>
internal sealed class Replayed : IReplayObserver
{
    private readonly ManualResetEventSlim _done = new();
    private readonly List<string> _events = [];

    public IReadOnlyList<string> Events => _events;
    public long Highest { get; private set; }
    public Exception? Failure { get; private set; }

    bool IReplayObserver.Replayed(long sequenceNr, object payload)
    {
        _events.Add($"{sequenceNr} {((Noted)payload).Text}");
        return true;
    }

    public void Completed(long highestSequenceNr)
    {
        Highest = highestSequenceNr;
        _done.Set();
    }

    public void Failed(Exception cause)
    {
        Failure = cause;
        _done.Set();
    }

    public Replayed Wait()
    {
        Assert.True(_done.Wait(TimeSpan.FromSeconds(20)), "The replay neither completed nor failed.");
        return this;
    }
}
