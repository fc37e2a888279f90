using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Reporting;

/// <summary>How a live market comes in: what is there, what is missing, and everything that was counted since the process began.</summary>
/// <param name="ConnectionsUp">Of which everything comes.</param>
/// <param name="Listed">Symbols that the venue still trades.</param>
/// <param name="Invalid">Symbols whose book may not be priced from now.</param>
/// <param name="Silent">Symbols that no mark price comes of: they have no bars.</param>
/// <param name="Far">Symbols whose book is absurdly far from their mark price: they have no bars, and nothing is opened there.</param>
/// <param name="Changed">Symbols whose rules are not those of the start, or that are not traded, or not for long any more: nothing is opened there.</param>
/// <param name="ClockOffsetMs">The venue's clock minus the machine's.</param>
/// <param name="RoundTripMs">The offset is right to half of this; null until the venue was asked.</param>
/// <param name="WeightPerMinute">Request weight that the process may use.</param>
/// <param name="WeightUsed">As the venue counted last, in its minute then, of everybody behind the address; null before it has.</param>
/// <param name="Refusals">429 and 418, whoever in the process was answered so.</param>
/// <param name="ClosedSeconds">How long nothing may be asked any more; zero if something may.</param>
/// <param name="Dropped">Messages that something was wrong with.</param>
/// <param name="Counts">Every counter of the feed by its name.</param>
/// <param name="Faults">Messages that could not be read, by why.</param>
public sealed record FeedPicture(
    int Connections, int ConnectionsUp, int Symbols, int Listed, ImmutableArray<Symbol> Invalid, ImmutableArray<Symbol> Silent, ImmutableArray<Symbol> Far, ImmutableArray<FeedRuleChange> Changed,
    double ClockOffsetMs, double? RoundTripMs, int WeightPerMinute, int? WeightUsed, long Refusals, double ClosedSeconds, long Dropped,
    ImmutableSortedDictionary<string, long> Counts, ImmutableSortedDictionary<string, long> Faults)
{
    private const int MostNamed = 5;

    /// <summary>Whether something is missing now.</summary>
    public bool IsWhole => ConnectionsUp == Connections && Listed == Symbols && Invalid.IsEmpty && Silent.IsEmpty && Far.IsEmpty && Changed.IsEmpty && ClosedSeconds == 0;

    /// <summary>The health of it, in one line.</summary>
    public string ToLine() => string.Create(CultureInfo.InvariantCulture,
        $"market feed {ConnectionsUp} of {Connections} connections, {Symbols - Invalid.Length} of {Symbols} books valid")
        + (Listed < Symbols ? string.Create(CultureInfo.InvariantCulture, $", {Symbols - Listed} NOT TRADED") : "")
        + (Silent.IsEmpty ? "" : $", SILENT {Named(Silent)}")
        + (Far.IsEmpty ? "" : $", BOOK FAR FROM MARK {Named(Far)}")
        + (Changed.IsEmpty ? "" : $", RULES CHANGED {Named([.. Changed.Select(c => c.Symbol)])}")
        + (ClosedSeconds > 0 ? string.Create(CultureInfo.InvariantCulture, $", REFUSED by the venue for {ClosedSeconds:0} s more") : "");

    /// <summary>As lines of text: the health, what was counted, and what each rule that has changed is now.</summary>
    public string ToText()
    {
        var text = new StringBuilder(ToLine());
        text.Append(CultureInfo.InvariantCulture, $"\n  {Of("bookGaps")} gaps, {Of("booksStale")} stale, {Of("booksCrossed")} crossed, {Of("booksFarFromMark")} far from the mark, {Of("snapshotsTaken")} snapshots; {Of("symbolsSilent")} silences, ");
        text.Append(CultureInfo.InvariantCulture, $"{Of("tradeGaps")} gaps in trades; {Of("connectionsLost")} connections lost; {Dropped} of {Of("messages")} messages dropped");
        var faults = Faults.Where(f => f.Value > 0).OrderByDescending(f => f.Value).ThenBy(f => f.Key, StringComparer.Ordinal).Take(MostNamed).Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Key} {f.Value}")).ToList();
        if (faults.Count > 0) text.Append(" (").AppendJoin(", ", faults).Append(')');
        text.Append(CultureInfo.InvariantCulture, $", {Of("droppedDuplicates")} were there already\n  the venue's clock {ClockOffsetMs:0} ms from ours{(RoundTripMs is { } trip ? string.Create(CultureInfo.InvariantCulture, $", asked in {trip:0} ms") : ", not asked yet")}, ");
        text.Append(CultureInfo.InvariantCulture, $"{Of("clockJumps")} jumps of ours; weight {(WeightUsed is { } used ? used.ToString(CultureInfo.InvariantCulture) : "-")} used, {WeightPerMinute} a minute allowed, {Refusals} refusals\n");
        foreach (var change in Changed) text.Append(CultureInfo.InvariantCulture, $"  {change.Symbol}: {change.What}; {change.Then ?? "nothing is opened there until the node is started again"}\n");
        return text.ToString();
    }

    private long Of(string count) => Counts.GetValueOrDefault(count);

    private static string Named(ImmutableArray<Symbol> symbols) =>
        string.Join(' ', symbols.Take(MostNamed)) + (symbols.Length > MostNamed ? string.Create(CultureInfo.InvariantCulture, $" and {symbols.Length - MostNamed} more") : "");
}

/// <param name="What">Such as <c>tick 0.1 is 0.5 now</c>.</param>
public sealed record FeedRuleChange(Symbol Symbol, string What)
{
    /// <summary>What follows, as part of a sentence; null: nothing is opened there until the node is started again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Then { get; init; }
}
