using System.Collections.Immutable;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Scan;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Scan;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Tests.Scan;

/// <summary>The universe scanned at every interval: what is published, what is kept, and what happens when scans are late.</summary>
public sealed class ScanStories : ActorStage
{
    private static readonly TimeSpan Five = TimeSpan.FromSeconds(5);
    internal static readonly ImmutableArray<Symbol> Universe = [.. "ABCDEFGH".Select(c => new Symbol($"{c}USDT"))];
    private readonly TestProbe _listener, _controller;
    private IActorRef _scan = ActorRefs.Nobody;
    private readonly double[] _logs = new double[Universe.Length];
    private Chance _market = new(11);
    private int _lives;

    public ScanStories()
    {
        (_listener, _controller) = (CreateTestProbe("listener"), CreateTestProbe("controller"));
        Cluster.Subscribe(Topics.Scan, _listener.Ref);
        var (run, cluster) = (Board, Cluster);
        Sys.ActorOf(Props.Create(() => new ScanListenerActor(run, cluster)), "scan-listener");
        Settle();
    }

    internal static ScanPlan Plan(TimeSpan? interval = null)
    {
        var errors = new List<string>();
        var policy = ScanPolicy.Create(new ScanSettings { Windows = [10, 20] }, "test", errors);
        var watch = ScanWatchPolicy.Create(new ScanWatchSettings { ShrinkTo = 3, CalmAfter = 2, GrowBy = 3 }, "test", errors);
        Assert.Empty(errors);
        return new ScanPlan(policy!, watch!, interval ?? TimeSpan.FromSeconds(5), EntropyEvery: 4, LongestStep: 3);
    }

    private void Live(ScanPlan? plan = null, ImmutableArray<Symbol>? of = null)
    {
        Sys.Stop(_scan);
        Settle();
        var (used, universe, cluster, run, noShards) = (plan ?? Plan(), of ?? Universe, Cluster, Board, Array.Empty<IActorRef>());
        _scan = Sys.ActorOf(Props.Create(() => new ScanActor(used, universe, noShards, cluster, run)), $"scan-{++_lives}");
        Settle();
    }

    private static readonly Func<int, bool> Everybody = _ => true;

    /// <summary>Closes bars one after the other.</summary>
    /// <param name="late">How long after its close a bar is told.</param>
    /// <returns>What was published.</returns>
    private List<ScanProtocol.Scanned> Bars(int count, TimeSpan? length = null, Func<int, bool>? whose = null, TimeSpan late = default)
    {
        var bar = length ?? Five;
        for (var i = 0; i < count; i++)
        {
            var closes = Clock + Grid.Until(Clock, bar);
            Wait(closes + late - Clock);
            var whole = _market.NextNormal();
            for (var s = 0; s < _logs.Length; s++) _logs[s] += 0.001 * (whole + _market.NextNormal());
            var bars = Enumerable.Range(0, Universe.Length).Where(whose ?? Everybody).Select(s =>
            {
                var close = Price.Of(decimal.Round((decimal)(100 * Math.Exp(_logs[s])), 6));
                return new SymbolBar(Universe[s], new Bar((closes - bar).ToUnixTimeMilliseconds(), close, close, close, close, new Quantity(1m)));
            }).ToArray();
            Cluster.Publish(Topics.Slices, new MarketProtocol.SliceClosed(new MarketSlice((closes - bar).ToUnixTimeMilliseconds(), bar, bars)));
            Settle();
        }
        return Heard<ScanProtocol.Scanned>(_listener);
    }

    private async Task<ScanSnapshot> StoredAsync() => (ScanSnapshot)(await _scan.Ask<DurableProtocol.StoredState>(DurableProtocol.GetStored.Now)).State;
    private IEnumerable<ScanEvent> Events => Journal.EventsOf(ScanActor.Id).OfType<ScanEvent>();

    [Fact(DisplayName = "Every interval is one scan: windows fill one after the other, then there are shares, velocities, loadings, and entropy at every fourth")]
    public void Scans()
    {
        Live();
        var said = Bars(30);
        Assert.Equal(Enumerable.Range(1, 30).Select(n => (long)n), said.Select(s => s.Picture.Scans));
        Assert.All(said[..10], s => Assert.Empty(s.Loadings));
        Assert.Equal((10, 8), (said[10].Window, said[10].Loadings.Length)); // The first scan has no return.
        Assert.Equal((20, 8), (said[20].Window, said[20].Loadings.Length));
        Assert.Equal(Universe, said[20].Loadings.Select(l => l.Symbol));
        Assert.Equal(1, said[20].Loadings.Sum(l => l.Loading * l.Loading), 1e-9);
        Assert.InRange(said[^1].Picture.Windows[1].Share!.Value, 0.2, 1);
        Assert.NotNull(said[^1].Picture.VelDiv);
        Assert.Null(said[10].Picture.Windows[0].Entropy);
        Assert.InRange(said[11].Picture.Windows[0].Entropy!.Value, 0.1, 1);
        Assert.Equal(said[11].Picture.Windows[0].Entropy, said[12].Picture.Windows[0].Entropy); // It is the newest that there is.
        Assert.Equal(said[^1].Picture, Board.Scan);
        Assert.Equal("there was no scan before", Assert.IsType<ScanEvent.WarmUpBegan>(Assert.Single(Events)).Reason);
    }

    [Fact(DisplayName = "Bars of a second are scanned at whole intervals; bars of a minute, once each")]
    public void Intervals()
    {
        Wait(TimeSpan.FromSeconds(2));
        Live();
        var said = Bars(23, TimeSpan.FromSeconds(1));
        Assert.Equal([5, 10, 15, 20, 25], said.Select(s => s.Picture.At.Second));
        Assert.All(said, s => Assert.Equal((Five, TimeSpan.Zero), (s.Picture.Period, s.Picture.Drift)));
        Wait(Minute);
        Bars(1, Minute);
        Assert.All(Bars(3, Minute), s => Assert.Equal((Minute, TimeSpan.Zero), (s.Picture.Period, s.Picture.Drift)));
    }

    [Fact(DisplayName = "A close that is missing is carried and too many are a gap; who is listed later takes part once its window is filled; all are counted")]
    public void Missing()
    {
        Live();
        Bars(25, whose: s => s != 7);
        var said = Bars(15, whose: s => s != 2);
        Assert.Equal(1, said[^1].Picture.Ticks.Listed - 7);
        Assert.Equal(15, said[^1].Picture.Ticks.Carried);
        Assert.Equal(7, said[^1].Picture.Windows[0].Members); // All but the one with the gap.
        Assert.Equal(6, said[^1].Picture.Windows[1].Members); // The new one has not twenty returns.
        Assert.DoesNotContain(said[^1].Loadings, l => l.Symbol == Universe[2]);
    }

    [Fact(DisplayName = "Who comes back says at once what it said last, and goes on to the last bit as if it had never been away")]
    public async Task Restart()
    {
        Live();
        var before = Bars(40)[^1];
        _scan.Tell(DurableProtocol.TakeSnapshot.Now, ActorRefs.NoSender);
        Settle();
        var stored = StoredJson.Write(await StoredAsync());
        Live();
        var again = Assert.Single(Heard<ScanProtocol.Scanned>(_listener));
        Assert.Equal((before.Picture.Scans, before.Picture.VelDiv, before.Window), (again.Picture.Scans, again.Picture.VelDiv, again.Window));
        Assert.Equal(before.Loadings.AsEnumerable(), again.Loadings.AsEnumerable());
        Assert.Equal(stored, StoredJson.Write(await StoredAsync()));
        Assert.Equal(41, Bars(1)[^1].Picture.Scans);
        Assert.Single(Events);
    }

    [Fact(DisplayName = "Returns that were never stored are a warm-up, which is an event with its reason and counted")]
    public async Task Lost()
    {
        Live();
        Bars(30);
        Live();
        var said = Bars(1)[^1];
        Assert.Equal(1, said.Picture.Scans);
        Assert.Equal(["there was no scan before", "the returns of an earlier life were not stored"], Events.OfType<ScanEvent.WarmUpBegan>().Select(e => e.Reason));
        Assert.Equal(2, (await StoredAsync()).Watch.WarmUps);
        Assert.Contains(Board.News, n => n.Source == "scan" && n.Text.Contains("the windows fill anew: the returns of an earlier life", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "A gap is no return, and one that is longer than the longest window is a warm-up")]
    public void Gaps()
    {
        Live();
        Bars(30);
        Wait(TimeSpan.FromMinutes(1));
        var said = Bars(1)[^1];
        Assert.Equal((30L, 1L), (said.Picture.Scans, said.Picture.Skipped));
        Assert.Equal(31, Bars(1)[^1].Picture.Scans);
        Wait(TimeSpan.FromMinutes(2));
        Assert.Equal(1, Bars(1)[^1].Picture.Scans);
        Assert.Equal("nothing came for 25 intervals, more than the longest window has", Events.OfType<ScanEvent.WarmUpBegan>().Last().Reason);
    }

    [Fact(DisplayName = "L4 follows the scans: their age, and how far they are off the interval")]
    public void Heartbeat()
    {
        var (context, cluster) = (new SensorContext(_controller.Ref, Five), Cluster);
        Sys.ActorOf(Props.Create(() => new HeartbeatSensor(context, true, cluster)), "heartbeat");
        Live();
        Bars(3);
        Bars(1, late: TimeSpan.FromMilliseconds(800));
        Wait(TimeSpan.FromSeconds(8));
        var last = Heard<LayerReport>(_controller)[^1];
        Assert.Equal(new LayerReading.Scan(TimeSpan.Zero, TimeSpan.FromMilliseconds(800)), last.Reading);
        Wait(TimeSpan.FromSeconds(20));
        Assert.Equal(TimeSpan.FromSeconds(20), ((LayerReading.Scan)Heard<LayerReport>(_controller)[^1].Reading).Age);
    }

    [Fact(DisplayName = "A symbol that is new at a restart begins young, and the windows of the others go on")]
    public void New_listing()
    {
        Live(of: Universe.Remove(new Symbol("CUSDT")));
        Bars(30);
        var before = Board.Scan!;
        Assert.NotNull(before.VelDiv);
        _scan.Tell(DurableProtocol.TakeSnapshot.Now, ActorRefs.NoSender);
        Settle();

        Live();
        var after = Bars(1)[^1].Picture;
        Assert.Equal((before.Scans + 1, 8, 7), (after.Scans, after.Assets, after.Windows[1].Members));
        Assert.NotNull(after.VelDiv);
        Assert.Single(Events.OfType<ScanEvent.WarmUpBegan>()); // There was no scan before the first.
        Assert.Equal(8, Bars(21)[^1].Picture.Windows[1].Members);
    }

    [Fact(DisplayName = "A scan past the limit is an alarm; three in a row leave those that carry the most; on time again, all come back by and by, and none of it is lost in a restart")]
    public async Task Late()
    {
        Live();
        Bars(30);
        for (var i = 0; i < 3; i++) Bars(1, late: TimeSpan.FromMilliseconds(i % 2 == 0 ? 900 : 0));
        Assert.Equal([typeof(ScanEvent.WarmUpBegan), typeof(ScanEvent.DriftAlarmed), typeof(ScanEvent.UniverseShrunk)], Events.Select(e => e.GetType()));
        Assert.Equal((3, 8), (Board.Scan!.Watched, Board.Scan.Assets));
        Assert.Equal(2, Board.News.Count(n => n is { Source: "scan", Kind: NotableKind.Warning }));
        Assert.Contains("the universe shrinks from 8 to 3 assets", Board.Scan.ToText(), StringComparison.Ordinal);

        _scan.Tell(DurableProtocol.TakeSnapshot.Now, ActorRefs.NoSender);
        Settle();
        Live();
        Assert.Equal(3, (await StoredAsync()).Watch.Watched!.Value.Length);
        Bars(1); // The third late one was 0.9 s late, so the step from it is short.
        Assert.Equal(3, Bars(1)[^1].Picture.Windows[0].Members);
        var grown = Bars(4);
        Assert.Equal([6, 6, 8, 8], grown.Select(g => g.Picture.Watched));
        Assert.Equal(8, Bars(1)[^1].Picture.Windows[1].Members); // With all of their returns.
        Assert.False(Board.Scan!.Watch.IsAlarmed);
        Assert.Equal((1L, 2L), (Board.Scan.Watch.Shrinks, Board.Scan.Watch.Grows));
    }
}
