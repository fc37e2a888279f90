using System.Collections.Concurrent;
using System.Text;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Forewarning;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Sizing;
using Dolphin.Actors.Tests.Forewarning;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;
using Dolphin.Hosting.Akka.Fencing;
using Dolphin.Hosting.Akka.Journal;
using Dolphin.Hosting.Akka.Tests.Postgres;
using Npgsql;
using ClusterExtension = Akka.Cluster.Cluster;

namespace Dolphin.Hosting.Akka.Tests.Cluster;

/// <summary>The forewarner of a cluster when its node ends: the other's instance has what the first one stored, and nothing else of it.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ForewarnerMoveStories(PostgresServer server)
{
    private static readonly Symbol Btc = new("BTCUSDT");

    // It bets too much, so that there is a cap to be heard of; and looks every second, which says the cap again to whoever was not known yet.
    private static readonly ForewarnerPlan RealTime =
        ForewarnerPlans.Plan(fraction: 0.8m, leverage: 20m) with { Fitness = ForewarnerPlans.Still, LookEvery = TimeSpan.FromSeconds(1), AtOnce = false };

    [PostgresFact(DisplayName = "The forewarner's node leaves: the other's instance judges by the same model to the last bit, goes on with the market that was gathered, and fits none; its L3 and sizer hear what the first's heard")]
    public async Task Leaves()
    {
        await using var stage = await Stage.FormedAsync(server, RealTime);
        var (home, other) = await stage.ActingAsync();
        await stage.UntilAsync(() => home.Board.Forewarner?.State.Champion is not null, "a model serves");
        await stage.UntilAsync(() => !other.Caps.IsEmpty, "the other node hears the cap");
        var looked = home.Board.Forewarner!.MarketDistance;
        home.Closes(100m, 101m, 99m);
        await stage.UntilAsync(() => home.Board.Forewarner!.MarketDistance != looked, "the market that closed is compared with the model's");
        home.Forewarner.Tell(DurableProtocol.TakeSnapshot.Now);
        await stage.UntilAsync(async () => (await stage.RowsAsync("snapshot")).Count == 1, "what was gathered is stored");
        var (before, distance, stored) = (await other.StoredAsync(), home.Reports.Last().Distance, await stage.RowsAsync("journal"));
        Assert.Equal(["forewarner.fit-wanted.v1", "forewarner.model-kept.v1", "forewarner.champion-changed.v1", "forewarner.leverage-halved.v1"], stored);
        Assert.Empty(other.Reports);

        other.Caps.Clear();
        await CoordinatedShutdown.Get(home.System).Run(CoordinatedShutdown.ClusterLeavingReason.Instance).WaitAsync(ClusterOfThree.Patience);
        await stage.UntilAsync(() => other.Reports.Count >= 3 && !other.Caps.IsEmpty, "the other's instance tells L3 and the sizer");

        Assert.Equal(before, await other.StoredAsync());
        Assert.All(other.Reports, r => Assert.Equal(new LayerReading.Envelope(distance, TimeSpan.Zero), r));
        Assert.All(other.Caps, c => Assert.Equal([new EnvelopeCap(Btc, 10m)], c.Caps.AsEnumerable()));
        Assert.Equal(1, other.Board.Forewarner!.State.Champion!.Number);
        Assert.Equal(stored, await stage.RowsAsync("journal"));
        stage.AssertEverythingWasRead();
    }

    [PostgresFact(DisplayName = "The forewarner's node dies in the middle of a fit: the other's instance begins that fit again under its number, and L3 hears of half a margin until its model serves")]
    public async Task Dies()
    {
        await using var stage = await Stage.FormedAsync(server, ForewarnerPlans.Slow(RealTime));
        var (home, other) = await stage.ActingAsync();
        await stage.UntilAsync(() => home.Board.Forewarner?.State.Fitting is not null && !home.Reports.IsEmpty, "it fits, and tells L3 so far");
        Assert.Equal(["forewarner.fit-wanted.v1"], await stage.RowsAsync("journal"));

        stage.Plan = RealTime;
        await stage.KillAsync(home, other);
        await stage.UntilAsync(() => other.Acts, "the other forewarns");
        await stage.UntilAsync(() => other.Board.Forewarner?.State.Champion is not null, "a model serves on the other node");

        Assert.Equal(["forewarner.fit-wanted.v1", "forewarner.model-kept.v1", "forewarner.champion-changed.v1", "forewarner.leverage-halved.v1"], await stage.RowsAsync("journal"));
        Assert.Equal((1L, 1L), (other.Board.Forewarner!.State.Champion!.Number, other.Board.Forewarner.State.Fits));
        Assert.All(home.Reports, r => Assert.Equal(0.5, r.Distance));
        await stage.UntilAsync(() => other.Reports.LastOrDefault() is { Distance: <= 0 }, "L3 hears of its model");
    }

    /// <summary>A lighthouse and two traders, each with its own market, controller and sizer, over one database.</summary>
    private sealed class Stage : IAsyncDisposable
    {
        private readonly ClusterOfThree _cluster;
        private readonly NpgsqlDataSource _database;
        private readonly Trader[] _traders;
        private volatile ForewarnerPlan _plan;

        private Stage(ClusterOfThree cluster, NpgsqlDataSource database, ForewarnerPlan plan)
        {
            (_cluster, _database, _plan) = (cluster, database, plan);
            var tenures = new PostgresTenures(database);
            _traders = [.. new[] { cluster.First, cluster.Second }.Select(system => new Trader(system, tenures, () => _plan))];
        }

        /// <summary>Of the next instance, wherever it begins.</summary>
        public ForewarnerPlan Plan
        {
            set => _plan = value;
        }

        public static async Task<Stage> FormedAsync(PostgresServer server, ForewarnerPlan plan)
        {
            var connection = await server.CreateDatabaseAsync();
            var database = NpgsqlDataSource.Create(connection);
            await PostgresSchema.PrepareAsync(database, "dolphin-test", "plan", CancellationToken.None);
            var cluster = new ClusterOfThree(connection, writesLocal: false); // What an actor says to itself has no form.
            await cluster.FormedAsync();
            return new Stage(cluster, database, plan);
        }

        public async Task<(Trader Home, Trader Other)> ActingAsync()
        {
            await UntilAsync(() => _traders.Count(t => t.Acts) == 1, "one of them forewarns");
            return _traders[0].Acts ? (_traders[0], _traders[1]) : (_traders[1], _traders[0]);
        }

        /// <summary>It says no goodbye; the other is told what it would find out after a while.</summary>
        public async Task KillAsync(Trader who, Trader other)
        {
            var address = ClusterExtension.Get(who.System).SelfAddress;
            ((ExtendedActorSystem)who.System).Abort();
            await who.System.WhenTerminated.WaitAsync(ClusterOfThree.Patience);
            ClusterExtension.Get(other.System).Down(address);
        }

        /// <summary>Names of what is stored of the forewarner, in order.</summary>
        public async Task<List<string>> RowsAsync(string table)
        {
            await using var command = _database.CreateCommand($"SELECT manifest FROM {table} WHERE persistence_id = '{ForewarnerActor.Id}' ORDER BY sequence_number");
            await using var row = await command.ExecuteReaderAsync();
            var rows = new List<string>();
            while (await row.ReadAsync()) rows.Add(row.GetString(0));
            return rows;
        }

        public Task UntilAsync(Func<bool> isSo, string what) => _cluster.UntilAsync(isSo, what);

        public Task UntilAsync(Func<Task<bool>> isSo, string what) => Traps.KeeperNode.UntilAsync(isSo, what, () => string.Join('\n', _cluster.Said.Take(40)));

        public void AssertEverythingWasRead() => Assert.DoesNotContain(_cluster.Said, e => e.Contains("erializ", StringComparison.Ordinal) || e.Contains("WireTypes", StringComparison.Ordinal));

        public async ValueTask DisposeAsync()
        {
            await _cluster.DisposeAsync();
            await _database.DisposeAsync();
        }
    }

    /// <summary>One node, as far as it forewarns.</summary>
    private sealed class Trader
    {
        private static readonly TimeSpan Pulse = TimeSpan.FromMilliseconds(200);
        private readonly ClusterPort _port;

        public ActorSystem System { get; }
        public RunBoard Board { get; } = new([]);
        public IActorRef Forewarner { get; }
        public ConcurrentQueue<LayerReading.Envelope> Reports { get; } = new();
        public ConcurrentQueue<SizingProtocol.Enveloped> Caps { get; } = new();
        public bool Acts => _port.Acting.Names.Contains(ForewarnerActor.Id);

        public Trader(ActorSystem system, ITenures tenures, Func<ForewarnerPlan> plan)
        {
            System = system;
            var (reports, caps, board, port) = (Reports, Caps, Board, _port = new ClusterPort(system, TestSettings.Of(0), tenures, TimeProvider.System));
            port.Subscribe(Topics.Sizing, system.ActorOf(Props.Create(() => new Ear<SizingProtocol.Enveloped>(caps.Enqueue)), "sizer"));
            var context = new SensorContext(system.ActorOf(Props.Create(() => new Ear<LayerReport>(r => reports.Enqueue((LayerReading.Envelope)r.Reading))), "controller"), Pulse);
            Forewarner = port.Singleton(system, ForewarnerActor.Id, _ => PropsOf(plan(), context, port, board));
        }

        private static Props PropsOf(ForewarnerPlan plan, SensorContext context, ClusterPort port, RunBoard board) => Props.Create(() => new ForewarnerActor(plan, context, port, board));

        /// <summary>Bars of five minutes close in this node's market, of which the last is the one under way.</summary>
        public void Closes(params ReadOnlySpan<decimal> prices)
        {
            var (five, bars) = (ForewarnerPlans.Five, prices.Length);
            var last = TimeProvider.System.GetUtcNow().Ticks / five.Ticks * five.Ticks;
            foreach (var close in prices)
            {
                var (open, price) = (new DateTimeOffset(last - --bars * five.Ticks, TimeSpan.Zero).ToUnixTimeMilliseconds(), Price.Of(close));
                _port.Publish(Topics.Slices, new MarketProtocol.SliceClosed(new MarketSlice(open, five, new[] { new SymbolBar(Btc, new Bar(open, price, price, price, price, new Quantity(1m))) })));
            }
        }

        /// <summary>What the forewarner stores, wherever it runs: what is large by its hash.</summary>
        public async Task<string> StoredAsync()
        {
            var stored = await Forewarner.Ask<DurableProtocol.StoredState>(DurableProtocol.GetStored.Now, ClusterOfThree.Patience);
            return $"{stored.SequenceNumber} {Encoding.UTF8.GetString(StoredJson.Write(stored.State))}";
        }
    }

    private sealed class Ear<T> : ReceiveActor
    {
        public Ear(Action<T> hear) => Receive<T>(hear);
    }
}
