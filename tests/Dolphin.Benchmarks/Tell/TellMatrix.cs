using System.Globalization;

namespace Dolphin.Benchmarks.Tell;

/// <summary>Tell throughput by number of pairs and messages in flight; with the Cluster edition both runtimes in turn, in one process and one table.</summary>
internal static class TellMatrix
{
    private const int Rounds = 5;
    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(150);

    private static readonly TellCell[] Cells =
    [
        .. from fresh in new[] { false, true }
           from inFlight in new[] { 1, 100 }
           from pairs in new[] { 1, 2, 8, 16 }
           select new TellCell(pairs, inFlight, fresh),
    ];

    public static async Task<int> RunAsync(TextWriter output)
    {
        await output.WriteLineAsync(Machine.Describe());
        var runtimes = TellRuntimes.All();
        var rates = new double[Cells.Length, runtimes.Count, Rounds];
        var sizes = new long[Cells.Length, runtimes.Count];
        for (var c = 0; c < Cells.Length; c++)
        {
            for (var r = 0; r < runtimes.Count; r++) sizes[c, r] = await SizeAsync(runtimes[r], Cells[c]);
        }

        for (var round = 0; round < Rounds; round++)
        {
            for (var c = 0; c < Cells.Length; c++)
            {
                for (var r = 0; r < runtimes.Count; r++) rates[c, r, round] = await runtimes[r].Measure(Cells[c], sizes[c, r]);
            }
        }

        foreach (var runtime in runtimes) await runtime.End();
        await PrintAsync(output, runtimes, rates);
        await output.WriteLineAsync(Machine.Load());
        return 0;
    }

    /// <summary>How many messages fill a round; also compiles the code.</summary>
    private static async Task<long> SizeAsync(TellRuntime runtime, TellCell cell)
    {
        await runtime.Measure(cell, 200_000);
        var rate = await runtime.Measure(cell, 400_000);
        return (long)(rate * RoundTime.TotalSeconds);
    }

    private static async Task PrintAsync(TextWriter output, IReadOnlyList<TellRuntime> runtimes, double[,,] rates)
    {
        var compared = runtimes.Count == 2;
        await output.WriteLineAsync($"million messages/s, best and median of {Rounds} rounds of {RoundTime.TotalMilliseconds:0} ms{(compared ? ", runtimes in turn" : "")}");
        var header = $"| pairs | in flight | message | {string.Join(" | ", runtimes.Select(r => $"{r.Name} best | median"))} |{(compared ? " ratio best | median |" : "")}";
        await output.WriteLineAsync(header);
        await output.WriteLineAsync(string.Concat(header.Select(static c => c == '|' ? '|' : '-')));
        for (var c = 0; c < Cells.Length; c++)
        {
            var cell = Cells[c];
            var values = new List<double>();
            for (var r = 0; r < runtimes.Count; r++)
            {
                var sorted = Enumerable.Range(0, Rounds).Select(round => rates[c, r, round]).Order().ToArray();
                values.AddRange([sorted[^1] / 1e6, sorted[Rounds / 2] / 1e6]);
            }

            if (compared) values.AddRange([values[2] / values[0], values[3] / values[1]]);
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"| {cell.Pairs} | {cell.InFlight} | {(cell.Fresh ? "a record each, ReceiveActor" : "one object, UntypedActor")} | {string.Join(" | ", values.Select(v => v.ToString("0.00", CultureInfo.InvariantCulture)))} |"));
        }
    }
}

/// <summary>An actor runtime to measure.</summary>
internal sealed record TellRuntime(string Name, Func<TellCell, long, Task<double>> Measure, Func<ValueTask> End);
