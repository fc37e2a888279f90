using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Dolphin.Domain.Esoteric;

namespace Dolphin.Domain.Reporting;

/// <summary>What EsoF sees at a moment, and what it has done or would have by then.</summary>
/// <param name="Illumination">Lit share of the Moon's disk, 0 to 1.</param>
/// <param name="Factor">What L8 makes of it; sizes are in proportion to it. Null of a moment that is over: the plan says it, and is not in the journal.</param>
/// <param name="Did">Null of a moment that is over, where the sensor's newest snapshots are of later.</param>
/// <param name="Harmonics">Where the moment is in the week and in the day; they have no word in the hazard. Null in pictures from before there was this.</param>
public sealed record EsotericPicture(
    DateTimeOffset At, double Illumination, MoonPhaseInstant NextPhase, bool IsMercuryRetrograde, MercuryStation NextStation, double Syzygy, double Weekday, double Hazard,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Factor, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EsotericReport? Did, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableArray<Harmonic>? Harmonics = null)
{
    public static EsotericPicture Of(EsotericReading reading, double? factor, EsotericReport? did)
    {
        ArgumentNullException.ThrowIfNull(reading);
        return new EsotericPicture(
            reading.At, reading.Moon.Illumination, reading.NextPhase, reading.IsMercuryRetrograde, reading.NextStation, reading.Syzygy, reading.Weekday, reading.Hazard, factor, did, reading.Harmonics);
    }

    /// <summary>As lines of text.</summary>
    public string ToText() => string.Create(CultureInfo.InvariantCulture,
        $"EsoF {(Did is null ? "then" : Did.Acts ? "acts" : "watches")}: Moon {Illumination:0 %} lit, {Word(NextPhase.Phase)} {NextPhase.At:yyyy-MM-dd HH:mm}; Mercury {(IsMercuryRetrograde ? "retrograde" : "direct")} until {NextStation.At:yyyy-MM-dd}; ")
        + string.Create(CultureInfo.InvariantCulture, $"syzygy {Syzygy:0.00}, weekday {Weekday:0}, hazard {Hazard:0.00}{(Factor is { } f ? string.Create(CultureInfo.InvariantCulture, $", f {f:0.0000}") : "")}\n")
        + Seasons()
        + (Factor is null ? "f of that moment is not written down; where EsoF acts the row of L8 has it\n" : "")
        + (Did?.ToText() ?? "what EsoF had done by then is not written down: the sensor's newest two snapshots are kept, and they are of later\n");

    // As cos and sin of each, by rising number.
    private string Seasons()
    {
        if (Harmonics is not { } harmonics) return "";
        var text = new StringBuilder();
        foreach (var period in Enum.GetValues<HarmonicPeriod>())
            text.Append(text.Length == 0 ? "" : "; ").Append(period == HarmonicPeriod.Week ? "week" : "day")
                .AppendJoin("", harmonics.Where(h => h.Period == period).Select(h => string.Create(CultureInfo.InvariantCulture, $" {h.Cos:+0.00;-0.00;0.00} {h.Sin:+0.00;-0.00;0.00}")));
        return $"harmonics (cos sin), no part of the hazard: {text}\n";
    }

    private static string Word(MoonPhase phase) => phase switch
    {
        MoonPhase.New => "new",
        MoonPhase.FirstQuarter => "first quarter",
        MoonPhase.Full => "full",
        _ => "last quarter",
    };
}

/// <summary>What EsoF did, or would have done: nobody has to believe in it.</summary>
/// <param name="Acts">False: it only watches, and no size has its f in it.</param>
/// <param name="MeanFactor">By time; null, like the next two, before any has passed.</param>
/// <param name="MeanWith">R_total with EsoF: sizes are in proportion.</param>
/// <param name="MeanWithout">R_total of the other layers alone.</param>
/// <param name="Days">UTC days that were weighed, the newest perhaps not over; one of which nothing has come yet is not among them.</param>
/// <param name="LossSpared">Quote; by how much losses of days were, or would have been, smaller.</param>
/// <param name="ProfitGivenUp">Quote; the same of profits.</param>
/// <param name="Helped">The first less the second: above zero it helped.</param>
public sealed record EsotericReport(
    bool Acts, DateTimeOffset? Since, DateTimeOffset? Until, double? MeanFactor, double LeastFactor, double? MeanWith, double? MeanWithout, int Days, Money LossSpared,
    Money ProfitGivenUp, Money Helped)
{
    public static EsotericReport Of(bool acts, EsotericEffect effect)
    {
        ArgumentNullException.ThrowIfNull(effect);
        var tally = effect.TallySoFar(acts);
        return new EsotericReport(
            acts, effect.Since, effect.At, effect.MeanFactor, effect.LeastFactor, effect.MeanWith, effect.MeanWithout, tally.Periods, tally.LossSpared, tally.ProfitGivenUp, tally.Helped);
    }

    /// <summary>As lines of text.</summary>
    public string ToText()
    {
        if (MeanFactor is not { } mean || MeanWith is not { } with || MeanWithout is not { } without) return "EsoF has seen no time pass yet.\n";
        var would = Acts ? "made" : "would have made";
        return string.Create(CultureInfo.InvariantCulture,
            $"EsoF {would} sizes {1 - mean:0.00 %} smaller on average, {1 - LeastFactor:0.00 %} at most: mean R_total with EsoF {with:0.0000}, without {without:0.0000}\n")
            + string.Create(CultureInfo.InvariantCulture,
                $"in {Days} days it {(Acts ? "spared" : "would have spared")} losses of {LossSpared.Quote:0.00} and {(Acts ? "gave up" : "given up")} profits of {ProfitGivenUp.Quote:0.00}: {Helped.Quote:+0.00;-0.00;0.00}\n");
    }
}
