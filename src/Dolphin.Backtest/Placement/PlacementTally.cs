using System.Collections.Immutable;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Backtest.Placement;

/// <summary>Adds up what the placements of one arm came to.</summary>
internal sealed class PlacementTally(string name, Bps makerFee, Bps takerFee)
{
    public static readonly ImmutableArray<TimeSpan> Horizons = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30)];

    private readonly double[] _against = new double[Horizons.Length];
    private readonly long[] _judged = new long[Horizons.Length];
    private long _wanted, _filled, _maker, _orders;
    private double _price, _fees, _seconds, _costs, _squares;
    private int _placements, _priced;

    /// <summary>A placement has ended.</summary>
    public void Add(OrderSide side, long lots, long middle2, DateTimeOffset began, IReadOnlyList<TickFill> fills, int orders)
    {
        _placements++;
        _wanted += lots;
        _orders += orders;
        if (fills.Count == 0) return;
        var (filled, price, fee) = (0L, 0.0, 0.0);
        foreach (var fill in fills)
        {
            var away = (2 * fill.Ticks - middle2) / (double)middle2 * 10_000;
            price += (side == OrderSide.Buy ? away : -away) * fill.Lots;
            fee += (double)(fill.IsMaker ? makerFee : takerFee).Value * fill.Ticks * 2 / middle2 * fill.Lots;
            filled += fill.Lots;
            if (fill.IsMaker) _maker += fill.Lots;
        }

        (_filled, _price, _fees) = (_filled + filled, _price + price, _fees + fee);
        _seconds += (fills[^1].At - began).TotalSeconds;
        var cost = (price + fee) / filled;
        (_priced, _costs, _squares) = (_priced + 1, _costs + cost, _squares + cost * cost);
    }

    /// <param name="horizon">Of <see cref="Horizons"/>.</param>
    /// <param name="bps">Against the fill.</param>
    public void Judge(int horizon, double bps, long lots)
    {
        _against[horizon] += bps * lots;
        _judged[horizon] += lots;
    }

    public PlacementArm Sum() => new(
        name, _placements, Part(_filled, _wanted), Part(_maker, _filled), _orders, Part(_price + _fees, _filled), Part(_price, _filled), Part(_fees, _filled),
        _priced < 2 ? 0 : Math.Sqrt(Math.Max(0, _squares - _costs * _costs / _priced) / (_priced - 1)), Part(_seconds, _priced),
        [.. _against.Zip(_judged, Part)]);

    private static double Part(double sum, long of) => of == 0 ? 0 : sum / of;
}

/// <summary>A fill on a recorded book.</summary>
internal readonly record struct TickFill(long Ticks, long Lots, bool IsMaker, DateTimeOffset At);
