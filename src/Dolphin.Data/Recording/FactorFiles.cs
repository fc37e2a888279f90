using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dolphin.Domain.External;
using Dolphin.Domain.Market;

namespace Dolphin.Data.Recording;

/// <summary>External factors as files have them, in order of the time at which they could be known.</summary>
/// <param name="Hash">SHA-256, lower-case hex, of what the rows say: how it is written is no difference.</param>
public sealed record FactorTape(ImmutableArray<FactorValue> Values, string Hash)
{
    /// <summary>The factors that are in it, in ordinal order.</summary>
    public ImmutableArray<string> Factors => [.. Values.Select(v => v.Factor).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}

/// <summary>Reads external factors from CSV, plain or gzip. What a file is its header says.</summary>
/// <remarks>
/// Settled funding has the rate of one settlement, and becomes that of eight hours by the distance of settlements. No row is known before its time: a day's close at the end of the day, a bar of eight hours at its close, Binance's metrics of five minutes when those are over.
/// </remarks>
public static class FactorFiles
{
    private const string Own = "at,asset,factor,value", Funding = "funding_time_ms,symbol,funding_rate", Mark = "open_time_ms,symbol,open,high,low,close", Dvol = "date,dvol_close";
    private const string Metrics =
        "create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio";

    private static readonly string[] Known = [Own, Funding, Mark, Dvol, Metrics];
    private static readonly string[] Names =
    [
        Domain.External.Factors.Basis, Domain.External.Factors.Dvol, Domain.External.Factors.Funding, Domain.External.Factors.Mark, Domain.External.Factors.OpenInterest,
        Domain.External.Factors.TakerRatio, Domain.External.Factors.TakerRatio5M,
    ];

    private static readonly string[] Times = ["yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];
    private static readonly DateTimeOffset Earliest = new(2009, 1, 3, 0, 0, 0, TimeSpan.Zero), Latest = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan MarkBar = TimeSpan.FromHours(8), MetricsBar = TimeSpan.FromMinutes(5);

    /// <exception cref="RecordingException">Anything is wrong with any of the files; none of them is used.</exception>
    public static FactorTape Read(IReadOnlyList<string> paths, ReadLimits limits)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var (values, settled) = (new List<FactorValue>(), new List<int>());
        var lists = paths.Select(path => ReadOne(path, limits, values, settled)).ToArray();
        if (lists.Any(l => l.Count > 0)) throw RecordingException.Of(lists);
        SettledFunding.Normalise(values, settled);
        // Of one moment the order of files and rows stays.
        ImmutableArray<FactorValue> inOrder = [.. values.OrderBy(v => v.At)];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var v in inOrder)
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{v.At.UtcTicks},{v.Asset?.Name},{v.Factor},{v.Value:R}\n")));
        return new FactorTape(inOrder, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static ErrorList ReadOne(string path, ReadLimits limits, List<FactorValue> values, List<int> settled)
    {
        var errors = new ErrorList(path);
        try
        {
            using var text = new RecordedText(path, limits, mayEndOpen: true);
            var header = "";
            while (text.TryRead(out var line))
            {
                var row = Encoding.UTF8.GetString(Header.WithoutMark(line)).Trim();
                if (row.Length == 0 || row[0] == '#') continue;
                if (header.Length > 0)
                {
                    if (values.Count >= limits.MaxRows)
                    {
                        errors.Add(text.Line, null, $"at most {limits.MaxRows} rows", "more");
                        break;
                    }
                    TakeRow(header, row.Split(',', StringSplitOptions.TrimEntries), text.Line, values, errors);
                    if (header == Funding) settled.Add(values.Count - 1);
                    continue;
                }

                header = row;
                if (Known.Contains(header, StringComparer.Ordinal)) continue;
                errors.Add(text.Line, null, $"the header {string.Join(" or ", Known)}", $"'{Cut(header)}'");
                return errors;
            }

            if (text.Fault is { } fault) errors.AddStop(text.Line + 1, fault.Expected, fault.Came);
            else if (header.Length == 0) errors.Add(0, null, $"the header {Own}", "an empty file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(0, null, "a file that can be read", e.Message.TrimEnd('.'));
        }
        return errors;
    }

    private static void TakeRow(string header, string[] cells, long line, List<FactorValue> values, ErrorList errors)
    {
        var columns = header.Split(',');
        if (cells.Length != columns.Length)
        {
            errors.Add(line, null, $"{columns.Length} cells, {header}", $"{cells.Length} in '{Cut(string.Join(',', cells))}'");
            return;
        }

        var before = errors.Count;
        switch (header)
        {
            case Own:
                var asset = cells[1] is "" ? null : Asset(1);
                if (!Names.Contains(cells[2], StringComparer.Ordinal)) errors.Add(line, columns[2], $"one of {string.Join(", ", Names)}", $"'{Cut(cells[2])}'");
                Add(asset, cells[2], 3, Time(0));
                break;
            case Funding:
                Add(Asset(1), Domain.External.Factors.Funding, 2, UnixTime(0));
                break;
            case Mark:
                Add(Asset(1), Domain.External.Factors.Mark, 5, UnixTime(0) + MarkBar);
                break;
            case Dvol:
                Add(null, Domain.External.Factors.Dvol, 1, Day(0) + TimeSpan.FromDays(1));
                break;
            default:
                var (symbol, at) = (Asset(1), Moment(0) + MetricsBar);
                Add(symbol, Domain.External.Factors.OpenInterest, 2, at);
                Add(symbol, Domain.External.Factors.TakerRatio5M, 7, at);
                break;
        }

        void Add(Symbol? of, string factor, int column, DateTimeOffset at)
        {
            var value = Number(column);
            if (errors.Count == before) values.Add(new FactorValue(of, factor, value, at));
        }

        Symbol? Asset(int column)
        {
            if (SymbolText.TryParse(Encoding.UTF8.GetBytes(cells[column])) is { } symbol) return symbol;
            errors.Add(line, columns[column], SymbolText.Pattern, $"'{Cut(cells[column])}'");
            return null;
        }

        double Number(int column)
        {
            const NumberStyles plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
            if (double.TryParse(cells[column], plain, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)) return value;
            errors.Add(line, columns[column], "a finite number such as 0.0001", $"'{Cut(cells[column])}'");
            return 0;
        }

        DateTimeOffset Time(int column) => Exact(column, Times, "ISO 8601 in UTC with its Z, such as 2026-01-05T09:30:00Z");
        DateTimeOffset Day(int column) => Exact(column, ["yyyy-MM-dd"], "a day such as 2026-01-05");
        DateTimeOffset Moment(int column) => Exact(column, ["yyyy-MM-dd HH:mm:ss"], "a time such as 2026-01-05 09:30:00");

        DateTimeOffset UnixTime(int column)
        {
            if (long.TryParse(cells[column], NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms < Latest.ToUnixTimeMilliseconds() && ms >= Earliest.ToUnixTimeMilliseconds())
                return DateTimeOffset.FromUnixTimeMilliseconds(ms);
            errors.Add(line, columns[column], "Unix milliseconds of a time from 2009-01-03 to 2099-12-31", $"'{Cut(cells[column])}'");
            return Earliest;
        }

        DateTimeOffset Exact(int column, string[] formats, string expected)
        {
            const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
            if (DateTimeOffset.TryParseExact(cells[column], formats, CultureInfo.InvariantCulture, utc, out var at) && at >= Earliest && at < Latest) return at;
            errors.Add(line, columns[column], expected, $"'{Cut(cells[column])}'");
            return Earliest;
        }
    }

    private static string Cut(string text) => text.Length <= 60 ? text : text[..60] + "...";
}
