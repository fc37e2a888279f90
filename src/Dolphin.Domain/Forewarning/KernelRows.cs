namespace Dolphin.Domain.Forewarning;

/// <summary>Rows of the kernel matrix exp(-gamma |x_i - x_j|^2), computed when asked for; the ones asked for last are kept.</summary>
/// <param name="points">One after the other.</param>
/// <param name="mostBytes">What the kept rows may take; at least two rows are kept, because a step needs two at once.</param>
internal sealed class KernelRows(double[] points, int dimensions, double gamma, long mostBytes)
{
    private readonly double[]?[] _rows = new double[points.Length / dimensions][];
    private readonly LinkedList<int> _newestFirst = new();
    private readonly LinkedListNode<int>?[] _places = new LinkedListNode<int>[points.Length / dimensions];
    private readonly int _mostRows = (int)Math.Clamp(mostBytes / (sizeof(double) * (points.Length / dimensions)), 2, int.MaxValue);

    public int Count => _rows.Length;

    /// <summary>Good until two other rows have been asked for.</summary>
    public ReadOnlySpan<double> this[int row]
    {
        get
        {
            if (_places[row] is { } place)
            {
                _newestFirst.Remove(place);
                _newestFirst.AddFirst(place);
                return _rows[row];
            }
            double[] values;
            if (_newestFirst.Count < _mostRows)
            {
                values = new double[Count];
            }
            else
            {
                var oldest = _newestFirst.Last!.Value;
                _newestFirst.RemoveLast();
                (values, _rows[oldest], _places[oldest]) = (_rows[oldest]!, null, null);
            }
            (_rows[row], _places[row]) = (values, _newestFirst.AddFirst(row));
            var point = Point(row);
            for (var i = 0; i < values.Length; i++) values[i] = PortableMath.Exp(-gamma * SquaredDistance(point, Point(i)));
            return values;
        }
    }

    public static double SquaredDistance(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var d = 0; d < a.Length; d++) sum += (a[d] - b[d]) * (a[d] - b[d]);
        return sum;
    }

    private ReadOnlySpan<double> Point(int index) => points.AsSpan(index * dimensions, dimensions);
}
