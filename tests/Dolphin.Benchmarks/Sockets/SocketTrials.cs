using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Dolphin.Benchmarks.Books;
using Dolphin.Domain.Market;
using Dolphin.Venues.Binance.Live;

namespace Dolphin.Benchmarks.Sockets;

/// <summary>
/// Four hundred symbols over real sockets of this machine to updated books, at the venue's pace. The sender is another process; what is measured is this one, all its threads, by what
/// the system says. The same sockets with nobody who reads the messages are measured beside: what is left is the feed's own.
/// </summary>
internal static class SocketTrials
{
    private const int Windows = 6, MostWindows = 40;
    private const double OffPace = 0.05; // Of what is due: a window in which sender or receiver was held up, or caught up after it, is measured again.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(20), Window = TimeSpan.FromSeconds(5); // By then the code is compiled with what was learned, and books have most of their pages.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly double FramesDue = VenueProcess.Symbols / VenueProcess.Interval.TotalSeconds;

    private readonly record struct Measured(double Seconds, double Processor, long Frames, long Levels, long Bytes, long Allocated)
    {
        public double Share => Processor / Seconds;
    }

    public static async Task<int> RunAsync(string[] args, TextWriter output)
    {
        if (args is not ["--data", var path] || !File.Exists(path))
        {
            output.WriteLine("Expected: sockets --data FILE, recording 04's usdm_btcusdt_20240808.gz.");
            return 2;
        }

        output.WriteLine(Machine.Describe());
        var recorded = RecordedDepth.Read(path, VenueProcess.Grid);
        output.WriteLine(Text($"{VenueProcess.Symbols} symbols, a diff each every {VenueProcess.Interval.TotalMilliseconds:0} ms, from another process; {Windows} windows of {Window.TotalSeconds:0} s"));
        foreach (var sending in Enum.GetValues<Sending>())
        {
            output.WriteLine(sending == Sending.Spread ? "diffs spread over the interval, each written by itself" : "all diffs at the interval's beginning");
            Say("feed, to updated books", await FeedAsync(path, sending, recorded));
            Say("ClientWebSocket alone", await BareAsync(path, sending, recorded));
        }
        output.WriteLine(Machine.Load());
        return 0;

        void Say(string name, List<Measured> windows)
        {
            var (seconds, frames) = (windows.Sum(w => w.Seconds), windows.Sum(w => w.Frames));
            var (shares, allocated) = (windows.Select(w => w.Share).Order().ToArray(), windows.Select(w => w.Allocated / (double)w.Frames).Order().ToArray());
            output.WriteLine(Text($"  {name,-22} {frames / seconds:0} frames/s, {windows.Sum(w => w.Levels) / seconds / 1e3:0} thousand levels/s, {windows.Sum(w => w.Bytes) / seconds / 1e6:0.0} MB/s; {shares[0]:0.000} of a core (median {shares[shares.Length / 2]:0.000}), {windows.Min(w => w.Processor / w.Frames) * 1e6:0.0} us a frame; allocated {allocated[allocated.Length / 2]:0.0} bytes a frame (most of a window {allocated[^1]:0.0})"));
        }
    }

    private static async Task<List<Measured>> FeedAsync(string path, Sending sending, RecordedDepth recorded)
    {
        using var venue = await VenueProcess.StartAsync(path, sending);
        // As in reference.conf, but for snapshots of fewer levels, so that the venue's allowance for one minute is enough for all of them, and for silence, which is the sender's business here.
        var settings = new FeedSettings
        {
            Streams = venue.Streams, Rest = venue.Rest, StreamsPerConnection = 200, RotateAfter = TimeSpan.FromHours(23), SilentAfter = TimeSpan.FromHours(1), StaleAfter = TimeSpan.FromHours(1),
            SnapshotLevels = 50, WeightShare = 0.5, LargestFrame = 1 << 20, RelistEvery = TimeSpan.FromMinutes(5), CloseBeforeDelivery = TimeSpan.FromHours(2), NearBps = 25, AbsurdMove = 0.5, AbsurdBook = 0.15,
        };
        var rest = new PublicRest(settings, new HostBudget(settings.WeightShare, TimeProvider.System), TimeProvider.System);
        var listed = await rest.ListAsync(default);
        await using var feed = new MarketFeed(settings, listed, Symbols(), rest, seed: 1, TimeProvider.System, Console.Error.WriteLine);
        await UntilAsync("every connection is there, and a snapshot of every book", () => feed.Health is var h && h.LinesUp == h.Lines && feed.Counts[FeedCount.SnapshotsTaken] == VenueProcess.Symbols);
        venue.Begin();
        var measured = await MeasureAsync(recorded, () => feed.Counts is var c ? (c[FeedCount.DiffsApplied], c[FeedCount.Bytes]) : default);
        var (health, counts) = (feed.Health, feed.Counts);
        if (health.ValidBooks != health.Symbols || counts[FeedCount.BookGaps] + counts[FeedCount.BooksCrossed] + counts.Dropped > 0)
            throw new InvalidOperationException($"Expected {health.Symbols} valid books without a gap; there are {health.ValidBooks}, {counts[FeedCount.BookGaps]} gaps, {counts[FeedCount.BooksCrossed]} crossed, {counts.Dropped} dropped.");
        return measured;
    }

    private static async Task<List<Measured>> BareAsync(string path, Sending sending, RecordedDepth recorded)
    {
        using var venue = await VenueProcess.StartAsync(path, sending);
        await using var sockets = new BareSockets(venue.Streams, StreamPlan.Of(Symbols(), streamsPerConnection: 200));
        await UntilAsync("every symbol's first diff and mark price have come", () => sockets.Messages == sockets.Asked + 2 * VenueProcess.Symbols);
        venue.Begin();
        var others = sockets.Messages - VenueProcess.Symbols;
        return await MeasureAsync(recorded, () => (sockets.Messages - others, sockets.Bytes));
    }

    private static ImmutableArray<Symbol> Symbols() => [.. Enumerable.Range(0, VenueProcess.Symbols).Select(VenueProcess.NameOf)];

    private static async Task<List<Measured>> MeasureAsync(RecordedDepth recorded, Func<(long Frames, long Bytes)> count)
    {
        await Task.Delay(WarmUp); // Not asleep on a thread: it is one of the pool's, which the feed has two of.
        var windows = new List<Measured>();
        for (var w = 0; w < MostWindows && windows.Count < Windows; w++)
        {
            var from = count(); // What counting allocates is before the window, or after it.
            var (allocated, processor, began) = (GC.GetTotalAllocatedBytes(precise: true), Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
            await Task.Delay(Window);
            var (seconds, used, more) = (Stopwatch.GetElapsedTime(began).TotalSeconds, Environment.CpuUsage.TotalTime - processor, GC.GetTotalAllocatedBytes(precise: true) - allocated);
            var to = count();
            var frames = to.Frames - from.Frames;
            if (Math.Abs(frames / (seconds * FramesDue) - 1) > OffPace) continue;
            windows.Add(new Measured(seconds, used.TotalSeconds, frames, LevelsIn(recorded, to.Frames) - LevelsIn(recorded, from.Frames), to.Bytes - from.Bytes, more));
        }
        return windows.Count == Windows ? windows : throw new InvalidOperationException($"Expected {Windows} windows of {MostWindows} at {FramesDue:0} frames/s; there were {windows.Count}. The machine has too much else to do.");
    }

    // Of the first so many frames: all symbols have the same ones, step by step.
    private static long LevelsIn(RecordedDepth recorded, long frames)
    {
        var (whole, rest) = Math.DivRem(frames, VenueProcess.Symbols);
        return recorded.Diffs.Take((int)whole).Sum(Of) * VenueProcess.Symbols + rest * Of(recorded.Diffs[(int)whole]);

        static long Of((Domain.OrderBooks.Level[] Bids, Domain.OrderBooks.Level[] Asks) diff) => diff.Bids.Length + diff.Asks.Length;
    }

    private static async Task UntilAsync(string what, Func<bool> holds)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var began = Stopwatch.GetTimestamp(); !holds(); await timer.WaitForNextTickAsync())
            if (Stopwatch.GetElapsedTime(began) > Patience) throw new TimeoutException($"After {Patience.TotalSeconds:0} s it is still not so that {what}.");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
