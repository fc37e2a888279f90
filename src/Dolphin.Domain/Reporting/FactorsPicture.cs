using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Dolphin.Domain.External;

namespace Dolphin.Domain.Reporting;

/// <summary>How fresh the external factors are, and what came of them.</summary>
/// <param name="Why">What shocked last; empty before any.</param>
/// <param name="Failing">Sources that do not answer, each with the reason.</param>
/// <param name="Lacking">Sources that answer, and lack something of some symbols: of how many, and why of the first. Null where none does.</param>
public sealed record FactorsPicture(
    DateTimeOffset At, DateTimeOffset? ShockAt, string Why, ImmutableArray<FactorFreshness> Factors, ImmutableArray<FactorCount> Counts, ImmutableArray<string> Failing,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableArray<string>? Lacking = null)
{
    /// <summary>As lines of text.</summary>
    public string ToText()
    {
        var text = new StringBuilder("external factors\n");
        foreach (var f in Factors)
        {
            var count = Counts.FirstOrDefault(c => c.Factor == f.Factor) ?? new FactorCount(f.Factor, 0, 0, 0);
            text.Append(CultureInfo.InvariantCulture, $"  {f.Factor,-15} {(f.Newest is { } newest ? $"of {f.Assets}, newest {newest:yyyy-MM-dd HH:mm:ss}" : "has never come")}");
            text.Append(f.Age > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $", STALE by {f.Age.TotalMinutes:0} min") : ", fresh");
            text.Append(CultureInfo.InvariantCulture, $"; {count.Taken} taken, {count.Refused} refused, {count.Shocks} shocks\n");
        }
        if (ShockAt is { } shock) text.Append(CultureInfo.InvariantCulture, $"  last shock {shock:yyyy-MM-dd HH:mm:ss}: {Why}\n");
        foreach (var source in Failing) text.Append(CultureInfo.InvariantCulture, $"  no answer from {source}\n");
        foreach (var source in Lacking ?? []) text.Append(CultureInfo.InvariantCulture, $"  lacking from {source}\n");
        return text.ToString();
    }
}
