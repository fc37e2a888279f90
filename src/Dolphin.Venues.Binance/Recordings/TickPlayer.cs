using System.Text;
using Dolphin.Domain.Market;
using Dolphin.Venues.Binance.Depth;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Recordings;

/// <summary>Plays the messages of one symbol of a raw recording in the order and at the times they were received.</summary>
/// <remarks>
/// A line that cannot be read is passed over, as a live feed does; <see cref="RecordingCheck"/> says what is wrong with a recording. A file that cannot be read to its end is
/// refused before anything is played. Times that go back stand still.
/// </remarks>
public static class TickPlayer
{
    private const int LookEvery = 1 << 12;

    /// <param name="paths">The files of one session, with receive times.</param>
    /// <param name="symbol">Null: the only one there is.</param>
    /// <exception cref="InvalidDataException">No such symbol, several to choose from, no receive times, or a file that is cut off or damaged.</exception>
    /// <exception cref="IOException">A file cannot be opened or read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static void Play(IReadOnlyList<string> paths, Symbol? symbol, ITickListener listener, CancellationToken cancellation = default)
    {
        var (played, grid, trades) = Choose(paths, symbol, cancellation);
        listener.Begin(played, grid);
        var (books, now) = (new BookSet(), DateTimeOffset.MinValue);
        var book = books.Add(played, grid);
        using var merge = new MessageMerge(paths, static (_, _, _) => { });
        for (long number = 1; merge.TryRead(out var source); number++)
        {
            if (number % LookEvery == 0) cancellation.ThrowIfCancellationRequested();
            if (MessageParser.Read(source.Json, out var message) != MessageFault.None || !IsOf(books, message, source, trades)) continue;
            if (source.ReceivedNs is not { } ns) throw new InvalidDataException($"{source.Path}:{source.Line}: expected a receive time before the message; came none. Nothing can be timed by it.");
            var at = DateTimeOffset.UnixEpoch.AddTicks(ns / TimeSpan.NanosecondsPerTick);
            if (at > now) now = at;
            listener.Advance(now);
            Take(books, book, message, ns, now, listener);
        }
    }

    private static void Take(BookSet books, DepthBook book, in StreamMessage message, long ns, DateTimeOffset now, ITickListener listener)
    {
        switch (message.Kind)
        {
            case MessageKind.DepthDiff:
                books.TakeDiff(message, ns, out _, out _);
                listener.OnBook(book.IsValid ? book.Levels : null, now);
                break;
            case MessageKind.DepthSnapshot:
                books.TakeSnapshot(0, message, ns, out _);
                listener.OnBook(book.IsValid ? book.Levels : null, now);
                break;
            default:
                if (Trade.Read(message, book.Grid, out var trade) == MessageFault.None && trade.At.Lots > 0) listener.OnTrade(trade, now);
                break;
        }
    }

    private static bool IsOf(BookSet books, in StreamMessage message, MessageSource source, MessageKind trades) => message.Kind switch
    {
        var kind when kind == MessageKind.DepthDiff || kind == trades => books.IndexOf(message.Symbol) == 0,
        MessageKind.DepthSnapshot => (message.Symbol.IsEmpty ? source.Symbol : message.Symbol) is var name && (name.IsEmpty || books.IndexOf(name) == 0),
        _ => false,
    };

    // A recording has trades one by one or in aggregates, or both; of both one kind is enough.
    private static (Symbol Symbol, SymbolGrid Grid, MessageKind Trades) Choose(IReadOnlyList<string> paths, Symbol? wanted, CancellationToken cancellation)
    {
        var (survey, trades) = (new GridSurvey(), MessageKind.AggregateTrade);
        using (var merge = new MessageMerge(paths, static (_, _, _) => { }))
        {
            for (long number = 1; merge.TryRead(out var source); number++)
            {
                if (number % LookEvery == 0) cancellation.ThrowIfCancellationRequested();
                if (MessageParser.Read(source.Json, out var message) != MessageFault.None) continue;
                survey.Look(message, source.Symbol);
                if (message.Kind == MessageKind.Trade) trades = MessageKind.Trade;
            }

            foreach (var source in merge.Sources)
                if (source.Stopped is { } stop) throw new InvalidDataException($"{source.Path}:{source.Line + 1}: expected {stop.Expected}; came {stop.Came}. The rest of the file cannot be read.");
        }

        var symbols = survey.Symbols.ToList();
        foreach (var (symbol, grid) in symbols)
            if (wanted is { } one ? symbol == one : symbols.Count == 1) return (symbol, grid, trades);
        var names = new StringBuilder().AppendJoin(", ", symbols.Take(10).Select(s => s.Symbol.Name));
        throw new InvalidDataException(wanted is { } missing
            ? $"Expected messages of {missing}; the recording has {(symbols.Count == 0 ? "none of any symbol" : $"those of {names}")}."
            : $"Expected messages of one symbol; the recording has {(symbols.Count == 0 ? "none" : $"{symbols.Count}: {names}. Name one with --symbol")}.");
    }
}
