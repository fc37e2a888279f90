using System.Collections.Immutable;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Tests.Alpha;

public sealed class AlphaSnapshotStories
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly Symbol Ada = new("ADAUSDT"), Btc = new("BTCUSDT"), Eth = new("ETHUSDT");

    private static PlungePolicy PolicyOf(PlungeSettings settings)
    {
        var errors = new List<string>();
        var policy = PlungePolicy.Create(settings, "dolphin.alpha.plunge", errors);
        Assert.Empty(errors);
        return policy!;
    }

    private static AlphaFeatures Features(Symbol symbol, double? momentum = 0.01, double cut = 0) =>
        new(symbol, Rank: null, Score: null, Loading: 0.5, momentum, Volatility: 0.01, Liquidity: 1e8, BookQuality: 1, Imbalance: 0, cut, Boost: 0);

    private static AlphaRankQueue Queue(params (Symbol Symbol, double Score)[] scores)
    {
        var queue = new AlphaRankQueue([Ada, Btc, Eth]);
        foreach (var (symbol, score) in scores) Assert.True(queue.Update(symbol, score));
        return queue;
    }

    private static AlphaSnapshot Snapshot(long epoch = 1, long sequence = 1, double at = 0, PlungeEvent? plunge = null, PlungeSettings? settings = null,
        AlphaRankQueue? queue = null, params AlphaFeatures[] assets) => AlphaSnapshot.Create(
            epoch, sequence, Start.AddSeconds(at), assets.Length > 0 ? assets : [Features(Eth), Features(Ada), Features(Btc)],
            queue ?? Queue((Btc, 0.8), (Eth, 0.8), (Ada, 0.9)), PolicyOf(settings ?? new PlungeSettings()), plunge);

    [Fact(DisplayName = "A snapshot ranks the assets by the queue, equals by symbol, and finds each; one without a score has no rank")]
    public void Ranks()
    {
        var snapshot = Snapshot(queue: Queue((Btc, 0.8), (Ada, 0.9)));
        Assert.Equal([Ada, Btc, Eth], snapshot.Assets.Select(a => a.Symbol));
        Assert.Equal([Ada, Btc], snapshot.Ranked.Select(a => a.Symbol));
        Assert.Equal((2, 0.8), (snapshot.Find(Btc)!.Rank!.Value, snapshot.Find(Btc)!.Score!.Value));
        Assert.Equal((null, null), (snapshot.Find(Eth)!.Rank, snapshot.Find(Eth)!.Score));
        Assert.Null(snapshot.Find(new Symbol("XRPUSDT")));
        Assert.Equal([Ada, Btc, Eth], Snapshot().Ranked.Select(a => a.Symbol));
    }

    [Fact(DisplayName = "A snapshot is not changed by what the queue learns later")]
    public void Immutable()
    {
        var queue = Queue((Btc, 0.8));
        var snapshot = Snapshot(queue: queue);
        queue.Update(Btc, 0.1);
        Assert.Equal(0.8, snapshot.Find(Btc)!.Score);
    }

    [Fact(DisplayName = "An asset that comes twice, or one that is ranked and not given, is a bug in words")]
    public void Bugs()
    {
        Assert.Contains("came twice", Assert.Throws<ArgumentException>(() => Snapshot(assets: [Features(Ada), Features(Ada)])).Message, StringComparison.Ordinal);
        Assert.Contains("of 3 ranked", Assert.Throws<ArgumentException>(() => Snapshot(assets: [Features(Ada)])).Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A plunge gives the best-ranked assets a signal each, the way they move, as strong as depth, score and what the breaker leaves")]
    public void Plunge()
    {
        var snapshot = Snapshot(
            plunge: new PlungeEvent(Start, -0.005), settings: new PlungeSettings { Best = 2 }, queue: null,
            assets: [Features(Ada, momentum: -0.01), Features(Btc, cut: 0.5), Features(Eth)]);
        Assert.Equal(
            [
                new AlphaSignal(Ada, PositionSide.Short, 0.5 * 0.9, 1, Start, -0.005),
                new AlphaSignal(Btc, PositionSide.Long, 0.5 * 0.8 * 0.5, 2, Start, -0.005),
            ], snapshot.Signals.AsEnumerable());
    }

    [Fact(DisplayName = "No strength exceeds 1, however deep the plunge and however high the score")]
    public void Strongest() => Assert.Equal(1, Snapshot(plunge: new PlungeEvent(Start, 9), queue: Queue((Ada, 1.05))).Signals.Single().Strength);

    [Fact(DisplayName = "No signal without a plunge, of an old one or one to come, without momentum, or too weak to matter")]
    public void No_signal()
    {
        Assert.Empty(Snapshot().Signals);
        Assert.Equal(3, Snapshot(at: 10, plunge: new PlungeEvent(Start, -0.01)).Signals.Length);
        Assert.Empty(Snapshot(at: 11, plunge: new PlungeEvent(Start, -0.01)).Signals);
        Assert.Empty(Snapshot(plunge: new PlungeEvent(Start.AddSeconds(1), -0.01)).Signals);
        Assert.Empty(Snapshot(plunge: new PlungeEvent(Start, double.NaN)).Signals);
        Assert.Empty(Snapshot(plunge: new PlungeEvent(Start, -0.0005)).Signals);
        var still = Snapshot(plunge: new PlungeEvent(Start, -0.01), queue: null, assets: [Features(Ada, momentum: null), Features(Btc, momentum: 0), Features(Eth)]);
        Assert.Equal(Eth, still.Signals.Single().Symbol);
    }

    [Fact(DisplayName = "A snapshot of an older controller, an older one of the same, and a repeated one are ignored")]
    public void Ordering()
    {
        var board = new AlphaBoard(TimeSpan.FromSeconds(15));
        Assert.Null(board.Read(Start));
        Assert.True(board.Publish(Snapshot(2, 5)));
        Assert.False(board.Publish(Snapshot(1, 900, at: 100)));
        Assert.False(board.Publish(Snapshot(2, 4)));
        Assert.False(board.Publish(Snapshot(2, 5)));
        Assert.True(board.Publish(Snapshot(2, 6)));
        Assert.True(board.Publish(Snapshot(3, 1)));
        Assert.Equal((3L, 1L), (board.Read(Start)!.Epoch, board.Read(Start)!.Sequence));
    }

    [Fact(DisplayName = "After silence there are no features, until the next snapshot")]
    public void Silence()
    {
        var board = new AlphaBoard(TimeSpan.FromSeconds(15));
        board.Publish(Snapshot());
        Assert.NotNull(board.Read(Start.AddSeconds(15)));
        Assert.Null(board.Read(Start.AddSeconds(15.001)));
        Assert.NotNull(board.Latest);
        board.Publish(Snapshot(sequence: 2, at: 16));
        Assert.NotNull(board.Read(Start.AddSeconds(16)));
    }

    [Fact(DisplayName = "Of snapshots published from many threads at once the newest stays")]
    public void Concurrent()
    {
        var board = new AlphaBoard(TimeSpan.FromSeconds(15));
        var snapshots = Enumerable.Range(1, 3000).Select(i => Snapshot(1 + i % 3, i)).ToImmutableArray();
        Parallel.ForEach(snapshots, s => board.Publish(s));
        Assert.Equal((3L, 2999L), (board.Latest!.Epoch, board.Latest.Sequence));
    }

    [Fact(DisplayName = "Every mistake in the settings is told at once, with its key")]
    public void Settings()
    {
        var errors = new List<string>();
        Assert.Null(PlungePolicy.Create(new PlungeSettings { Best = 0, DepthFull = double.NaN, LeastStrength = 2, GoodFor = TimeSpan.Zero }, "dolphin.alpha.plunge", errors));
        foreach (var key in new[] { "best", "depth-full", "least-strength", "good-for" })
            Assert.Contains(errors, e => e.StartsWith($"dolphin.alpha.plunge.{key} is ", StringComparison.Ordinal));
    }
}
