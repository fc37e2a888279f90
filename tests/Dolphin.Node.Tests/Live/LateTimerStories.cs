using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Venue;
using Dolphin.Data.Simulation;
using Dolphin.Domain.Market;

namespace Dolphin.Node.Tests.Live;

/// <summary>The simulated world in real time when its timer fires late: a busy machine, a suspended process.</summary>
public sealed class LateTimerStories : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 7, 58, 20, TimeSpan.Zero); // Funding is due at 08:00.
    private static readonly DateTimeOffset Began = new(2026, 1, 5, 7, 58, 0, TimeSpan.Zero);
    private static readonly WorldPlan Plan = new(7, TimeSpan.FromMinutes(1), AssetProfile.DefaultUniverse[..2]);

    private readonly HeldClock _clock = new(Start);
    private readonly ActorSystem _system;
    private readonly IActorRef _world, _venue, _feed;
    private readonly List<MarketStep> _missed = [];
    private readonly List<MarketSlice> _shown = [], _closed = [];

    public LateTimerStories()
    {
        _system = ActorSystem.Create("late", EngineSettings.RealTime with
        {
            Clock = _clock,
            Persistence = new JournalSettings { InMemory = new InMemoryJournal() },
            Serializers = system => [new SerializerBinding(typeof(object), new DolphinSerializer(system))],
        });
        var (missed, shown, closed) = (_missed, _shown, _closed);
        _venue = _system.ActorOf(Props.Create(() => new Scribe(missed, shown, closed)), "venue");
        _feed = _system.ActorOf(Props.Create(() => new Scribe(missed, shown, closed)), "feed");
        var (venue, board) = (_venue, new RunBoard([]));
        _world = _system.ActorOf(Props.Create(() => new WorldActor(Plan, venue, board, "")), "world");
        _world.Tell(new WorldProtocol.Connect(_feed), ActorRefs.NoSender);
    }

    public void Dispose() => _system.Dispose();

    [Fact(DisplayName = "Some bars late, those who trade are told each of them in order, the venue sees the same, and the market goes on")]
    public async Task Some_bars_late()
    {
        await OpensAsync();
        await JumpAsync(Start.AddMinutes(5)); // 08:03:20: the timer was due at 07:59.
        Assert.Equal(Opens(0, 5), _closed.Select(s => s.OpensAt));
        Assert.Equal(Opens(1, 4), _missed.Select(s => s.Slice.OpensAt));
        Assert.Equal([Began, Began.AddMinutes(5)], _shown.Select(s => s.OpensAt));
        Assert.Equal(Began.AddMinutes(2), Assert.Single(_missed.SelectMany(s => s.Funding).Select(f => f.At).Distinct()));

        await JumpAsync(Start.AddMinutes(6)); // In time again.
        Assert.Equal(Opens(0, 6), _closed.Select(s => s.OpensAt));
        Assert.Equal(Began.AddMinutes(6), _shown[^1].OpensAt);
        AssertSameMarket();
    }

    [Fact(DisplayName = "After a long suspension those who trade are told only the newest bar: no backlog, whatever the venue had to see")]
    public async Task Long_suspension()
    {
        await OpensAsync();
        await JumpAsync(Start.AddMinutes(600));
        Assert.Equal([Began.AddMinutes(599)], _closed.Select(s => s.OpensAt));
        Assert.Equal(Opens(1, 599), _missed.Select(s => s.Slice.OpensAt));
        Assert.Equal([Began, Began.AddMinutes(600)], _shown.Select(s => s.OpensAt));

        await JumpAsync(Start.AddMinutes(601));
        Assert.Equal(Began.AddMinutes(600), _closed[^1].OpensAt);
        AssertSameMarket();
    }

    [Fact(DisplayName = "Ten bars late is a hiccup and each is told; eleven is a suspension and only the newest is")]
    public async Task The_border()
    {
        await OpensAsync();
        await JumpAsync(Began.AddMinutes(12).AddSeconds(-1));
        Assert.Equal(11, _closed.Count);
        await JumpAsync(Began.AddMinutes(23).AddSeconds(1));
        Assert.Equal(12, _closed.Count);
        AssertSameMarket();
    }

    [Fact(DisplayName = "A clock that is set back while the market runs makes it wait: nothing is shown twice, and no time runs backwards")]
    public async Task Set_back()
    {
        await OpensAsync();
        await JumpAsync(Start.AddMinutes(3));
        var (closed, shown) = (_closed.Count, _shown.Count);
        await JumpAsync(Start);
        await JumpAsync(Start.AddMinutes(2));
        Assert.Equal((closed, shown), (_closed.Count, _shown.Count));
        await JumpAsync(Start.AddMinutes(5));
        Assert.Equal(Opens(0, 5), _closed.Select(s => s.OpensAt));
        AssertSameMarket();
    }

    private async Task OpensAsync()
    {
        Assert.Equal(new WorldProtocol.Open(Began, TimeSpan.FromSeconds(20), TimeSpan.Zero), await _world.Ask<WorldProtocol.Open>(new WorldProtocol.Begin(), Timeout.InfiniteTimeSpan));
        await SettleAsync();
    }

    private async Task JumpAsync(DateTimeOffset time)
    {
        _clock.JumpTo(time);
        await SettleAsync();
    }

    // Whoever answers has handled all that it was told before. World and venue speak in turns: the venue is shown one portion, and says so.
    private async Task SettleAsync()
    {
        for (var turns = 0; turns < 3; turns++)
        {
            await _world.Ask<DurableProtocol.StoredState>(DurableProtocol.GetStored.Now, Timeout.InfiniteTimeSpan);
            await _venue.Ask<string>("settled?", Timeout.InfiniteTimeSpan);
        }

        await _feed.Ask<string>("settled?", Timeout.InfiniteTimeSpan);
    }

    private static IEnumerable<DateTimeOffset> Opens(int from, int count) => Enumerable.Range(from, count).Select(i => Began.AddMinutes(i));

    // Whatever the venue is shown, missed or not, is one market without a seam, and what is closed is what was shown.
    private void AssertSameMarket()
    {
        var seen = _missed.Select(s => s.Slice).Concat(_shown).OrderBy(s => s.OpenTimeMs).ToList();
        var market = Plan.MarketFrom(Began).Slices(0, seen[^1].OpenTimeMs + 1).ToList();
        Assert.Equal(market.Select(s => s.OpenTimeMs), seen.Select(s => s.OpenTimeMs));
        foreach (var (expected, came) in market.Zip(seen)) Assert.Equal(expected.Bars.ToArray(), came.Bars.ToArray());
        foreach (var closed in _closed) Assert.Equal(market.Single(s => s.OpenTimeMs == closed.OpenTimeMs).Bars.ToArray(), closed.Bars.ToArray());
    }

    /// <summary>Takes down what it is told; one stands for the venue, one for those who trade.</summary>
    private sealed class Scribe : ReceiveActor
    {
        public Scribe(List<MarketStep> missed, List<MarketSlice> shown, List<MarketSlice> closed)
        {
            Receive<PaperVenueProtocol.Missed>(m =>
            {
                missed.AddRange(m.Steps);
                Sender.Tell(new PaperVenueProtocol.MissedSeen());
            });
            Receive<PaperVenueProtocol.FundingAnnounced>(_ => { });
            Receive<MarketProtocol.SliceOpened>(opened => shown.Add(opened.Slice));
            Receive<MarketProtocol.SliceClosed>(c => closed.Add(c.Slice));
            Receive<string>(_ => Sender.Tell("settled"));
        }
    }
}
