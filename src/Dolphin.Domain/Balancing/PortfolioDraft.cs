using System.Collections.Immutable;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Balancing;

/// <summary>The portfolio while commands are being worked out: what is left after each of them. Amounts are margins in quote currency.</summary>
/// <remarks>Symbols are in ordinal order, those without margin are left out. One draft belongs to one assessment.</remarks>
internal sealed class PortfolioDraft
{
    private readonly Symbol[] _symbols;
    private readonly decimal[] _before, _margins, _nets;
    private readonly sbyte[] _sides;
    private readonly bool[] _fixed, _mayGrow, _isDoubted;

    private PortfolioDraft(int count)
    {
        _symbols = new Symbol[count];
        (_before, _margins, _nets) = (new decimal[count], new decimal[count], new decimal[count]);
        _sides = new sbyte[count];
        (_fixed, _mayGrow, _isDoubted) = (new bool[count], new bool[count], new bool[count]);
    }

    public int Count => _symbols.Length;
    /// <summary>Symbols that still have margin.</summary>
    public int Held { get; private set; }
    public decimal Used { get; private set; }
    /// <summary>Used, and what is to be made smaller of symbols that are doubted: nothing is opened with margin that may not become free.</summary>
    public decimal Taken { get; private set; }
    /// <summary>The sum of every symbol's net, whichever side it is on.</summary>
    public decimal Net { get; private set; }

    public Symbol Symbol(int i) => _symbols[i];
    /// <summary>As the snapshot had it.</summary>
    public decimal Before(int i) => _before[i];
    public decimal Margin(int i) => _margins[i];
    /// <summary>Zero or more.</summary>
    public decimal NetOf(int i) => _nets[i];
    /// <summary>+1 net long, -1 net short, 0 unknown or even.</summary>
    public int SideOf(int i) => _sides[i];
    /// <summary>No command may name it: it cannot be traded, could not be cut of late, or an earlier command is under way.</summary>
    public bool IsFixed(int i) => _fixed[i];
    /// <summary>It could not be cut within the hour, or a cut of it is still under way: nothing that it is to free is given to others.</summary>
    public bool IsDoubted(int i) => _isDoubted[i];
    /// <summary>Whoever holds it makes it larger when asked to, and no command has made it smaller of late.</summary>
    public bool MayGrow(int i) => _mayGrow[i] && !_fixed[i] && _margins[i] >= _before[i];
    /// <summary>A command of this look makes it larger.</summary>
    public bool HasGrown(int i) => _margins[i] > _before[i];
    /// <summary>The leg that makes the symbol's net.</summary>
    public decimal LargerLeg(int i) => (_margins[i] + _nets[i]) / 2m;
    public decimal SmallerLeg(int i) => (_margins[i] - _nets[i]) / 2m;

    /// <summary>Reckons with what earlier commands will leave of each symbol that can be traded.</summary>
    public void Expect(CommandsUnderWay underWay, WishBook stuck, DateTimeOffset now)
    {
        for (var i = 0; i < Count; i++)
        {
            _isDoubted[i] = stuck.Knows(_symbols[i], now);
            if (_fixed[i] || underWay.Of(_symbols[i]) is not { } expected) continue;
            _fixed[i] = _isDoubted[i] = true;
            if (expected.Margin is { } margin && margin < _margins[i]) Reduce(i, margin);
            else if (expected.Opened is { } opened && opened > _margins[i]) Grow(i, opened - _margins[i]);
            if (expected.Apart is { } apart && apart < _nets[i]) TakeNet(i, _nets[i] - apart);
        }
    }

    /// <summary>What was cut of late is not grown, and what could not be cut is left alone.</summary>
    public void Hold(WishBook cut, WishBook stuck, DateTimeOffset now)
    {
        if (cut.IsEmpty && stuck.IsEmpty) return;
        for (var i = 0; i < Count; i++)
        {
            _mayGrow[i] &= !cut.Knows(_symbols[i], now);
            _fixed[i] |= stuck.Knows(_symbols[i], now, BalancerCommand.Lifetime);
        }
    }

    /// <summary>Makes a symbol smaller: the larger leg first, then both alike.</summary>
    public void Reduce(int i, decimal to)
    {
        var by = _margins[i] - to;
        Free(i, by);
        TakeNet(i, Math.Min(by, _nets[i]));
        if (to == 0m) Held--;
    }

    /// <summary>Makes a symbol larger, both legs alike.</summary>
    public void Grow(int i, decimal by)
    {
        _margins[i] += by;
        Used += by;
        Taken += by;
    }

    /// <summary>Opens of the opposite leg, closes of the held one.</summary>
    public void Hedge(int i, decimal open, decimal close)
    {
        Grow(i, open);
        Free(i, close);
        TakeNet(i, open + close);
        if (close > 0m && _margins[i] == 0m) Held--;
    }

    private void Free(int i, decimal by)
    {
        _margins[i] -= by;
        Used -= by;
        if (!_isDoubted[i]) Taken -= by;
    }

    private void TakeNet(int i, decimal by)
    {
        _nets[i] -= by;
        Net -= by;
    }

    /// <summary>Sorts and checks the snapshot's positions.</summary>
    /// <param name="refusal">Why they cannot be judged; then the answer is null.</param>
    public static PortfolioDraft? Of(ImmutableArray<PortfolioPosition> positions, out Refusal? refusal)
    {
        refusal = null;
        if (positions.Length > PortfolioSnapshot.MostPositions)
        {
            refusal = new Refusal("balancing.too-many-positions",
                $"The snapshot has {positions.Length} positions; expected at most {PortfolioSnapshot.MostPositions}. The cycle is skipped.");
            return null;
        }
        var order = InOrderOfSymbol(positions);
        var held = 0;
        for (var i = 0; i < order.Length; i++)
        {
            ref readonly var position = ref positions.ItemRef(order[i]);
            refusal = Wrong(position, i > 0 ? positions.ItemRef(order[i - 1]).Symbol : null);
            if (refusal is not null) return null;
            if (position.Margin.Quote > 0m) held++;
        }
        var draft = new PortfolioDraft(held) { Held = held };
        var at = 0;
        foreach (var i in order)
        {
            if (positions.ItemRef(i).Margin.Quote > 0m) draft.Take(at++, positions.ItemRef(i));
        }
        return draft;
    }

    private static int[] InOrderOfSymbol(ImmutableArray<PortfolioPosition> positions)
    {
        var (names, order, sorted) = (new string[positions.Length], new int[positions.Length], true);
        for (var i = 0; i < order.Length; i++)
        {
            (names[i], order[i]) = (positions.ItemRef(i).Symbol.Name ?? "", i);
            sorted &= i == 0 || string.CompareOrdinal(names[i - 1], names[i]) < 0;
        }
        // Whoever keeps positions by symbol hands them over in order.
        if (!sorted) Array.Sort(names, order, StringComparer.Ordinal);
        return order;
    }

    private void Take(int i, in PortfolioPosition position)
    {
        _symbols[i] = position.Symbol;
        _before[i] = _margins[i] = position.Margin.Quote;
        _nets[i] = position.Net is { } net ? Math.Abs(net.Quote) : position.Margin.Quote;
        _sides[i] = (sbyte)(position.Net is { } side ? Math.Sign(side.Quote) : 0);
        (_fixed[i], _mayGrow[i]) = (position.IsFrozen, position.MayGrow);
        Used += _margins[i];
        Taken += _margins[i];
        Net += _nets[i];
    }

    private static Refusal? Wrong(in PortfolioPosition position, Symbol? before)
    {
        if (string.IsNullOrEmpty(position.Symbol.Name))
            return new Refusal("balancing.no-symbol", "A position has no symbol; expected one for each margin. The cycle is skipped.");
        if (position.Symbol == before)
            return new Refusal("balancing.symbol-twice", $"{position.Symbol} is in the snapshot twice; expected each symbol once. The cycle is skipped.");
        if (position.Margin.Quote is < 0m or > PortfolioSnapshot.HighestMargin)
        {
            return new Refusal("balancing.margin-unusable",
                $"{position.Symbol}: the margin is {position.Margin}; expected 0 to {PortfolioSnapshot.HighestMargin:0}. The cycle is skipped.");
        }
        return position.Net is { } net && Math.Abs(net.Quote) > position.Margin.Quote
            ? new Refusal("balancing.net-unusable", $"{position.Symbol}: the net margin is {net}; expected at most the margin {position.Margin}, whatever its sign. The cycle is skipped.")
            : null;
    }
}
