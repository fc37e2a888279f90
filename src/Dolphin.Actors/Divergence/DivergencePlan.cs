using Dolphin.Domain.Divergence;
using Dolphin.Venues.Paper;

namespace Dolphin.Actors.Divergence;

/// <summary>Which two venues are compared, and how. Known to be good.</summary>
/// <param name="Policy">For bars of the run's length.</param>
/// <param name="First">The venue that is traded at.</param>
/// <param name="Second">The one that only quotes.</param>
/// <param name="Patience">How long what was published counts for whoever reads it: the age of a price that is still compared, and a bar, since
/// who decides on a bar may read before that bar has been compared.</param>
public sealed record DivergencePlan(DivergencePolicy Policy, PriceSource First, PriceSource Second, QuoteVenuePolicy Venue, TimeSpan Patience)
{
    /// <summary>The name of the venue that is traded at.</summary>
    public static readonly PriceSource Traded = new("paper");

    /// <param name="settings">With two sources, <see cref="Traded"/> and another.</param>
    /// <param name="interval">Of a bar. Returns are compared bar by bar where a bar is longer than a step: window and longest lag keep their number of steps.</param>
    /// <param name="path">Where the settings were found; it begins every message.</param>
    /// <returns>The plan, or null after adding every mistake to <paramref name="errors"/>.</returns>
    public static DivergencePlan? Of(DivergenceSettings settings, QuoteVenuePolicy venue, TimeSpan interval, string path, List<string> errors)
    {
        var step = interval > settings.Step ? interval : settings.Step;
        TimeSpan AsMany(TimeSpan span) => settings.Step > TimeSpan.Zero && span.Ticks % settings.Step.Ticks == 0 ? step * (span.Ticks / settings.Step.Ticks) : span;
        var policy = DivergencePolicy.Create(settings with { Step = step, Window = AsMany(settings.Window), MaxLag = AsMany(settings.MaxLag) }, path, errors);
        return policy is null ? null : new DivergencePlan(policy, Traded, policy.Sources.Single(s => s != Traded), venue, settings.MaxAge + interval);
    }
}
