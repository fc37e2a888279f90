using Dolphin.Venues.Remote;

namespace Dolphin.Drills;

/// <summary>How fast one kind of fleet trades a recording that a venue plays: what it took in, and how soon its orders arrived there.</summary>
/// <param name="Offered">Bars a second that the venue closed.</param>
/// <param name="Decided">Bars a second that strategies have worked through, on all nodes together.</param>
/// <param name="BarToOrder">From the close of a bar to the arrival of an order, over the wire both ways; see <see cref="OracleDelay"/> for when it says nothing.</param>
internal sealed record Speed(Fleet Fleet, string Bar, double Seconds, double Offered, double Decided, OracleDelay BarToOrder)
{
    private const int Symbols = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(20); // The run-time compiler's second tier, and a trade or two.
    // What every strategy checks once for every bar it is told of.
    private const string OncePerBar = "TimeMovesForward";

    public static async Task<Speed> MeasureAsync(DrillOptions options, Fleet fleet)
    {
        await using var lab = await Lab.OpenAsync(options with { Folder = Path.Combine(options.Folder, $"{fleet}") }, fleet);
        await lab.SeeFromNowAsync("quorum, ledger and heartbeat at 0.95 on every node", Patience, s => s.IsFull(lab.NodeNumbers.Length));
        await Task.Delay(WarmUp);
        var before = await lab.LookAsync(Patience);
        await Task.Delay(options.Measured);
        var after = await lab.LookAsync(Patience);
        var seconds = after.Seconds - before.Seconds;
        var between = new DelayHistogram(after.Oracle!.ThisLife.BarToOrder.Counts, before.Oracle!.ThisLife.BarToOrder.Counts);
        return new Speed(
            fleet, options.Bar, seconds, (after.Oracle.Books.LastSlice - before.Oracle.Books.LastSlice)!.Value / options.BarLength * Symbols / seconds,
            (Decisions(after) - Decisions(before)) / seconds, OracleDelay.Of(between));
    }

    private static long Decisions(Sample sample) => sample.Nodes.Values.Sum(n => n!.Invariants.Single(i => i.Name == OncePerBar).Checked);
}
