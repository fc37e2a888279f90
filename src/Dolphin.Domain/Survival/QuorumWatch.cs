using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;

namespace Dolphin.Domain.Survival;

/// <summary>What the watch goes by.</summary>
/// <param name="Patience">How old a sensor's last report may be, and how long the controller may be away: a pulse and the heartbeat limit.</param>
/// <param name="Flattens">A failed invariant closes every leg, and does not only cancel.</param>
public sealed record QuorumWatchPolicy(TimeSpan Patience, bool Flattens);

/// <summary>What is known at one moment.</summary>
/// <param name="Risk">The newest assessment.</param>
/// <param name="Began">Since when this controller listens: what was said before a silence of its own does not count against anybody.</param>
/// <param name="Members">Nodes that belong to the cluster; empty in one process.</param>
/// <param name="Reachable">Those of them that can be heard.</param>
public readonly record struct QuorumSight(RiskSnapshot Risk, DateTimeOffset Began, ImmutableSortedSet<string> Members, ImmutableSortedSet<string> Reachable);

/// <summary>An event as people are told of it.</summary>
public sealed record QuorumAction(string Text, DateTimeOffset At);

/// <param name="Since">Its last report.</param>
public sealed record SilentSensor(LayerId Layer, DateTimeOffset Since);

/// <summary>A service that goes on existing and does not answer.</summary>
/// <param name="Entity">What people know it by: its persistence id, where it has one.</param>
/// <param name="Node">Where it lives; empty in one process.</param>
/// <param name="Since">When it was asked.</param>
public sealed record SilentService(string Entity, string Node, DateTimeOffset Since)
{
    [JsonIgnore]
    public string Name => Node.Length == 0 ? Entity : $"{Entity} on {Node}";
}

/// <summary>Who is silent, and what became of the quorum so far.</summary>
/// <param name="LostSince">Null while the quorum is there.</param>
/// <param name="Sensors">That are silent, in order of layer. Bounded by the layers, like <paramref name="Nodes"/> by the cluster's and <paramref name="Services"/> by the plan's.</param>
/// <param name="Nodes">That cannot be heard, in ordinal order.</param>
/// <param name="Services">That have ended and not begun again, in ordinal order.</param>
/// <param name="Losses">How often the quorum was lost.</param>
/// <param name="Silences">How often a sensor, a node, a service or the controller fell silent, or a service ended.</param>
/// <param name="Actions">The newest <see cref="MostActions"/>, oldest first.</param>
/// <param name="Hanging">Services that have not answered within patience, in ordinal order of entity and node; null while there are none. Bounded like <paramref name="Services"/>.</param>
public sealed record QuorumWatchState(
    DateTimeOffset? LostSince, ImmutableArray<SilentSensor> Sensors, ImmutableArray<string> Nodes, ImmutableArray<string> Services, long Losses, long Silences, ImmutableArray<QuorumAction> Actions,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableArray<SilentService>? Hanging = null)
{
    /// <summary>Who watches a node's services: it says who is silent each pulse, so its own silence is known too.</summary>
    public const string Watcher = "service-watch";

    /// <summary>A screen of them; all are in the journal.</summary>
    public const int MostActions = 20;

    public static readonly QuorumWatchState Initial = new((DateTimeOffset?)null, [], [], [], 0, 0, []);

    public bool IsAlarmed => LostSince is not null || !Sensors.IsEmpty || !Nodes.IsEmpty || !Services.IsEmpty || Hanging is not null;

    /// <summary>One line for a screen.</summary>
    public string ToLine()
    {
        string[] silent = [.. Sensors.Select(s => s.Layer.Name), .. Nodes.Select(n => $"node {n}"), .. Services, .. (Hanging ?? []).Select(s => $"{s.Name} (does not answer)")];
        return string.Create(CultureInfo.InvariantCulture, $"heartbeats: {(LostSince is { } since ? $"QUORUM LOST since {since:yyyy-MM-dd HH:mm:ss}" : "quorum")}, ")
            + (silent.Length == 0 ? "everybody is heard" : $"SILENT {string.Join(", ", silent)}")
            + string.Create(CultureInfo.InvariantCulture, $"; lost {Losses} times, {Silences} silences so far");
    }

    /// <summary>As lines of text; times are UTC.</summary>
    public string ToText()
    {
        var text = new StringBuilder(ToLine()).Append('\n');
        foreach (var action in Actions) text.Append(CultureInfo.InvariantCulture, $"  {action.At:yyyy-MM-dd HH:mm:ss} {action.Text}\n");
        return text.ToString();
    }
}

/// <summary>Who keeps watch over heartbeats and the quorum: the first tier of the monitor (seed dolphin-survival-stack, "Triple-tier monitor"). Pure.</summary>
/// <remarks>It writes down; what follows from a silence the controller does by itself, through the layers.</remarks>
public static class QuorumWatch
{
    /// <summary>After an assessment, or when the cluster has changed.</summary>
    public static ImmutableArray<QuorumEvent> Decide(QuorumWatchPolicy policy, QuorumWatchState state, QuorumSight sight, DateTimeOffset at)
    {
        var events = ImmutableArray.CreateBuilder<QuorumEvent>(0); // At every pulse, and nearly always nothing.
        foreach (var layer in sight.Risk.Layers) Watch(policy, state, sight.Began, layer, at, events);
        Watch(state, sight.Members, sight.Reachable, at, events);
        return events.DrainToImmutable();
    }

    /// <summary>A controller goes on from a word that is older than its patience.</summary>
    public static QuorumEvent Returned(DateTimeOffset heardAt, DateTimeOffset at) => new QuorumEvent.ControllerReturned(heardAt, at);

    /// <summary>A service has ended for good.</summary>
    public static ImmutableArray<QuorumEvent> Ended(QuorumWatchState state, string entity, string reason, DateTimeOffset at) =>
        state.Services.Contains(entity, StringComparer.Ordinal) ? [] : [new QuorumEvent.ServiceEnded(entity, reason, at)];

    /// <summary>Services begin; null: all there are.</summary>
    public static ImmutableArray<QuorumEvent> Begun(QuorumWatchState state, ImmutableArray<string>? entities, DateTimeOffset at)
    {
        var back = entities is { } some ? [.. state.Services.Where(s => some.Contains(s, StringComparer.Ordinal))] : state.Services;
        return back.IsEmpty ? [] : [new QuorumEvent.ServicesBegun(back, at)];
    }

    /// <summary>A node has said which of its services do not answer.</summary>
    /// <param name="silent">All of them, in any order; their node is <paramref name="node"/>.</param>
    public static ImmutableArray<QuorumEvent> Heard(QuorumWatchPolicy policy, QuorumWatchState state, string node, ImmutableArray<SilentService> silent, DateTimeOffset at)
    {
        if (silent.IsEmpty && state.Hanging is null) return []; // At every pulse, and nearly always.
        var known = (state.Hanging ?? []).Where(s => string.Equals(s.Node, node, StringComparison.Ordinal)).ToImmutableArray();
        ImmutableArray<SilentService> fresh = [.. InOrder(silent.ExceptBy(known.Select(s => s.Entity), s => s.Entity, StringComparer.Ordinal))];
        ImmutableArray<SilentService> over = [.. known.ExceptBy(silent.Select(s => s.Entity), s => s.Entity, StringComparer.Ordinal)];
        return
        [
            .. over.IsEmpty ? [] : (QuorumEvent[])[new QuorumEvent.ServicesHeard(over, at)],
            .. fresh.IsEmpty ? [] : (QuorumEvent[])[new QuorumEvent.ServicesSilent(fresh, policy.Patience, at)],
        ];
    }

    /// <summary>Nobody says any more which services of a node do not answer: what was said last stays.</summary>
    /// <param name="heardAt">When it was said last.</param>
    public static ImmutableArray<QuorumEvent> WatcherSilent(QuorumWatchPolicy policy, QuorumWatchState state, string node, DateTimeOffset heardAt, DateTimeOffset at)
    {
        if (state.Services.Contains(QuorumWatchState.Watcher, StringComparer.Ordinal)) return []; // Its end has been told.
        var known = (state.Hanging ?? []).Where(s => string.Equals(s.Node, node, StringComparison.Ordinal));
        return Heard(policy, state, node, [.. known.Where(s => s.Entity != QuorumWatchState.Watcher), new SilentService(QuorumWatchState.Watcher, node, heardAt)], at);
    }

    private static IEnumerable<SilentService> InOrder(IEnumerable<SilentService> services) =>
        services.OrderBy(s => s.Entity, StringComparer.Ordinal).ThenBy(s => s.Node, StringComparer.Ordinal);

    private static ImmutableArray<SilentService>? Without(ImmutableArray<SilentService>? hanging, Predicate<SilentService> gone) =>
        hanging?.RemoveAll(gone) is { IsEmpty: false } left ? left : null;

    public static QuorumWatchState Evolve(QuorumWatchState state, QuorumEvent @event)
    {
        var next = @event switch
        {
            QuorumEvent.SensorSilent e => state with { Sensors = [.. state.Sensors.Append(new SilentSensor(e.Layer, e.HeardAt)).OrderBy(s => s.Layer)], Silences = state.Silences + 1 },
            QuorumEvent.SensorHeard e => state with { Sensors = state.Sensors.RemoveAll(s => s.Layer == e.Layer) },
            QuorumEvent.NodeSilent e => state with { Nodes = [.. state.Nodes.Append(e.Node).Order(StringComparer.Ordinal)], Silences = state.Silences + 1 },
            QuorumEvent.NodeHeard e => state with { Nodes = state.Nodes.Remove(e.Node, StringComparer.Ordinal) },
            QuorumEvent.NodeRemoved e => state with
            {
                Nodes = state.Nodes.Remove(e.Node, StringComparer.Ordinal),
                Hanging = Without(state.Hanging, s => string.Equals(s.Node, e.Node, StringComparison.Ordinal)), // What it did goes to others.
            },
            QuorumEvent.ServiceEnded e => state with { Services = [.. state.Services.Append(e.Entity).Order(StringComparer.Ordinal)], Silences = state.Silences + 1 },
            QuorumEvent.ServicesBegun e => state with { Services = [.. state.Services.Except(e.Entities, StringComparer.Ordinal)] },
            QuorumEvent.ServicesSilent e => state with { Hanging = [.. InOrder((state.Hanging ?? []).AddRange(e.Services))], Silences = state.Silences + e.Services.Length },
            QuorumEvent.ServicesHeard e => state with { Hanging = Without(state.Hanging, e.Services.Contains) },
            QuorumEvent.QuorumLost e => state with { LostSince = e.At, Losses = state.Losses + 1 },
            QuorumEvent.QuorumRegained => state with { LostSince = null },
            QuorumEvent.ControllerReturned => state with { Silences = state.Silences + 1 },
            _ => throw new UnreachableException($"Cannot fold {@event.GetType().Name}; skipping it would corrupt {state}."),
        };
        var action = new QuorumAction(@event.ToText(), @event.At);
        return next with { Actions = [.. state.Actions.Length < QuorumWatchState.MostActions ? state.Actions : state.Actions.RemoveAt(0), action] };
    }

    private static void Watch(QuorumWatchPolicy policy, QuorumWatchState state, DateTimeOffset began, LayerEntry layer, DateTimeOffset at, ImmutableArray<QuorumEvent>.Builder events)
    {
        var isInvariant = layer.Category == LayerCategory.Invariant;
        if (layer.ReportedAt is { } heard)
        {
            // Silent past the limit, heard within the pulse: a sensor whose reports come late each time is silent, and not by turns.
            var known = state.Sensors.FirstOrDefault(s => s.Layer == layer.Layer);
            if (known is null && at - (heard > began ? heard : began) > policy.Patience)
                events.Add(new QuorumEvent.SensorSilent(layer.Layer, heard, policy.Patience, isInvariant, at));
            else if (known is not null && layer.Status == LayerStatus.Reporting)
                events.Add(new QuorumEvent.SensorHeard(layer.Layer, at - known.Since, at));
        }

        if (layer.Layer != LayerId.Quorum) return;
        // Nobody can have spoken at the very beginning: that is no loss.
        var mayJudge = layer.ReportedAt >= began || at - began > policy.Patience;
        if (state.LostSince is null && layer.Damped == 0.0 && mayJudge) events.Add(new QuorumEvent.QuorumLost(SurvivalRecorder.WhyFailed(layer), policy.Flattens, at));
        else if (state.LostSince is { } lost && layer.Damped > 0.0) events.Add(new QuorumEvent.QuorumRegained(at - lost, at));
    }

    private static void Watch(
        QuorumWatchState state, ImmutableSortedSet<string> members, ImmutableSortedSet<string> reachable, DateTimeOffset at, ImmutableArray<QuorumEvent>.Builder events)
    {
        if (members.IsEmpty || (state.Nodes.IsEmpty && members.Count == reachable.Count)) return;
        foreach (var node in members)
        {
            var isKnown = state.Nodes.Contains(node, StringComparer.Ordinal);
            if (!reachable.Contains(node) && !isKnown) events.Add(new QuorumEvent.NodeSilent(node, reachable.Count, members.Count, at));
            else if (reachable.Contains(node) && isKnown) events.Add(new QuorumEvent.NodeHeard(node, reachable.Count, members.Count, at));
        }

        foreach (var node in state.Nodes)
            if (!members.Contains(node)) events.Add(new QuorumEvent.NodeRemoved(node, members.Count, at));
    }
}
