using System.Text;
using Dolphin.Data.Recording;
using Dolphin.Domain.Market;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Depth;

/// <summary>The books of all symbols of a feed, fed with messages as the venue sends them. Not safe for several threads.</summary>
/// <remarks>A message with a fault changes no book. The ids of a refused diff are missing from then on, so the next one is a gap, and the book begins again.</remarks>
public sealed class BookSet
{
    private readonly ByteNames _names = new();
    private readonly List<Symbol> _symbols = [];
    private readonly List<DepthBook> _books = [];
    private readonly LevelScratch _scratch = new();

    public int Count => _books.Count;

    public DepthBook this[int index] => _books[index];

    public Symbol SymbolAt(int index) => _symbols[index];

    /// <returns>-1 for a symbol that was not added.</returns>
    public int IndexOf(ReadOnlySpan<byte> symbol) => _names.IndexOf(symbol);

    /// <exception cref="ArgumentException">The symbol is there already.</exception>
    public DepthBook Add(Symbol symbol, SymbolGrid grid)
    {
        var name = Encoding.UTF8.GetBytes(symbol.Name);
        if (_names.IndexOf(name) >= 0) throw new ArgumentException($"{symbol} has a book already.", nameof(symbol));
        _names.Add(name);
        _symbols.Add(symbol);
        _books.Add(new DepthBook(grid));
        return _books[^1];
    }

    /// <summary>The symbol's steps have changed: its book begins anew with others, and the one before is of no use to anybody.</summary>
    public DepthBook Renew(int index, SymbolGrid grid) => _books[index] = new DepthBook(grid);

    /// <summary>Takes a <see cref="MessageKind.DepthDiff"/>.</summary>
    /// <param name="now">When it came, see <see cref="DepthBook"/>.</param>
    /// <param name="index">Whose book it is; -1 for a symbol that was not added.</param>
    /// <param name="verdict">Of use where there is no fault.</param>
    /// <param name="isAhead">What does not follow yet will come once more: it is passed over (<see cref="DiffVerdict.Ahead"/>) and breaks nothing.</param>
    public MessageFault TakeDiff(in StreamMessage message, long now, out int index, out DiffVerdict verdict, bool isAhead = false)
    {
        verdict = default;
        index = IndexOf(message.Symbol);
        if (index < 0) return MessageFault.UnknownSymbol;
        var book = _books[index];
        var fault = DiffIds.Read(message, out var ids);
        if (fault == MessageFault.None && isAhead && book.WouldBreak(ids))
        {
            verdict = DiffVerdict.Ahead;
            return fault;
        }
        if (fault == MessageFault.None) fault = _scratch.ReadDiff(message, book.Grid);
        if (fault == MessageFault.None) verdict = book.Take(ids, _scratch.Bids, _scratch.Asks, now);
        return fault;
    }

    /// <summary>Takes a <see cref="MessageKind.DepthSnapshot"/>, which does not say itself whose it is.</summary>
    /// <param name="now">When it came, see <see cref="DepthBook"/>.</param>
    public MessageFault TakeSnapshot(int index, in StreamMessage message, long now, out SnapshotVerdict verdict)
    {
        verdict = default;
        var book = _books[index];
        var fault = message.ReadInt64(message.LastUpdateId, out var id);
        if (fault == MessageFault.None) fault = _scratch.ReadSnapshot(message, book.Grid);
        if (fault == MessageFault.None) verdict = book.Begin(id, _scratch.Bids, _scratch.Asks, now);
        return fault;
    }
}
