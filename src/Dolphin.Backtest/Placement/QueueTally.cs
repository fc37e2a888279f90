using System.Collections.Immutable;

namespace Dolphin.Backtest.Placement;

/// <summary>Orders at the best price of which the same was expected when they were first seen in their queue, and what became of them.</summary>
/// <param name="Expected">When they were to be filled: <c>within 1 s</c>, <c>within 5 s</c>, <c>in time</c>, which is before the placement's time is up, or <c>not in time</c>.</param>
/// <param name="Filled">To the end; <paramref name="Moved"/> were withdrawn before the time was up, <paramref name="TimeUp"/> with it, or refused.</param>
/// <param name="ExpectedSeconds">Of those that filled, on average; null where none did, and of those not expected in time, which can be never.</param>
/// <param name="Seconds">In which they did, on average; null where none did.</param>
public sealed record QueueRow(string Expected, int Orders, int Filled, int Moved, int TimeUp, double? ExpectedSeconds, double? Seconds);

/// <summary>What is expected of an order.</summary>
/// <param name="At">When.</param>
/// <param name="Seconds">Until it has filled: what is ahead of it and itself, at the rate at which the other side takes; infinite where nobody takes.</param>
/// <param name="Left">Seconds until the time of its placement is up.</param>
internal readonly record struct QueueExpectation(DateTimeOffset At, double Seconds, double Left);

/// <summary>Holds what was expected of queues against what came.</summary>
internal sealed class QueueTally
{
    private readonly (string Name, double Within)[] _rows = [("within 1 s", 1), ("within 5 s", 5), ("in time", double.PositiveInfinity), ("not in time", double.PositiveInfinity)];
    private readonly int[] _orders = new int[4], _filled = new int[4], _moved = new int[4];
    private readonly double[] _expected = new double[4], _seconds = new double[4];

    /// <summary>Nothing more will come of an order.</summary>
    /// <param name="filledAt">To the end; null if it was not.</param>
    /// <param name="withdrawnAt">Null if nobody asked it back.</param>
    public void Add(QueueExpectation expected, DateTimeOffset? filledAt, DateTimeOffset? withdrawnAt)
    {
        var row = expected.Seconds > expected.Left ? _rows.Length - 1 : Array.FindIndex(_rows, r => expected.Seconds <= r.Within);
        _orders[row]++;
        if (filledAt is { } at)
        {
            _filled[row]++;
            _expected[row] += expected.Seconds;
            _seconds[row] += (at - expected.At).TotalSeconds;
        }
        else if (withdrawnAt is { } gone && (gone - expected.At).TotalSeconds < expected.Left) _moved[row]++;
    }

    public ImmutableArray<QueueRow> Sum() =>
    [
        .. _rows.Select((row, i) => new QueueRow(
            row.Name, _orders[i], _filled[i], _moved[i], _orders[i] - _filled[i] - _moved[i],
            _filled[i] == 0 || i == _rows.Length - 1 ? null : _expected[i] / _filled[i], _filled[i] == 0 ? null : _seconds[i] / _filled[i])),
    ];
}
