using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Tests.Hermes;

/// <summary>Bars of markets whose kind is known because it was made.</summary>
internal static class RegimeStage
{
    public const long SlotMs = 900_000;
    public static readonly RegimePolicy Policy = PolicyOf(new RegimeSettings());

    public static RegimePolicy PolicyOf(RegimeSettings settings)
    {
        var errors = new List<string>();
        var policy = RegimePolicy.Create(settings, "dolphin.hermes.regime", errors);
        Assert.Empty(errors);
        return policy!;
    }

    /// <summary>A walk of log price in minutes, gathered into bars.</summary>
    /// <param name="step">Log return of the next of twenty steps a minute, given the last one.</param>
    public static List<Bar> Walk(int minutes, int barMinutes, Func<double, double> step, long startMs = 0, double start = 100)
    {
        var (bars, log, last) = (new List<Bar>(), Math.Log(start), 0.0);
        for (var bar = 0; bar < minutes / barMinutes; bar++)
        {
            var (open, high, low) = (log, log, log);
            for (var i = 0; i < barMinutes * 20; i++)
            {
                last = step(last);
                log += last;
                (high, low) = (Math.Max(high, log), Math.Min(low, log));
            }
            bars.Add(new Bar(startMs + bar * barMinutes * 60_000L, At(open), At(high), At(low), At(log), new Quantity(1m)));
        }
        return bars;
    }

    /// <summary>Independent steps: <paramref name="perHour"/> per root hour.</summary>
    public static Func<double, double> Random(ulong seed, double perHour = 0.01, double driftPerHour = 0, double reversion = 0)
    {
        var chance = new Chance(seed);
        return last => perHour / Math.Sqrt(1_200) * chance.NextNormal() + driftPerHour / 1_200 - reversion * last;
    }

    /// <summary>Up and down by 0.4 % every hour, with a little noise: no trend, at any time.</summary>
    public static Func<double, double> Swinging(ulong seed)
    {
        var (noise, i) = (Random(seed, perHour: 0.002), 0);
        return _ => 0.004 * (Math.Sin(Math.Tau * (i + 1) / 1_200) - Math.Sin(Math.Tau * i++ / 1_200)) + noise(0);
    }

    public static Bar Flat(long openMs, double price = 100) => new(openMs, At(Math.Log(price)), At(Math.Log(price)), At(Math.Log(price)), At(Math.Log(price)), default);

    /// <summary>A bar that moved from one price to another on the straight way.</summary>
    public static Bar Move(long openMs, double from, double to) =>
        new(openMs, Price.Of((decimal)from), Price.Of((decimal)Math.Max(from, to)), Price.Of((decimal)Math.Min(from, to)), Price.Of((decimal)to), default);

    public static RegimeReader Read(IEnumerable<Bar> bars, int barMinutes, RegimePolicy? policy = null)
    {
        var reader = new RegimeReader(policy ?? Policy);
        foreach (var bar in bars) Assert.True(reader.Observe(bar, TimeSpan.FromMinutes(barMinutes)));
        return reader;
    }

    private static Price At(double log) => Price.Of(decimal.Round((decimal)Math.Exp(log), 10));
}
