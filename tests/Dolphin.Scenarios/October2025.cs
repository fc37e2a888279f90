using Dolphin.Data.Recording;
using Dolphin.Domain.Hedging;
using Dolphin.Scenarios.Stage;
using Dolphin.Tests;

namespace Dolphin.Scenarios;

/// <summary>The crash of 10 October 2025, as recorded: 400 symbols at once, bars of fifteen minutes.</summary>
public sealed class October2025
{
    private const string Recording = "02_usdm_15m_1h_522sym_2024-2025/ohlcv_15m_2025-10-05_2025-10-17.csv.gz";
    private static readonly DateTimeOffset Crash = new(2025, 10, 10, 21, 0, 0, TimeSpan.Zero);

    [RecordedFact(Recording, DisplayName = "October 2025: the replay finishes with every invariant intact, contracts into the crash and comes back slowly")]
    public void Contracts_and_recovers()
    {
        var path = Recordings.PathOf(Recording);
        // Every symbol would take half a minute in a debug build; what the crash does to one in six it does to all.
        var (first, last) = (Crash.Date.AddDays(-1), Crash.Date.AddDays(2));
        var symbols = RecordingReader.Read([path], new ReadOptions(Crash.AddHours(-1), Crash, null)).Symbols;
        Assert.True(symbols.Length > 400, $"only {symbols.Length} symbols.");
        var tape = RecordingReader.Read([path], new ReadOptions(
            new DateTimeOffset(first, TimeSpan.Zero), new DateTimeOffset(last, TimeSpan.Zero), [.. symbols.Where((_, index) => index % 6 == 0)]));
        using var folder = new ReplayFolder();
        var plan = Plans.Node(tape, new HedgeSettings { Capital = Plans.Deposit.Quote / tape.Symbols.Length, Leverage = 1m });
        var (from, to) = (tape.From.ToUnixTimeMilliseconds(), tape.To.ToUnixTimeMilliseconds());
        var end = ReplayFolder.Live(Plans.Replay(folder.Path, seed: 1, bars: 0, plan, market: tape, checkpointEvery: 100_000) with { From = from, To = to });

        Assert.True(end.Finished);
        Assert.Empty(end.Violations);
        Assert.Empty(end.Report.Halted);
        Ledgers.AssertAgree(end, folder.VenueFacts(), "October 2025");

        Assert.Equal("APEX", PostureAt(Crash));
        Assert.Contains(end.Report.Postures, p => p.At >= Crash && p.At <= Crash.AddMinutes(30) && p.To is "TURTLE" or "HIBERNATE");
        Assert.DoesNotContain(end.Report.Postures, p => p.At > Crash && p.At < Crash.AddHours(1) && p.To is "APEX");
        Assert.Contains(end.Report.Postures, p => p.At >= Crash.AddHours(1) && p.To is "STALKER" or "APEX");

        string PostureAt(DateTimeOffset at) => end.Report.Postures.Last(p => p.At < at).To;
    }
}
