using System.Text.Json.Serialization;

namespace Dolphin.Domain.Alpha;

/// <summary>What the adaptive circuit breaker looks at, in the order it is shown (seed dolphin-survival-stack, "Defensive Layers", ACB v4/v6).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BreakerFactor>))]
public enum BreakerFactor
{
    /// <summary>Fraction of notional in eight hours. A crowd on either side is stress, so its size counts and not its sign.</summary>
    Funding,
    /// <summary>What takers bought over what they sold in a day, above zero; 1 is even. Selling is stress ("Taker Ratio crash").</summary>
    TakerRatio,
    /// <summary>Implied volatility of the next 30 days, per cent a year; 50 is 50 %. High is stress.</summary>
    Dvol,
}

/// <summary>Some of them.</summary>
[Flags]
[JsonConverter(typeof(JsonStringEnumConverter<BreakerFactors>))]
public enum BreakerFactors { None = 0, Funding = 1, TakerRatio = 2, Dvol = 4 }

/// <summary>How one factor is read, before anyone trusts it.</summary>
/// <param name="Lag">Key <c>lag</c>, 0 to 30 days: what is that old is what counts now ("Information Discount Lag").</param>
/// <param name="FreshFor">Key <c>fresh-for</c>, 1 s to 30 days: up to this age, beyond the lag, a value has its whole word.</param>
/// <param name="BlindAfter">Key <c>blind-after</c>, above fresh-for, at most 60 days: from this age on the factor counts as unknown too.</param>
/// <param name="Serene">Key <c>serene</c>: here and calmer the factor allows the whole boost.</param>
/// <param name="Calm">Key <c>calm</c>: neither boost nor cut.</param>
/// <param name="Full">Key <c>full</c>: here and worse the factor cuts its whole weight. The three rise together, or for the taker ratio fall.</param>
/// <param name="Weight">Key <c>weight</c>, 0 to 0.99: the most that this factor alone may cut. Below 1, because only an invariant may be zero
/// (seed, "multiplicative survival": everything else is in (0, 1]).</param>
public sealed record BreakerFactorSettings(
    TimeSpan Lag, TimeSpan FreshFor, TimeSpan BlindAfter, double Serene, double Calm, double Full, double Weight);

/// <summary>
/// How the breaker cuts, before anyone trusts it: <see cref="AdaptiveBreakerPolicy.Create"/> checks. Keys are under <c>dolphin.alpha.breaker</c>.
/// </summary>
/// <remarks>The seed gives two lags (funding five days, taker ratio one) and the two words cut and inverse boost; every other number is decided here.</remarks>
public sealed record AdaptiveBreakerSettings
{
    /// <summary>Keys <c>funding.*</c>. The lag is the seed's. Fresh for nine hours: it is paid every eight. 0.01 % is the usual rate and is nominal;
    /// 0.1 %, ten times as much, is above 99 of 100 rates of recording 09 and is where adaptive leverage has its full effect too.</summary>
    public BreakerFactorSettings Funding { get; init; } = new(
        TimeSpan.FromDays(5), TimeSpan.FromHours(9), TimeSpan.FromHours(24), Serene: 0, Calm: 0.0001, Full: 0.001, Weight: 0.3);

    /// <summary>Keys <c>taker-ratio.*</c>. The lag is the seed's. Of whole days, so fresh for a day and an hour. No recording has days of it: the
    /// thresholds are a guess, one seller in twenty more than buyers for nominal, three in ten for the whole cut.</summary>
    public BreakerFactorSettings TakerRatio { get; init; } = new(
        TimeSpan.FromDays(1), TimeSpan.FromHours(25), TimeSpan.FromHours(49), Serene: 1.05, Calm: 0.95, Full: 0.7, Weight: 0.4);

    /// <summary>Keys <c>dvol.*</c>. The seed names no lag, and updates it every minute: none. An hour is what an environmental layer may be silent for.
    /// In recording 12 (April to October 2025) the median is 40 and nine days in ten are below 50; 80 was not seen.</summary>
    public BreakerFactorSettings Dvol { get; init; } = new(
        TimeSpan.Zero, TimeSpan.FromHours(1), TimeSpan.FromHours(6), Serene: 40, Calm: 50, Full: 80, Weight: 0.5);

    /// <summary>Key <c>unknown-stress</c>, 0.1 to 1: the stress of a factor nobody knows. Half, as the exposure balancer's confidence that nobody gave.</summary>
    public double UnknownStress { get; init; } = 0.5;

    /// <summary>Key <c>most-boost</c>, 0 to 0.5: what the inverse boost adds at most. The size of the order book's penalty in the rank, and
    /// a third of the smallest weight: calm is worth less than stress.</summary>
    public double MostBoost { get; init; } = 0.1;

    public BreakerFactorSettings Of(BreakerFactor factor) => factor switch
    {
        BreakerFactor.Funding => Funding,
        BreakerFactor.TakerRatio => TakerRatio,
        BreakerFactor.Dvol => Dvol,
        _ => throw new ArgumentOutOfRangeException(nameof(factor), factor, "Expected a known factor."),
    };
}

/// <summary>How the breaker cuts, known to be good.</summary>
public sealed class AdaptiveBreakerPolicy
{
    internal static readonly BreakerFactor[] Factors = Enum.GetValues<BreakerFactor>();

    private AdaptiveBreakerPolicy(AdaptiveBreakerSettings settings) => Settings = settings;

    public AdaptiveBreakerSettings Settings { get; }

    /// <summary>Checks everything at once.</summary>
    /// <param name="path">Where the settings were found, such as <c>dolphin.alpha.breaker</c>; it begins every message.</param>
    /// <returns>The policy, or null after adding every mistake to <paramref name="errors"/>.</returns>
    public static AdaptiveBreakerPolicy? Create(AdaptiveBreakerSettings settings, string path, List<string> errors)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(errors);
        var before = errors.Count;
        var check = new SettingsCheck(path, errors);
        void Factor(BreakerFactorSettings f, string key, double least, double most, bool rises)
        {
            check.Expect(f.Lag >= TimeSpan.Zero && f.Lag <= TimeSpan.FromDays(30), key + ".lag", f.Lag, "0 to 30 days");
            check.Expect(f.FreshFor >= TimeSpan.FromSeconds(1) && f.FreshFor <= TimeSpan.FromDays(30), key + ".fresh-for", f.FreshFor, "1 s to 30 days");
            check.Expect(f.BlindAfter > f.FreshFor && f.BlindAfter <= TimeSpan.FromDays(60), key + ".blind-after", f.BlindAfter,
                $"above fresh-for ({f.FreshFor}), at most 60 days");
            foreach (var (name, value) in new[] { ("serene", f.Serene), ("calm", f.Calm), ("full", f.Full) })
                check.Expect(value >= least && value <= most, $"{key}.{name}", value, $"{least} to {most}");
            check.Expect(rises ? f.Serene < f.Calm : f.Serene > f.Calm, key + ".calm", f.Calm, $"{(rises ? "above" : "below")} serene ({f.Serene})");
            check.Expect(rises ? f.Calm < f.Full : f.Calm > f.Full, key + ".full", f.Full, $"{(rises ? "above" : "below")} calm ({f.Calm})");
            check.Expect(f.Weight is >= 0 and <= 0.99, key + ".weight", f.Weight, "0 to 0.99");
        }
        Factor(settings.Funding, "funding", 0, 0.1, rises: true);
        Factor(settings.TakerRatio, "taker-ratio", 0.01, 100, rises: false);
        Factor(settings.Dvol, "dvol", 1, 1000, rises: true);
        check.Expect(settings.UnknownStress is >= 0.1 and <= 1, "unknown-stress", settings.UnknownStress, "0.1 to 1");
        check.Expect(settings.MostBoost is >= 0 and <= 0.5, "most-boost", settings.MostBoost, "0 to 0.5");
        return errors.Count == before ? new AdaptiveBreakerPolicy(settings) : null;
    }

    /// <summary>0 at calm and better, 1 at full and worse, a straight line between.</summary>
    /// <param name="value">Finite, in the factor's unit.</param>
    public double Stress(BreakerFactor factor, double value)
    {
        var f = Settings.Of(factor);
        return Math.Clamp((Felt(factor, value) - f.Calm) / (f.Full - f.Calm), 0, 1);
    }

    /// <summary>1 at serene and better, 0 at calm and worse, a straight line between.</summary>
    /// <param name="value">Finite, in the factor's unit.</param>
    public double Calmness(BreakerFactor factor, double value)
    {
        var f = Settings.Of(factor);
        return Math.Clamp((f.Calm - Felt(factor, value)) / (f.Calm - f.Serene), 0, 1);
    }

    /// <summary>The worse of two values of one factor.</summary>
    internal double Worse(BreakerFactor factor, double a, double b)
    {
        var f = Settings.Of(factor);
        return (f.Full > f.Calm) == (Felt(factor, a) >= Felt(factor, b)) ? a : b;
    }

    private static double Felt(BreakerFactor factor, double value) => factor == BreakerFactor.Funding ? Math.Abs(value) : value;
}
