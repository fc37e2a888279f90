namespace Dolphin.Domain.Survival;

/// <summary>exp(-(lambda * max(0, x - deadband))^shape): exactly 1 inside the deadband, then a stretched exponential.</summary>
/// <param name="Lambda">Per unit of x (per second for ages); above zero.</param>
/// <param name="Shape">Below 1 the fall is quick at first and long in the tail.</param>
/// <param name="Deadband">In units of x.</param>
public readonly record struct StretchedDecay(double Lambda, double Shape, double Deadband)
{
    public double At(double x)
    {
        var scaled = Lambda * (x - Deadband);
        if (double.IsPositiveInfinity(scaled)) return 0.0;
        return scaled > 0 ? PortableMath.Exp(-PortableMath.Exp(Shape * PortableMath.Log(scaled))) : 1.0;
    }
}

/// <summary>1/(1+exp(k(z-mid))) of z = max(0, x - deadband), divided by its value at z = 0: exactly 1 at the edge of the deadband.</summary>
/// <param name="Steepness">k, per unit of x.</param>
/// <param name="Midpoint">In units of x beyond the deadband.</param>
public readonly record struct DeadbandSigmoid(double Steepness, double Midpoint, double Deadband)
{
    private readonly double _oneAtEdge = 1.0 + PortableMath.Exp(-Steepness * Midpoint);

    public double At(double x)
    {
        var beyond = x - Deadband;
        return beyond > 0 ? _oneAtEdge / (1.0 + PortableMath.Exp(Steepness * (beyond - Midpoint))) : 1.0;
    }
}
