using System.Globalization;
using System.Text;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Venues.Binance.Depth;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Benchmarks.Books;

/// <summary>
/// Level updates a second of the order book beside two plain ones, raw messages to updated book, and four hundred books at once; on the flow of
/// a recording, one core, in processor time of the thread. The shortest of many short rounds is nearest to what the code takes on a machine that others use too.
/// </summary>
internal static class BookTrials
{
    private const int Rounds = 40;
    private const int Symbols = 400;
    private const int Steps = 100; // Of 100 ms: ten seconds of market.

    public static int Run(string[] args, TextWriter output)
    {
        if (args is not ["--data", var path] || !File.Exists(path))
        {
            output.WriteLine("Expected: books --data FILE, recording 04's usdm_btcusdt_20240808.gz.");
            return 2;
        }

        output.WriteLine(Machine.Describe());
        var recorded = RecordedDepth.Read(path, new SymbolGrid(new(1), new(3)));
        output.WriteLine(Text($"{Path.GetFileName(path)}: {recorded.Texts.Count} messages, {recorded.Diffs.Count} diffs with {recorded.Levels} levels; best and median of {Rounds} rounds, in turn"));
        Books(recorded, output);
        Messages(recorded, output);
        FourHundred(recorded, output);
        output.WriteLine(Machine.Load());
        return 0;
    }

    private static void Books(RecordedDepth recorded, TextWriter output)
    {
        IMeasuredBook[] books = [new DolphinBook(), new SortedBook(), new HashBook()];
        var checks = new long[books.Length];
        var rates = InTurn(books.Length, b =>
        {
            books[b].Clear();
            books[b].Apply(recorded.Snapshot.Bids, recorded.Snapshot.Asks);
            var since = ProcessorTime.OfThread();
            checks[b] = Replay(books[b], recorded);
            return recorded.Levels / (ProcessorTime.OfThread() - since);
        });
        if (checks.Distinct().Count() != 1) throw new InvalidOperationException("The books do not agree on their best prices.");
        output.WriteLine("book alone, both best prices asked for after every diff: million level updates/s");
        for (var b = 0; b < books.Length; b++)
            output.WriteLine(Text($"  {books[b].Name,-16} best {rates[b].Best / 1e6:0.0}, median {rates[b].Median / 1e6:0.0}; OrderBook is {rates[0].Best / rates[b].Best:0.0} times it (medians {rates[0].Median / rates[b].Median:0.0})"));
    }

    private static long Replay(IMeasuredBook book, RecordedDepth recorded)
    {
        long check = 0;
        foreach (var (bids, asks) in recorded.Diffs)
        {
            book.Apply(bids, asks);
            var (bid, ask) = book.Best;
            check = check * 31 + bid + ask;
        }
        return check;
    }

    private static void Messages(RecordedDepth recorded, TextWriter output)
    {
        var plain = new PlainReader(recorded.Grid);
        var plainBook = new OrderBook();
        var bytes = recorded.DiffTexts.Sum(t => (long)t.Length);
        var allocated = 0L;
        var rates = InTurn(3, w =>
        {
            var books = Fresh(recorded, 1);
            var since = ProcessorTime.OfThread();
            switch (w)
            {
                case 0:
                    foreach (var text in recorded.DiffTexts) Take(books, text);
                    break;
                case 1:
                    foreach (var text in recorded.DiffTexts)
                    {
                        plain.Read(text);
                        plainBook.Apply(plain.Bids, plain.Asks);
                    }
                    break;
                default:
                    var half = recorded.Texts.Count / 2; // By then the book has grown to the pages that it needs.
                    for (var i = 0; i < half; i++) TakeAny(books, recorded.Texts[i]);
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    for (var i = half; i < recorded.Texts.Count; i++) TakeAny(books, recorded.Texts[i]);
                    allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                    break;
            }
            var seconds = ProcessorTime.OfThread() - since;
            return (w == 2 ? recorded.Texts.Count : recorded.Levels) / seconds;
        });
        output.WriteLine("raw message to updated book, with bridging: million levels/s");
        output.WriteLine(Text($"  MessageParser    best {rates[0].Best / 1e6:0.0}, median {rates[0].Median / 1e6:0.0}; {rates[0].Best * bytes / recorded.Levels / 1e6:0} MB/s; {rates[0].Best / rates[1].Best:0.0} times Utf8JsonReader (medians {rates[0].Median / rates[1].Median:0.0})"));
        output.WriteLine(Text($"  Utf8JsonReader   best {rates[1].Best / 1e6:0.0}, median {rates[1].Median / 1e6:0.0}; the same numbers and book, ids and gaps not looked at"));
        output.WriteLine(Text($"every message of the recording, tickers and trades too: best {rates[2].Best / 1e6:0.00}, median {rates[2].Median / 1e6:0.00} million messages/s; {allocated} bytes allocated for the second half of them"));
    }

    private static void FourHundred(RecordedDepth recorded, TextWriter output)
    {
        // Every symbol has the recording's flow, under a name of its own: as if all were as busy as BTCUSDT.
        var steps = Math.Min(Steps, recorded.DiffTexts.Count);
        var texts = new byte[steps][][];
        for (var step = 0; step < steps; step++)
        {
            var text = Encoding.UTF8.GetString(recorded.DiffTexts[step]);
            texts[step] = [.. Enumerable.Range(0, Symbols).Select(s => Encoding.UTF8.GetBytes(text.Replace("BTCUSDT", Name(s), StringComparison.Ordinal)))];
        }
        BookSet books = null!;
        var times = new List<double>();
        for (var round = 0; round < 6; round++)
        {
            books = Fresh(recorded, Symbols);
            var since = ProcessorTime.OfThread();
            foreach (var step in texts)
                foreach (var text in step) Take(books, text);
            times.Add(ProcessorTime.OfThread() - since);
        }
        var levels = Symbols * recorded.Diffs.Take(steps).Sum(d => (long)d.Bids.Length + d.Asks.Length);
        var bytes = Enumerable.Range(0, Symbols).Sum(s => books[s].Levels.Bytes);
        var seconds = steps * 0.1;
        output.WriteLine(Text($"{Symbols} symbols, a diff each every 100 ms, {levels / (double)(Symbols * steps):0} levels a diff: {times.Min() / seconds:0.000} of a core (median {Median(times) / seconds:0.000}), {levels / times.Min() / 1e6:0.0} million levels/s"));
        output.WriteLine(Text($"memory of those books: {bytes / 1e6:0.0} MB, {bytes / Symbols / 1024.0:0} KB each, {books[0].Levels.BidCount} bids and {books[0].Levels.AskCount} asks in the first"));
    }

    private static string Name(int symbol) => string.Create(CultureInfo.InvariantCulture, $"S{symbol:000}USD");

    private static BookSet Fresh(RecordedDepth recorded, int symbols)
    {
        var books = new BookSet();
        MessageParser.Read(recorded.SnapshotText, out var snapshot);
        for (var s = 0; s < symbols; s++)
        {
            books.Add(new Symbol(symbols == 1 ? "BTCUSDT" : Name(s)), recorded.Grid);
            books.TakeSnapshot(s, snapshot, 0, out _);
        }
        return books;
    }

    private static void Take(BookSet books, ReadOnlySpan<byte> text)
    {
        var fault = MessageParser.Read(text, out var message);
        var verdict = default(DiffVerdict);
        if (fault == MessageFault.None) fault = books.TakeDiff(message, 0, out _, out verdict);
        if (fault != MessageFault.None || verdict != DiffVerdict.Apply) throw new InvalidOperationException($"Expected a diff that follows; came {fault}, {verdict}.");
    }

    private static void TakeAny(BookSet books, ReadOnlySpan<byte> text)
    {
        var fault = MessageParser.Read(text, out var message);
        var grid = books[0].Grid;
        switch (message.Kind)
        {
            case MessageKind.DepthDiff: fault = books.TakeDiff(message, 0, out _, out _); break;
            case MessageKind.BookTicker: fault = BookTicker.Read(message, grid, out _); break;
            case MessageKind.Trade: fault = Trade.Read(message, grid, out _); break;
        }
        if (fault != MessageFault.None) throw new InvalidOperationException($"Expected a sound message; came {fault}.");
    }

    private static (double Best, double Median)[] InTurn(int ways, Func<int, double> measure)
    {
        for (var w = 0; w < ways; w++)
            for (var i = 0; i < 3; i++) measure(w); // Compiled, and compiled again with what was learned.
        var rates = Enumerable.Range(0, ways).Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < Rounds; round++)
            for (var w = 0; w < ways; w++) rates[w].Add(measure(w));
        return [.. rates.Select(r => (r.Max(), Median(r)))];
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
