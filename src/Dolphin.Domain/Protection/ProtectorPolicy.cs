using System.Globalization;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Protection;

/// <summary>Parameters of one exposure protector, known to be good.</summary>
public sealed class ProtectorPolicy
{
    /// <summary>Upper ends of ranges that a stance must not leave.</summary>
    public const decimal LongestTrail = 0.05m, LargestMove = 0.5m;
    public const int LongestSeconds = 604_800;

    private readonly decimal _longestStanceTrail; // The widest of all stances: what may be rewritten must fit as well as what is configured.

    private ProtectorPolicy(ProtectorSettings settings)
    {
        Settings = settings;
        _longestStanceTrail = ProtectorTuning.Of(settings, RiskPosture.Defensive, HolderPriority.Normal).TrailDistancePct;
        Bounds = new QuoteBounds(new Money(settings.MinOrderNotionalQuote), settings.MaxOrderNotionalQuote is { } max ? new Money(max) : null);
    }

    /// <summary>The checked settings.</summary>
    public ProtectorSettings Settings { get; }
    public QuoteBounds Bounds { get; }
    /// <summary>Drift at which trimming stops again.</summary>
    public decimal Settled => Settings.BalanceTolerance / 2m;
    /// <summary>Drift from which an imbalance is severe: four times the tolerance.</summary>
    public decimal Severe => Settings.BalanceTolerance * 4m;

    /// <summary>Checks everything at once.</summary>
    /// <param name="path">Where the settings were found, such as <c>dolphin.protection</c>; it begins every message.</param>
    /// <returns>The policy, or null after adding every mistake to <paramref name="errors"/>.</returns>
    public static ProtectorPolicy? Create(ProtectorSettings settings, string path, List<string> errors)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(errors);
        var before = errors.Count;
        var check = new SettingsCheck(path, errors);
        check.Expect(settings.TrailDistancePct is >= 0m and <= LongestTrail, "trail-distance-pct", settings.TrailDistancePct, "0 to 0.05 (0.025 = 2.5 % from the price)");
        // Four decimals keep what is divided by the rest of the way from 1 inside a decimal.
        check.Expect(settings.RebalanceTargetRatio is >= 0m and <= 1m && decimal.Round(settings.RebalanceTargetRatio, 4) == settings.RebalanceTargetRatio,
            "rebalance-target-ratio", settings.RebalanceTargetRatio, "0 to 1 with at most four decimals (0.5 = balanced by value)");
        check.Expect(settings.RebalanceStepRatio is > 0m and <= 1m, "rebalance-step-ratio", settings.RebalanceStepRatio, "above 0, at most 1 (share of the way one action goes)");
        check.Expect(settings.MinOrderNotionalQuote is >= 0m and <= 1_000_000m, "min-order-notional-quote", settings.MinOrderNotionalQuote, "0 to 1000000 (quote)");
        check.Expect(settings.MaxOrderNotionalQuote is null or (> 0m and <= 1_000_000_000m), "max-order-notional-quote", settings.MaxOrderNotionalQuote ?? 0m,
            "none, or above 0, at most 1000000000 (quote)");
        check.Expect(settings.MaxOrderNotionalQuote is not (> 0m and <= 1_000_000_000m) || settings.MaxOrderNotionalQuote >= settings.MinOrderNotionalQuote,
            "max-order-notional-quote", settings.MaxOrderNotionalQuote ?? 0m, $"at least min-order-notional-quote, which is {settings.MinOrderNotionalQuote}");
        check.Expect(settings.OrderSpacingTicks is >= 0 and <= 1_000_000, "order-spacing-ticks", settings.OrderSpacingTicks, "0 to 1000000 (ticks)");
        check.Expect(settings.CooldownTicks is >= 0 and <= 1_000_000, "cooldown-ticks", settings.CooldownTicks, "0 to 1000000 (ticks)");
        check.Expect(settings.MinRebalanceSeconds is >= 0 and <= LongestSeconds, "min-rebalance-seconds", settings.MinRebalanceSeconds, "0 to 604800 (seconds; a week)");
        check.Expect(settings.MinPriceMovePct is >= 0m and <= LargestMove, "min-price-move-pct", settings.MinPriceMovePct, "0 to 0.5 (0.004 = 0.4 % of price)");
        check.Expect(settings.BalanceTolerance is > 0m and <= 0.5m, "balance-tolerance", settings.BalanceTolerance, "above 0, at most 0.5 (of the share)");
        return errors.Count == before ? new ProtectorPolicy(settings) : null;
    }

    /// <summary>What is allowed but probably not meant, one sentence each.</summary>
    /// <param name="path">As for <see cref="Create"/>.</param>
    public IReadOnlyList<string> Warnings(string path)
    {
        var warnings = new List<string>();
        if (Settings.MinPriceMovePct > 0m && Settings.TrailDistancePct > 10m * Settings.MinPriceMovePct)
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture,
                $"{path}.trail-distance-pct is {Settings.TrailDistancePct}, more than ten times min-price-move-pct: an order that far from the price is seldom filled before it is cancelled."));
        }
        if (Settings.RebalanceTargetRatio is 0m or 1m)
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"{path}.rebalance-target-ratio is {Settings.RebalanceTargetRatio}: one leg is trimmed to nothing, which is an exit and not a balance."));
        return warnings;
    }

    /// <summary>Says why this policy cannot work with an instrument at all, or null.</summary>
    public Refusal? Check(Instrument instrument) => _longestStanceTrail < instrument.PercentPrice
        ? null
        : new Refusal("protector.trail-beyond-percent-price", string.Create(CultureInfo.InvariantCulture,
            $"{instrument.Symbol.Name}: trail-distance-pct {Settings.TrailDistancePct} comes to {_longestStanceTrail} in the widest stance; the venue refuses limits {instrument.PercentPrice} and more from its mark. Nothing changed."));

    /// <summary>
    /// Says why no trim of these legs would ever be sent: the venue's smallest order, at what the larger leg cost, is more than <c>max-order-notional-quote</c>. Null where one
    /// fits, and where there is nothing to trim.
    /// </summary>
    public Refusal? CheckOrders(Instrument instrument, HandOver legs)
    {
        ArgumentNullException.ThrowIfNull(legs);
        if (Balance.Of(legs.Legs, Settings.RebalanceTargetRatio) is not { } balance || Math.Abs(balance.Drift) <= Settings.BalanceTolerance
            || legs[balance.Dominating].AveragePrice is not { } price)
        {
            return null;
        }
        return OrderSizer.Size(instrument, price, balance.Way, most: balance.Way, grows: false, Bounds, feeRate: 0m).Refusal is { Code: OrderSizer.NoLotFits } none
            ? new Refusal("protector.no-order-fits", $"max-order-notional-quote is {Settings.MaxOrderNotionalQuote}, and no trim fits it: {none.Reason}")
            : null;
    }

    /// <summary>
    /// Says why the target cannot be met by trimming these legs, or null if it can: one of the shares that whole lots allow must be within half the
    /// tolerance, where trimming stops.
    /// </summary>
    public Refusal? Check(Instrument instrument, Legs legs)
    {
        var target = Settings.RebalanceTargetRatio;
        if (Balance.Of(legs, target) is not { } balance)
            return new Refusal("protector.nothing-to-protect", $"{instrument.Symbol.Name}: both legs are flat, so they have no share. Nothing changed.");
        if (Math.Abs(balance.Drift) <= Settled) return null;
        var trimmed = Quantizer.FloorToLot(instrument, balance.Way);
        if (trimmed < instrument.MinQuantity) trimmed = Quantity.Zero;
        var left = balance.Dominating == PositionSide.Long ? legs with { Long = legs.Long - trimmed } : legs with { Short = legs.Short - trimmed };
        var nearest = left.Gross.Base > 0m ? left.Long.Base / left.Gross.Base : balance.Share;
        return Math.Abs(nearest - target) <= Settled
            ? null
            : new Refusal("protector.target-out-of-reach", string.Create(CultureInfo.InvariantCulture,
                $"{instrument.Symbol.Name}: rebalance-target-ratio is {target}; of long {legs.Long} and short {legs.Short} in lots of {instrument.LotSize:0.############} the nearest share that trimming reaches is {nearest:0.######}, and trimming stops within {Settled:0.######} of the target. Nothing changed."));
    }
}
