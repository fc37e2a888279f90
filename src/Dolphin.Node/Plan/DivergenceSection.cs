using Dolphin.Actors.Divergence;
using Dolphin.Domain;
using Dolphin.Domain.Divergence;
using Dolphin.Domain.Market;
using Dolphin.Node.Hocon;
using Dolphin.Venues.Paper;

namespace Dolphin.Node.Plan;

/// <summary>What <c>dolphin.divergence</c> asks for, but for what the run adds: its seed and the length of its bars.</summary>
public sealed record DivergenceSection(DivergenceSettings Settings, QuoteVenuePolicy Venue)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <returns>The plan, or null after adding why there is none for bars of this length.</returns>
    public DivergencePlan? For(TimeSpan interval, long seed, List<string> errors) =>
        // The run's seed too: another seed is another outside world.
        DivergencePlan.Of(Settings, Venue with { Seed = Venue.Seed ^ new Chance((ulong)seed).NextBits() }, interval, "dolphin.divergence", errors);

    /// <returns>Null where it is not enabled. The ranges are the domain's own.</returns>
    internal static DivergenceSection? Read(PlanSection s)
    {
        var (venue, enabled) = (s.Section("venue"), s.Flag("enabled"));
        var outages = venue.Section("outages");
        var settings = new DivergenceSettings
        {
            Sources = [DivergencePlan.Traded, new PriceSource(venue.Text("name", $"a word of letters, digits and '-', other than {DivergencePlan.Traded}", IsName))],
            MaxAge = s.Duration("max-age", TimeSpan.Zero, Day, "of a price"),
            Step = s.Duration("step", TimeSpan.Zero, Day, "of the grid of returns"),
            Window = s.Duration("window", TimeSpan.Zero, Day, "of what lead and lag are read from"),
            MaxLag = s.Duration("max-lag", TimeSpan.Zero, Day, "the longest lead looked for"),
            MinConfidence = (double)s.Fraction("min-confidence", Range.Any, "that a lead is one"),
        };
        var errors = new List<string>();
        // A name that is wrong has been said already.
        DivergencePolicy.Create(settings with { Sources = [DivergencePlan.Traded] }, s.Path, errors);
        s.NoteAtTheirKeys(errors);
        var policy = new QuoteVenuePolicy(
            venue.Whole("seed", 0UL, ulong.MaxValue, "mixed with the run's"), Lag(venue, settings.MaxAge), new Bps(venue.Number("noise-bps", Range.Between(0m, 100m), "basis points")),
            (double)outages.Fraction("share", Range.Between(0m, 1m), "of all stretches"),
            outages.Duration("length", TimeSpan.FromSeconds(1), Day, "of a stretch", TimeSpan.FromSeconds(1)));
        return enabled ? new DivergenceSection(settings, policy) : null;
    }

    // Plans of before said it in bars, and a price of a quarter of an hour ago counted as fresh.
    private static TimeSpan Lag(PlanSection s, TimeSpan maxAge)
    {
        var text = s.Text("lag", $"a time with its unit such as 2s, 0s to {PlanSection.Show(QuoteVenuePolicy.MostLag)} and at most max-age ({PlanSection.Show(maxAge)}; an older price is not compared), and no number of bars",
            t => HoconUnits.TryDuration(t, out var v) && v >= TimeSpan.Zero && v <= QuoteVenuePolicy.MostLag && (v <= maxAge || maxAge == TimeSpan.Zero));
        return HoconUnits.TryDuration(text, out var lag) ? lag : TimeSpan.Zero;
    }

    private static bool IsName(string text) =>
        text.Length is > 0 and <= 32 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && text != DivergencePlan.Traded.Name;
}
