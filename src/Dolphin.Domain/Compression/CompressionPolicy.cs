using Dolphin.Domain.Market;

namespace Dolphin.Domain.Compression;

/// <summary>Parameters of one hedge compression, known to be good, with everything that follows from them worked out once.</summary>
public sealed class CompressionPolicy
{
    private CompressionPolicy(CompressionSettings settings)
    {
        Settings = settings;
        MinVariance = (double)(settings.MinVolatility * settings.MinVolatility);
        MaxVariance = (double)(settings.MaxVolatility * settings.MaxVolatility);
        HalfLifeHours = settings.SigmaHorizon.TotalHours;
        MostGross = new Money(settings.Capital * settings.Leverage);
    }

    /// <summary>The checked settings.</summary>
    public CompressionSettings Settings { get; }
    /// <summary>Variance of log price per hour below which no swing trades.</summary>
    public double MinVariance { get; }
    /// <summary>Variance of log price per hour above which no swing trades.</summary>
    public double MaxVariance { get; }
    public double HalfLifeHours { get; }
    /// <summary>What both legs together may be worth after a top-up.</summary>
    public Money MostGross { get; }

    /// <summary>r in base for a structure that is taken over: the configured share of its larger leg in whole lots, at least the smallest order the venue
    /// takes, so that every reduction is one it takes too.</summary>
    public Quantity ResidualOf(Instrument instrument, Legs legs)
    {
        var larger = legs.Long > legs.Short ? legs.Long : legs.Short;
        var share = Quantizer.FloorToLot(instrument, new Quantity(Settings.Residual * larger.Base));
        return new Quantity(Math.Max(share.Base, Math.Max(instrument.LotSize, instrument.MinQuantity.Base)));
    }

    /// <summary>The same but for a residual so many times as large, within what a residual may be.</summary>
    /// <param name="multiplier">Above zero; 1 changes nothing.</param>
    public CompressionPolicy WithResidualTimes(decimal multiplier) => multiplier == 1m
        ? this
        : new CompressionPolicy(Settings with { Residual = Math.Clamp(Settings.Residual * multiplier, LeastResidual, MostResidual) });

    /// <summary>Shares of the larger leg.</summary>
    public const decimal LeastResidual = 0.005m, MostResidual = 0.5m;

    /// <summary>Checks everything at once.</summary>
    /// <param name="path">Where the settings were found, such as <c>dolphin.compression</c>; it begins every message.</param>
    /// <returns>The policy, or null after adding every mistake to <paramref name="errors"/>.</returns>
    public static CompressionPolicy? Create(CompressionSettings settings, string path, List<string> errors)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(errors);
        var before = errors.Count;
        var check = new SettingsCheck(path, errors);
        check.Expect(settings.Fee is >= 0m and <= 0.01m, "fee", settings.Fee, "0 to 0.01 (0.0005 = 0.05 % of notional for one side)");
        check.Expect(settings.Residual is >= LeastResidual and <= MostResidual, "residual", settings.Residual, "0.005 to 0.5 (share of the larger leg at the take-over)");
        check.Expect(settings.Bounce is >= 0.0005m and <= 0.2m, "bounce", settings.Bounce, "0.0005 to 0.2 (0.005 = half a percent of price)");
        check.Expect(settings.Offset is >= 0m and <= 0.05m, "offset", settings.Offset, "0 to 0.05 (0.0005 = five hundredths of a percent inside the gap)");
        check.Expect(InHours(settings.SigmaHorizon, 0.05, 24 * 365), "sigma-horizon", settings.SigmaHorizon, "3 min to 1 year");
        check.Expect(settings.WarmUpBars is >= 2 and <= 1_000_000, "warm-up-bars", settings.WarmUpBars, "2 to 1000000");
        check.Expect(settings.MinVolatility is >= 0m and < 1m, "min-volatility", settings.MinVolatility, "0 to below 1 (standard deviation of log price per root hour; 0 is no lower bound)");
        check.Expect(settings.MaxVolatility is > 0m and <= 1m, "max-volatility", settings.MaxVolatility, "above 0, at most 1 (standard deviation of log price per root hour)");
        check.Expect(settings.MaxVolatility is <= 0m or > 1m || settings.MaxVolatility > settings.MinVolatility,
            "max-volatility", settings.MaxVolatility, $"more than min-volatility, which is {settings.MinVolatility}: between them no swing would ever trade");
        check.Expect(settings.PositionCap is > 0m and <= 1_000_000_000m, "position-cap", settings.PositionCap, "above 0, at most 1000000000 (quote a leg)");
        check.Expect(settings.Capital is > 0m and <= 1_000_000_000m, "capital", settings.Capital, "above 0, at most 1000000000 (quote)");
        check.Expect(settings.Leverage is >= 1m and <= 125m, "leverage", settings.Leverage, "1 to 125 (times)");
        check.Expect(settings.Epsilon is > 0m and <= 1_000_000m, "epsilon", settings.Epsilon, "above 0, at most 1000000 (quote)");
        return errors.Count == before ? new CompressionPolicy(settings) : null;
    }

    /// <summary>What is allowed but probably not meant, one sentence each.</summary>
    /// <param name="path">As for <see cref="Create"/>.</param>
    public IReadOnlyList<string> Warnings(string path)
    {
        var warnings = new List<string>();
        if (Settings.Bounce < 4m * Settings.Fee)
            warnings.Add($"{path}.bounce is {Settings.Bounce}, below four fees of {Settings.Fee}: a swing one bounce longer than it must be does not pay for the two orders it asks for.");
        if (Settings.Offset >= Settings.Bounce)
            warnings.Add($"{path}.offset is {Settings.Offset}, not below the bounce {Settings.Bounce}: the seed's is a few pips, and a wide one leaves little gap to trade in.");
        if (Settings.Epsilon >= MostGross.Quote)
            warnings.Add($"{path}.epsilon is {Settings.Epsilon}, not below capital x leverage = {MostGross}: the first reduction closes everything.");
        return warnings;
    }

    private static bool InHours(TimeSpan span, double from, double to) => span.TotalHours >= from && span.TotalHours <= to;
}
