using System.Collections.Immutable;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Venue;
using Dolphin.Data.Simulation;
using Dolphin.Domain.Market;

namespace Dolphin.Node.Tests.Live;

/// <summary>The market that goes on while nobody watches, in virtual time: each life is a start of the process.</summary>
public sealed class WorldStories
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 7, 58, 20, TimeSpan.Zero); // Funding is due at 08:00.
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1), Day = TimeSpan.FromDays(1);
    private static readonly WorldPlan Plan = new(7, Minute, AssetProfile.DefaultUniverse[..2]);
    private static readonly DateTimeOffset Began = new(2026, 1, 5, 7, 58, 0, TimeSpan.Zero);

    private readonly InMemoryJournal _journal = new();

    [Fact(DisplayName = "Its bars lie on the wall clock's grid: the venue sees one begin when those who trade see the one before end")]
    public void Keeps_time()
    {
        using var life = new Life(_journal, Start);
        Assert.Equal(new WorldProtocol.Open(Began, TimeSpan.FromSeconds(20), TimeSpan.Zero), life.Opened);
        life.Time.RunUntil(Start + 3 * Minute);
        Assert.Empty(life.Missed);
        Assert.Equal(Opens(Began, 4), life.Shown.Select(s => s.OpensAt));
        Assert.Equal(Opens(Began, 3), life.Closed.Select(s => s.OpensAt));
        Assert.Equal(Began.AddMinutes(2), Assert.Single(life.Funding.Select(f => f.At).Distinct())); // 08:00, told before the bar that ends then.
        Assert.Equal(6, life.Board.Bars);
    }

    [Fact(DisplayName = "After a crash the venue is shown what it missed, bar by bar and with its funding; those who trade see a gap")]
    public void Goes_on()
    {
        using (var first = new Life(_journal, Start)) first.RunAndStore(Start + Minute);
        using var second = new Life(_journal, Start.AddHours(9));
        second.Time.RunUntil(Start.AddHours(9) + Minute);

        // From the bar that formed when the state was stored to the one that ended before the start, and then on without a seam.
        Assert.Equal(Opens(Began + Minute, 9 * 60 - 1), second.Missed.Select(s => s.Slice.OpensAt));
        Assert.Equal(Opens(Began.AddHours(9), 2), second.Shown.Select(s => s.OpensAt));
        Assert.Equal([Began.AddMinutes(2), Began.AddMinutes(2).AddHours(8)], second.Missed.SelectMany(s => s.Funding).Select(f => f.At).Distinct());
        Assert.Equal([Began.AddHours(9)], second.Closed.Select(s => s.OpensAt));
        AssertSameMarket(second.Missed.Select(s => s.Slice).Concat(second.Shown));
        Assert.Equal(2 * (9 * 60 + 1), second.Board.Bars);
    }

    [Fact(DisplayName = "Killed before anything but its beginning was stored, it is still the same market")]
    public void Began_once()
    {
        using (var first = new Life(_journal, Start)) first.Time.RunUntil(Start + 5 * Minute);
        using var second = new Life(_journal, Start + 5 * Minute);
        Assert.Equal(Began, second.Opened!.Began);
        AssertSameMarket(second.Missed.Select(s => s.Slice).Concat(second.Shown));
        Assert.Single(_journal.EventsOf("world"));
    }

    [Fact(DisplayName = "Of three days' absence the venue sees the last day bar by bar, and of the days before one bar for each funding")]
    public void Long_absence()
    {
        using (var first = new Life(_journal, Start)) first.RunAndStore(Start + Minute);
        var now = Start + 3 * Day;
        using var second = new Life(_journal, now);
        var (older, lastDay) = (second.Missed.Where(s => s.Slice.ClosesAt <= now - Day).ToList(), second.Missed.Where(s => s.Slice.ClosesAt > now - Day).ToList());
        Assert.Equal(24 * 60, lastDay.Count);
        Assert.Equal(6, older.Count);
        Assert.All(older, s => Assert.NotEmpty(s.Funding));
        AssertSameMarket(second.Missed.Select(s => s.Slice).Concat(second.Shown));
    }

    [Fact(DisplayName = "Thirty days' absence costs what is bounded: the venue is shown a day of bars and one for each funding before, those who trade one bar")]
    public void A_month()
    {
        using (var first = new Life(_journal, Start)) first.RunAndStore(Start + Minute);
        using var second = new Life(_journal, Start + 30 * Day);
        Assert.Equal(TimeSpan.Zero, second.Opened!.Closed);
        Assert.Equal(24 * 60 + 29 * 3, second.Missed.Count);
        Assert.Empty(second.Closed); // Nobody trades yet; what is closed next is the first bar they hear of.
        Assert.Single(second.Shown);
        second.Time.RunUntil(Start + 30 * Day + Minute);
        Assert.Single(second.Closed);
    }

    [Fact(DisplayName = "After more than thirty days it was closed for the rest: it goes on from the prices it had")]
    public void Closed()
    {
        decimal before;
        using (var first = new Life(_journal, Start))
        {
            first.RunAndStore(Start + Minute);
            before = first.Shown[^1].Bars.Span[0].Bar.Open.QuotePerBase;
        }

        var now = Start + 400 * Day;
        using var second = new Life(_journal, now);
        var firstSeen = second.Missed[0].Slice;
        Assert.InRange(now - firstSeen.OpensAt, 29 * Day, 30 * Day + TimeSpan.FromHours(8));
        Assert.InRange(second.Opened!.Missed, 29 * Day, 30 * Day + TimeSpan.FromHours(8));
        Assert.Equal(now - Start.AddSeconds(40), second.Opened.Missed + second.Opened.Closed); // From the bar that formed when the state was stored.
        Assert.Equal(before, firstSeen.Bars.Span[0].Bar.Open.QuotePerBase); // It is shown at once: funding was a minute away, and still is.
        Assert.Equal(Began + 400 * Day, Assert.Single(second.Shown).OpensAt);
    }

    [Fact(DisplayName = "The same where it was killed before anything but its beginning was stored: a year is not caught up with bar by bar")]
    public void Closed_from_its_beginning()
    {
        using (var first = new Life(_journal, Start)) first.Time.RunUntil(Start + Minute);
        var now = Start + 400 * Day;
        using var second = new Life(_journal, now);
        Assert.InRange(now - second.Missed[0].Slice.OpensAt, 29 * Day, 30 * Day + TimeSpan.FromHours(8));
        Assert.Equal(Began, second.Opened!.Began);
        Assert.Equal(now - Began, second.Opened.Missed + second.Opened.Closed);
    }

    [Fact(DisplayName = "Started with a clock that was set back, it waits for the time it has been at")]
    public void Clock_set_back()
    {
        using (var first = new Life(_journal, Start)) first.RunAndStore(Start + 10 * Minute);
        using var second = new Life(_journal, Start);
        Assert.Equal([Began.AddMinutes(10)], second.Shown.Select(s => s.OpensAt));
        second.Time.RunUntil(Start + 11 * Minute);
        Assert.Equal(Opens(Began.AddMinutes(10), 2), second.Shown.Select(s => s.OpensAt));
        Assert.Equal([Began.AddMinutes(10)], second.Closed.Select(s => s.OpensAt));
    }

    private static IEnumerable<DateTimeOffset> Opens(DateTimeOffset from, int count) => Enumerable.Range(0, count).Select(i => from + i * Minute);

    private static void AssertSameMarket(IEnumerable<MarketSlice> seen)
    {
        var market = Plan.MarketFrom(Began).Slices(0, (Start + 4 * Day).ToUnixTimeMilliseconds()).GetEnumerator();
        foreach (var slice in seen)
        {
            do Assert.True(market.MoveNext());
            while (market.Current.OpenTimeMs < slice.OpenTimeMs);
            Assert.Equal(market.Current.Bars.ToArray(), slice.Bars.ToArray());
        }
    }

    /// <summary>One process: a world, and a venue and a feed that only take down what they are told.</summary>
    private sealed class Life : IDisposable
    {
        private readonly ActorSystem _system;
        private readonly IActorRef _world;

        public VirtualTime Time { get; }
        public RunBoard Board { get; } = new([]);
        public WorldProtocol.Open? Opened { get; private set; }
        public List<MarketStep> Missed { get; } = [];
        public List<MarketSlice> Shown { get; } = [];
        public List<MarketSlice> Closed { get; } = [];
        public List<FundingRate> Funding { get; } = [];

        public Life(InMemoryJournal journal, DateTimeOffset start)
        {
            _system = ActorSystem.Create("life", EngineSettings.VirtualTime with
            {
                VirtualStart = start,
                Persistence = new JournalSettings { InMemory = journal },
                Serializers = system => [new SerializerBinding(typeof(object), new DolphinSerializer(system))],
            });
            Time = _system.VirtualTime();
            var (venue, feed) = (_system.ActorOf(Props.Create(() => new Scribe(this)), "venue"), _system.ActorOf(Props.Create(() => new Scribe(this)), "feed"));
            var board = Board;
            _world = _system.ActorOf(Props.Create(() => new WorldActor(Plan, venue, board, "")), "world");
            _world.Tell(new WorldProtocol.Begin(), feed);
            Time.RunUntilIdle();
            _world.Tell(new WorldProtocol.Connect(feed), ActorRefs.NoSender); // Who trades comes up when the venue has seen everything.
        }

        public void RunAndStore(DateTimeOffset until)
        {
            Time.RunUntil(until);
            _world.Tell(DurableProtocol.TakeSnapshot.Now, ActorRefs.NoSender);
            Time.RunUntilIdle();
        }

        public void Dispose() => _system.Dispose();

        private sealed class Scribe : ReceiveActor
        {
            public Scribe(Life life)
            {
                Receive<PaperVenueProtocol.Missed>(missed =>
                {
                    life.Missed.AddRange(missed.Steps);
                    Sender.Tell(new PaperVenueProtocol.MissedSeen());
                });
                Receive<PaperVenueProtocol.FundingAnnounced>(announced => life.Funding.AddRange(announced.Rates));
                Receive<MarketProtocol.SliceOpened>(opened => life.Shown.Add(opened.Slice));
                Receive<MarketProtocol.SliceClosed>(closed => life.Closed.Add(closed.Slice));
                Receive<WorldProtocol.Open>(open => life.Opened = open);
            }
        }
    }
}
