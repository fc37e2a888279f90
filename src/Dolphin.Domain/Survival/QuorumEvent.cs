using System.Collections.Immutable;
using System.Globalization;

namespace Dolphin.Domain.Survival;

/// <summary>What became of heartbeats and of the quorum, and what followed. Stored for ever: add cases and optional fields; never rename, retype or reuse one.</summary>
public abstract record QuorumEvent
{
    private QuorumEvent() { }

    public abstract DateTimeOffset At { get; init; }

    /// <summary>What happened, why, and what follows, in a sentence.</summary>
    public abstract string ToText();

    /// <param name="HeardAt">Its last report.</param>
    /// <param name="Limit">What is borne.</param>
    /// <param name="IsInvariant">Its silence counts as a failure; any other layer decays.</param>
    public sealed record SensorSilent(LayerId Layer, DateTimeOffset HeardAt, TimeSpan Limit, bool IsInvariant, DateTimeOffset At) : QuorumEvent
    {
        public override string ToText() => string.Create(CultureInfo.InvariantCulture, $"{Layer}: its sensor has been silent for {Seconds(At - HeardAt)}, above {Seconds(Limit)}; ")
            + (IsInvariant ? "the layer counts as failed until it is heard" : "the layer decays with its age until it is heard");
    }

    public sealed record SensorHeard(LayerId Layer, TimeSpan Silent, DateTimeOffset At) : QuorumEvent
    {
        public override string ToText() => $"{Layer}: its sensor is heard again after {Seconds(Silent)}; the layer recovers by its slope";
    }

    /// <param name="Reachable">Nodes that can be heard, of <paramref name="Members"/>.</param>
    public sealed record NodeSilent(string Node, int Reachable, int Members, DateTimeOffset At) : QuorumEvent
    {
        public override string ToText() => string.Create(CultureInfo.InvariantCulture, $"node {Node} cannot be heard; {Reachable} of {Members} nodes can, ")
            + (Reachable * 2 > Members ? "which is a majority: the rest goes on" : "which is no majority");
    }

    public sealed record NodeHeard(string Node, int Reachable, int Members, DateTimeOffset At) : QuorumEvent
    {
        public override string ToText() => string.Create(CultureInfo.InvariantCulture, $"node {Node} is heard again; {Reachable} of {Members} nodes can be heard");
    }

    /// <param name="Members">Nodes that are left.</param>
    public sealed record NodeRemoved(string Node, int Members, DateTimeOffset At) : QuorumEvent
    {
        public override string ToText() => string.Create(CultureInfo.InvariantCulture, $"node {Node} has not been heard and is a member no more; {Members} nodes are left, and what it did goes to them");
    }

    /// <param name="Entity">What people know it by: its persistence id, where it has one.</param>
    /// <param name="Reason">Why it ended, and what the rest goes without.</param>
    public sealed record ServiceEnded(string Entity, string Reason, DateTimeOffset At) : QuorumEvent
    {
        public override string ToText() => $"{Entity} stays down: {Reason}";
    }

    /// <param name="Entities">Of those that had ended, in ordinal order.</param>
    public sealed record ServicesBegun(ImmutableArray<string> Entities, DateTimeOffset At) : QuorumEvent
    {
        public override string ToText() => $"started again: {string.Join(", ", Entities)}";
    }

    /// <param name="Services">In ordinal order: those that have been asked and have not answered.</param>
    /// <param name="Patience">How long an answer may take.</param>
    public sealed record ServicesSilent(ImmutableArray<SilentService> Services, TimeSpan Patience, DateTimeOffset At) : QuorumEvent
    {
        public override string ToText() => $"no answer from {Some([.. Services.Select(s => $"{s.Name} (asked {Seconds(At - s.Since)} ago)")])}, patience {Seconds(Patience)}: "
            + "a handler that does not end, or a mailbox that is not worked off; what it does nobody does until it answers, and the layers that live on it fall as if it had ended";
    }

    /// <summary>They have answered; or they have ended, of which others tell.</summary>
    /// <param name="Services">In ordinal order, by when each had been asked.</param>
    public sealed record ServicesHeard(ImmutableArray<SilentService> Services, DateTimeOffset At) : QuorumEvent
    {
        public override string ToText() => $"silent no more: {Some([.. Services.Select(s => $"{s.Name} (after {Seconds(At - s.Since)})")])}";
    }

    /// <param name="Reason">L1's words.</param>
    /// <param name="Flattens">What panics closes every leg, and does not only cancel.</param>
    public sealed record QuorumLost(string Reason, bool Flattens, DateTimeOffset At) : QuorumEvent
    {
        public override string ToText() => $"the quorum is lost: {Reason.TrimEnd('.')}; R_total is 0, the posture HIBERNATE, every open order is cancelled{(Flattens ? " and every leg closed at market" : "")}";
    }

    public sealed record QuorumRegained(TimeSpan Lost, DateTimeOffset At) : QuorumEvent
    {
        public override string ToText() => $"the quorum is there again after {Seconds(Lost)}; the posture climbs from HIBERNATE step by step, as far as the other layers allow";
    }

    /// <param name="HeardAt">Of its newest stored word; what it said since then without storing it nobody knows.</param>
    public sealed record ControllerReturned(DateTimeOffset HeardAt, DateTimeOffset At) : QuorumEvent
    {
        public override string ToText() => $"the survival controller begins again; its newest stored word is {Seconds(At - HeardAt)} old. Nothing was opened while it was away, and nothing is until every invariant has spoken";
    }

    // A node that stands still makes hundreds silent at once; all are in the event.
    private static string Some(string[] all) => all.Length <= MostNamed
        ? string.Join(", ", all)
        : string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", all[..MostNamed])} and {all.Length - MostNamed} more");

    private const int MostNamed = 5;

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");
}
