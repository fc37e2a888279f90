using System.Globalization;
using System.Text;
using System.Text.Json;
using Dolphin.Data.Recording;

namespace Dolphin.Venues.Binance.Recordings;

/// <summary>Rows of Binance-Data-Processor: a depth level or a trade each. Rows that belong together are put together again as the message they came from.</summary>
/// <remarks>
/// Columns are found by name, so that its depth, trade, snapshot and merged files are read alike. Lines with <c>#</c> before the header are its
/// quality report. <c>FINAL_DEPTH_SNAPSHOT</c> rows, what a book held at the end of the day before, each of another diff, are looked at for
/// their times only: they are no message.
/// </remarks>
internal sealed class CsvSource : MessageSource
{
    private const int MostRowsOfAMessage = 100_000;

    private enum Shape { None, Diff, Snapshot, Trade, Carried }

    private static readonly string[] Names =
    [
        "TimestampOfReceiveUS", "TimestampOfReceive", "EventTime", "TransactionTime", "Symbol", "FirstUpdateId", "FinalUpdateId", "FinalUpdateIdInLastStream",
        "IsAsk", "Price", "Quantity", "TradeId", "IsBuyerMarketMaker", "TimestampOfRequest", "LastUpdateId", "StreamType", "IsLast",
    ];

    private readonly int[] _columnOf = new int[Names.Length]; // -1 where the file has no such column.
    private readonly (DateTimeOffset From, string Text)? _day;
    private readonly string? _symbolOfName;
    private readonly StringBuilder _json = new();
    private readonly StringBuilder _asks = new();
    private int _columns;
    private byte[] _message = [];
    private byte[] _symbol = [];
    private Row? _next; // The row after the message that was read last.
    private bool _isHeaderRead;

    public CsvSource(string path)
        : base(path)
    {
        (_symbolOfName, _day) = OfName(System.IO.Path.GetFileName(path));
        _symbol = Encoding.UTF8.GetBytes(_symbolOfName ?? "");
    }

    public override ReadOnlySpan<byte> Symbol => _symbol;
    public override ReadOnlySpan<byte> Json => _message;

    public static bool IsHeader(ReadOnlySpan<byte> line) => line.StartsWith("TimestampOfReceive,"u8) || line.StartsWith("TimestampOfReceiveUS,"u8);

    protected override bool TryReadNext(Action<long, LineFault> faults)
    {
        while (true)
        {
            var first = _next ?? ReadRow(faults);
            _next = null;
            if (first is null) return false;
            Line = first.Line;
            ReceivedNs = LineSource.TimeOf(Encoding.ASCII.GetBytes(first.Received));
            var shape = first.Shape;
            if (shape is not Shape.Carried) CheckDay(first, faults);
            Begin(first);
            var last = first;
            for (var rows = 1; rows < MostRowsOfAMessage; rows++)
            {
                _next = ReadRow(faults);
                if (_next is null || shape == Shape.Trade || !first.IsOneMessageWith(_next)) break;
                CheckSame(last, _next, faults);
                if (last.IsLast == "1")
                    faults(last.Line, new(FindingKind.LastRowFlag, "expected IsLast 0, because the next row belongs to the same message; came 1"));
                Add(_next);
                last = _next;
            }
            if (last.IsLast == "0")
                faults(last.Line, new(FindingKind.LastRowFlag, "expected IsLast 1, because the next row belongs to another message; came 0"));
            if (shape == Shape.Carried)
            {
                Skipped += 1;
                continue;
            }
            End(first);
            return true;
        }
    }

    private static (string? Symbol, (DateTimeOffset, string)? Day) OfName(string name)
    {
        var stem = name.Split('.')[0];
        var parts = stem.Split('_');
        (DateTimeOffset, string)? day = null;
        foreach (var part in parts)
        {
            if (DateTimeOffset.TryParseExact(part, "dd-MM-yyyy", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) day = (at, part);
        }
        // The part before the date is the symbol.
        var symbol = day is { Item2: var text } && Array.IndexOf(parts, text) is var index and > 0 ? parts[index - 1].ToUpperInvariant() : null;
        return (symbol, day);
    }

    private Row? ReadRow(Action<long, LineFault> faults)
    {
        while (Text.TryRead(out var line))
        {
            if (line.IsEmpty || line[0] == '#')
            {
                if (_isHeaderRead && !line.IsEmpty)
                    faults(Text.Line, new(FindingKind.CommentedRow, $"expected a row; came one that is commented out: '{DataText.Show(line)}'"));
                Skipped++;
                continue;
            }
            var cells = Encoding.UTF8.GetString(line).Split(',');
            if (!_isHeaderRead)
            {
                _isHeaderRead = true;
                _columns = cells.Length;
                for (var i = 0; i < Names.Length; i++) _columnOf[i] = Array.IndexOf(cells, Names[i]);
                Skipped++;
                continue;
            }
            if (cells.Length == _columns) return new Row(Text.Line, cells, _columnOf);
            faults(Text.Line, new(FindingKind.Malformed, $"expected {_columns} columns; came {cells.Length} in '{DataText.Show(line)}'"));
        }
        return null;
    }

    private void CheckDay(Row row, Action<long, LineFault> faults)
    {
        if (_day is not { } day || ReceivedNs is not { } ns) return;
        var from = day.From.ToUnixTimeMilliseconds() * 1_000_000;
        const long dayNs = 86_400_000_000_000;
        // What is not even a time of our days is said of the message.
        if (ns < from - 366 * dayNs || ns > from + 366 * dayNs || ns >= from && ns < from + dayNs) return;
        faults(row.Line, new(FindingKind.OutsideDay, $"expected a time of {day.Text}, the day in the file's name; came {row.Received}"));
    }

    private static void CheckSame(Row before, Row row, Action<long, LineFault> faults)
    {
        if (row.Received != before.Received)
            faults(row.Line, new(FindingKind.BadTime, $"expected receive time {before.Received} as in the row before, of the same message; came {row.Received}"));
        if (before.Shape != Shape.Carried && row.EventTime != before.EventTime)
            faults(row.Line, new(FindingKind.BadTime, $"expected event time {before.EventTime} as in the row before, of the same message; came {row.EventTime}"));
    }

    private void Begin(Row row)
    {
        _json.Clear();
        _asks.Clear();
        switch (row.Shape)
        {
            case Shape.Diff:
                _json.Append($"{{\"e\":\"depthUpdate\",\"E\":{Whole(row.EventTime)},\"s\":{Quoted(row.Symbol)},\"U\":{Whole(row.First)},\"u\":{Whole(row.Last)}");
                if (row.Previous is { Length: > 0 } previous) _json.Append($",\"pu\":{Whole(previous)}");
                _json.Append(",\"b\":[");
                Add(row);
                break;
            case Shape.Snapshot:
                _json.Append($"{{\"lastUpdateId\":{Whole(row.LastUpdateId)},\"bids\":[");
                Add(row);
                break;
            case Shape.Trade:
                _json.Append($"{{\"e\":\"trade\",\"E\":{Whole(row.EventTime)},\"s\":{Quoted(row.Symbol)},\"t\":{Whole(row.TradeId)},\"p\":{Quoted(row.Price)},\"q\":{Quoted(row.Quantity)},")
                    .Append($"\"T\":{Whole(row.TransactionTime)},\"m\":{(row.IsBuyerMaker == "1" ? "true" : "false")}}}");
                break;
        }
        if (row.Symbol.Length > 0 && row.Symbol != _symbolOfName) _symbol = Encoding.UTF8.GetBytes(row.Symbol);
    }

    private void Add(Row row)
    {
        if (row.Shape == Shape.Carried) return;
        var side = row.IsAsk == "1" ? _asks : _json;
        if (side.Length > 0 && side[^1] == ']') side.Append(',');
        side.Append($"[{Quoted(row.Price)},{Quoted(row.Quantity)}]");
    }

    private void End(Row row)
    {
        if (row.Shape != Shape.Trade) _json.Append(row.Shape == Shape.Diff ? "],\"a\":[" : "],\"asks\":[").Append(_asks).Append("]}");
        _message = Encoding.UTF8.GetBytes(_json.ToString());
    }

    // What is no number is left for the parser to refuse: as a text where it wants a number.
    private static string Whole(string cell) => cell.Length > 0 && cell.All(char.IsAsciiDigit) && (cell.Length == 1 || cell[0] != '0') ? cell : Quoted(cell);
    private static string Quoted(string cell) => $"\"{JsonEncodedText.Encode(cell)}\"";

    private sealed record Row(long Line, string[] Cells, int[] ColumnOf)
    {
        private string this[int name] => ColumnOf[name] < 0 ? "" : Cells[ColumnOf[name]];

        public string Received => ColumnOf[0] >= 0 ? this[0] : this[1];
        public string EventTime => this[2];
        public string TransactionTime => this[3];
        public string Symbol => this[4];
        public string First => this[5];
        public string Last => this[6];
        public string? Previous => this[7];
        public string IsAsk => this[8];
        public string Price => this[9];
        public string Quantity => this[10];
        public string TradeId => this[11];
        public string IsBuyerMaker => this[12];
        public string Requested => this[13];
        public string LastUpdateId => this[14];
        public string StreamType => this[15];
        public string IsLast => this[16];

        public Shape Shape =>
            StreamType == "FINAL_DEPTH_SNAPSHOT" ? Shape.Carried : TradeId.Length > 0 ? Shape.Trade : LastUpdateId.Length > 0 ? Shape.Snapshot : Shape.Diff;

        public bool IsOneMessageWith(Row next) => Shape == next.Shape && Shape switch
        {
            Shape.Diff => (First, Last, Previous, Symbol) == (next.First, next.Last, next.Previous, next.Symbol),
            Shape.Snapshot => (LastUpdateId, Requested) == (next.LastUpdateId, next.Requested),
            Shape.Carried => true,
            _ => false,
        };
    }
}
