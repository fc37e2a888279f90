using System.Collections.Immutable;
using Dolphin.Actors.Alpha;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;

namespace Dolphin.Node.Running;

/// <summary>What the journal holds of alpha by a moment: it has snapshots and no events, and its word is in the events of those who took it.</summary>
internal static class AlphaHistory
{
    private const string SignalTaken = "directional.signal-taken.v1", OnSignals = "strategy-directional-";

    /// <param name="openings">The newest of each symbol by then.</param>
    /// <returns>Null where the run has no alpha, as far as the journal knows.</returns>
    public static AlphaPast? At(JournalReader journal, ImmutableArray<RiskHistory.StoredOpening> openings, DateTimeOffset at)
    {
        var cut = openings.Where(o => o.Sizing.Breaker is not null).MaxBy(o => o.At); // The first by symbol of those at once.
        if (cut is null && journal.NewestSnapshot(AlphaActor.Id, DateTimeOffset.MaxValue) is null) return null;
        return new AlphaPast(
            at, journal.NewestSnapshot(AlphaActor.Id, at) is { } row ? Kept(row.As<AlphaMemory>(), row.Created) : null,
            cut is null ? null : new CutOpening(cut.Symbol, cut.Sizing.Breaker!.Value, cut.At), Signal(journal, at));
    }

    private static KeptAlpha Kept(AlphaMemory memory, DateTimeOffset storedAt) => new(
        storedAt, memory.At, memory.Assets.Length, memory.Members, memory.Plunge, [.. Enum.GetValues<BreakerFactor>().Select(f => FactorOf(memory, f))]);

    private static KeptFactor FactorOf(AlphaMemory memory, BreakerFactor factor)
    {
        var newest = memory.Assets.Select(a => a.Breaker.Factors[(int)factor]).Where(seen => !seen.IsEmpty).Select(seen => seen[^1]).ToArray();
        return newest.Length == 0
            ? new KeptFactor(factor, 0, null, null, null)
            : new KeptFactor(factor, newest.Length, newest.Max(o => o.At), newest.Min(o => o.Value), newest.Max(o => o.Value));
    }

    private static TakenSignal? Signal(JournalReader journal, DateTimeOffset at)
    {
        TakenSignal? newest = null;
        foreach (var id in journal.PersistenceIds().Where(id => id.StartsWith(OnSignals, StringComparison.Ordinal)))
        {
            if (journal.Newest(id, SignalTaken, at)?.As<DirectionalEvent.SignalTaken>() is not { Signal: var signal } taken || taken.At <= newest?.At) continue;
            newest = new TakenSignal(new Symbol(id[OnSignals.Length..]), signal.Id, signal.Side, signal.Confidence, taken.At);
        }

        return newest;
    }
}
