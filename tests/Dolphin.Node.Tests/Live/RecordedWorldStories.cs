using Dolphin.Actors.Market;
using Dolphin.Actors.Venue;
using Dolphin.Data;
using Dolphin.Data.Recording;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Node.Tests.Live;

/// <summary>A recording put onto the wall clock, in virtual time: each life is a start of the process.</summary>
public sealed class RecordedWorldStories
{
    private static readonly DateTimeOffset Recorded = new(2025, 5, 12, 7, 58, 0, TimeSpan.Zero), Start = new(2026, 1, 5, 12, 0, 0, 400, TimeSpan.Zero);
    private static readonly DateTimeOffset Began = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Bar = TimeSpan.FromSeconds(1);

    // Two symbols, of which the second lacks its third minute and both lack the sixth; funding at the recording's own times.
    private static readonly BarTape Tape = new(TimeSpan.FromMinutes(1),
        [Series("AAAUSDT", 0, 1, 2, 3, 4, 6, 7), Series("BBBUSDT", 0, 1, 3, 4, 6, 7)],
        [new(new("AAAUSDT"), Recorded.AddMinutes(2), 0.0001m), new(new("BBBUSDT"), Recorded.AddMinutes(3.5), -0.0002m), new(new("AAAUSDT"), Recorded.AddMinutes(5.5), 0.0003m)]);

    private readonly InMemoryJournal _journal = new();

    [Fact(DisplayName = "Slice k of the recording is the bar that opens k bars after the beginning, with its prices and volumes as recorded")]
    public void Onto_the_clock()
    {
        using var life = Life(Start);
        Assert.Equal(Began, life.Opened!.Began);
        life.Time.RunUntil(Start + 4 * Bar);
        Assert.Equal([0, 1, 2, 3, 4], life.Shown.Select(Second));
        Assert.Equal([0, 1, 2, 3], life.Closed.Select(Second));
        Assert.All(life.Shown, s => Assert.Equal(Bar, s.Interval));
        Assert.Equal(["AAAUSDT 100", "BBBUSDT 100"], Text(life.Shown[0]));
        Assert.Equal(["AAAUSDT 102"], Text(life.Shown[2])); // As recorded, a symbol without a bar has none.
        Assert.All(life.Shown.SelectMany(s => s.Bars.ToArray().Select(b => (s, b))), x => Assert.Equal(x.s.OpenTimeMs, x.b.Bar.OpenTimeMs));
    }

    [Fact(DisplayName = "Funding keeps its place: at a bar's end, halfway through it, and in a gap at the end of the bar before")]
    public void Funding()
    {
        using var life = Life(Start);
        life.Time.RunUntil(Start + 6 * Bar);
        Assert.Equal([(Began + 2 * Bar, 0.0001m), (Began + 3.5 * Bar, -0.0002m), (Began + 5 * Bar, 0.0003m)], life.Funding.Select(f => (f.At, f.Rate)));
        var before = life.Watched.IndexOf(life.Watched.OfType<PaperVenueProtocol.FundingAnnounced>().First());
        Assert.Equal(1, Second(Assert.IsType<MarketProtocol.SliceOpened>(life.Watched[before + 1]).Slice)); // Told before the bar it falls into.
    }

    [Fact(DisplayName = "A minute in which nobody traded takes no time; after the last bar there are none, and whoever watches is told")]
    public void Ends()
    {
        using var life = Life(Start);
        life.Time.RunUntil(Start + 100 * Bar);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], life.Closed.Select(Second));
        Assert.Equal(["AAAUSDT 106", "BBBUSDT 106"], Text(life.Closed[5]));
        Assert.Equal(Began + 7 * Bar, life.Ended);
        Assert.Equal(13, life.Board.Bars);
    }

    [Fact(DisplayName = "After a crash it goes on where the wall clock is by then; the venue is shown what was missed, those who trade see a gap")]
    public void Goes_on()
    {
        using (var first = Life(Start)) first.RunAndStore(Start + Bar);
        using var second = Life(Start + 3 * Bar);
        Assert.Equal(Began, second.Opened!.Began);
        second.Time.RunUntil(Start + 4 * Bar);
        Assert.Equal([1, 2], second.Missed.Select(s => Second(s.Slice)));
        Assert.Equal([3, 4], second.Shown.Select(Second));
        Assert.Equal([3], second.Closed.Select(Second));
        Assert.Equal(["AAAUSDT 103", "BBBUSDT 103"], Text(second.Shown[0]));
        Assert.Equal([Began + 2 * Bar], second.Missed.SelectMany(s => s.Funding).Select(f => f.At));
    }

    [Fact(DisplayName = "Killed before anything but its beginning was stored, it began when it began")]
    public void Began_once()
    {
        using (var first = Life(Start)) first.Time.RunUntil(Start + 2 * Bar);
        using var second = Life(Start + 5 * Bar);
        Assert.Equal(Began, second.Opened!.Began);
        Assert.Equal([0, 1, 2, 3, 4], second.Missed.Select(s => Second(s.Slice)));
        Assert.Equal([5], second.Shown.Select(Second));
    }

    [Fact(DisplayName = "Started when the recording has long been over, the venue is shown the rest of it, and nobody waits for a bar")]
    public void Starts_after_the_end()
    {
        using (var first = Life(Start)) first.RunAndStore(Start + 5 * Bar);
        for (var day = 1; day <= 2; day++)
        {
            using var later = Life(Start.AddDays(day));
            Assert.NotNull(later.Opened);
            Assert.Empty(later.Shown);
            Assert.Equal(Began + 7 * Bar, later.Ended);
            Assert.Equal(["AAAUSDT 107", "BBBUSDT 107"], Text(later.Missed[^1].Slice));
            later.RunAndStore(Start.AddDays(day).AddSeconds(3)); // The last bars are shown again to the next life, which has to know what things cost.
        }
    }

    [Fact(DisplayName = "Nobody there for forty days: it was closed for those beyond thirty, and goes on with the slice that was due")]
    public void Closed()
    {
        var day = TimeSpan.FromDays(1);
        var world = new RecordedWorld(Tape, TimeSpan.FromHours(8));
        using (var first = new WorldLife(world, _journal, Start)) first.RunAndStore(Start.AddHours(1));
        using var second = new WorldLife(world, _journal, Start + 40 * day);
        Assert.InRange(second.Opened!.Closed, 9 * day, 10 * day + TimeSpan.FromHours(8));
        var opened = second.Missed.Select(s => (Text(s.Slice)[0], s.Slice.OpensAt)).First();
        Assert.Equal(("AAAUSDT 101", second.Opened.Began + second.Opened.Closed + TimeSpan.FromHours(8)), opened); // Older than a day: the first that has funding, which is the second bar.
    }

    private WorldLife Life(DateTimeOffset start) => new(new RecordedWorld(Tape, Bar), _journal, start);

    private static int Second(MarketSlice slice) => (int)((slice.OpensAt - Began) / Bar);
    private static string[] Text(MarketSlice slice) => [.. slice.Bars.ToArray().Select(b => $"{b.Symbol} {b.Bar.Close}")];

    private static SymbolSeries Series(string symbol, params int[] minutes) => new(
        new(symbol), minutes.Select(m => new Bar(Recorded.AddMinutes(m).ToUnixTimeMilliseconds(), Price.Of(100m + m), Price.Of(100m + m), Price.Of(100m + m), Price.Of(100m + m), new(5m))).ToArray(),
        new Decimals(0, 0));
}
