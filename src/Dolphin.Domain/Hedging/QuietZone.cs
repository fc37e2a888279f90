using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Hedging;

/// <summary>
/// Where a strategy in a given state is sure to decide nothing: a handful of comparisons that spare the hot loop a call of
/// <see cref="HedgeDecider.Decide(HedgePolicy, Instrument, HedgeState, in HedgeMarket)"/>. Work it out after every event;
/// a look that it does not cover is simply put to the decider, so a zone that is too small costs time and nothing else.
/// </summary>
public readonly record struct QuietZone
{
    private readonly double _above, _below;
    private readonly int _frictionBelow;
    private readonly double _varianceFrom, _varianceBelow;

    private QuietZone(double above, double below, int frictionBelow, double varianceFrom, double varianceBelow) =>
        (_above, _below, _frictionBelow, _varianceFrom, _varianceBelow) = (above, below, frictionBelow, varianceFrom, varianceBelow);

    // Doubles are good to 1e-15 here; what lies within 1e-9 of an edge is left to the decider.
    private const double Margin = 1e-9;

    /// <summary>True if the look is sure to decide nothing.</summary>
    public bool Covers(in HedgeMarket market)
    {
        var price = (double)market.Price.QuotePerBase;
        if (!(price > _above && price < _below) || market.Monitor.FrictionChecks >= _frictionBelow) return false;
        var variance = market.Monitor.VariancePerHour;
        return variance >= _varianceFrom && variance < _varianceBelow;
    }

    public static QuietZone Of(HedgePolicy policy, HedgeState state)
    {
        if (state.Pending is not null || state.Mode == HedgeMode.Idle) return Anything;
        if (state.Trims is { HasWork: true } || state.Growth is { HasExcess: true }) return default;
        if (state.ExitWanted != ExitCauses.None || state.LastDecision is null or HedgeDecision.Opening or HedgeDecision.Evening && state.Long.Quantity != state.Short.Quantity)
            return default;
        return state.Mode switch
        {
            HedgeMode.Active when state is { InCycle: true, Reference: { } reference } =>
                Between(policy.Band, reference, CapitalEdge(policy, state), policy.Settings.ExitChecks, policy.FrozenVariance, double.PositiveInfinity),
            HedgeMode.Pause =>
                new QuietZone(Lowest, CapitalEdge(policy, state), policy.Settings.ExitChecks, double.NegativeInfinity, policy.FrozenVariance * (1d - Margin)),
            HedgeMode.Exit when state.Exit is { } exit =>
                Between(policy.ExitBand, exit.Reference, Highest, int.MaxValue, double.NegativeInfinity, double.PositiveInfinity),
            HedgeMode.Terminated when state.Exit is not { } exit || (exit.Causes & ~policy.Settings.RestartAfter) != ExitCauses.None => Anything,
            _ => default,
        };
    }

    private const double Lowest = (double)Plausible.LowestPrice * (1d + Margin), Highest = (double)Plausible.HighestPrice * (1d - Margin);

    private static QuietZone Anything => new(Lowest, Highest, int.MaxValue, double.NegativeInfinity, double.PositiveInfinity);

    private static QuietZone Between(LogBand band, Price reference, double below, int frictionBelow, double varianceFrom, double varianceBelow)
    {
        var middle = (double)reference.QuotePerBase;
        return new QuietZone(
            Math.Max(Lowest, middle * (double)band.Down * (1d + Margin)), Math.Min(below, middle * (double)band.Up * (1d - Margin)),
            frictionBelow, varianceFrom, varianceBelow);
    }

    private static double CapitalEdge(HedgePolicy policy, HedgeState state)
    {
        var net = Math.Abs((double)state.Legs.Net.Base);
        return net == 0d || state.OpeningNotional.Quote == 0m
            ? Highest
            : Math.Min(Highest, (double)policy.MaxRiskLegs * (double)state.OpeningNotional.Quote / net * (1d - Margin));
    }
}
