using System.Collections.Concurrent;
using System.Collections.Immutable;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Venues.Binance.Live;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Tests.Live;

/// <summary>A feed on a stand-in, with bounds that a test can reach.</summary>
internal sealed class OpenFeed : IAsyncDisposable
{
    // Far beyond what a loaded machine needs: only a failing test waits so long.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly ConcurrentQueue<string> _said = new();

    private OpenFeed(StandInVenue venue) => Venue = venue;

    public StandInVenue Venue { get; }
    public MarketFeed Feed { get; private set; } = null!; // Until it is open.
    public ImmutableArray<string> Said => [.. _said];

    public static FeedSettings SettingsOf(StandInVenue venue) => new()
    {
        Streams = venue.Streams, Rest = venue.Rest, StreamsPerConnection = 200, RotateAfter = TimeSpan.FromHours(23), SilentAfter = TimeSpan.FromMinutes(3),
        StaleAfter = TimeSpan.FromMinutes(3), SnapshotLevels = 500, WeightShare = 0.8, LargestFrame = 1 << 20, RelistEvery = TimeSpan.FromHours(1), CloseBeforeDelivery = TimeSpan.FromHours(2), NearBps = 25, AbsurdMove = 0.5, AbsurdBook = 0.15,
    };

    public static async Task<OpenFeed> OnAsync(StandInVenue venue, Func<FeedSettings, FeedSettings>? change = null)
    {
        var open = new OpenFeed(venue);
        var settings = (change ?? (s => s))(SettingsOf(venue));
        var rest = new PublicRest(settings, new HostBudget(settings.WeightShare, TimeProvider.System), TimeProvider.System);
        var listed = await rest.ListAsync(default);
        open.Feed = new MarketFeed(settings, listed, [.. venue.Markets.Select(m => new Symbol(m.Symbol)).Order()], rest, seed: 7, TimeProvider.System, open._said.Enqueue);
        return open;
    }

    /// <summary>Turns the market until it is so.</summary>
    public Task TurnUntil(string what, Func<bool> holds) => Until(what, holds, () => Venue.Turn());

    /// <summary>Every connection there and every book valid.</summary>
    public Task ComeUpAsync() => TurnUntil("every connection is there and every book valid", () => Feed.Health is var h && h.LinesUp == h.Lines && h.ValidBooks == h.Symbols);

    public async Task Until(string what, Func<bool> holds, Action? between = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
                throw new TimeoutException($"It never was so: {what}. {Feed.Health}; {Show(Feed.Counts)}; said: {string.Join(" | ", Said)}");
            between?.Invoke();
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }

    public BookSummary[] Summaries()
    {
        var summaries = new BookSummary[Feed.Symbols.Length];
        Assert.Equal(summaries.Length, Feed.Summarize(summaries));
        return summaries;
    }

    public long this[FeedCount count] => Feed.Counts[count];

    public ValueTask DisposeAsync() => Feed.DisposeAsync();

    public static string Show(FeedCounts counts) =>
        string.Join(", ", Enum.GetValues<FeedCount>().Where(c => counts[c] != 0).Select(c => $"{c} {counts[c]}"))
        + string.Concat(Enum.GetValues<MessageFault>().Where(f => counts[f] != 0).Select(f => $", {f} {counts[f]}"));
}
