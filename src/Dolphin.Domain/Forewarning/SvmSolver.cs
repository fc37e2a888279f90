namespace Dolphin.Domain.Forewarning;

/// <summary>
/// Minimises a'Qa / 2 with 0 &lt;= a_i &lt;= 1 and the sum of a at nu l, two coefficients at a time: sequential minimal optimization with the working set
/// chosen by second order information (Fan, Chen and Lin, JMLR 6, 2005, WSS 2), as LIBSVM does for its one-class SVM, without its shrinking.
/// </summary>
internal sealed class SvmSolver(KernelRows kernel, SvmSettings settings)
{
    private const double LeastCurvature = 1e-12; // LIBSVM's TAU: two points in the same place have none.

    private readonly double[] _a = new double[kernel.Count];
    private readonly double[] _gradient = new double[kernel.Count]; // Qa.

    public (double[] Coefficients, double Rho, int Steps, bool Converged) Solve()
    {
        Begin();
        var steps = 0;
        while (steps < settings.MostSteps)
        {
            if (!Choose(out var up, out var down)) return (_a, Rho(), steps, Converged: true);
            Move(up, down);
            steps++;
        }
        return (_a, Rho(), steps, Converged: false);
    }

    // LIBSVM's start: the first points have all the weight.
    private void Begin()
    {
        var left = settings.Nu * _a.Length;
        for (var i = 0; i < _a.Length && left > 0; i++, left--)
        {
            _a[i] = Math.Min(1, left);
            var row = kernel[i];
            for (var t = 0; t < row.Length; t++) _gradient[t] += _a[i] * row[t];
        }
    }

    /// <summary>The pair that gains most: <paramref name="up"/> violates optimality most, <paramref name="down"/> makes the largest step with it.</summary>
    /// <returns>False where no pair violates by more than the tolerance.</returns>
    private bool Choose(out int up, out int down)
    {
        (up, down) = (-1, -1);
        var (steepest, flattest, best) = (double.NegativeInfinity, double.NegativeInfinity, double.PositiveInfinity);
        for (var t = 0; t < _a.Length; t++)
            if (_a[t] < 1 && -_gradient[t] >= steepest) (steepest, up) = (-_gradient[t], t);
        if (up < 0) return false; // nu is 1: every coefficient is at its bound.
        var row = kernel[up];
        for (var t = 0; t < _a.Length; t++)
        {
            if (_a[t] <= 0) continue;
            flattest = Math.Max(flattest, _gradient[t]);
            var violation = steepest + _gradient[t];
            if (violation <= 0) continue;
            // The kernel's diagonal is 1.
            var gain = -violation * violation / Math.Max(2 - 2 * row[t], LeastCurvature);
            if (gain <= best) (best, down) = (gain, t);
        }
        return steepest + flattest >= settings.Tolerance && down >= 0;
    }

    private void Move(int up, int down)
    {
        var rowUp = kernel[up];
        var rowDown = kernel[down];
        var (beforeUp, beforeDown) = (_a[up], _a[down]);
        var step = (_gradient[down] - _gradient[up]) / Math.Max(2 - 2 * rowUp[down], LeastCurvature);
        step = Math.Min(step, Math.Min(1 - beforeUp, beforeDown));
        // Bounds are set and not reached by subtraction: a coefficient of 1e-17 would count as free.
        _a[up] = step == 1 - beforeUp ? 1 : beforeUp + step;
        _a[down] = step == beforeDown ? 0 : beforeDown - step;
        var (changeUp, changeDown) = (_a[up] - beforeUp, _a[down] - beforeDown);
        for (var t = 0; t < _gradient.Length; t++) _gradient[t] += changeUp * rowUp[t] + changeDown * rowDown[t];
    }

    // Free coefficients sit on the boundary; without any, it lies between those that are inside and those that are outside.
    private double Rho()
    {
        var (sum, free, above, below) = (0.0, 0, double.PositiveInfinity, double.NegativeInfinity);
        for (var t = 0; t < _a.Length; t++)
        {
            if (_a[t] >= 1) below = Math.Max(below, _gradient[t]);
            else if (_a[t] <= 0) above = Math.Min(above, _gradient[t]);
            else (sum, free) = (sum + _gradient[t], free + 1);
        }
        if (free > 0) return sum / free;
        return double.IsInfinity(above) ? below : double.IsInfinity(below) ? above : (above + below) / 2;
    }
}
