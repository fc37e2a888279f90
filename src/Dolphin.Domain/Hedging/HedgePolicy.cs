namespace Dolphin.Domain.Hedging;

/// <summary>Parameters of one band-limited hedging strategy, known to be good, with everything that follows from them worked out once.</summary>
public sealed class HedgePolicy
{
    private readonly HedgeSettings _settings;

    private HedgePolicy(HedgeSettings settings)
    {
        _settings = settings;
        Mes = settings.K * settings.Fee;
        MesExit = settings.Delta * Mes;
        Band = LogBand.Of(Mes);
        ExitBand = LogBand.Of(MesExit);
        FrictionVariance = (double)(settings.Gamma1 * Mes * settings.Fee);
        FrozenVariance = (double)(Mes * Mes) / settings.MaxInterval.TotalHours;
        MaxRiskLegs = settings.Gamma2 * settings.MaxRisk;
        HalfLifeHours = settings.SigmaHorizon.TotalHours;
    }

    /// <summary>The checked settings.</summary>
    public HedgeSettings Settings => _settings;
    /// <summary>Half-width of the no-trade band in log price (k * f).</summary>
    public decimal Mes { get; }
    /// <summary>Half-width of the exit band in log price (delta * MES).</summary>
    public decimal MesExit { get; }
    public LogBand Band { get; }
    public LogBand ExitBand { get; }
    /// <summary>C1 holds below this variance of log price per hour: gamma1 * MES * f.</summary>
    public double FrictionVariance { get; }
    /// <summary>C3 holds below this variance of log price per hour: there MES^2 / variance exceeds tau_max.</summary>
    public double FrozenVariance { get; }
    /// <summary>C2 holds above this many opening notionals: gamma2 * E_max.</summary>
    public decimal MaxRiskLegs { get; }
    public double HalfLifeHours { get; }

    /// <summary>Checks everything at once.</summary>
    /// <param name="path">Where the settings were found, such as <c>dolphin.strategies.hedge</c>; it begins every message.</param>
    /// <returns>The policy, or null after adding every mistake to <paramref name="errors"/>.</returns>
    public static HedgePolicy? Create(HedgeSettings settings, string path, List<string> errors)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(errors);
        var before = errors.Count;
        var check = new SettingsCheck(path, errors);
        check.Expect(settings.Fee is > 0m and <= 0.01m, "fee", settings.Fee, "above 0, at most 0.01 (0.0005 = 0.05 % of notional for one side)");
        check.Expect(settings.K is >= 6m and <= 10m, "k", settings.K, "6 to 10 (MES = k * fee)");
        check.Expect(settings.Alpha is >= 0m and <= 1m, "alpha", settings.Alpha, "0 to 1 (share of a profit that repairs the losing side)");
        check.Expect(settings.Beta is > 0m and <= 1m, "beta", settings.Beta, "above 0, at most 1 (share of the winning side that is closed)");
        check.Expect(settings.Gamma1 is > 0m and <= 100m, "gamma1", settings.Gamma1, "above 0, at most 100");
        check.Expect(settings.Gamma2 is > 0m and <= 100m, "gamma2", settings.Gamma2, "above 0, at most 100");
        check.Expect(settings.MaxRisk is > 0m and <= 100m, "max-risk", settings.MaxRisk, "above 0, at most 100 (in opening legs)");
        check.Expect(settings.MaxRisk is <= 0m or > 100m || settings.Gamma2 is <= 0m or > 100m || settings.Gamma2 * settings.MaxRisk > 1m,
            "max-risk", settings.MaxRisk, $"more than 1 / gamma2 (gamma2 is {settings.Gamma2}), because one rebalance leaves about one opening leg net");
        check.Expect(InHours(settings.MaxInterval, 0.01, 24 * 365), "max-interval", settings.MaxInterval, "36 s to 1 year");
        check.Expect(settings.ExitChecks is >= 1 and <= 100_000, "exit-checks", settings.ExitChecks, "1 to 100000 checks in a row");
        check.Expect(settings.Delta is >= 0.5m and <= 1m, "delta", settings.Delta, "0.5 to 1 (MES_exit = delta * MES)");
        check.Expect(settings.Eta is >= 0.2m and <= 0.4m, "eta", settings.Eta, "0.2 to 0.4 (share closed by one exit step)");
        check.Expect(settings.Epsilon is > 0m and <= 1_000_000m, "epsilon", settings.Epsilon, "above 0, at most 1000000 (quote)");
        check.Expect(InHours(settings.SigmaHorizon, 0.05, 24 * 365), "sigma-horizon", settings.SigmaHorizon, "3 min to 1 year");
        check.Expect(settings.WarmUpBars is >= 2 and <= 1_000_000, "warm-up-bars", settings.WarmUpBars, "2 to 1000000");
        check.Expect(settings.ReopenBelow is null or (> 0m and <= 0.45m), "reopen-below", settings.ReopenBelow ?? 0m,
            "never, or above 0, at most 0.45 (one leg alone is 0.5 of the opening)");
        check.Expect(settings.OpeningRetry >= TimeSpan.Zero, "opening-retry", settings.OpeningRetry, "0 or more");
        check.Expect((settings.RestartAfter & ~AllCauses) == ExitCauses.None, "restart.after", settings.RestartAfter, $"any of {AllCauses}");
        check.Expect(settings.RestartCoolDown >= TimeSpan.Zero, "restart.cool-down", settings.RestartCoolDown, "0 or more");
        check.Expect(settings.Capital is > 0m and <= 1_000_000_000m, "capital", settings.Capital, "above 0, at most 1000000000 (quote)");
        check.Expect(settings.Fraction is > 0m and <= 1m, "fraction", settings.Fraction, "above 0, at most 1");
        check.Expect(settings.Leverage is >= 1m and <= 125m, "leverage", settings.Leverage, "1 to 125 (times)");
        return errors.Count == before ? new HedgePolicy(settings) : null;
    }

    /// <summary>What is allowed but probably not meant, one sentence each.</summary>
    /// <param name="path">As for <see cref="Create"/>.</param>
    public IReadOnlyList<string> Warnings(string path)
    {
        var warnings = new List<string>();
        var exitHours = _settings.K / _settings.Gamma1;
        if (_settings.MaxInterval.TotalHours >= (double)exitHours)
        {
            warnings.Add($"{path}.max-interval is {_settings.MaxInterval.TotalHours:0.##} h, not below k / gamma1 = {exitHours:0.##} h: Pause can never be reached "
                + "before the friction condition holds, so a quiet market exits instead of pausing.");
        }
        if (_settings.ReopenBelow is null)
            warnings.Add($"{path}.reopen-below is never: with beta = {_settings.Beta} one swing up and one down leave the structure nearly flat, and it stays so.");
        if ((_settings.RestartAfter & (ExitCauses.External | ExitCauses.Manual | ExitCauses.UnevenOpening)) is var unattended and not ExitCauses.None)
            warnings.Add($"{path}.restart.after allows {unattended}: a start without a command after that repeats what somebody stopped.");
        if (_settings.Epsilon >= _settings.Capital * _settings.Fraction * _settings.Leverage)
            warnings.Add($"{path}.epsilon is {_settings.Epsilon}, not below one opening leg at full size: every exit closes at its first step.");
        return warnings;
    }

    private const ExitCauses AllCauses =
        ExitCauses.Friction | ExitCauses.Capital | ExitCauses.Manual | ExitCauses.External | ExitCauses.UnevenOpening;

    private static bool InHours(TimeSpan span, double from, double to) => span.TotalHours >= from && span.TotalHours <= to;
}
