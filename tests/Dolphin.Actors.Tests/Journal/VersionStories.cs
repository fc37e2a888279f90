using System.Text;
using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Actors.Tests.Journal;

/// <summary>A journal file that another version of the program wrote: an older one's is read, a newer one's is read as far as its names are known.</summary>
public sealed class VersionStories : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "Journal", "samples");
    private static readonly Symbol Eth = new("ETHUSDT");
    private readonly string _folder = Directory.CreateTempSubdirectory("dolphin-versions-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(DisplayName = "Every event that stands in a journal, as the first version wrote it, is replayed by the program of today")]
    public async Task Old_events()
    {
        var names = StoredTypes.Table.Where(t => IsEvent(t.Name)).Select(t => t.Name).ToList();
        await WrittenByAnotherAsync("everything", [.. names.Select(n => new Row(n, File.ReadAllText(Path.Combine(Samples, n + ".json"))))]);
        using var today = Today();
        var replayed = await ReplayedAsync(today, "everything");
        Assert.Equal(names.Select(StoredTypes.TypeOf), replayed.Select(e => e.GetType()));
        Assert.True(names.Count > 35, $"{names.Count} events; expected all.");
    }

    [Fact(DisplayName = "An event that was stored before a later version gave it one more field is read with what stands for its absence")]
    public async Task Before_a_field()
    {
        var before = File.ReadAllText(Path.Combine(Samples, "execution.intended.v1.json"));
        Assert.DoesNotContain("epoch", before, StringComparison.Ordinal);
        var after = before[..^1] + ",\"epoch\":7}";
        await WrittenByAnotherAsync("execution", [new Row("execution.intended.v1", before), new Row("execution.intended.v1", after)]);
        using var today = Today();
        var intended = (await ReplayedAsync(today, "execution")).Cast<ExecutionEvent.Intended>().ToList();
        Assert.Equal([0L, 7L], intended.Select(i => i.Epoch));
        Assert.Equal(intended[0], intended[1] with { Epoch = 0 });
    }

    [Fact(DisplayName = "A newer version may add a field to a name of today: whoever goes back to this version reads everything else")]
    public async Task Going_back_over_a_field()
    {
        var fill = new BookEvent.FillBooked(Fill(Eth, 1, 2m), IsExternal: false);
        var newer = Json(fill)[..^1] + ",\"venueClock\":\"2026-01-05T00:00:01Z\"}";
        await WrittenByAnotherAsync(PositionBookActor.IdOf(Eth), [new Row("book.fill-booked.v1", newer)]);
        using var today = Today();
        Assert.Equal([fill], await ReplayedAsync(today, PositionBookActor.IdOf(Eth)));
    }

    [Fact(DisplayName = "A name that only a newer version knows halts its entity, which says so; nothing is skipped, and the neighbour goes on")]
    public async Task Newer_name()
    {
        Row Booked(Symbol symbol, long trade, decimal cumulative, string version) =>
            new($"book.fill-booked.{version}", Json(new BookEvent.FillBooked(Fill(symbol, trade, cumulative), IsExternal: false)));
        await WrittenByAnotherAsync(PositionBookActor.IdOf(ActorStage.Btc), [Booked(ActorStage.Btc, 1, 2m, "v1"), Booked(ActorStage.Btc, 2, 4m, "v2"), Booked(ActorStage.Btc, 3, 6m, "v1")]);
        await WrittenByAnotherAsync(PositionBookActor.IdOf(Eth), [Booked(Eth, 1, 2m, "v1")]);

        using (var today = Today())
        {
            var said = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            today.EventStream.Subscribe(today.ActorOf(Props.Create(() => new Ear(said))), typeof(Error));
            var (board, cluster, invariants) = (new RunBoard([Hedging.Hedges.Asset, AssetPlan.Alone(Hedging.Hedges.Plan with { StrategyId = "hedge-ETHUSDT", Symbol = Eth }, new Money(20_000m))]), new InProcessCluster(epoch: 1), new InvariantLedger());
            var (btcSlot, ethSlot, btc, eth) = (board.Of(ActorStage.Btc), board.Of(Eth), ActorStage.Btc, Eth);
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var halted = today.ActorOf(Props.Create(() => new PositionBookActor(btc, cluster, invariants, btcSlot)), "btc");
            today.ActorOf(Props.Create(() => new Mourner(halted, ended)));
            today.VirtualTime().RunUntilIdle();
            await ended.Task.WaitAsync(Patience);
            Assert.Matches("'book.fill-booked.v2', which this version does not know: it was written by a newer one", await said.Task.WaitAsync(Patience));

            var neighbour = today.ActorOf(Props.Create(() => new PositionBookActor(eth, cluster, invariants, ethSlot)), "eth");
            var stored = await neighbour.Ask<ExecutionProtocol.FillStored>(new BookProtocol.BookFill(Fill(Eth, 2, 4m), IsExternal: false), Patience);
            Assert.Equal(new Quantity(4m), stored.Cumulative);
            await today.Terminate().WaitAsync(Patience);
        }

        // The newer version finds all that it wrote.
        using var newer = Another();
        Assert.Equal(3, (await ReplayedAsync(newer, PositionBookActor.IdOf(ActorStage.Btc))).Count);
    }

    // Snapshots and the states of sensors are never events.
    private static bool IsEvent(string name) => !name.EndsWith(".snapshot.v1", StringComparison.Ordinal)
        && name is not ("sensor.quorum.v1" or "sensor.ledger.v1" or "sensor.heartbeat.v1" or "sensor.slippage.v1" or "sensor.shocks.v1" or "sensor.drawdown.v1");

    private static string Json(object stored) => Encoding.UTF8.GetString(StoredJson.Write(stored));

    private static Fill Fill(Symbol symbol, long trade, decimal cumulative) => new(
        new ClientOrderId($"o-{symbol.Name}"), trade, symbol, PositionSide.Long, OrderSide.Buy, Price.Of(100m), new Quantity(2m), new Money(0.1m), IsMaker: false,
        new Quantity(cumulative), new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero));

    private ActorSystem Today() => Program(system =>
    {
        var serializer = new DolphinSerializer(system);
        return StoredTypes.Table.Select(t => new SerializerBinding(t.Type, serializer));
    });

    private ActorSystem Another() => Program(system => [new SerializerBinding(typeof(Row), new RowSerializer(system))]);

    private ActorSystem Program(Func<ExtendedActorSystem, IEnumerable<SerializerBinding>> serializers) => ActorSystem.Create("versions", EngineSettings.VirtualTime with
    {
        AskDrivesTime = true,
        Persistence = new JournalSettings { Directory = _folder, Files = [new("node", "node.db")], Mode = DurabilityMode.WriteBehind },
        Serializers = serializers,
    });

    private async Task WrittenByAnotherAsync(string id, IReadOnlyList<Row> rows)
    {
        using var another = Another();
        var writer = another.ActorOf(Props.Create(() => new Writer(id)), "writer");
        foreach (var row in rows) Assert.Equal(row, await writer.Ask<Row>(row, Patience));
        await another.Terminate().WaitAsync(Patience);
    }

    private static Task<IReadOnlyList<object>> ReplayedAsync(ActorSystem program, string id) =>
        program.ActorOf(Props.Create(() => new Reader(id)), "reader").Ask<IReadOnlyList<object>>("all", Patience);

    /// <summary>What another version stores.</summary>
    private sealed record Row(string Name, string Json);

    /// <summary>Of another version: the same number, its own names, and the same way to write them.</summary>
    private sealed class RowSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => DolphinSerializer.Id;
        public override string Manifest(object o) => ((Row)o).Name;
        public override byte[] ToBinary(object obj) => Encoding.UTF8.GetBytes(((Row)obj).Json);
        public override object FromBinary(byte[] bytes, string manifest) => new Row(manifest, Encoding.UTF8.GetString(bytes));
    }

    private sealed class Writer : ReceivePersistentActor
    {
        public override string PersistenceId { get; }

        public Writer(string id)
        {
            PersistenceId = id;
            Recover<Row>(_ => { });
            Command<Row>(row => Persist(row, stored => Sender.Tell(stored)));
        }
    }

    private sealed class Reader : ReceivePersistentActor
    {
        private readonly List<object> _events = [];
        public override string PersistenceId { get; }

        public Reader(string id)
        {
            PersistenceId = id;
            Recover<RecoveryCompleted>(_ => { });
            Recover<object>(_events.Add);
            Command<string>(_ => Sender.Tell((IReadOnlyList<object>)_events));
        }
    }

    private sealed class Ear : ReceiveActor
    {
        public Ear(TaskCompletionSource<string> said) => Receive<Error>(e => said.TrySetResult($"{e.Message} {e.Cause?.Message}"));
    }

    private sealed class Mourner : ReceiveActor
    {
        public Mourner(IActorRef whom, TaskCompletionSource ended)
        {
            Context.Watch(whom);
            Receive<Terminated>(_ => ended.TrySetResult());
        }
    }
}
