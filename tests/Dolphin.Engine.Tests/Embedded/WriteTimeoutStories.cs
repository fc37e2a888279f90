namespace Dolphin.EngineTests.Persistence;

/// <summary>The engine's persistent actors do not wait for ever, by the system's own clock.</summary>
public sealed class WriteTimeoutStories
{
    [Fact(DisplayName = "The time limit of a write is its own: the timer of an earlier one does not cut it short")]
    public void Persist_timeout()
    {
        var journal = new InMemoryJournal { Faults = op => op is JournalOperation.Write { FirstSequenceNr: 2 } ? new JournalFault.NoAnswer() : null };
        using var run = new Life(new Circumstances { Journal = journal, WriteTimeout = TimeSpan.FromSeconds(7) });
        var actor = run.Start("a");
        run.Tell(actor, new Do(d => d.Note("one")));
        run.RunFor(TimeSpan.FromSeconds(5));
        run.Tell(actor, new Do(d => d.Note("two")));
        run.Happened();
        run.RunFor(TimeSpan.FromSeconds(6.9));
        run.Happens();
        run.RunFor(TimeSpan.FromSeconds(0.1));
        run.Happens("failed 2: 'a': the journal did not answer for 7 s; whether the event is stored is not known.", "stopped");
    }

    [Fact(DisplayName = "Of many actors each has the time limit of its own write, however the others' writes lie")]
    public void Limits_of_many()
    {
        var journal = new InMemoryJournal
        {
            Faults = op => op is JournalOperation.Write { FirstSequenceNr: 2 } or JournalOperation.Write { PersistenceId: "c" } ? new JournalFault.NoAnswer() : null,
        };
        using var run = new Life(new Circumstances { Journal = journal, WriteTimeout = TimeSpan.FromSeconds(7) });
        var (a, b, c) = (run.Start("a"), run.Start("b"), run.Start("c"));
        foreach (var (actor, word, after) in new[] { (a, "one", 3), (b, "one", 1), (c, "one", 1), (a, "two", 1), (b, "two", 0) })
        {
            run.Tell(actor, new Do(d => d.Note(word)));
            run.RunFor(TimeSpan.FromSeconds(after));
        }

        run.Happened();
        foreach (var (actor, number, wait) in new[] { ("c", 1, 5), ("a", 2, 1), ("b", 2, 1) }) // After 11, 12 and 13 seconds: they wrote after 4, 5 and 6.
        {
            run.RunFor(TimeSpan.FromSeconds(wait - 0.1));
            run.Happens();
            run.RunFor(TimeSpan.FromSeconds(0.1));
            run.Happens($"failed {number}: '{actor}': the journal did not answer for 7 s; whether the event is stored is not known.", "stopped");
        }
    }

    [Fact(DisplayName = "What is deferred with Defer holds back the commands behind it, too")]
    public void Deferred_and_stashing()
    {
        using var run = new Life(new InMemoryJournal());
        var actor = run.Start("a");
        run.Happened();
        run.Tell(actor, new Do(d =>
        {
            d.Note("one");
            d.Defer("later", what => d.Trace.Add($"deferred {what}"));
        }), "waiting");
        run.Happens("kept 1 one", "deferred later", "command waiting");
    }
}
