using System.Collections.Immutable;
using Dolphin.Domain.Market;

namespace Dolphin.Data.Recording;

/// <summary>Loads recorded bars and funding from files and folders, or says everything that is wrong with them. Writes nothing.</summary>
public static class RecordingReader
{
    private const double LongestIntervalMs = 24 * 60 * 60 * 1000d;

    /// <param name="paths">Files, and folders whose files are taken (not those of folders inside).</param>
    /// <exception cref="RecordingException">Something is malformed, missing or past a limit.</exception>
    public static BarTape Read(IReadOnlyList<string> paths, ReadOptions options)
    {
        var notes = ImmutableArray.CreateBuilder<string>();
        var general = new ErrorList(paths.Count == 0 ? "(no path)" : string.Join(", ", paths));
        var candidates = FilesOf(paths, notes, general);
        var limits = options.Limits ?? ReadLimits.Default;
        var budget = new RowBudget(limits.MaxRows);
        var files = ReadAll(candidates, limits, budget);
        if (budget.IsSpent)
        {
            general.Add(0, null, $"at most {limits.MaxRows} rows", "more");
            throw RecordingException.Of([general]);
        }
        var used = Skip(files, notes);
        if (used.Count == 0 && general.Count == 0)
            general.Add(0, null, "at least one .csv or .csv.gz file of recorded bars", "none");
        return Assemble(used, options, notes, general);
    }

    private static List<(string Path, bool FromFolder)> FilesOf(
        IReadOnlyList<string> paths, ImmutableArray<string>.Builder notes, ErrorList general)
    {
        var files = new List<(string Path, bool FromFolder)>();
        var seen = new HashSet<string>();
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
            {
                foreach (var entry in EntriesOf(path, general))
                {
                    if (Directory.Exists(entry))
                        notes.Add($"Skipped {entry}: a folder inside a folder.");
                    else if (!FileName.IsCsv(entry))
                        notes.Add($"Skipped {entry}: not a .csv or .csv.gz file.");
                    else if (seen.Add(Path.GetFullPath(entry)))
                        files.Add((entry, true));
                }
            }
            else if (!File.Exists(path))
            {
                general.Add(0, null, $"a file or a folder at {path}", "nothing there");
            }
            else if (seen.Add(Path.GetFullPath(path)))
            {
                files.Add((path, false));
            }
        }
        return files;
    }

    private static IEnumerable<string> EntriesOf(string folder, ErrorList general)
    {
        try
        {
            return Directory.GetFileSystemEntries(folder).Order(StringComparer.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            general.Add(0, null, "a folder that can be read", e.Message.TrimEnd('.'));
            return [];
        }
    }

    private static RecordedFile[] ReadAll(List<(string Path, bool FromFolder)> candidates, ReadLimits limits, RowBudget budget)
    {
        var files = new RecordedFile[candidates.Count];
        // The largest first, so that no core is left alone with a large one at the end.
        var order = Enumerable.Range(0, files.Length).OrderByDescending(i => new FileInfo(candidates[i].Path).Length).ToArray();
        var next = -1;
        void Work()
        {
            var blocks = new RowBlocks();
            for (var i = Interlocked.Increment(ref next); i < order.Length; i = Interlocked.Increment(ref next))
                files[order[i]] = RecordedFile.Read(candidates[order[i]].Path, candidates[order[i]].FromFolder, limits, budget, blocks);
        }
        Parallel.Invoke([.. Enumerable.Repeat(Work, Math.Clamp(Environment.ProcessorCount, 1, Math.Max(1, order.Length)))]);
        return files;
    }

    /// <summary>Leaves out the files of a folder that are something else, and merged files that repeat what other files hold.</summary>
    private static List<RecordedFile> Skip(RecordedFile[] files, ImmutableArray<string>.Builder notes)
    {
        var own = files.Where(f => f.Kind == FileKind.Bars).SelectMany(f => f.Symbols).Select(s => s.Symbol).ToHashSet();
        var used = new List<RecordedFile>();
        foreach (var file in files)
        {
            // A file that is named like a file of bars was meant to be one: losing its symbol without a word would be worse than stopping.
            if (file is { FromFolder: true, IsForeign: true } && FileName.Of(file.Path) is null)
                notes.Add($"Skipped {file.Path}: its header is not one of bars or funding.");
            else if (file is { FromFolder: true, Kind: FileKind.MergedBars, Symbols.Count: > 0 } && file.Symbols.All(s => own.Contains(s.Symbol)))
                notes.Add($"Skipped {file.Path}: each of its {file.Symbols.Count} symbols has a file of its own.");
            else
                used.Add(file);
        }
        return used;
    }

    private static BarTape Assemble(
        List<RecordedFile> files, ReadOptions options, ImmutableArray<string>.Builder notes, ErrorList general)
    {
        var bars = OneFilePerSymbol(files);
        var interval = IntervalOf(bars, general);
        if (interval is { } found)
        {
            foreach (var (file, rows) in bars)
                CheckGrid(file, rows, found);
        }
        CheckSymbols(bars, options, general);
        CheckFunding(files);
        if (files.Count > 0 && bars.Count == 0 && files.All(f => f.Errors.Count == 0) && general.Count == 0)
            general.Add(0, null, "bars", files.Exists(f => f.Kind == FileKind.Funding) ? "only funding" : "none");
        Throw(files, general);

        var chosen = bars
            .Where(b => options.Symbols is null || options.Symbols.Contains(b.Rows.Symbol))
            .OrderBy(b => b.Rows.Symbol)
            .Select(b => Cut(b.Rows, options, notes, general))
            .OfType<SymbolSeries>()
            .ToList();
        if (chosen.Count == 0)
            general.Add(0, null, $"bars {Range(options)}", $"bars from {Time(bars.Min(b => b.Rows.Bars.Span[0].OpenTimeMs))} to {Time(bars.Max(b => b.Rows.Bars.Span[^1].OpenTimeMs))}");
        Throw(files, general);

        return new BarTape(interval!.Value, chosen, FundingOf(files, chosen, interval.Value)) { Notes = notes.ToImmutable() };
    }

    /// <summary>The symbols of all files with their rows; a symbol that two files hold is an error of the second.</summary>
    private static List<(RecordedFile File, SymbolRows Rows)> OneFilePerSymbol(List<RecordedFile> files)
    {
        var first = new Dictionary<Symbol, RecordedFile>();
        var bars = new List<(RecordedFile, SymbolRows)>();
        foreach (var file in files.Where(f => f.Kind is FileKind.Bars or FileKind.MergedBars))
        {
            foreach (var rows in file.Symbols.Where(r => r.Count > 0))
            {
                if (first.TryAdd(rows.Symbol, file))
                    bars.Add((file, rows));
                else
                    file.Errors.Add(rows.Lines[0], file.Kind == FileKind.Bars ? null : "symbol", "bars of each symbol in one file", $"{rows.Symbol}, which is also in {first[rows.Symbol].Path}");
            }
        }
        return bars;
    }

    /// <summary>The most common distance between neighbouring bars of a symbol, over all files; each file must agree.</summary>
    private static TimeSpan? IntervalOf(List<(RecordedFile File, SymbolRows Rows)> bars, ErrorList general)
    {
        var overall = new SortedDictionary<long, long>();
        foreach (var (file, ofFile) in bars.GroupBy(b => b.File).Select(g => (g.Key, g.ToList())))
        {
            var steps = new SortedDictionary<long, long>();
            foreach (var (_, rows) in ofFile)
                rows.AddStepsTo(steps);
            foreach (var (step, count) in steps)
                overall[step] = overall.GetValueOrDefault(step) + count;
        }
        var named = bars.Select(b => FileName.Of(b.File.Path)?.Interval).OfType<TimeSpan>().Distinct().ToList();
        var interval = MostCommon(overall) is { } common ? TimeSpan.FromMilliseconds(common)
            : named.Count == 1 ? named[0] : (TimeSpan?)null;
        if (bars.Count == 0)
            return null;
        if (interval is not { TotalMilliseconds: > 0 and <= LongestIntervalMs })
        {
            general.Add(0, null, "bars at a steady interval of at most a day", interval is null ? "no two bars of any symbol" : $"steps of {interval}");
            return null;
        }
        foreach (var (file, ofFile) in bars.GroupBy(b => b.File).Select(g => (g.Key, g.ToList())))
            CheckInterval(file, ofFile.ConvertAll(b => b.Rows), interval.Value);
        return interval;
    }

    private static void CheckInterval(RecordedFile file, List<SymbolRows> symbols, TimeSpan interval)
    {
        // Rows that were refused leave gaps: what looks like another interval may be nothing but their absence.
        if (file.Errors.Count > 0)
            return;
        if (FileName.Of(file.Path) is { } name && file.Kind == FileKind.Bars && name.Interval != interval)
        {
            file.Errors.Add(0, null, $"bars at the interval of the recording, {IntervalText.Show(interval)}", $"a name that says {IntervalText.Show(name.Interval)}");
            return;
        }
        var steps = new SortedDictionary<long, long>();
        foreach (var rows in symbols)
            rows.AddStepsTo(steps);
        if (MostCommon(steps) is { } own && own % (long)interval.TotalMilliseconds != 0)
            file.Errors.Add(0, null, $"bars at the interval of the recording, {IntervalText.Show(interval)}", $"bars at {IntervalText.Show(TimeSpan.FromMilliseconds(own))}");
    }

    private static long? MostCommon(SortedDictionary<long, long> steps)
    {
        (long Step, long Count)? best = null;
        foreach (var (step, count) in steps)
        {
            if (best is null || count > best.Value.Count)
                best = (step, count);
        }
        return best?.Step;
    }

    private static void CheckGrid(RecordedFile file, SymbolRows rows, TimeSpan interval)
    {
        if (file.Kind == FileKind.Bars && FileName.Of(file.Path)?.Interval != interval)
            return; // Told already, or not to be judged: see CheckInterval.
        var step = (long)interval.TotalMilliseconds;
        var bars = rows.Bars.Span;
        for (var i = 0; i < bars.Length; i++)
        {
            if (bars[i].OpenTimeMs % step != 0)
                file.Errors.Add(rows.Lines[i], "open_time_ms", $"a multiple of the interval, {IntervalText.Show(interval)} ({step} ms)", $"{bars[i].OpenTimeMs}");
        }
    }

    private static void CheckSymbols(List<(RecordedFile File, SymbolRows Rows)> bars, ReadOptions options, ErrorList general)
    {
        if (options.Symbols is not { } asked)
            return;
        var has = bars.Select(b => b.Rows.Symbol).ToHashSet();
        foreach (var symbol in asked.Distinct().Where(s => !has.Contains(s)).Order())
            general.Add(0, "symbol", $"bars of {symbol}", $"none; it has {Some(has)}");
        if (!options.RefuseOtherSymbols)
            return;
        var known = asked.ToHashSet();
        foreach (var (file, rows) in bars.Where(b => !known.Contains(b.Rows.Symbol)))
            file.Errors.Add(file.Kind == FileKind.Bars ? 0 : rows.Lines[0], "symbol", $"one of the symbols asked for: {Some(known)}", $"'{rows.Symbol}'");
    }

    private static void CheckFunding(List<RecordedFile> files)
    {
        var last = new Dictionary<Symbol, FundingRate>();
        foreach (var file in files)
        {
            foreach (var (rate, line) in file.Funding)
            {
                if (last.TryGetValue(rate.Symbol, out var previous) && rate.At <= previous.At)
                {
                    file.Errors.Add(line, "funding_time_ms", $"a time after the symbol's previous one, {previous.At.ToUnixTimeMilliseconds()}",
                        rate.At == previous.At ? $"{rate.At.ToUnixTimeMilliseconds()} again" : $"{rate.At.ToUnixTimeMilliseconds()}");
                }
                else
                {
                    last[rate.Symbol] = rate;
                }
            }
        }
    }

    private static SymbolSeries? Cut(SymbolRows rows, ReadOptions options, ImmutableArray<string>.Builder notes, ErrorList general)
    {
        var first = options.From is { } from ? BarTape.FirstAtOrAfter(rows.Bars.Span, from.ToUnixTimeMilliseconds()) : 0;
        var end = options.To is { } to ? BarTape.FirstAtOrAfter(rows.Bars.Span, to.ToUnixTimeMilliseconds()) : rows.Count;
        if (first < end)
        {
            var bars = rows.Bars[first..end];
            // A small part must not keep all of it in memory.
            return new(rows.Symbol, bars.Length < rows.Count / 2 ? bars.ToArray() : bars, rows.Decimals);
        }
        if (options.Symbols is not null)
            general.Add(0, "symbol", $"bars of {rows.Symbol} {Range(options)}", $"bars from {Time(rows.Bars.Span[0].OpenTimeMs)} to {Time(rows.Bars.Span[^1].OpenTimeMs)}");
        else
            notes.Add($"{rows.Symbol} has no bars {Range(options)}.");
        return null;
    }

    private static IEnumerable<FundingRate> FundingOf(List<RecordedFile> files, List<SymbolSeries> series, TimeSpan interval)
    {
        var symbols = series.Select(s => s.Symbol).ToHashSet();
        var from = series.Min(s => s.Bars.Span[0].OpenTimeMs);
        var to = series.Max(s => s.Bars.Span[^1].OpenTimeMs) + (long)interval.TotalMilliseconds;
        return files.SelectMany(f => f.Funding).Select(f => f.Rate)
            .Where(r => symbols.Contains(r.Symbol) && r.At.ToUnixTimeMilliseconds() >= from && r.At.ToUnixTimeMilliseconds() <= to);
    }

    private static void Throw(List<RecordedFile> files, ErrorList general)
    {
        if (general.Count > 0 || files.Exists(f => f.Errors.Count > 0))
            throw RecordingException.Of([general, .. files.Select(f => f.Errors)]);
    }

    private static string Range(ReadOptions options) => (options.From, options.To) switch
    {
        ({ } from, { } to) => $"from {from:u} until {to:u}",
        ({ } from, null) => $"from {from:u} on",
        (null, { } to) => $"until {to:u}",
        _ => "at any time",
    };

    private static string Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("u");

    private static string Some(IReadOnlyCollection<Symbol> symbols)
    {
        const int shown = 8;
        var first = string.Join(", ", symbols.Order().Take(shown));
        return symbols.Count > shown ? $"{first} and {symbols.Count - shown} more" : first;
    }
}
