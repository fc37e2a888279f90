using System.Collections.Immutable;
using Dolphin.Domain.Market;

namespace Dolphin.Venues.Binance.Live;

/// <summary>Which of the venue's entrances a stream is served at. Since April 2026 it acknowledges a subscription at the wrong one and sends nothing.</summary>
public enum StreamRoute
{
    /// <summary>Order books: <c>depth</c> and <c>bookTicker</c>.</summary>
    Public,
    /// <summary>Everything else: trades, mark prices, liquidations.</summary>
    Market,
}

/// <summary>One connection: the streams of a few symbols at one entrance.</summary>
/// <param name="Symbols">Indices into the list the plan was made for.</param>
/// <param name="Streams">As the venue names them: <c>btcusdt@aggTrade</c>.</param>
public sealed record PlannedConnection(StreamRoute Route, ImmutableArray<int> Symbols, ImmutableArray<string> Streams);

/// <summary>Which streams go on which connection. The same symbols come to the same plan.</summary>
/// <remarks>
/// All streams that a symbol has at one entrance are on one connection, so that it is either there or not. A connection has far fewer streams than
/// the venue allows: one that breaks takes fewer symbols with it, and 500 symbols still come to thirteen connections of 200 streams, of 300
/// that may be opened in five minutes.
/// </remarks>
public static class StreamPlan
{
    // forceOrder is parsed, counted and shown, and nobody decides by it: L7 hears of shocks by bars and factors.
    private static readonly string[] OfBooks = ["depth@100ms", "bookTicker"], OfMarket = ["aggTrade", "markPrice@1s", "forceOrder"];

    /// <param name="streamsPerConnection">At least three.</param>
    public static ImmutableArray<PlannedConnection> Of(ImmutableArray<Symbol> symbols, int streamsPerConnection) =>
        [.. Of(StreamRoute.Public, OfBooks, symbols, streamsPerConnection), .. Of(StreamRoute.Market, OfMarket, symbols, streamsPerConnection)];

    private static IEnumerable<PlannedConnection> Of(StreamRoute route, string[] kinds, ImmutableArray<Symbol> symbols, int streamsPerConnection) =>
        Enumerable.Range(0, symbols.Length).Chunk(streamsPerConnection / kinds.Length).Select(group => new PlannedConnection(
            route, [.. group], [.. group.SelectMany(index => kinds.Select(kind => $"{symbols[index].Name.ToLowerInvariant()}@{kind}"))]));
}
