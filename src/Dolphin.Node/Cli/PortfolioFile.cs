using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dolphin.Domain;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;
using Dolphin.Node.Plan;

namespace Dolphin.Node.Cli;

/// <summary>A portfolio written by hand or by a script, read strictly: what is misspelt, given twice or no number is reported with its place, all of it at once.</summary>
/// <remarks>
/// <c>{"totalMargin": 10000, "positions": {"BTCUSDT": 3000, "ETHUSDT": {"long": 1200, "short": 900}}, "confidence": 0.8, "divergence": 0.01,
/// "venues": {"binance": 60000, "bybit": 60500}, "at": "2026-01-05T09:00:00Z"}</c>, margins in quote currency. Each field may be missing or null,
/// as an input of the balancer may be.
/// </remarks>
internal static class PortfolioFile
{
    /// <summary>Thousands of positions fit in a fraction of it; a larger file is another file.</summary>
    public const int MostBytes = 4 * 1024 * 1024;

    private static readonly string[] Fields = ["totalMargin", "positions", "confidence", "divergence", "venues", "at"];
    private static readonly string[] Legs = ["long", "short"];

    /// <param name="now">The time of a snapshot that says none.</param>
    /// <exception cref="CliException">The file cannot be read or is wrong; every mistake is in the details.</exception>
    public static PortfolioSnapshot Read(string path, DateTimeOffset now)
    {
        var bytes = Load(path);
        var errors = new List<CliDetail>();
        PortfolioSnapshot? snapshot = null;
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 16 });
            snapshot = new Pass(path, bytes, errors).Snapshot(ref reader, now);
        }
        catch (JsonException e)
        {
            var (line, column) = ((int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1);
            errors.Add(new CliDetail("error", "$", path, line, column, $"this is not JSON: {Sentence(e.Message)}"));
        }
        if (snapshot is not null && errors.Count == 0) return snapshot;
        throw new CliException(ExitCode.DataInvalid, $"The portfolio in {path} has {Verbs.Count(errors.Count, "error")}; nothing was judged.", [.. errors]);
    }

    private static byte[] Load(string path)
    {
        CliException Wrong(string what) => new(ExitCode.DataInvalid, "Nothing was judged.", [new CliDetail("error", "--snapshot", null, null, null, $"--snapshot {path}: {what}")]);
        try
        {
            if (Directory.Exists(path)) throw Wrong($"expected a file, found a folder ({Path.GetFullPath(path)}).");
            if (!File.Exists(path)) throw Wrong($"expected a file, there is none ({Path.GetFullPath(path)}).");
            using var file = File.OpenRead(path);
            // A pipe has no length, so it is read up to the bound and a byte.
            var bytes = new byte[MostBytes + 1];
            var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (count > MostBytes) throw Wrong($"expected at most {MostBytes:#,##0} bytes, found more. That is no portfolio.");
            var text = bytes.AsSpan(0, count);
            if (text.StartsWith("\uFEFF"u8)) text = text[3..];
            if (text.Trim(" \t\r\n"u8).IsEmpty) throw Wrong("expected a portfolio as JSON, the file is empty.");
            if (!System.Text.Unicode.Utf8.IsValid(text)) throw Wrong("expected text in UTF-8, found other bytes.");
            return text.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Wrong($"it cannot be read: {e.Message}");
        }
    }

    // The reader's own sentence ends with a position that is said already.
    private static string Sentence(string message) => message.IndexOf(" LineNumber:", StringComparison.Ordinal) is >= 0 and var at ? message[..at] : message;

    private sealed class Pass(string file, byte[] bytes, List<CliDetail> errors)
    {
        public PortfolioSnapshot? Snapshot(ref Utf8JsonReader reader, DateTimeOffset now)
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                Wrong(ref reader, "$", $"found {Found(ref reader)}; expected an object with {string.Join(", ", Fields)}");
                return null;
            }
            (Money? Total, ImmutableArray<PortfolioPosition>? Positions, double? Confidence, double? Divergence, ImmutableArray<VenuePrice> Venues, DateTimeOffset? At) read = default;
            var seen = new Dictionary<string, string>(StringComparer.Ordinal);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var name = Name(ref reader, "$", seen);
                if (Array.IndexOf(Fields, name) < 0)
                {
                    if (name is not null) Unknown(ref reader, "$", name, Fields);
                    reader.Read();
                    reader.Skip();
                    continue;
                }
                reader.Read();
                if (reader.TokenType == JsonTokenType.Null) continue; // Said to be missing.
                switch (name)
                {
                    case "totalMargin": read.Total = Amount(ref reader, "$.totalMargin", PortfolioSnapshot.LeastTotalMargin); break;
                    case "positions": read.Positions = Positions(ref reader); break;
                    case "confidence": read.Confidence = Share(ref reader, "$.confidence"); break;
                    case "divergence": read.Divergence = Share(ref reader, "$.divergence"); break;
                    case "venues": read.Venues = Venues(ref reader); break;
                    default: read.At = Time(ref reader, "$.at"); break;
                }
            }
            reader.Read(); // Anything after the object is a mistake, which the reader says itself.
            return new PortfolioSnapshot(read.Total, read.Positions, read.Confidence, read.Divergence, read.At ?? now, read.Venues);
        }

        private ImmutableArray<PortfolioPosition> Positions(ref Utf8JsonReader reader)
        {
            if (!IsObject(ref reader, "$.positions", "an object with a margin for each symbol")) return [];
            var positions = ImmutableArray.CreateBuilder<PortfolioPosition>();
            var seen = new Dictionary<string, string>(StringComparer.Ordinal);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var name = Name(ref reader, "$.positions", seen);
                if (name is not null && string.IsNullOrWhiteSpace(name)) Wrong(ref reader, "$.positions", "has a position without a symbol; expected a name such as BTCUSDT");
                reader.Read();
                var position = Position(ref reader, $"$.positions.{name}", new Symbol(name ?? ""));
                if (name is { Length: > 0 }) positions.Add(position);
            }
            if (positions.Count > PortfolioSnapshot.MostPositions)
                Wrong(ref reader, "$.positions", $"has {positions.Count} symbols; expected at most {PortfolioSnapshot.MostPositions}");
            return positions.DrainToImmutable();
        }

        // A margin; or the margins of both legs, where they are known apart.
        private PortfolioPosition Position(ref Utf8JsonReader reader, string path, Symbol symbol)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                return PortfolioPosition.OfMargin(symbol, Amount(ref reader, path, 0m, " (margin in quote currency), or an object with long and short") ?? Money.Zero);
            var (longMargin, shortMargin) = ((Money?)null, (Money?)null);
            var seen = new Dictionary<string, string>(StringComparer.Ordinal);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var name = Name(ref reader, path, seen);
                if (Array.IndexOf(Legs, name) < 0)
                {
                    if (name is not null) Unknown(ref reader, path, name, Legs);
                    reader.Read();
                    reader.Skip();
                    continue;
                }
                reader.Read();
                var amount = Amount(ref reader, $"{path}.{name}", 0m) ?? Money.Zero;
                if (name == "long") longMargin = amount;
                else shortMargin = amount;
            }
            if (seen.Count == 0) Wrong(ref reader, path, "is an empty object; expected long, short or both (margins in quote currency)");
            var (l, s) = (longMargin ?? Money.Zero, shortMargin ?? Money.Zero);
            if ((l + s).Quote <= PortfolioSnapshot.HighestMargin) return PortfolioPosition.OfLegs(symbol, l, s);
            Wrong(ref reader, path, $"has {l + s} in both legs; expected at most {PortfolioSnapshot.HighestMargin:0}");
            return PortfolioPosition.OfLegs(symbol, Money.Zero, Money.Zero);
        }

        private ImmutableArray<VenuePrice> Venues(ref Utf8JsonReader reader)
        {
            if (!IsObject(ref reader, "$.venues", "an object with the price at each venue")) return [];
            var venues = ImmutableArray.CreateBuilder<VenuePrice>();
            var seen = new Dictionary<string, string>(StringComparer.Ordinal);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var name = Name(ref reader, "$.venues", seen);
                reader.Read();
                if (Amount(ref reader, $"$.venues.{name}", 0.000000001m) is { } price && name is not null) venues.Add(new VenuePrice(name, Price.Of(price.Quote)));
            }
            return venues.DrainToImmutable();
        }

        private bool IsObject(ref Utf8JsonReader reader, string path, string expected)
        {
            if (reader.TokenType == JsonTokenType.StartObject) return true;
            Wrong(ref reader, path, $"is {Found(ref reader)}; expected {expected}");
            reader.Skip();
            return false;
        }

        private Money? Amount(ref Utf8JsonReader reader, string path, decimal least, string more = "")
        {
            if (reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var amount) && amount >= least && amount <= PortfolioSnapshot.HighestMargin) return new Money(amount);
            Wrong(ref reader, path, string.Create(CultureInfo.InvariantCulture, $"is {Found(ref reader)}; expected a number, {least} to {PortfolioSnapshot.HighestMargin:0}{more}"));
            reader.Skip();
            return null;
        }

        private double? Share(ref Utf8JsonReader reader, string path)
        {
            if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var share) && share is >= 0.0 and <= 1.0) return share;
            Wrong(ref reader, path, $"is {Found(ref reader)}; expected a number, 0 to 1 (0.03 is 3 %), or null where it is not known");
            reader.Skip();
            return null;
        }

        private DateTimeOffset? Time(ref Utf8JsonReader reader, string path)
        {
            if (reader.TokenType == JsonTokenType.String && Text(ref reader) is { } text
                && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
            {
                return time;
            }
            Wrong(ref reader, path, $"is {Found(ref reader)}; expected a time such as \"2026-01-05T09:00:00Z\"");
            reader.Skip();
            return null;
        }

        /// <summary>The name of a property; null after noting what is wrong with it.</summary>
        private string? Name(ref Utf8JsonReader reader, string path, Dictionary<string, string> seen)
        {
            if (Text(ref reader) is not { } name)
            {
                Wrong(ref reader, path, "has a name that is not text (a broken \\u escape); expected letters and digits");
                return null;
            }
            if (name.Any(char.IsControl))
            {
                Wrong(ref reader, path, $"has the name '{Shown(name)}', in which is a line break or another control character; expected letters and digits");
                return null;
            }
            var (line, column) = Place(reader.TokenStartIndex);
            if (seen.TryAdd(name, $"{line}:{column}")) return name;
            Wrong(ref reader, $"{path}.{name}", $"is given twice; expected once. It was given before at {seen[name]}");
            return null;
        }

        private static string Shown(string name) => string.Concat(name.Take(40).Select(c => char.IsControl(c) ? $"\\x{(int)c:x2}" : $"{c}"));

        private static string? Text(ref Utf8JsonReader reader)
        {
            try
            {
                return reader.GetString();
            }
            catch (InvalidOperationException)
            {
                return null; // An escape that is half a character.
            }
        }

        private void Unknown(ref Utf8JsonReader reader, string path, string name, string[] known)
        {
            var near = NearestName.Find(name, known);
            Wrong(ref reader, $"{path}.{name}", near is null ? $"is not a known field; known here: {string.Join(", ", known)}" : $"is not a known field; did you mean '{near}'?", stop: near is null);
        }

        private void Wrong(ref Utf8JsonReader reader, string path, string what, bool stop = true)
        {
            var (line, column) = Place(reader.TokenStartIndex);
            errors.Add(new CliDetail("error", path, file, line, column, $"{path} {what}{(stop ? "." : "")}"));
        }

        private static string Found(ref Utf8JsonReader reader) => reader.TokenType switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "a list",
            JsonTokenType.String => Text(ref reader) is { } text ? $"the text '{(text.Length <= 40 ? text : text[..40] + "...")}'" : "a broken text",
            JsonTokenType.Null => "null",
            JsonTokenType.True => "true",
            JsonTokenType.False => "false",
            _ => Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan) is var digits && digits.Length <= 40 ? digits : digits[..40] + "...",
        };

        private (int Line, int Column) Place(long index)
        {
            var before = bytes.AsSpan(0, (int)index);
            return (before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1);
        }
    }
}
