using System.Collections.Immutable;

namespace Dolphin.Domain.Hermes;

/// <summary>
/// How Hermes decides who holds an asset's legs, before anyone trusts it: <see cref="HermesPolicy.Create"/> checks. Keys are under
/// <c>dolphin.hermes</c>; the regime's own are under <c>dolphin.hermes.regime</c>. The initial values are the recommended ones.
/// </summary>
public sealed record HermesSettings
{
    /// <summary>Key <c>allowed</c>: the strategies that the plan gives this asset. Empty is refused: then there is no need of Hermes.</summary>
    public ImmutableArray<LegHolder> Allowed { get; init; } = [LegHolder.BandLimitedHedging, LegHolder.HedgeCompression, LegHolder.ExposureProtector];

    /// <summary>Key <c>min-dwell</c>, 1 min to 30 days: least time between two changes of holder. Four hours: a regime's windows are eight to
    /// twelve, so nothing that changed within four was measured by mostly new data.</summary>
    public TimeSpan MinDwell { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Key <c>confirm</c>, 1 s to 1 day, at most min-dwell: for how long the same change must be wanted without a break, and for
    /// how long a softer stance must be. Half an hour: two slots of the regime.</summary>
    public TimeSpan Confirm { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Key <c>hand-over.within</c>, 1 s to 1 day: how long holder and heir may take, each. Eleven minutes: an order's life and an
    /// answer of the venue about it.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromMinutes(11);

    /// <summary>Key <c>hand-over.retry-after</c>, 1 s to min-dwell: after one that failed; doubled by each further one, up to min-dwell.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Key <c>dust</c>, 0 to 1000000 quote: a book with less than that is flat.</summary>
    public decimal Dust { get; init; } = 10m;

    /// <summary>Keys <c>dominance.enter</c>, <c>dominance.leave</c>, 0 to 1: |long - short| / (long + short). 0.6 is four to one.</summary>
    public FeatureTrigger Dominance { get; init; } = new(Enter: 0.6, Leave: 0.4);

    /// <summary>Keys <c>dominance.weight-enter</c>, <c>.weight-leave</c>, 0 to 100: net notional over the asset's capital. A book dominates the
    /// account only if it weighs something in it.</summary>
    public FeatureTrigger DominanceWeight { get; init; } = new(Enter: 0.25, Leave: 0.15);

    /// <summary>Keys <c>severe.legs-enter</c>, <c>.legs-leave</c>, 0 to 100: net notional over one leg of the opening, as design 7.5 has it for E_max; a
    /// dominating side of this size is severe. Band-limited hedging stands on one leg most of the time, whatever leverage made of that leg, and leaves by itself
    /// above gamma2 E_max = 1.1: both thresholds are beyond that. With a leg of 20 % x 3 they are 1.0 and 0.8 of the capital.</summary>
    public FeatureTrigger SevereLegs { get; init; } = new(Enter: 1.67, Leave: 1.33);

    /// <summary>Keys <c>locked.gap-enter</c>, <c>.gap-leave</c>, fractions of price, 0 to 1: (pL - pS) / P. Half a percent is five times what
    /// one compression swing costs in taker fees.</summary>
    public FeatureTrigger LockedGap { get; init; } = new(Enter: 0.005, Leave: 0.001);

    /// <summary>Keys <c>locked.evenness-enter</c>, <c>.evenness-leave</c>, 0 to 1: smaller leg over larger. Crumbs beside one leg are no lock.</summary>
    public FeatureTrigger LockedEvenness { get; init; } = new(Enter: 0.3, Leave: 0.15);

    /// <summary>Key <c>ailing.loss</c>, above 0 to 1: unrealised loss as a share of the asset's capital.</summary>
    public double AilingLoss { get; init; } = 0.10;

    /// <summary>Key <c>ailing.idle</c>, 1 min to 1 year: no fill for so long. A loss alone is how hedging looks; a loss that nobody works on is not.</summary>
    public TimeSpan AilingIdle { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Key <c>bold-below</c>, 0 to 1: BOLD asks for a variance ratio below this, besides APEX and a ranging market. 0 is never.</summary>
    public double BoldBelow { get; init; } = 0.85;
}
