namespace Dolphin.Domain.TwoLegs;

/// <summary>What the survival controller allows at this moment, as the caller read it.</summary>
/// <param name="RTotal">0 to 1; entries are scaled by it. NaN counts as 0.</param>
/// <param name="EntriesAllowed">Whatever makes a leg larger.</param>
/// <param name="ExitsAllowed">Everything else; when false nothing at all is decided.</param>
public readonly record struct LegRisk(double RTotal, bool EntriesAllowed, bool ExitsAllowed);

/// <summary>Whether an entry may be taken now. A refused entry is no reason to stop: the strategy goes on without it.</summary>
/// <param name="area">The strategy's area in refusal codes, such as <c>hedge</c>.</param>
public sealed class EntryGate(string area)
{
    // Built once: strategies that wait for permission ask at every bar.
    private readonly string _notAllowed = area + ".entries-not-allowed", _noBudget = area + ".no-risk-budget";

    public (string Code, string Reason)? Refusal(double rTotal, bool entriesAllowed) =>
        !entriesAllowed ? (_notAllowed, "The posture allows no entries; the strategy goes on without this one.")
        : !(rTotal > 0d) ? (_noBudget, $"R_total is {rTotal:0.###}; expected above 0. The strategy goes on without this entry.")
        : null;
}
