using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Market;
using Dolphin.Node.Hocon;

namespace Dolphin.Node.Plan;

/// <summary>The signals of a plan: CSV with the columns <c>at,symbol,side,confidence</c> and, if somebody wants to name them, <c>id</c>.</summary>
/// <param name="Hash">SHA-256, lower-case hex, of what the rows say: blanks, comments and the spelling of a number are no difference.</param>
internal sealed record SignalFile(ImmutableDictionary<Symbol, ImmutableArray<DirectionalSignal>> Signals, string Hash)
{
    /// <summary>A signal a minute for two years; more belongs into several plans.</summary>
    public const int MostRows = 1_000_000;

    /// <summary>Characters. The longest row there can be has about 150, a usual one forty.</summary>
    public const int MostChars = 150_000_000;

    private const int MostErrors = 20; // Of a file that is something else every line is one.
    private const string Header = "at,symbol,side,confidence", HeaderWithId = Header + ",id";
    private static readonly string[] Times = ["yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];

    /// <summary>Reads everything there is to say against it, up to a bound.</summary>
    /// <param name="file">As a person would name it.</param>
    /// <param name="objection">Says why a symbol cannot have signals, or null.</param>
    /// <returns>Null after adding at least one error to <paramref name="problems"/>.</returns>
    public static SignalFile? Read(string file, string text, Func<Symbol, string?> objection, List<PlanProblem> problems)
    {
        var reader = new Reader(file, objection);
        using var lines = new StringReader(text);
        var number = 0;
        while (reader.Errors.Count < MostErrors && lines.ReadLine() is { } line) reader.Take(line.Trim(), ++number);
        if (!reader.HasHeader && reader.Errors.Count == 0) reader.Error(Math.Max(number, 1), $"has no header; expected {HeaderWithId}, the id left out or not");
        problems.AddRange(reader.Errors);
        return reader.Errors.Count > 0 ? null : reader.ToFile();
    }

    private sealed class Reader(string file, Func<Symbol, string?> objection)
    {
        private readonly Dictionary<(Symbol, string), int> _ids = [];
        private readonly Dictionary<Symbol, string?> _objections = [];
        private readonly List<(Symbol Symbol, DirectionalSignal Signal)> _rows = [];
        private bool _hasIds;

        public List<PlanProblem> Errors { get; } = [];
        public bool HasHeader { get; private set; }

        public void Take(string line, int number)
        {
            if (line.Length == 0 || line[0] == '#') return;
            if (HasHeader)
            {
                TakeRow(line, number);
                return;
            }

            (HasHeader, _hasIds) = (line is Header or HeaderWithId, line == HeaderWithId);
            if (!HasHeader) Error(number, $"begins with '{Cut(line)}'; expected the header {HeaderWithId}, the id left out or not");
            HasHeader = true; // Said once.
        }

        private void TakeRow(string line, int number)
        {
            var cells = line.Split(',', StringSplitOptions.TrimEntries);
            if (cells.Length != 4 && !(_hasIds && cells.Length == 5))
            {
                Error(number, $"has {cells.Length} cells in '{Cut(line)}'; expected {(_hasIds ? "4 or 5" : "4")}, as the header says");
                return;
            }

            var before = Errors.Count;
            if (!DateTimeOffset.TryParseExact(cells[0], Times, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
                Error(number, $"has the time '{Cut(cells[0])}'; expected ISO 8601 in UTC with its Z, such as 2026-01-05T09:30:00Z");
            var symbol = new Symbol(cells[1]);
            if (ObjectionTo(symbol) is { } why) Error(number, $"is for '{Cut(cells[1])}', {why}");
            PositionSide? side = cells[2] switch { "long" => PositionSide.Long, "short" => PositionSide.Short, _ => null };
            if (side is null) Error(number, $"has the side '{Cut(cells[2])}'; expected long or short");
            if (!double.TryParse(cells[3], NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var confidence) || confidence is not (>= 0d and <= 1d))
                Error(number, $"has the confidence '{Cut(cells[3])}'; expected 0 to 1");
            var named = cells.Length == 5 ? cells[4] : "";
            if (named.Length > DirectionalPolicy.LongestId) Error(number, $"has an id of {named.Length} characters; expected at most {DirectionalPolicy.LongestId}");
            if (named.Any(char.IsControl)) Error(number, "has an id with a control character; expected none");
            if (Errors.Count > before) return;

            var id = named.Length > 0 ? named : SignalWord.IdOf(at, symbol, side!.Value);
            if (!_ids.TryAdd((symbol, id), number))
            {
                Error(number, $"has signal {id} of {symbol} again, which is in line {_ids[(symbol, id)]}; expected each id of a symbol once: the same id again would be the same signal");
                return;
            }

            if (_rows.Count == MostRows) Error(number, $"has more than {MostRows} signals; expected no more. Nothing after that line was read");
            else _rows.Add((symbol, new DirectionalSignal(id, side!.Value, confidence, at)));
        }

        private string? ObjectionTo(Symbol symbol)
        {
            if (!_objections.TryGetValue(symbol, out var known)) _objections.Add(symbol, known = objection(symbol));
            return known;
        }

        public void Error(int line, string message)
        {
            if (Errors.Count < MostErrors) Errors.Add(new PlanProblem(IsError: true, "dolphin.directional.signals-file", new HoconPosition(file, line, 1), $"Line {line} {message}."));
        }

        // Of one moment the order of the file stays: the later row is the newer opinion.
        public SignalFile ToFile()
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var signals = ImmutableDictionary.CreateBuilder<Symbol, ImmutableArray<DirectionalSignal>>();
            foreach (var symbol in _rows.GroupBy(r => r.Symbol).OrderBy(g => g.Key))
            {
                ImmutableArray<DirectionalSignal> ofSymbol = [.. symbol.Select(r => r.Signal).OrderBy(s => s.At)];
                foreach (var s in ofSymbol)
                    hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{s.At.UtcTicks},{symbol.Key.Name},{s.Side},{s.Confidence:R},{s.Id}\n")));
                signals.Add(symbol.Key, ofSymbol);
            }

            return new SignalFile(signals.ToImmutable(), Convert.ToHexStringLower(hash.GetHashAndReset()));
        }

        private static string Cut(string text) => text.Length <= 60 ? text : text[..60] + "...";
    }
}
