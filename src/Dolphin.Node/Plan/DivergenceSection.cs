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
            venue.Whole("seed", 0UL, ulong.MaxValue, "mixed with the run's"), Lag(venue), new Bps(venue.Number("noise-bps", Range.Between(0m, 100m), "basis points")),
            (double)outages.Fraction("share", Range.Between(0m, 1m), "of all stretches"),
            outages.Duration("length", TimeSpan.FromSeconds(1), Day, "of a stretch", TimeSpan.FromSeconds(1)));
        return enabled ? new DivergenceSection(settings, policy) : null;
    }

    private static QuoteLag Lag(PlanSection s) => TryLag(s.Text("lag", $"whole bars such as '1 bar', 0 to {QuoteLag.MostBars}, or a time with its unit, 0s to {PlanSection.Show(QuoteLag.MostTime)}",
        text => TryLag(text) is not null)) ?? default;

    private static QuoteLag? TryLag(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is [var count, "bar" or "bars"])
            return int.TryParse(count, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var bars) && bars <= QuoteLag.MostBars ? new QuoteLag(bars, TimeSpan.Zero) : null;
        return HoconUnits.TryDuration(text, out var time) && time >= TimeSpan.Zero && time <= QuoteLag.MostTime ? new QuoteLag(0, time) : null;
    }

    private static bool IsName(string text) =>
        text.Length is > 0 and <= 32 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && text != DivergencePlan.Traded.Name;
}
