using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Dolphin.Data.Recording;
using Dolphin.Domain.Market;
using Dolphin.Venues.Binance.Depth;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Recordings;

/// <summary>Rebuilds every book of a raw recording exactly as a live feed would, and says what is wrong with it. Writes nothing.</summary>
/// <remarks>The files are read twice: the first time for the symbols and how fine their numbers are.</remarks>
public sealed class RecordingCheck
{
    /// <summary>At most this many findings of a kind are described; all are counted.</summary>
    public const int Described = 5;

    private const int TellEvery = 1 << 14;
    private const int LongestShown = 160;

    // A receiver's clock may be seconds off (recording 04: 1.3 s), and a busy socket delivers late (recording 07: 5 s). A minute is neither.
    private const long FarthestClockMs = 60_000;
    private const long LargestStepBackNs = 1_000_000_000; // What a clock that is being set right may do.
    private static readonly long EarliestMs = new DateTimeOffset(2009, 1, 3, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    private static readonly long LatestMs = new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private readonly BookSet _books = new();
    private readonly List<SymbolCheck> _checks = [];
    private readonly Dictionary<FindingKind, (long Count, List<Finding> First)> _findings = [];
    private readonly SortedDictionary<string, long> _messages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _lastReceived = new(StringComparer.Ordinal);
    private (string File, long Line, Symbol? Symbol) _place;
    private long _refused;
    private long? _firstNs, _lastNs;

    private RecordingCheck()
    {
    }

    /// <summary>Checks the files of one session together.</summary>
    /// <param name="paths">At least one file: raw messages with or without receive times, or rows of Binance-Data-Processor; plain or gzip.</param>
    /// <param name="progress">Told now and then how far it is.</param>
    /// <exception cref="IOException">A file cannot be opened or read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static RecordingReport Run(IReadOnlyList<string> paths, Action<CheckProgress>? progress = null, CancellationToken cancellation = default)
    {
        var check = new RecordingCheck();
        check.Survey(paths, progress, cancellation);
        check.Check(paths, progress, cancellation);
        return check.Report(paths);
    }

    private void Survey(IReadOnlyList<string> paths, Action<CheckProgress>? progress, CancellationToken cancellation)
    {
        var survey = new GridSurvey();
        ForEach(paths, 1, (_, _, _) => { }, progress, cancellation, source =>
        {
            if (MessageParser.Read(source.Json, out var message) == MessageFault.None) survey.Look(message, source.Symbol);
        });
        foreach (var (symbol, grid) in survey.Symbols)
        {
            var book = _books.Add(symbol, grid);
            _checks.Add(new SymbolCheck(symbol, book, Find));
        }
    }

    private void Check(IReadOnlyList<string> paths, Action<CheckProgress>? progress, CancellationToken cancellation) =>
        ForEach(paths, 2, (source, line, fault) =>
        {
            _place = (source.Path, line, null);
            Find(fault.Kind, fault.Text);
        }, progress, cancellation, Take);

    private void ForEach(
        IReadOnlyList<string> paths, int pass, Action<MessageSource, long, LineFault> faults, Action<CheckProgress>? progress, CancellationToken cancellation,
        Action<MessageSource> act)
    {
        using var merge = new MessageMerge(paths, faults);
        long messages = 0;
        while (merge.TryRead(out var source))
        {
            act(source);
            if (++messages % TellEvery != 0) continue;
            cancellation.ThrowIfCancellationRequested();
            progress?.Invoke(new(pass, merge.StoredPosition, merge.StoredBytes, messages));
        }
        foreach (var source in merge.Sources)
        {
            if (source.Stopped is { } stop) faults(source, source.Line + 1, new(FindingKind.Malformed, $"expected {stop.Expected}; came {stop.Came}. The rest of the file is not read"));
            else if (!source.HasMessages) faults(source, 0, new(FindingKind.Empty, "expected messages; came none"));
        }
    }

    private void Take(MessageSource source)
    {
        _place = (source.Path, source.Line, null);
        CheckReceived(source);
        var fault = MessageParser.Read(source.Json, out var message);
        Count(fault == MessageFault.None ? message.Kind : MessageKind.Other);
        if (fault == MessageFault.None) fault = Take(message, source);
        if (fault != MessageFault.None) Refuse(fault, source.Json);
    }

    private MessageFault Take(in StreamMessage message, MessageSource source)
    {
        var now = source.ReceivedNs ?? 0;
        switch (message.Kind)
        {
            case MessageKind.DepthDiff or MessageKind.BookTicker or MessageKind.Trade or MessageKind.AggregateTrade:
                var index = _books.IndexOf(message.Symbol);
                if (index < 0) return MessageFault.UnknownSymbol;
                _place.Symbol = _books.SymbolAt(index);
                CheckEventTime(message, source);
                return TakeEvent(message, index, source.ReceivedNs);
            case MessageKind.DepthSnapshot:
                return TakeSnapshot(message, source, now);
            case MessageKind.Batch:
                var (at, first) = (0, MessageFault.None);
                while (MessageParser.TryReadNext(message, ref at, out var element, out var fault))
                {
                    if (fault == MessageFault.None) fault = Take(element, source);
                    if (first == MessageFault.None) first = fault;
                }
                return first;
            default:
                return MessageFault.None;
        }
    }

    private MessageFault TakeEvent(in StreamMessage message, int index, long? receivedNs)
    {
        var check = _checks[index];
        var grid = check.Book.Grid;
        MessageFault fault;
        switch (message.Kind)
        {
            case MessageKind.DepthDiff:
                var lastId = check.Book.LastId;
                fault = _books.TakeDiff(message, receivedNs ?? 0, out _, out var verdict);
                if (fault == MessageFault.None && DiffIds.Read(message, out var ids) == MessageFault.None) check.AfterDiff(ids, verdict, lastId, receivedNs);
                return fault;
            case MessageKind.BookTicker:
                fault = BookTicker.Read(message, grid, out var ticker);
                if (fault == MessageFault.None) check.Ticker(ticker);
                return fault;
            default:
                fault = Trade.Read(message, grid, out var trade);
                if (fault == MessageFault.None) check.Trade(trade, message.Kind == MessageKind.AggregateTrade);
                return fault;
        }
    }

    private MessageFault TakeSnapshot(in StreamMessage message, MessageSource source, long now)
    {
        var name = message.Symbol.IsEmpty ? source.Symbol : message.Symbol;
        var index = name.IsEmpty && _books.Count == 1 ? 0 : _books.IndexOf(name);
        if (index < 0)
        {
            Find(FindingKind.Unassigned, $"expected a snapshot of a symbol that is recorded; came one that names {(name.IsEmpty ? "none" : $"'{DataText.Show(name)}'")}, beside {_books.Count} symbols");
            return MessageFault.None;
        }
        _place.Symbol = _books.SymbolAt(index);
        var fault = _books.TakeSnapshot(index, message, now, out var verdict);
        if (fault == MessageFault.None) _checks[index].AfterSnapshot(verdict);
        return fault;
    }

    private void CheckReceived(MessageSource source)
    {
        if (source.ReceivedNs is not { } ns) return;
        if (!IsTime(ns / 1_000_000))
        {
            Find(FindingKind.BadTime, $"expected a receive time from 2009 to 2099; came {ns / 1_000_000} ms after 1970");
            return;
        }
        _firstNs = Math.Min(_firstNs ?? ns, ns);
        _lastNs = Math.Max(_lastNs ?? ns, ns);
        if (_lastReceived.TryGetValue(source.Path, out var last) && ns < last - LargestStepBackNs)
            Find(FindingKind.ClockJump, $"expected to be received after the message before it; came {(last - ns) / 1_000_000} ms before");
        _lastReceived[source.Path] = ns;
    }

    private void CheckEventTime(in StreamMessage message, MessageSource source)
    {
        if (message.EventTimeMs is not { } ms) return;
        if (!IsTime(ms))
        {
            Find(FindingKind.BadTime, $"expected an event time from 2009 to 2099; came {ms} ms after 1970");
            return;
        }
        if (source.ReceivedNs is not { } ns || !IsTime(ns / 1_000_000)) return;
        var late = ns / 1_000_000 - ms;
        if (Math.Abs(late) > FarthestClockMs)
            Find(FindingKind.ClockJump, $"expected to be received within a minute of the event; came {Math.Abs(late) / 1_000} s {(late > 0 ? "after" : "before")} it");
    }

    private static bool IsTime(long ms) => ms >= EarliestMs && ms < LatestMs;

    private void Refuse(MessageFault fault, ReadOnlySpan<byte> json)
    {
        _refused++;
        var kind = fault is MessageFault.NumberNotPlain or MessageFault.NumberTooLarge or MessageFault.NumberOffGrid or MessageFault.PriceNotPositive
            ? FindingKind.BadNumber
            : FindingKind.Malformed;
        Find(kind, $"{fault.Words()}: {DataText.Show(json[..Math.Min(json.Length, LongestShown)])}");
    }

    private void Find(FindingKind kind, string text)
    {
        ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(_findings, kind, out var isThere);
        if (!isThere) group.First = [];
        group.Count++;
        if (group.First.Count < Described) group.First.Add(new(kind.Word(), _place.File, _place.Line, _place.Symbol, text));
    }

    private void Count(MessageKind kind)
    {
        var word = kind.Word();
        _messages[word] = _messages.GetValueOrDefault(word) + 1;
    }

    private RecordingReport Report(IReadOnlyList<string> paths)
    {
        var symbols = _checks.Select(c => c.Report()).ToImmutableArray();
        foreach (var symbol in symbols)
        {
            if (symbol.IsBridged || symbol.Depth.SnapshotsTooOld == 0) continue;
            _place = (paths[^1], 0, symbol.Symbol);
            Find(FindingKind.NotBridged, "expected a diff that follows on a snapshot; every snapshot is from before the diffs that are recorded, with some missing between");
        }
        return new RecordingReport(
            [.. paths], _messages.ToImmutableSortedDictionary(StringComparer.Ordinal), _refused, Time(_firstNs), Time(_lastNs), symbols,
            [.. _findings.OrderBy(f => f.Key).Select(f => new FindingGroup(f.Key.Word(), f.Value.Count, [.. f.Value.First]))]);
    }

    private static DateTimeOffset? Time(long? ns) => ns is { } n ? DateTimeOffset.UnixEpoch.AddTicks(n / TimeSpan.NanosecondsPerTick) : null;
}
