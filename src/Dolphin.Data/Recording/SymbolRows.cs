using System.Runtime.CompilerServices;
using Dolphin.Domain.Market;

namespace Dolphin.Data.Recording;

/// <summary>Collects the bars of one symbol while a file is read, with the line each came from.</summary>
/// <remarks>
/// Bars go into blocks that the symbols of a file share, and leave them as one array of the right size as soon as the symbol
/// is done: a growing array would cost twice the recording's memory, and most recordings are sorted by symbol.
/// </remarks>
internal sealed class SymbolRows(Symbol symbol, RowBlocks blocks)
{
    private readonly List<Bar[]> _full = [];
    private readonly SortedDictionary<long, long> _steps = [];
    private Bar[] _block = [];
    private int _inBlock;
    private int[] _lines = [];
    private Bar[]? _bars;
    private bool _left;
    private long _lastTime;
    private long _lastStep;
    private long _lastStepCount;

    public Symbol Symbol => symbol;
    public int Count { get; private set; }

    /// <summary>The bar that was added last.</summary>
    public ref readonly Bar Last => ref (_inBlock > 0 ? ref _block[_inBlock - 1] : ref _full[^1][^1]);

    /// <summary>Close of <see cref="Last"/>, to about fifteen digits.</summary>
    public double LastClose { get; private set; }

    /// <summary>All bars; only after <see cref="Seal"/>.</summary>
    public ReadOnlyMemory<Bar> Bars => _bars;

    /// <summary>The line of each bar.</summary>
    public ReadOnlySpan<int> Lines => _lines.AsSpan(0, Count);

    /// <summary>Digits after the point, the most of any price and of any volume.</summary>
    public Decimals Decimals { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(in Bar bar, long line)
    {
        if (_inBlock == _block.Length)
            NextBlock();
        if (Count == _lines.Length)
            Array.Resize(ref _lines, Math.Max(64, Count * 2));
        if (Count > 0)
            CountStep(bar.OpenTimeMs - _lastTime);
        _lastTime = bar.OpenTimeMs;
        LastClose = (double)bar.Close.QuotePerBase;
        _block[_inBlock++] = bar;
        _lines[Count++] = (int)Math.Min(line, int.MaxValue);
        var price = Math.Max(
            Math.Max(bar.Open.QuotePerBase.Scale, bar.High.QuotePerBase.Scale),
            Math.Max(bar.Low.QuotePerBase.Scale, bar.Close.QuotePerBase.Scale));
        if (price > Decimals.Price || bar.Volume.Base.Scale > Decimals.Volume)
            Decimals = new(Math.Max(price, Decimals.Price), Math.Max(bar.Volume.Base.Scale, Decimals.Volume));
    }

    /// <summary>Another symbol's rows follow. The first time this means that the symbol is probably done.</summary>
    public void Leave()
    {
        if (!_left)
            Gather();
        _left = true;
    }

    /// <summary>The file is at its end.</summary>
    public void Seal()
    {
        Gather();
        _bars = _full.Count == 0 ? [] : _full[0];
        FlushStep();
    }

    /// <summary>Adds how often each distance between neighbouring bars occurred.</summary>
    public void AddStepsTo(SortedDictionary<long, long> total)
    {
        foreach (var (step, count) in _steps)
            total[step] = total.GetValueOrDefault(step) + count;
    }

    /// <summary>Makes one array out of all blocks and gives the blocks back.</summary>
    private void Gather()
    {
        if (_full.Count + (_inBlock > 0 ? 1 : 0) == 0 || (_full.Count == 1 && _inBlock == 0))
            return;
        var bars = GC.AllocateUninitializedArray<Bar>(Count);
        var at = 0;
        foreach (var block in _full)
        {
            block.CopyTo(bars, at);
            at += block.Length;
            blocks.GiveBack(block);
        }
        _block.AsSpan(0, _inBlock).CopyTo(bars.AsSpan(at));
        blocks.GiveBack(_block);
        _full.Clear();
        _full.Add(bars);
        (_block, _inBlock) = ([], 0);
    }

    private void NextBlock()
    {
        if (_inBlock > 0)
            _full.Add(_block);
        (_block, _inBlock) = (blocks.Take(), 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CountStep(long step)
    {
        if (step != _lastStep)
        {
            FlushStep();
            _lastStep = step;
        }
        _lastStepCount++;
    }

    private void FlushStep()
    {
        if (_lastStepCount > 0)
            _steps[_lastStep] = _steps.GetValueOrDefault(_lastStep) + _lastStepCount;
        _lastStepCount = 0;
    }
}

/// <summary>Blocks of bars that are not in use, for the files one core reads.</summary>
internal sealed class RowBlocks
{
    public const int Bars = 512;
    private readonly Stack<Bar[]> _free = [];

    public Bar[] Take() => _free.TryPop(out var block) ? block : GC.AllocateUninitializedArray<Bar>(Bars);

    public void GiveBack(Bar[] block)
    {
        if (block.Length == Bars)
            _free.Push(block);
    }
}
