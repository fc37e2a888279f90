using System.Text;
using Dolphin.Domain.Market;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Recordings;

/// <summary>Which symbols a recording has, and how fine the numbers of each are: a recording seldom has the venue's filters with it.</summary>
internal sealed class GridSurvey
{
    /// <summary>Ten times what the venue lists.</summary>
    public const int MostSymbols = 10_000;

    private sealed class Digits
    {
        public int Price, Quantity;
    }

    private readonly Dictionary<string, Digits> _bySymbol = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Digits>.AlternateLookup<ReadOnlySpan<char>> _byName;
    private readonly Digits _unnamed = new();

    public GridSurvey() => _byName = _bySymbol.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>More symbols than <see cref="MostSymbols"/>: this is no recording of a market.</summary>
    public bool HasTooMany { get; private set; }

    /// <summary>Every symbol with its grids, in ordinal order.</summary>
    public IEnumerable<(Symbol Symbol, SymbolGrid Grid)> Symbols
    {
        get
        {
            foreach (var (name, digits) in _bySymbol.OrderBy(s => s.Key, StringComparer.Ordinal))
            {
                // A snapshot without a name can only be of the one symbol there is.
                var (price, quantity) = _bySymbol.Count == 1 ? (Math.Max(digits.Price, _unnamed.Price), Math.Max(digits.Quantity, _unnamed.Quantity)) : (digits.Price, digits.Quantity);
                yield return (new Symbol(name), new SymbolGrid(new(price), new(quantity)));
            }
        }
    }

    public void Look(in StreamMessage message, ReadOnlySpan<byte> symbol)
    {
        if (message.Kind is not (MessageKind.DepthDiff or MessageKind.BookTicker or MessageKind.Trade or MessageKind.AggregateTrade or MessageKind.DepthSnapshot)) return;
        if (DigitsOf(message.Symbol.IsEmpty ? symbol : message.Symbol) is not { } digits) return;
        switch (message.Kind)
        {
            case MessageKind.DepthDiff:
                LookAtLevels(message.LowerB.In(message.Text), digits);
                LookAtLevels(message.LowerA.In(message.Text), digits);
                break;
            case MessageKind.DepthSnapshot:
                LookAtLevels(message.Bids.In(message.Text), digits);
                LookAtLevels(message.Asks.In(message.Text), digits);
                break;
            case MessageKind.BookTicker:
                Widen(ref digits.Price, message.LowerB.In(message.Text));
                Widen(ref digits.Price, message.LowerA.In(message.Text));
                Widen(ref digits.Quantity, message.UpperB.In(message.Text));
                Widen(ref digits.Quantity, message.UpperA.In(message.Text));
                break;
            default:
                Widen(ref digits.Price, message.LowerP.In(message.Text));
                Widen(ref digits.Quantity, message.LowerQ.In(message.Text));
                break;
        }
    }

    private Digits? DigitsOf(ReadOnlySpan<byte> symbol)
    {
        if (symbol.IsEmpty) return _unnamed;
        Span<char> name = stackalloc char[64];
        if (!Encoding.UTF8.TryGetChars(symbol, name, out var length)) return null;
        if (_byName.TryGetValue(name[..length], out var digits)) return digits;
        if (_bySymbol.Count == MostSymbols)
        {
            HasTooMany = true;
            return null;
        }
        return _bySymbol[name[..length].ToString()] = new();
    }

    /// <summary>Texts take turns: price, quantity, price, ...</summary>
    private static void LookAtLevels(ReadOnlySpan<byte> levels, Digits digits)
    {
        for (var isPrice = true; ; isPrice = !isPrice)
        {
            var open = levels.IndexOf((byte)'"');
            if (open < 0) return;
            levels = levels[(open + 1)..];
            var close = levels.IndexOf((byte)'"');
            if (close < 0) return;
            if (isPrice) Widen(ref digits.Price, levels[..close]);
            else Widen(ref digits.Quantity, levels[..close]);
            levels = levels[(close + 1)..];
        }
    }

    private static void Widen(ref int decimals, ReadOnlySpan<byte> number)
    {
        var point = number.IndexOf((byte)'.');
        if (point < 0) return;
        var fraction = number[(point + 1)..].TrimEnd((byte)'0');
        // What is finer than any market, or no number at all, is refused where it stands, and does not make the others finer.
        if (fraction.Length > decimals && fraction.Length <= DecimalGrid.MostDecimals && !fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9')) decimals = fraction.Length;
    }
}
