using System.Diagnostics;
using System.Globalization;
using System.Text;
using Dolphin.Benchmarks.Books;
using Dolphin.Domain.Market;
using Dolphin.Venues.Binance.Streams;
using Dolphin.Venues.Binance.Tests.Live;

namespace Dolphin.Benchmarks.Sockets;

/// <summary>How the diffs of one interval are sent.</summary>
internal enum Sending
{
    /// <summary>One after the other over the interval, each written by itself, so that a socket wakes up for every one of them.</summary>
    Spread,
    /// <summary>All at the interval's beginning.</summary>
    AtOnce,
}

/// <summary>The sending side, a process of its own: the stand-in venue with the recording's diffs for every symbol, each under its own name.</summary>
/// <remarks>It says its address, sends the first diff of every symbol to whoever has subscribed everything, and the others at their pace once it is told to go, until its input ends.</remarks>
internal sealed class VenueProcess : IDisposable
{
    public const string Verb = "sockets-venue";
    public const int Symbols = 400;
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    public static readonly SymbolGrid Grid = new(new(1), new(3));

    private const string Go = "go";
    private const string Recorded = "BTCUSDT";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;

    private VenueProcess(Process process, Uri rest) => (_process, Rest) = (process, rest);

    public Uri Rest { get; }
    public Uri Streams => new UriBuilder(Rest) { Scheme = "ws" }.Uri;

    /// <summary>As many letters as the recorded one, so that a frame is made by writing over it.</summary>
    public static Symbol NameOf(int symbol) => new(string.Create(CultureInfo.InvariantCulture, $"S{symbol:000}USD"));

    public static async Task<VenueProcess> StartAsync(string path, Sending sending)
    {
        string[] self = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? [typeof(VenueProcess).Assembly.Location] : [];
        var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. self, Verb, path, sending.ToString()]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        return new VenueProcess(process, new Uri(await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("Expected the sending process to say its address; it has ended.")));
    }

    public void Begin() => _process.StandardInput.WriteLine(Go);

    public void Dispose()
    {
        _process.StandardInput.Close(); // It ends with its input.
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>The process itself.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var (recorded, sending) = (RecordedDepth.Read(args[0], Grid), Enum.Parse<Sending>(args[1]));
        await using var venue = await StandInVenue.StartAsync([.. Enumerable.Range(0, Symbols).Select(s => new StandInMarket(NameOf(s).Name))]);
        var snapshot = Encoding.UTF8.GetString(recorded.SnapshotText);
        venue.SnapshotOf = _ => snapshot;
        if (MessageParser.Read(recorded.DiffTexts[0], out var first) != MessageFault.None || first.EventTimeMs is not { } recordedMs) return 1;
        venue.ClockAhead = DateTimeOffset.FromUnixTimeMilliseconds(recordedMs) - TimeProvider.System.GetUtcNow(); // Else every diff would be too late.
        Console.WriteLine(venue.Rest);
        if (!await SubscribedAsync(venue)) return 1;

        // Neighbours share a connection of two hundred streams: in this order connections get one each, in turn.
        var order = Enumerable.Range(0, Symbols).OrderBy(s => s % 100).ToArray();
        var sockets = order.Select(s => venue.Sockets.Single(socket => socket.Wants($"{Lower(NameOf(s).Name)}@depth@100ms"))).ToArray();
        Send(0, Symbols, FrameOf(recorded.DiffTexts[0]));
        var middle = Grid.Price.ToDecimal(recorded.Snapshot.Bids.Max(l => l.Ticks)).ToString(CultureInfo.InvariantCulture);
        foreach (var market in venue.Markets) venue.SendMark(market, middle, middle); // Else those connections would bring nothing, and count as not there.
        using var input = new StreamReader(Console.OpenStandardInput()); // Console.In would wait within the call.
        if (await input.ReadLineAsync() != Go) return 1;

        var ended = input.ReadLineAsync();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var began = Stopwatch.GetTimestamp();
        for (var step = 1; step < recorded.DiffTexts.Count; step++)
        {
            var frame = FrameOf(recorded.DiffTexts[step]);
            for (var sent = 0; sent < Symbols && !ended.IsCompleted;)
            {
                await timer.WaitForNextTickAsync();
                var due = Symbols * (Stopwatch.GetElapsedTime(began) / Interval - (step - 1));
                var until = sending == Sending.Spread ? Math.Clamp((int)due, sent, Symbols) : due < 0 ? 0 : Symbols;
                Send(sent, until, frame);
                sent = until;
            }
            if (ended.IsCompleted) return 0;
        }
        return 0;

        void Send(int from, int until, (byte[] Bytes, int[] Upper, int[] LowerCase) frame)
        {
            for (var i = from; i < until; i++)
            {
                var (name, bytes) = (NameOf(order[i]).Name, frame.Bytes.ToArray());
                foreach (var at in frame.Upper) Encoding.ASCII.GetBytes(name, bytes.AsSpan(at));
                foreach (var at in frame.LowerCase) Encoding.ASCII.GetBytes(Lower(name), bytes.AsSpan(at));
                sockets[i].SendFrames(bytes);
            }
        }
    }

    private static async Task<bool> SubscribedAsync(StandInVenue venue)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < Patience;)
        {
            // Both entrances: of a symbol two streams at one, three at the other.
            if (venue.Sockets.Sum(s => s.Streams.Count()) == Symbols * 5) return true;
            await timer.WaitForNextTickAsync();
        }
        return false;
    }

    /// <summary>A frame, and where the recorded symbol's name stands in it.</summary>
    private static (byte[] Bytes, int[] Upper, int[] LowerCase) FrameOf(byte[] text)
    {
        var frame = StandInSocket.FrameOf(text);
        return (frame, Places(frame, Recorded), Places(frame, Lower(Recorded)));
    }

    private static int[] Places(byte[] frame, string name)
    {
        var (bytes, places) = (Encoding.ASCII.GetBytes(name), new List<int>());
        for (var at = 0; frame.AsSpan(at).IndexOf(bytes) is var next and >= 0; at += next + bytes.Length) places.Add(at + next);
        return [.. places];
    }

    private static string Lower(string name) => name.ToLowerInvariant();
}
