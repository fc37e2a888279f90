using System.Globalization;
using Dolphin.Domain;
using Dolphin.Domain.Reporting;

namespace Dolphin.Node.Screen;

/// <summary>Numbers as a person reads them on a screen: few digits, fixed width where columns need it, never scientific.</summary>
internal static class Figures
{
    /// <summary><c>98,764.12</c>; a sign only below zero.</summary>
    public static string Amount(Money money) => money.Quote.ToString("#,##0.00", CultureInfo.InvariantCulture);

    /// <summary><c>+12.34</c>: a change, always with its sign; zero has none.</summary>
    public static string Change(Money money) => money.Quote.ToString("+#,##0.00;-#,##0.00;0.00", CultureInfo.InvariantCulture);

    /// <summary>Five significant digits: enough to tell two prices apart, for prices from 0.00001 to 100,000.</summary>
    public static string Short(decimal value)
    {
        var size = Math.Abs(value);
        var format = size switch
        {
            0m => "0",
            >= 10_000m => "#,##0",
            >= 1_000m => "0.0",
            >= 100m => "0.00",
            >= 10m => "0.000",
            >= 1m => "0.0000",
            >= 0.01m => "0.00000",
            _ => "0.00000000",
        };
        return value.ToString(format, CultureInfo.InvariantCulture);
    }

    public static string Price(Price? price) => price is { } p ? Short(p.QuotePerBase) : "-";

    /// <summary><c>0.152@98,764</c>, or a dash while the leg is flat.</summary>
    public static string Leg(Leg leg) => leg.Quantity.Base == 0m ? "-" : $"{Amount(leg.Quantity)}@{Price(leg.Price)}";

    /// <summary>As many digits as <see cref="Short"/>, without zeros that say nothing: quantities are multiples of a lot.</summary>
    public static string Amount(Quantity quantity)
    {
        var text = Short(quantity.Base);
        return text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
    }

    public static string Count(long count) => count.ToString("#,##0", CultureInfo.InvariantCulture);

    /// <summary>A dash where it is not known.</summary>
    public static string Count(long? count) => count is { } known ? Count(known) : "-";

    /// <summary>1.00 only for exactly one: 0.9996 is shown as 0.999, because a tax must not look like none.</summary>
    public static string Factor(double value) => value switch
    {
        1.0 => "1.000",
        > 0.999 and < 1.0 => "0.999",
        _ => value.ToString("0.000", CultureInfo.InvariantCulture),
    };

    public static string Percent(double fraction) => (fraction * 100).ToString("0.00", CultureInfo.InvariantCulture) + " %";

    /// <summary>A factor such as a leverage.</summary>
    public static string Times(decimal factor) => factor.ToString("0.00", CultureInfo.InvariantCulture) + "x";

    /// <summary>A part of a whole that is small: a hundredth of a basis point is still seen.</summary>
    public static string Fine(double fraction) => (fraction * 100).ToString("0.0000", CultureInfo.InvariantCulture) + " %";

    public static string Rate(double perSecond) => perSecond switch
    {
        >= 1e6 => (perSecond / 1e6).ToString("0.00", CultureInfo.InvariantCulture) + "M",
        >= 1e4 => (perSecond / 1e3).ToString("0", CultureInfo.InvariantCulture) + "k",
        >= 10 => perSecond.ToString("#,##0", CultureInfo.InvariantCulture),
        _ => perSecond.ToString("0.##", CultureInfo.InvariantCulture),
    };

    /// <summary>A dash where it is not known.</summary>
    public static string Rate(double? perSecond) => perSecond is { } known ? Rate(known) : "-";

    /// <summary>A dash where it is not known.</summary>
    public static string Span(double? seconds) => seconds is { } known ? Span(known) : "-";

    public static string Span(double seconds)
    {
        var span = TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 86_400 * 9_999.0));
        return span switch
        {
            { TotalDays: >= 1 } => $"{(int)span.TotalDays}d {span.Hours:00}h",
            { TotalHours: >= 1 } => $"{(int)span.TotalHours}h {span.Minutes:00}m",
            { TotalMinutes: >= 1 } => $"{(int)span.TotalMinutes}m {span.Seconds:00}s",
            _ => $"{span.TotalSeconds:0.0}s",
        };
    }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + "Z";
}
