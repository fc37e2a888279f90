using System.Globalization;
using Dolphin.Domain.OrderBooks;

namespace Dolphin.Venues.Binance.Live;

/// <summary>Where the market's data comes from and what bounds it. Values with their reasons are in hocon/reference.conf.</summary>
public sealed record FeedSettings
{
    /// <summary>The venue allows 1,024 streams a connection.</summary>
    public const int MostStreams = 1_024;

    /// <summary><c>ws</c> or <c>wss</c>. Books are at <c>/public/stream</c> under it, everything else at <c>/market/stream</c>.</summary>
    public required Uri Streams { get; init; }

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public required Uri Rest { get; init; }

    /// <summary>3 to <see cref="MostStreams"/>.</summary>
    public required int StreamsPerConnection { get; init; }

    /// <summary>A connection of this age is replaced; at most 23 h 30 min, because the venue cuts it at 24 h.</summary>
    public required TimeSpan RotateAfter { get; init; }

    /// <summary>A connection that brings nothing for so long is given up, and a symbol without a mark price for so long has no bars.</summary>
    public required TimeSpan SilentAfter { get; init; }

    /// <summary>A mark price or a trade that comes later than this counts as none; a minute at most, however long a silence may last.</summary>
    internal TimeSpan LatestMark => SilentAfter < TimeSpan.FromMinutes(1) ? SilentAfter : TimeSpan.FromMinutes(1);

    /// <summary>A book without an update for so long, or with one that comes so late, is not priced from any more.</summary>
    public required TimeSpan StaleAfter { get; init; }

    /// <summary>Levels a side: 5, 10, 20, 50, 100, 500 or 1,000, which is what the venue answers.</summary>
    public required int SnapshotLevels { get; init; }

    /// <summary>Of the venue's request weight for each minute, above 0, at most 0.8: the rest is for orders and for others behind the same address.</summary>
    public required double WeightShare { get; init; }

    /// <summary>Bytes of one message; a longer one closes its connection. 64 KiB to <see cref="Binance.Streams.MessageParser.LongestMessage"/>.</summary>
    public required int LargestFrame { get; init; }

    /// <summary>How often what the venue lists is asked for again.</summary>
    public required TimeSpan RelistEvery { get; init; }

    /// <summary>How long before the venue settles a symbol for good what is held of it is to be closed.</summary>
    public required TimeSpan CloseBeforeDelivery { get; init; }

    /// <summary>How far from the middle a book's notional is summed up; basis points.</summary>
    public required double NearBps { get; init; }

    /// <summary>How far the levels near the best are shown; <c>default</c>: not at all.</summary>
    public LevelReach Queues { get; init; }

    /// <summary>A trade further from the mark price, or a mark price further from its index, than this fraction is not believed.</summary>
    public required double AbsurdMove { get; init; }

    /// <summary>A book whose middle is further from the mark price than this fraction, up or down in proportion, is not believed.</summary>
    public required double AbsurdBook { get; init; }

    /// <summary>Says everything that is wrong.</summary>
    /// <param name="path">Where the settings stand, such as <c>dolphin.venues.binance</c>; every message begins with a key under it.</param>
    /// <returns>Whether nothing is.</returns>
    public bool Check(string path, ICollection<string> errors)
    {
        var before = errors.Count;
        Expect(IsAddress(Streams, "wss", "ws"), "streams", Streams, "an address such as wss://fstream.binance.com; ws:// only on this machine");
        Expect(IsAddress(Rest, "https", "http"), "rest", Rest, "an address such as https://fapi.binance.com; http:// only on this machine");
        Expect(StreamsPerConnection is >= 3 and <= MostStreams, "streams-per-connection", StreamsPerConnection, "3 to 1024: a symbol has up to three on one connection");
        Expect(Within(RotateAfter, TimeSpan.FromSeconds(1), TimeSpan.FromHours(23.5)), "rotate-after", RotateAfter, "1s to 23.5h: the venue cuts at 24 h");
        Expect(Within(SilentAfter, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(3)), "silent-after", SilentAfter, "100ms to 3m");
        Expect(Within(StaleAfter, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)), "stale-after", StaleAfter, "100ms to 10m");
        Expect(SnapshotLevels is 5 or 10 or 20 or 50 or 100 or 500 or 1_000, "snapshot-levels", SnapshotLevels, "one of 5, 10, 20, 50, 100, 500, 1000");
        Expect(WeightShare is > 0d and <= 0.8d, "weight-share", WeightShare, "above 0, at most 0.8: a fifth is kept for exits");
        Expect(LargestFrame is >= 65_536 and <= Binance.Streams.MessageParser.LongestMessage, "largest-frame", LargestFrame, "64 KiB to 8 MiB");
        Expect(Within(RelistEvery, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)), "relist-every", RelistEvery, "1s to 1d");
        Expect(Within(CloseBeforeDelivery, TimeSpan.FromMinutes(30), TimeSpan.FromDays(30)), "close-before-delivery", CloseBeforeDelivery, "30m to 30d: in the last half hour the venue opens nothing");
        Expect(NearBps is >= 1d and <= 1_000d, "near-bps", NearBps, "1 to 1000");
        Expect(AbsurdMove is >= 0.05d and <= 10d, "absurd-move", AbsurdMove, "0.05 to 10: below it a market can really go");
        Expect(AbsurdBook is >= 0.01d and <= 10d, "absurd-book", AbsurdBook, "0.01 to 10: below it books are in a lively minute");
        return errors.Count == before;

        void Expect(bool good, string key, object value, string expected)
        {
            if (!good) errors.Add(string.Create(CultureInfo.InvariantCulture, $"{path}.{key} is {value}; expected {expected}."));
        }
    }

    /// <summary>Request weight of one snapshot. Source: "Order Book" of the venue's USDⓈ-M documentation.</summary>
    internal int SnapshotWeight => SnapshotLevels switch { <= 50 => 2, 100 => 5, 500 => 10, _ => 20 };

    private static bool IsAddress(Uri address, string safe, string open) => address.Scheme == safe || address.Scheme == open && address.IsLoopback;

    private static bool Within(TimeSpan value, TimeSpan least, TimeSpan most) => value >= least && value <= most;
}
