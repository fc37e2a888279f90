using System.Collections.Immutable;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Balancing;

/// <summary>Random portfolios around every limit, so that each check is reached alone and together with the others, and not by luck.</summary>
internal static class Portfolios
{
    private static readonly BalancerSettings[] Presets = [BalancerSettings.Conservative, BalancerSettings.Default, BalancerSettings.Default, BalancerSettings.Aggressive];

    private static Gen<BalancerSettings> Settings => Gen.OneOf(
        Gen.Elements(Presets),
        from util in Gen.Choose(10, 100)
        from exposure in Gen.Choose(1, 100)
        from least in Gen.Choose(1, 12)
        from divergence in Gen.Choose(1, 60)
        select BalancerSettings.Default with
        {
            MaxMarginUtilisation = util / 100m, MaxSymbolExposure = exposure / 100m, MinDiversification = least, DivergenceThreshold = divergence / 1000m,
        });

    // Sizes of three kinds, so that smallest-first, the symbol limit and weights all have something to do.
    private static Gen<(int Size, int NetPercent)> Position =>
        from size in Gen.OneOf(Gen.Choose(1, 30), Gen.Choose(90, 110), Gen.Choose(90, 110), Gen.Choose(150, 600))
        from net in Gen.OneOf(Gen.Constant(200), Gen.Choose(-100, 100), Gen.Elements(0, 100, -100)) // 200: nobody says.
        select (size, net);

    private static Gen<PortfolioSnapshot> Snapshot =>
        from total in Gen.Elements(100m, 5_000m, 10_000m, 12_345.67m, 999_999.99m, 250_000_000m)
        from utilisation in Gen.OneOf(Gen.Choose(5, 60), Gen.Choose(60, 90), Gen.Choose(84, 130))
        from count in Gen.OneOf(Gen.Choose(1, 4), Gen.Choose(5, 12), Gen.Choose(13, 40))
        from positions in Position.ArrayOf(count)
        from decimals in Gen.Elements(2, 8, 14)
        from confidence in Gen.OneOf(Gen.Constant((double?)null), Gen.Choose(0, 100).Select(c => (double?)(c / 100.0)))
        from divergence in Gen.OneOf(Gen.Constant((double?)null), Gen.Choose(0, 30).Select(d => (double?)(d / 1000.0)), Gen.Choose(0, 200).Select(d => (double?)(d / 1000.0)))
        select Of(total, utilisation / 100m, positions, decimals, confidence, divergence);

    /// <summary>Good portfolios and the limits they are judged by.</summary>
    public static Arbitrary<(BalancerSettings Settings, PortfolioSnapshot Snapshot)> Good =>
        (from settings in Settings from snapshot in Snapshot select (settings, snapshot)).ToArbitrary();

    /// <summary>A day of looks, some seconds apart, at portfolios that somebody else changes; with answers of an executor that is not reliable.</summary>
    public static Arbitrary<(BalancerSettings Settings, (int Seconds, PortfolioSnapshot Snapshot, int Answer)[] Looks)> Days
    {
        get
        {
            var look =
                from seconds in Gen.Elements(1, 3, 5, 10, 10, 11, 30, 70)
                from snapshot in Gen.Frequency((9, Snapshot), (1, Broken))
                from answer in Gen.Choose(0, 6)
                select (seconds, snapshot, answer);
            return (from settings in Settings
                    from count in Gen.Frequency((30, Gen.Choose(1, 30)), (1, Gen.Constant(500)))
                    from looks in look.ArrayOf(count)
                    select (settings, looks)).ToArbitrary();
        }
    }

    /// <summary>Anything at all.</summary>
    public static Gen<PortfolioSnapshot> Broken
    {
        get
        {
            var amounts = Gen.Elements(0m, 1m, -1m, 0.00000001m, 1e-28m, 1e12m, 1e12m + 1m, 500m, 9999m, decimal.MaxValue, decimal.MinValue);
            var numbers = Gen.Elements<double?>(null, 0, 0.5, 1, -1, 2, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue);
            var position =
                from name in Gen.Elements("BTCUSDT", "ETHUSDT", "SOLUSDT", "ÄUSDT", "", "btcusdt")
                from margin in amounts
                from net in Gen.OneOf(Gen.Constant((decimal?)null), amounts.Select(a => (decimal?)a))
                select new PortfolioPosition(new Symbol(name), new Money(margin), net is { } n ? new Money(n) : null);
            return from total in Gen.OneOf(Gen.Constant((decimal?)null), amounts.Select(a => (decimal?)a), Gen.Constant((decimal?)10_000m))
                   from some in Gen.Choose(0, 9)
                   from positions in position.ArrayOf(some % 5)
                   from confidence in numbers
                   from divergence in numbers
                   select new PortfolioSnapshot(
                       total is { } t ? new Money(t) : null, some == 9 ? null : [.. positions], confidence, divergence, BalancerStage.At(0),
                       some == 8 ? [new VenuePrice("a", Price.Of(1m))] : default);
        }
    }

    private static PortfolioSnapshot Of(decimal total, decimal utilisation, (int Size, int NetPercent)[] positions, int decimals, double? confidence, double? divergence)
    {
        var unit = utilisation * total / positions.Sum(p => p.Size);
        return new PortfolioSnapshot(
            new Money(total),
            [.. positions.Select((p, i) => At(new Symbol($"S{i * 7 % 41:00}USDT"), Math.Max(0.01m, Math.Round(unit * p.Size, decimals)), p.NetPercent))],
            confidence, divergence, BalancerStage.At(0));
    }

    private static PortfolioPosition At(Symbol symbol, decimal margin, int netPercent) =>
        new(symbol, new Money(margin), netPercent == 200 ? null : new Money(Math.Round(margin * netPercent / 100m, 10, MidpointRounding.ToZero)));
}
