namespace Dolphin.EngineTests.Persistence;

/// <summary>
/// Rows that cannot be read, on Akka.NET. The engine's are in Persistence/DamageStories, with the bytes of a file; its journal in memory refuses such an
/// event when it is written.
/// </summary>
public sealed class BadRowStories
{
    [Fact(DisplayName = "A row that nobody can read ends the recovery: nothing behind it is replayed, and the actor stops")]
    public void Unreadable_row()
    {
        var journal = new InMemoryJournal();
        using (var first = new Life(journal))
            first.Tell(first.Start("a"), new Do(d => d.NoteAll("one", "later two", "three")));
        using var run = new Life(journal);
        run.Start("a");
        run.Happens("started", "replayed 1 one", "recovery failed: *", "stopped");
        Assert.Equal(3, journal.EventsOf("a").Length); // It is left as it was.
    }

    [Fact(DisplayName = "A snapshot that nobody can read fails the recovery too, although the events are there")]
    public void Unreadable_snapshot()
    {
        // A surprise, and the engine differs for the better: it passes an unreadable snapshot over and replays more events.
        var journal = new InMemoryJournal();
        using (var first = new Life(journal))
        {
            var actor = first.Start("a");
            first.Tell(actor, new Do(d => d.Note("one")));
            first.Tell(actor, new Do(d => d.SaveSnapshot(new Noted("later state"))));
        }

        using var run = new Life(journal);
        run.Start("a");
        run.Happens("started", "recovery failed: *", "stopped");
    }
}
