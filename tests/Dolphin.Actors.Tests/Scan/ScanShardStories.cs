using System.Collections.Immutable;
using System.Text;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Scan;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Actors.Wire;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Scan;

namespace Dolphin.Actors.Tests.Scan;

/// <summary>A scan whose rows are spread over shards: what is published is what one actor alone publishes, whatever becomes of them.</summary>
public sealed class ScanShardStories
{
    private static readonly TimeSpan Five = TimeSpan.FromSeconds(5), Patience = TimeSpan.FromMilliseconds(250);

    /// <summary>What one actor alone publishes of the same market.</summary>
    private static ImmutableArray<string> Alone(int assets, int bars, params int[] windows)
    {
        using var stage = new ShardStage(assets, shards: 1, Patience, windows);
        stage.Live();
        return [.. stage.Bars(bars).Select(Text)];
    }

    /// <summary>To the last bit of every number, without what is said of shards and how long they were waited for.</summary>
    private static string Text(ScanProtocol.Scanned scanned) =>
        Encoding.UTF8.GetString(WireJson.Write(scanned with { Picture = scanned.Picture with { Shards = null, Took = TimeSpan.Zero } }));

    private static (int, int) Present(ScanProtocol.Scanned scanned) => (scanned.Picture.Shards!.Answered, scanned.Picture.Shards.Count);

    [Theory(DisplayName = "Shards publish what one actor alone does, at the instant of the bar: every scan, to the last bit, with spectra of both kinds of matrix")]
    [InlineData(4, 264)]
    [InlineData(2, 150)]
    public void Same(int shards, int assets)
    {
        using var stage = new ShardStage(assets, shards, Patience, 12, 40);
        stage.Live();
        var said = stage.Bars(70);
        Assert.Equal(Alone(assets, 70, 12, 40), said.Select(Text));
        Assert.All(said, s => Assert.Equal((shards, shards), Present(s)));
        Assert.NotNull(said[^1].Picture.Windows[1].Entropy);
        Assert.Contains(said, s => s.Picture.Windows[1].Members is > 2 and < 40); // Before most are listed.
        Assert.Empty(stage.News);
        Assert.Contains($"{shards} of {shards} shards", said[^1].Picture.ToText(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "What is longer than a piece comes in several: a history of 96 KB and parts of 93")]
    public void Pieces()
    {
        using var stage = new ShardStage(160, 2, Patience, 12, 150);
        stage.Live();
        stage.Bars(170);
        stage.Kill(1);
        stage.Revive(1);
        var said = stage.Bars(10);
        Assert.Equal(Alone(160, 180, 12, 150)[170..].AsEnumerable(), said.Select(Text));
        Assert.Equal([(1, 2), (1, 2), (2, 2)], said.Take(3).Select(Present)); // The second is over before who was not waited for has answered.
    }

    [Fact(DisplayName = "A shard that dies changes no number: it is waited for once, said to be silent once, its rows are done by the head, and it comes back with a history")]
    public void Killed()
    {
        using var stage = new ShardStage(150, 2, Patience, 12, 40);
        stage.Live();
        var said = stage.Bars(50);
        stage.Kill(1);
        said.AddRange(stage.Bars(10));
        Assert.Equal((1, 2), Present(said[^1]));
        Assert.InRange(said[^1].Picture.Shards!.HeadRows, 1, long.MaxValue);
        Assert.Contains("rows done for them", said[^1].Picture.ToLine(), StringComparison.Ordinal);
        Assert.Contains("the shard of rows 128 to 150 did not answer within 250 ms", Assert.Single(stage.News).Text, StringComparison.Ordinal);
        stage.Revive(1);
        said.AddRange(stage.Bars(10));
        Assert.Equal((2, 2), Present(said[^1]));
        Assert.Equal(Alone(150, 70, 12, 40), said.Select(Text));
        Assert.Equal([NotableKind.Warning, NotableKind.Info], stage.News.Select(n => n.Kind));
        Assert.Equal("the shard of rows 128 to 150 is back", stage.News[^1].Text);
    }

    [Fact(DisplayName = "A scan waits for a shard as long as its patience, and the next one no more")]
    public void Waits()
    {
        using var stage = new ShardStage(150, 2, Patience, 12, 40);
        stage.Live();
        stage.Bars(5);
        stage.Door(0).Mode = Doorway.Drops;
        stage.Close();
        Assert.Empty(stage.Published());
        stage.Pass(Patience - TimeSpan.FromMilliseconds(1));
        Assert.Empty(stage.Published());
        stage.Pass(TimeSpan.FromMilliseconds(1));
        Assert.Equal(6, Assert.Single(stage.Published()).Picture.Scans);
        stage.Close();
        Assert.Equal(7, Assert.Single(stage.Published()).Picture.Scans);
    }

    [Fact(DisplayName = "An answer to the scan of another life, and one of a shard that there is not, are none: the scan goes on waiting")]
    public void Another_life()
    {
        using var stage = new ShardStage(150, 2, Patience, 12, 40);
        stage.Live();
        stage.Bars(5);
        stage.Door(0).Mode = Doorway.Drops;
        stage.Close();
        stage.TellHead(new ScanShardProtocol.Taken(0, 5, new byte[2 * 2 * 8]));
        stage.TellHead(new ScanShardProtocol.Taken(64, 5, new byte[2 * 2 * 8]));
        stage.TellHead(new ScanShardProtocol.PartPiece(0, 5, 0, 0, new byte[8]));
        stage.TellHead(new ScanShardProtocol.GetHistory(64, 5, 3));
        Assert.Empty(stage.Published());
        stage.Pass(Patience);
        Assert.Equal((1, 2), Present(Assert.Single(stage.Published())));
    }

    [Fact(DisplayName = "Who answers each scan too late is silent once, and does not come and go; on time again it is back, and has missed nothing")]
    public void Late()
    {
        using var stage = new ShardStage(150, 2, Patience, 12, 40);
        stage.Live();
        var said = stage.Bars(30);
        stage.Door(0).Mode = Doorway.Holds;
        for (var i = 0; i < 6; i++)
        {
            stage.Close();
            stage.Pass(TimeSpan.FromMilliseconds(300));
            stage.Release(0);
            said.AddRange(stage.Published());
        }
        Assert.Single(stage.News);
        stage.Door(0).Mode = Doorway.Opens;
        said.AddRange(stage.Bars(4));
        Assert.Equal(2, stage.News.Length);
        Assert.Equal((2, 2), Present(said[^1]));
        Assert.Equal(Alone(150, 40, 12, 40), said.Select(Text));
        Assert.Equal(0, stage.Door(0).Histories);
    }

    [Fact(DisplayName = "A shard that missed a step asks for the history, once, and answers again with the next")]
    public void Gap()
    {
        using var stage = new ShardStage(150, 2, Patience, 12, 40);
        stage.Live();
        var said = stage.Bars(20);
        stage.Door(1).Mode = Doorway.Drops;
        said.AddRange(stage.Bars(1));
        stage.Door(1).Mode = Doorway.Opens;
        said.AddRange(stage.Bars(9));
        Assert.Equal(1, stage.Door(1).Histories);
        Assert.Equal([(2, 2), (1, 2), (1, 2), (1, 2), (2, 2)], said[19..24].Select(Present));
        Assert.Equal(Alone(150, 30, 12, 40), said.Select(Text));
    }

    [Fact(DisplayName = "A history that is lost on its way is asked for again; one that is under way for longer than steps are kept is given up for a newer one")]
    public void Lost_history()
    {
        using var stage = new ShardStage(150, 2, Patience, 12, 40);
        stage.Live();
        var said = stage.Bars(20);
        stage.Kill(1);
        stage.Revive(1);
        stage.Door(1).LosesHistory = true;
        said.AddRange(stage.Bars(2 * ScanShardProtocol.MostStepsKept + 3));
        Assert.Equal((1, 2), Present(said[^1]));
        stage.Door(1).LosesHistory = false;
        said.AddRange(stage.Bars(5));
        Assert.Equal((2, 2), Present(said[^1]));
        Assert.Equal(Alone(150, said.Count, 12, 40), said.Select(Text));
    }

    [Fact(DisplayName = "A head that comes back from its snapshot goes on to the last bit, with shards that lived on: they hear what its history is, and are all there at its first scan")]
    public void Head_restarts()
    {
        using var stage = new ShardStage(150, 2, Patience, 12, 40);
        stage.Live();
        var said = stage.Bars(45);
        stage.TakeSnapshot();
        stage.Live();
        stage.Published(); // What it said last.
        said.AddRange(stage.Bars(15));
        Assert.Equal(Alone(150, 60, 12, 40), said.Select(Text));
        Assert.All(said, s => Assert.Equal((2, 2), Present(s)));
        Assert.Empty(stage.News);
    }

    [Fact(DisplayName = "A head that has lost everything begins anew, and so do its shards, without a word")]
    public void Head_begins_anew()
    {
        using var stage = new ShardStage(150, 2, Patience, 12, 40);
        stage.Live();
        stage.Bars(30);
        stage.Live();
        var said = stage.Bars(20);
        Assert.Equal((1, (2, 2)), (said[0].Picture.Scans, Present(said[0])));
        Assert.Equal((20, (2, 2)), (said[^1].Picture.Scans, Present(said[^1])));
        Assert.Equal(0, stage.Door(0).Histories + stage.Door(1).Histories);
    }

    [Fact(DisplayName = "The next interval ends a scan that still waits, and none is lost: closes count in the scan they came for")]
    public void Overtaken()
    {
        using var stage = new ShardStage(150, 2, patience: TimeSpan.FromHours(1), 12, 40);
        stage.Live();
        stage.Door(0).Mode = Doorway.Drops;
        var said = stage.Bars(30);
        Assert.Equal(29, said.Count);
        stage.Pass(TimeSpan.FromHours(1));
        said.AddRange(stage.Published());
        Assert.Equal(Alone(150, 30, 12, 40), said.Select(Text));
    }

    [Fact(DisplayName = "Who asks for the state in the middle of a scan gets it when the scan is over")]
    public void Asked_meanwhile()
    {
        using var stage = new ShardStage(150, 2, Patience, 12, 40);
        stage.Live();
        stage.Bars(5);
        stage.Door(0).Mode = Doorway.Drops;
        stage.Close();
        stage.AskForState();
        Assert.Null(stage.Told());
        stage.Pass(Patience);
        var told = stage.Told()!;
        Assert.Equal((6, 6), (told.Memory.Count, told.Picture!.Scans));
    }

    [Fact(DisplayName = "A universe that shrinks and grows is the same for shards as for one")]
    public void Shrinks()
    {
        List<ScanProtocol.Scanned> Lived(int shards)
        {
            using var stage = new ShardStage(150, shards, Patience, 12, 40);
            stage.Live();
            var said = stage.Bars(45);
            for (var i = 0; i < 3; i++) said.AddRange(stage.Bars(1, late: TimeSpan.FromMilliseconds(i % 2 == 0 ? 900 : 0)));
            Assert.Equal(20, said[^1].Picture.Watched);
            said.AddRange(stage.Bars(12));
            Assert.Equal(150, said[^1].Picture.Watched);
            return said;
        }
        Assert.Equal(Lived(1).Select(Text), Lived(2).Select(Text));
    }

    /// <summary>Whether what a shard is told reaches it.</summary>
    internal enum Doorway
    {
        Opens,
        Drops,
        Holds,
    }

    /// <summary>Stands before a shard.</summary>
    private sealed class Door
    {
        public Doorway Mode { get; set; }
        public bool LosesHistory { get; set; }
        public int Histories { get; set; }
        public IActorRef Shard { get; set; } = ActorRefs.Nobody;
        public List<(object Message, IActorRef From)> Held { get; } = [];
    }

    private sealed class DoorActor : ReceiveActor
    {
        public DoorActor(Door door) => ReceiveAny(message =>
        {
            if (message is ScanShardProtocol.HistoryPiece { Piece: 0 }) door.Histories++;
            if (door.Mode == Doorway.Drops || message is ScanShardProtocol.HistoryPiece && door.LosesHistory) return;
            if (door.Mode == Doorway.Holds) door.Held.Add((message, Sender));
            else door.Shard.Tell(message, Sender);
        });
    }

    /// <summary>A head, its shards, and a market of which an eighth is listed from the start and the rest by and by.</summary>
    private sealed class ShardStage : ActorStage
    {
        private readonly ScanPlan _plan;
        private readonly ImmutableArray<Symbol> _universe;
        private readonly ImmutableArray<RowRange> _ranges;
        private readonly Door[] _doors;
        private readonly IActorRef[] _doorways;
        private readonly TestProbe _listener, _asker;
        private readonly double[] _logs;
        private readonly Chance _chance = new(11);
        private IActorRef _head = ActorRefs.Nobody;
        private int _lives, _bars;

        public ShardStage(int assets, int shards, TimeSpan patience, params int[] windows)
        {
            var errors = new List<string>();
            var policy = ScanPolicy.Create(new ScanSettings { Windows = [.. windows] }, "test", errors);
            var watch = ScanWatchPolicy.Create(new ScanWatchSettings { ShrinkTo = 20, CalmAfter = 2, GrowBy = 100 }, "test", errors);
            Assert.Empty(errors);
            _plan = new ScanPlan(policy!, watch!, Five, EntropyEvery: 4, LongestStep: 3, shards > 1 ? new ScanSharing(shards, patience) : null);
            Assert.Null(_plan.Objection(assets));
            (_universe, _ranges, _logs) = ([.. Enumerable.Range(0, assets).Select(i => new Symbol($"A{i:000}USDT"))], shards > 1 ? RowRange.Split(assets, shards) : [], new double[assets]);
            (_listener, _asker) = (CreateTestProbe("listener"), CreateTestProbe("asker"));
            Cluster.Subscribe(Topics.Scan, _listener.Ref);
            _doors = [.. _ranges.Select(_ => new Door())];
            _doorways = [.. _doors.Select((door, s) => Sys.ActorOf(Props.Create(() => new DoorActor(door)), $"door-{s}"))];
            for (var s = 0; s < _doors.Length; s++) Revive(s);
        }

        public ImmutableArray<NotableEvent> News => [.. Board.News.Where(n => n.Text.Contains("shard", StringComparison.Ordinal))];

        public Door Door(int shard) => _doors[shard];

        public void Live()
        {
            Sys.Stop(_head);
            Settle();
            var (plan, universe, shards, cluster, run) = (_plan, _universe, _doorways, Cluster, Board);
            _head = Sys.ActorOf(Props.Create(() => new ScanActor(plan, universe, shards, cluster, run)), $"scan-{++_lives}");
            Settle();
        }

        public void Kill(int shard)
        {
            Sys.Stop(_doors[shard].Shard);
            Settle();
        }

        public void Revive(int shard)
        {
            var (policy, id) = (_plan.Policy, ScanShardActor.IdOf(_ranges[shard], _universe.Length));
            _doors[shard].Shard = Sys.ActorOf(Props.Create(() => new ScanShardActor(policy, id)), $"shard-{shard}-{++_lives}");
            Settle();
        }

        /// <summary>Lets through what was held, and holds what comes next.</summary>
        public void Release(int shard)
        {
            foreach (var (message, from) in _doors[shard].Held) _doors[shard].Shard.Tell(message, from);
            _doors[shard].Held.Clear();
            Settle();
        }

        public void Pass(TimeSpan time) => Wait(time);

        public List<ScanProtocol.Scanned> Published() => Heard<ScanProtocol.Scanned>(_listener);

        /// <summary>The state that was asked for, once it was told.</summary>
        public ScanSnapshot? Told() => Heard<DurableProtocol.StoredState>(_asker).Select(s => (ScanSnapshot)s.State).SingleOrDefault();

        public void TakeSnapshot()
        {
            _head.Tell(DurableProtocol.TakeSnapshot.Now, ActorRefs.NoSender);
            Settle();
        }

        public void TellHead(object message)
        {
            _head.Tell(message, ActorRefs.NoSender);
            Settle();
        }

        public void AskForState()
        {
            _head.Tell(DurableProtocol.GetStored.Now, _asker.Ref);
            Settle();
        }

        /// <summary>The next bar closes.</summary>
        public void Close(TimeSpan late = default)
        {
            var closes = Clock + Grid.Until(Clock, Five);
            Wait(closes + late - Clock);
            var whole = _chance.NextNormal();
            // Little of the whole: the first proof that a pair leads is not enough.
            for (var s = 0; s < _logs.Length; s++) _logs[s] += 0.001 * (0.4 * whole + _chance.NextNormal());
            _bars++;
            var bars = Enumerable.Range(0, _logs.Length).Where(s => (_bars > 20 || s % 8 == 0) && (s + _bars) % 50 != 0).Select(s =>
            {
                var close = Price.Of(decimal.Round((decimal)(100 * Math.Exp(_logs[s])), 6));
                return new SymbolBar(_universe[s], new Bar((closes - Five).ToUnixTimeMilliseconds(), close, close, close, close, new Quantity(1m)));
            }).ToArray();
            Cluster.Publish(Topics.Slices, new MarketProtocol.SliceClosed(new MarketSlice((closes - Five).ToUnixTimeMilliseconds(), Five, bars)));
            Settle();
        }

        /// <summary>Bars close one after the other, and whoever is waited for is.</summary>
        public List<ScanProtocol.Scanned> Bars(int count, TimeSpan late = default)
        {
            for (var i = 0; i < count; i++) Close(late);
            if (_plan.Sharing is { } sharing && sharing.Patience < Five) Wait(sharing.Patience);
            return Published();
        }
    }
}
