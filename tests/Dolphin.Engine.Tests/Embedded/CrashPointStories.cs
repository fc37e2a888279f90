namespace Dolphin.EngineTests.Persistence;

/// <summary>The engine's journal in memory can be cut off as by a crash.</summary>
public sealed class CrashPointStories
{
    private static void Acts(VirtualRun run, IActorRef actor, Action<Diary> action) => run.Tell(actor, new Do(action));

    [Fact(DisplayName = "A crash keeps the first durable writes and loses the rest, with the snapshots that knew them")]
    public void Crash_points()
    {
        var journal = new InMemoryJournal();
        using (var run = VirtualRun.InMemory(journal))
        {
            var actor = run.Start("a");
            Acts(run, actor, d => d.NoteAll("one", "two"));
            Acts(run, actor, d => d.SaveState());
            Acts(run, actor, d => d.Note("three"));
        }

        var recovered = Enumerable.Range(0, 4).Select(keep =>
        {
            using var run = VirtualRun.InMemory(journal.AfterCrash(keep));
            run.Start("a");
            return string.Join("; ", run.Happened().Where(what => what.StartsWith("offered", StringComparison.Ordinal) || what.StartsWith("replayed", StringComparison.Ordinal)));
        });
        Assert.Equal(["", "replayed 1 one", "offered 2 one,two", "offered 2 one,two; replayed 3 three"], recovered);
    }
}
