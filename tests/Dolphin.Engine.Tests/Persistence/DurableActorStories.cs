namespace Dolphin.EngineTests.Persistence;

/// <summary>Persistent actors on SQLite files in real time. Every wait is for an answer, never for a time.</summary>
public sealed class DurableActorStories
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private sealed class Counter : ReceivePersistentActor
    {
        private int _count;
        public override string PersistenceId { get; }

        public Counter(string id)
        {
            PersistenceId = id;
            Recover<Noted>(_ => _count++);
            Recover<SnapshotOffer>(offer => _count = int.Parse(((Noted)offer.Snapshot).Text, System.Globalization.CultureInfo.InvariantCulture));
            Command<Noted>(noted => Persist(noted, _ =>
            {
                _count++;
                Sender.Tell(_count);
            }));
            Command<SaveSnapshotSuccess>(_ => { });
            Command<string>(command =>
            {
                if (command == "snapshot")
                    SaveSnapshot(new Noted(_count.ToString(System.Globalization.CultureInfo.InvariantCulture)));
                Sender.Tell(_count);
            });
        }
    }

    private static ActorSystem OnFiles(StateFolder folder) =>
        ActorSystem.Create("durable", EngineSettings.RealTime with { Persistence = folder.Settings(DurabilityMode.Durable), Serializers = TestSerializer.Bindings });

    [Fact(DisplayName = "Many actors persist at the same time: each answer comes after its event is in the file, and commits are shared")]
    public async Task Many_actors()
    {
        const int Actors = 20, Each = 25;
        using var folder = new StateFolder();
        var system = OnFiles(folder);
        var journal = system.Journal()!;
        var counters = Enumerable.Range(0, Actors).Select(i => system.ActorOf(Props.Create(() => new Counter($"c{i}")), $"c{i}")).ToList();
        var answers = counters.SelectMany(counter => Enumerable.Range(1, Each).Select(i => counter.Ask<int>(new Noted($"e{i}"), Patience))).ToList();
        await Task.WhenAll(answers);
        Assert.Equal(Enumerable.Range(0, Actors).SelectMany(_ => Enumerable.Range(1, Each)), answers.Select(answer => answer.Result));
        Assert.Equal(Actors * Each, journal.RowsWritten);
        using (var reader = new JournalReader(folder.NodeFile))
            Assert.Equal(Actors * Each, reader.CountEvents()); // Read by another connection: it is committed.
        Assert.True(journal.Commits < Actors * Each, $"{journal.Commits} commits for {Actors * Each} events: nothing was shared.");
        await system.Terminate();

        var again = OnFiles(folder);
        var recovered = await again.ActorOf(Props.Create(() => new Counter("c7")), "c7").Ask<int>("count", Patience);
        Assert.Equal(Each, recovered);
        await again.Terminate();
    }

    [Fact(DisplayName = "A snapshot saves the replay of what is older, also after a restart of the process")]
    public async Task Snapshot()
    {
        using var folder = new StateFolder();
        var system = OnFiles(folder);
        var counter = system.ActorOf(Props.Create(() => new Counter("c")), "c");
        for (var i = 1; i <= 3; i++)
            Assert.Equal(i, await counter.Ask<int>(new Noted($"e{i}"), Patience));
        Assert.Equal(3, await counter.Ask<int>("snapshot", Patience));
        Assert.Equal(4, await counter.Ask<int>(new Noted("e4"), Patience));
        await system.Terminate();
        Assert.Equal(3, folder.Number("SELECT sequence_number FROM snapshot"));
        folder.Damage("UPDATE snapshot SET snapshot = CAST('1000' AS BLOB), checksum = checksum"); // Not trusted: it is damaged.

        var again = OnFiles(folder);
        Assert.Equal(4, await again.ActorOf(Props.Create(() => new Counter("c")), "c").Ask<int>("count", Patience));
        await again.Terminate();
    }

    [Fact(DisplayName = "A damaged id halts its actor in real time too, and no other")]
    public async Task Damaged()
    {
        using var folder = new StateFolder();
        folder.Write("bad", "one", "two");
        folder.Write("good", "one");
        folder.Damage("UPDATE journal SET message = 'x' WHERE ordering = 1");
        var system = OnFiles(folder);
        Assert.Equal("bad", Assert.Single(system.Journal()!.Damage).PersistenceId);
        var bad = system.ActorOf(Props.Create(() => new Counter("bad")), "bad");
        Assert.Equal(1, await system.ActorOf(Props.Create(() => new Counter("good")), "good").Ask<int>("count", Patience));
        Assert.True(await bad.GracefulStop(Patience)); // It is gone, or about to be.
        Assert.Equal(3, folder.Number("SELECT COUNT(*) FROM journal"));
        await system.Terminate();
    }
}
