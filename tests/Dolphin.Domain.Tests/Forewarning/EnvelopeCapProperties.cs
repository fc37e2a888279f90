using Dolphin.Domain.Forewarning;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Forewarning;

/// <summary>What being outside of the envelope does to a size.</summary>
public sealed class EnvelopeCapProperties
{
    private static readonly SizingPolicy Nothing = new(null, null, 1);

    private sealed record Case(double Nearer, double Farther, decimal Judged, decimal Wished, decimal Posture, decimal Fraction);

    // Distances around the boundary and both ends of ORANGE, where something happens.
    private static readonly Gen<Case> Cases =
        from nearer in Gen.OneOf(Gen.Elements(-1.0, -0.1, -1e-9, 0, 1e-9, 0.05, 0.1 - 1e-9, 0.1, 0.5, 1), Gen.Choose(-1_000, 1_000).Select(i => i / 1_000.0))
        from step in Gen.OneOf(Gen.Elements(0, 1e-9, 0.05, 0.1, 0.2), Gen.Choose(0, 1_000).Select(i => i / 1_000.0))
        from judged in Gen.Choose(1, 500).Select(i => i / 10m)
        from wished in Gen.OneOf(Gen.Constant(judged), Gen.Choose(1, 800).Select(i => i / 10m))
        from posture in Gen.Elements(2m, 6m, 125m)
        from fraction in Gen.Choose(1, 100).Select(i => i / 100m)
        select new Case(nearer, nearer - step, judged, wished, posture, fraction);

    private static (Bet Bet, OpeningSizing Sizing) Size(Case c, double distance)
    {
        var standing = new KeptStanding(new Symbol("BTCUSDT"), c.Judged, distance, distance, SafetyEnvelope.BandOf(distance), null, [], null);
        var risk = new RiskView(EnvelopeResponse.FactorAt(standing.InMargins, wellInside: 1), Posture.Apex, c.Posture, InvariantFailed: false, 1, 1);
        return SizingChain.Size(Nothing, new BetRequest(new Money(10_000m), c.Fraction, c.Wished, standing.LeverageCap, [], Money.Zero), risk, SizingInputs.Unknown, null, null);
    }

    [Fact(DisplayName = "Farther from safety is never more leverage and never a larger position; outside leverage is at most half of what was judged, and the text says why")]
    public void Farther_is_never_more() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll(Cases.ToArbitrary(), c =>
    {
        var (nearer, farther) = (Size(c, c.Nearer), Size(c, c.Farther));
        Assert.True(farther.Bet.Leverage <= nearer.Bet.Leverage, $"{farther.Bet.Leverage} > {nearer.Bet.Leverage}");
        Assert.True(farther.Bet.Notional <= nearer.Bet.Notional);
        var isOutside = c.Farther <= 0;
        if (isOutside) Assert.True(farther.Bet.Leverage <= c.Judged / 2m);
        Assert.Equal(isOutside, farther.Sizing.ToText().Contains("envelope: at most", StringComparison.Ordinal));
        Assert.Equal(isOutside && c.Judged / 2m < Math.Min(c.Wished, c.Posture), farther.Bet.Bound == BetBound.Envelope);
    }));

    [Fact(DisplayName = "Those draws reach both sides of the boundary, ORANGE, and caps that bind and that do not")]
    public void Draws_reach()
    {
        var (bands, bounds) = (new HashSet<EnvelopeBand>(), new HashSet<BetBound>());
        Check.One(Draws.Same(500), Prop.ForAll(Cases.ToArbitrary(), c =>
        {
            bands.Add(SafetyEnvelope.BandOf(c.Farther));
            bounds.Add(Size(c, c.Farther).Bet.Bound);
        }));
        Assert.Equal(3, bands.Count);
        Assert.Superset(new HashSet<BetBound> { BetBound.Configured, BetBound.Posture, BetBound.Envelope }, bounds);
    }
}
