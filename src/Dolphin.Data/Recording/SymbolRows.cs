using System.Buffers;
using Dolphin.Domain.Market;

namespace Dolphin.Data.Recording;

/// <summary>Collects the bars of one symbol while a file is read, with the line each came from.</summary>
internal sealed class SymbolRows(Symbol symbol) : IDisposable
{
    private Bar[] _bars = ArrayPool<Bar>.Shared.Rent(1024);
    private int[] _lines = ArrayPool<int>.Shared.Rent(1024);
    private readonly SortedDictionary<long, long> _steps = [];
    private long _lastStep;
    private long _lastStepCount;

    public Symbol Symbol => symbol;
    public int Count { get; private set; }
    public ReadOnlySpan<Bar> Bars => _bars.AsSpan(0, Count);
    public ReadOnlySpan<int> Lines => _lines.AsSpan(0, Count);

    /// <summary>Digits after the point, the most of any price and of any volume.</summary>
    public Decimals Decimals { get; private set; }

    public void Add(in Bar bar, long line)
    {
        if (Count == _bars.Length)
            Grow();
        if (Count > 0)
            CountStep(bar.OpenTimeMs - _bars[Count - 1].OpenTimeMs);
        _bars[Count] = bar;
        _lines[Count] = (int)Math.Min(line, int.MaxValue);
        Count++;
        var price = Math.Max(
            Math.Max(bar.Open.QuotePerBase.Scale, bar.High.QuotePerBase.Scale),
            Math.Max(bar.Low.QuotePerBase.Scale, bar.Close.QuotePerBase.Scale));
        if (price > Decimals.Price || bar.Volume.Base.Scale > Decimals.Volume)
            Decimals = new(Math.Max(price, Decimals.Price), Math.Max(bar.Volume.Base.Scale, Decimals.Volume));
    }

    /// <summary>Adds how often each distance between neighbouring bars occurred.</summary>
    public void AddStepsTo(SortedDictionary<long, long> total)
    {
        FlushStep();
        foreach (var (step, count) in _steps)
            total[step] = total.GetValueOrDefault(step) + count;
    }

    /// <summary>Gives the rented arrays back; <see cref="Bars"/> and <see cref="Lines"/> are empty from here on.</summary>
    public void Dispose()
    {
        ArrayPool<Bar>.Shared.Return(_bars);
        ArrayPool<int>.Shared.Return(_lines);
        (_bars, _lines, Count) = ([], [], 0);
    }

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

    private void Grow()
    {
        var (bars, lines) = (ArrayPool<Bar>.Shared.Rent(Count * 2), ArrayPool<int>.Shared.Rent(Count * 2));
        Bars.CopyTo(bars);
        Lines.CopyTo(lines);
        ArrayPool<Bar>.Shared.Return(_bars);
        ArrayPool<int>.Shared.Return(_lines);
        (_bars, _lines) = (bars, lines);
    }
}
