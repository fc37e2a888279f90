using System.Collections.Immutable;

namespace Dolphin.Domain.Forewarning;

/// <summary>
/// The strategies' parameter box: what trials vary, and between which ends. A vector has one number for each axis, in [0, 1] inside the box. The ends
/// are those of the policies where a policy is narrow, else what a person might try; whatever is not an axis stays as the plan has it.
/// </summary>
public sealed class ParameterBox
{
    private sealed record Lens(ParameterAxis Axis, TradedStrategies Of, Func<StrategySettings, double> Get, Func<StrategySettings, decimal, StrategySettings> Set);

    // Gamma2 and max-risk begin where their product exceeds 1, below which no policy is good.
    private static readonly ImmutableArray<Lens> Lenses =
    [
        Sizing("sizing.fraction", 0.02, 0.8, s => s.Hedging.Fraction, (s, v) => s with { Hedging = s.Hedging with { Fraction = v } }),
        Sizing("sizing.leverage", 1, 20, s => s.Hedging.Leverage, (s, v) => s with { Hedging = s.Hedging with { Leverage = v } }),
        Hedge("hedging.k", 6, 10, isLog: false, s => (double)s.Hedging.K, (s, v) => s with { Hedging = s.Hedging with { K = v } }),
        Hedge("hedging.alpha", 0, 1, isLog: false, s => (double)s.Hedging.Alpha, (s, v) => s with { Hedging = s.Hedging with { Alpha = v } }),
        Hedge("hedging.beta", 0.3, 1, isLog: false, s => (double)s.Hedging.Beta, (s, v) => s with { Hedging = s.Hedging with { Beta = v } }),
        Hedge("hedging.gamma1", 0.25, 4, isLog: true, s => (double)s.Hedging.Gamma1, (s, v) => s with { Hedging = s.Hedging with { Gamma1 = v } }),
        Hedge("hedging.gamma2", 1, 2, isLog: false, s => (double)s.Hedging.Gamma2, (s, v) => s with { Hedging = s.Hedging with { Gamma2 = v } }),
        Hedge("hedging.max-risk", 1.05, 4, isLog: true, s => (double)s.Hedging.MaxRisk, (s, v) => s with { Hedging = s.Hedging with { MaxRisk = v } }),
        Hedge("hedging.max-interval", 3_600, 43_200, isLog: true, s => s.Hedging.MaxInterval.TotalSeconds,
            (s, v) => s with { Hedging = s.Hedging with { MaxInterval = TimeSpan.FromSeconds((double)v) } }),
        Hedge("hedging.delta", 0.5, 1, isLog: false, s => (double)s.Hedging.Delta, (s, v) => s with { Hedging = s.Hedging with { Delta = v } }),
        Hedge("hedging.eta", 0.2, 0.4, isLog: false, s => (double)s.Hedging.Eta, (s, v) => s with { Hedging = s.Hedging with { Eta = v } }),
        Compress("compression.residual", 0.02, 0.5, s => s.Compression.Residual, (s, v) => s with { Compression = s.Compression with { Residual = v } }),
        Compress("compression.bounce", 0.002, 0.03, s => s.Compression.Bounce, (s, v) => s with { Compression = s.Compression with { Bounce = v } }),
        Compress("compression.max-volatility", 0.01, 0.1, s => s.Compression.MaxVolatility, (s, v) => s with { Compression = s.Compression with { MaxVolatility = v } }),
        Protect("protection.balance-tolerance", 0.01, 0.25, s => (double)s.Protection.BalanceTolerance, (s, v) => s with { Protection = s.Protection with { BalanceTolerance = v } }),
        Protect("protection.rebalance-step-ratio", 0.05, 1, s => (double)s.Protection.RebalanceStepRatio, (s, v) => s with { Protection = s.Protection with { RebalanceStepRatio = v } }),
        Protect("protection.trail-distance-pct", 0.0005, 0.03, s => (double)s.Protection.TrailDistancePct, (s, v) => s with { Protection = s.Protection with { TrailDistancePct = v } }),
        Protect("protection.min-price-move-pct", 0.0005, 0.02, s => (double)s.Protection.MinPriceMovePct, (s, v) => s with { Protection = s.Protection with { MinPriceMovePct = v } }),
        Protect("protection.min-rebalance-seconds", 10, 3_600, s => s.Protection.MinRebalanceSeconds,
            (s, v) => s with { Protection = s.Protection with { MinRebalanceSeconds = (int)decimal.Round(v) } }),
    ];

    private readonly ImmutableArray<Lens> _lenses;

    private ParameterBox(ImmutableArray<Lens> lenses)
    {
        _lenses = lenses;
        Axes = [.. lenses.Select(l => l.Axis)];
    }

    public ImmutableArray<ParameterAxis> Axes { get; }
    public int Dimensions => Axes.Length;

    /// <summary>The box of strategies that trade: how large they may be, which concerns all of them, and the parameters of each.</summary>
    public static ParameterBox Of(TradedStrategies trades) => new([.. Lenses.Where(l => (l.Of & trades) != TradedStrategies.None)]);

    /// <summary>Where settings are, beyond 0 and 1 where they are outside the box.</summary>
    public double[] VectorOf(StrategySettings settings) => [.. _lenses.Select(l => l.Axis.ToUnit(l.Get(settings)))];

    /// <summary>The settings at a place in the box.</summary>
    /// <param name="plan">Whatever is not an axis.</param>
    /// <param name="same">Where the plan is: an axis on which both are at the same place keeps its value, to the last digit. Empty: none does.</param>
    public StrategySettings At(StrategySettings plan, ReadOnlySpan<double> vector, ReadOnlySpan<double> same = default)
    {
        if (vector.Length != Dimensions) throw new ArgumentException($"Expected {Dimensions} numbers; came {vector.Length}.", nameof(vector));
        for (var i = 0; i < vector.Length; i++)
            if (same.IsEmpty || vector[i] != same[i]) plan = _lenses[i].Set(plan, _lenses[i].Axis.FromUnit(vector[i]));
        return plan;
    }

    private static Lens Sizing(string key, double lower, double upper, Func<StrategySettings, decimal> get, Func<StrategySettings, decimal, StrategySettings> set) =>
        new(new ParameterAxis(key, lower, upper, IsLog: true), TradedStrategies.All, s => (double)get(s), set);

    private static Lens Hedge(string key, double lower, double upper, bool isLog, Func<StrategySettings, double> get, Func<StrategySettings, decimal, StrategySettings> set) =>
        new(new ParameterAxis(key, lower, upper, isLog), TradedStrategies.Hedging, get, set);

    private static Lens Compress(string key, double lower, double upper, Func<StrategySettings, decimal> get, Func<StrategySettings, decimal, StrategySettings> set) =>
        new(new ParameterAxis(key, lower, upper, IsLog: true), TradedStrategies.Compression, s => (double)get(s), set);

    private static Lens Protect(string key, double lower, double upper, Func<StrategySettings, double> get, Func<StrategySettings, decimal, StrategySettings> set) =>
        new(new ParameterAxis(key, lower, upper, IsLog: true), TradedStrategies.Protection, get, set);
}
