using System.Globalization;

namespace Dolphin.Benchmarks.Memory;

/// <summary>
/// Live heap of one strategy instance: its plan with policy and settings, what its decider remembers, and its actor with everything the engine, the journal and the
/// board keep because it is there. Target: below 4 KB. Beside it what is there once a symbol, however many strategies it has: asset, book and desk.
/// </summary>
internal static class MemoryTrials
{
    private const int Target = 4_096;
    private const string Engine = "engine", Asset = "asset";

    public static async Task<int> RunAsync(string[] args, TextWriter output)
    {
        var (rounds, counts) = (3, new[] { 500, 1_000 });
        string[] parts = [Engine, .. StrategyKind.All.Select(static k => k.Name), Asset];
        var wanted = parts;
        for (var rest = args; rest.Length > 0; rest = rest[2..])
        {
            switch (rest)
            {
                case ["--rounds", var given, ..] when IsCount(given, out rounds):
                    break;
                case ["--of", var given, ..] when IsCount(given, out var one):
                    counts = [one];
                    break;
                case ["--only", var part, ..] when parts.Contains(part, StringComparer.Ordinal):
                    wanted = [part];
                    break;
                default:
                    await output.WriteLineAsync($"Expected: memory [--rounds N] [--of INSTANCES] [--only {string.Join('|', parts)}], numbers above 0.");
                    return 2;
            }
        }

        await output.WriteLineAsync(Machine.Describe());
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"live bytes of one, median of {rounds} rounds; strategies after {Tape.Bars} bars, with their journal on disk, in real time"));
        await output.WriteLineAsync($"| what | {string.Join(" | ", counts.Select(c => string.Create(CultureInfo.InvariantCulture, $"of {c:N0}")))} | |");
        await output.WriteLineAsync($"|---|{string.Concat(counts.Select(static _ => "---|"))}---|");
        var met = true;
        foreach (var part in wanted)
        {
            switch (part)
            {
                case Engine:
                    await PrintAsync(output, "an actor that does nothing", await MeasureAsync(counts, rounds, c => Population.OfNobodyAsync(c, durable: false)), static p => p.Actors,
                        "cell, mailbox, reference, path, props, place with its parent");
                    await PrintAsync(output, "a durable actor that does nothing", await MeasureAsync(counts, rounds, c => Population.OfNobodyAsync(c, durable: true)), static p => p.Actors,
                        "the same, and what the journal knows of it");
                    break;
                case Asset:
                    await PrintAssetAsync(output, counts, rounds);
                    break;
                default:
                    met &= await PrintStrategyAsync(output, StrategyKind.All.Single(k => k.Name == part), counts, rounds);
                    break;
            }
        }

        await output.WriteLineAsync(Machine.Load());
        return met ? 0 : 1;
    }

    private static bool IsCount(string text, out int count) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0;

    private static async Task<bool> PrintStrategyAsync(TextWriter output, StrategyKind kind, int[] counts, int rounds)
    {
        await Population.OfStrategiesAsync(kind, 16, inAssets: false); // What is made once in a process is made here.
        var measured = await MeasureAsync(counts, rounds, c => Population.OfStrategiesAsync(kind, c, inAssets: false));
        if (measured.Any(m => m.Value.Events < 3)) throw new InvalidOperationException($"A {kind.Name} stored {measured[0].Value.Events} events on the tape; expected one that trades.");
        await PrintAsync(output, $"{kind.Name}: plan", measured, static p => p.Plans, "what it is called; policy and settings are those of all symbols without their own");
        await PrintAsync(output, $"{kind.Name}: policy of its own", await MeasureAsync(counts, rounds, c => Population.OfPoliciesAsync(kind, c)), static p => p.Plans, "more, where a symbol has settings of its own; not in the sum");
        await PrintAsync(output, $"{kind.Name}: state", measured, static p => p.States, string.Create(CultureInfo.InvariantCulture, $"what its decider remembers and has measured; {measured[0].Value.Events:0} events stored"));
        await PrintAsync(output, $"{kind.Name}: actor", measured, static p => p.Actors - p.States, "everything else");
        var whole = await PrintAsync(output, $"**{kind.Name}: strategy instance**", measured, static p => p.Plans + p.Actors, $"target below {Target}");
        return whole.All(static bytes => bytes < Target);
    }

    private static async Task PrintAssetAsync(TextWriter output, int[] counts, int rounds)
    {
        var kind = StrategyKind.All[0];
        await Population.OfStrategiesAsync(kind, 16, inAssets: true);
        var alone = await MeasureAsync(counts, rounds, c => Population.OfStrategiesAsync(kind, c, inAssets: false));
        var inAssets = await MeasureAsync(counts, rounds, c => Population.OfStrategiesAsync(kind, c, inAssets: true));
        await PrintAsync(output, "asset and book", [.. inAssets.Zip(alone, static (with, without) => with with { Value = with.Value with { Actors = with.Value.Actors - without.Value.Actors } })],
            static p => p.Actors, "once a symbol: two actors more");
        await PrintAsync(output, "board", inAssets, static p => p.Slots, "once a symbol: what screens read");
        await PrintAsync(output, "execution desk", [.. counts.Select(static c => (c, new Population(0, 0, DeskEntries.Measure(c), 0, 0)))], static p => p.Actors, "once a strategy: its newest decision");
    }

    private static async Task<(int Count, Population Value)[]> MeasureAsync(int[] counts, int rounds, Func<int, Task<Population>> measure)
    {
        var results = new List<(int, Population)>();
        foreach (var count in counts)
        {
            var seen = new List<Population>();
            for (var round = 0; round < rounds; round++) seen.Add(await measure(count));
            results.Add((count, new Population(
                Median(seen, static p => p.Plans), Median(seen, static p => p.Slots), Median(seen, static p => p.Actors), Median(seen, static p => p.States), seen[0].Events)));
        }

        return [.. results];
    }

    private static long Median(List<Population> seen, Func<Population, long> of) => seen.Select(of).Order().ElementAt(seen.Count / 2);

    private static async Task<double[]> PrintAsync(TextWriter output, string what, (int Count, Population Value)[] measured, Func<Population, long> of, string remark)
    {
        var each = measured.Select(m => (double)of(m.Value) / m.Count).ToArray();
        await output.WriteLineAsync($"| {what} | {string.Join(" | ", each.Select(static e => e.ToString("N0", CultureInfo.InvariantCulture)))} | {remark} |");
        return each;
    }
}
