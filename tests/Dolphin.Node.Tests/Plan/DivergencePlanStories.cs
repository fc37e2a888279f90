using Dolphin.Actors.Divergence;
using Dolphin.Domain;
using Dolphin.Domain.Divergence;
using Dolphin.Node.Plan;
using Dolphin.Venues.Paper;

namespace Dolphin.Node.Tests.Plan;

/// <summary>What a plan says of a second venue.</summary>
public sealed class DivergencePlanStories
{
    private static TradingPlan Good(string text) => PlanStories.Load(text).Good();
    private static void Bad(string text, params string[] says) => PlanStories.Load(text).Bad(says);

    [Fact(DisplayName = "Without a word there is no second venue, and the fingerprint is that of before there could be one, with Hermes and without")]
    public void Off()
    {
        const string written = "dolphin.divergence { max-age = 20s, venue.noise-bps = 9 }";
        Assert.Null(Good("").Divergence);
        Assert.Equal(Good("").Fingerprint, Good(written).Fingerprint);
        Assert.Equal(Good("dolphin.hermes.enabled = true").Fingerprint, Good($"dolphin.hermes.enabled = true, {written}").Fingerprint);
        Assert.NotEqual(Good("").Fingerprint, Good("dolphin.divergence.enabled = true").Fingerprint);
        Assert.NotEqual(Good("dolphin.divergence.enabled = true").Fingerprint, Good($"dolphin.divergence.enabled = true, {written}").Fingerprint);
    }

    [Fact(DisplayName = "Every default of the comparison is the domain's; the second venue is a bar late and two basis points off")]
    public void Defaults()
    {
        var (code, section) = (new DivergenceSettings(), Good("dolphin.divergence.enabled = true").Divergence!);
        Assert.Equal(["paper", "paper-2"], section.Settings.Sources.Select(s => s.Name));
        Assert.Equal(code, section.Settings with { Sources = code.Sources });
        Assert.Equal(new QuoteVenuePolicy(2, new QuoteLag(1, TimeSpan.Zero), new Bps(2m), 0, TimeSpan.FromMinutes(10)), section.Venue);
    }

    [Fact(DisplayName = "A lag is so many bars or a time, and nothing else")]
    public void Lags()
    {
        QuoteLag Of(string lag) => Good($"dolphin.divergence {{ enabled = true, venue.lag = {lag} }}").Divergence!.Venue.Lag;
        Assert.Equal(new QuoteLag(3, TimeSpan.Zero), Of("3 bars"));
        Assert.Equal(new QuoteLag(0, TimeSpan.FromSeconds(2)), Of("2s"));
        Bad("dolphin.divergence.venue.lag = 61 bars", "dolphin.divergence.venue.lag", "whole bars such as '1 bar', 0 to 60");
        Bad("dolphin.divergence.venue.lag = 2h", "dolphin.divergence.venue.lag", "0s to 1m");
        Bad("dolphin.divergence.venue.lag = -1 bars", "dolphin.divergence.venue.lag");
    }

    [Fact(DisplayName = "What cannot be meant is refused with its path, what it is and what was expected, also where the section is not enabled")]
    public void Bad_values()
    {
        Bad("dolphin.divergence.venue.name = paper", "dolphin.divergence.venue.name", "other than paper");
        Bad("dolphin.divergence.window = 5s", "dolphin.divergence.window", "32 to 256");
        Bad("dolphin.divergence.min-confidence = 20 %", "dolphin.divergence.min-confidence", "0.5 to 0.999999");
        Bad("dolphin.divergence.venue.outages.share = 120 %", "dolphin.divergence.venue.outages.share");
        Bad("dolphin.divergence.venue.noise-bp = 2", "did you mean 'noise-bps'");
    }

    [Fact(DisplayName = "Another seed of the run is another second venue, and the same seed the same; bars of a day are too long and say so")]
    public void Seeds()
    {
        var section = Good("dolphin.divergence.enabled = true").Divergence!;
        DivergencePlan Of(long seed) => section.For(TimeSpan.FromMinutes(1), seed, [])!;
        Assert.Equal(Of(1).Venue, Of(1).Venue);
        Assert.NotEqual(Of(1).Venue.Seed, Of(2).Venue.Seed);
        var errors = new List<string>();
        Assert.Null(section.For(TimeSpan.FromDays(1), 1, errors));
        Assert.Contains(errors, e => e.Contains("dolphin.divergence.step", StringComparison.Ordinal));
    }
}
