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

    [Fact(DisplayName = "Every default of the comparison is the domain's; the second venue is two seconds late and two basis points off")]
    public void Defaults()
    {
        var (code, section) = (new DivergenceSettings(), Good("dolphin.divergence.enabled = true").Divergence!);
        Assert.Equal(["paper", "paper-2"], section.Settings.Sources.Select(s => s.Name));
        Assert.Equal(code, section.Settings with { Sources = code.Sources });
        Assert.Equal(new QuoteVenuePolicy(2, TimeSpan.FromSeconds(2), new Bps(2m), 0, TimeSpan.FromMinutes(10)), section.Venue);
    }

    [Fact(DisplayName = "A lag is a time of at most the age at which a price is still compared; one in bars, as plans once had it, is refused with what to write")]
    public void Lags()
    {
        TimeSpan Of(string lag, string maxAge = "10s") => Good($"dolphin.divergence {{ enabled = true, max-age = {maxAge}, venue.lag = {lag} }}").Divergence!.Venue.Lag;
        Assert.Equal([TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.Zero], [Of("250ms"), Of("10s"), Of("1m", "15m"), Of("0s")]);
        Bad("dolphin.divergence.venue.lag = 1 bar", "dolphin.divergence.venue.lag", "'1 bar'", "a time with its unit such as 2s", "no number of bars");
        Bad("dolphin.divergence.venue.lag = 11s", "dolphin.divergence.venue.lag", "at most max-age (10s; an older price is not compared)");
        Bad("dolphin.divergence { max-age = 1s }", "dolphin.divergence.venue.lag", "at most max-age (1s;");
        Bad("dolphin.divergence { max-age = 1h, venue.lag = 2m }", "dolphin.divergence.venue.lag", "0s to 1m");
        Bad("dolphin.divergence.venue.lag = -1s", "dolphin.divergence.venue.lag");
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
