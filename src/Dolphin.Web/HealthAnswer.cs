using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;

namespace Dolphin.Web;

/// <summary>What <c>GET /health</c> says.</summary>
/// <param name="Status">flying, degraded (something halted or hangs, the rest flies), recovering, stopping or invariant-failed.</param>
/// <param name="RTotal">Null, like the posture, before the survival controller has spoken.</param>
/// <param name="Assets">How many are traded, and which need attention.</param>
/// <param name="ExposureBalancer">In the field names of its seed; absent where there is none.</param>
/// <param name="Divergence">Null where no venues are compared.</param>
/// <param name="Hanging">Services that have not answered within patience; absent while all do, and where the controller acts on another node.</param>
/// <param name="Feed">How the live market comes in; absent where the market is not one.</param>
/// <param name="UptimeSeconds">Wall seconds since this process took the run up.</param>
public sealed record HealthAnswer(
    string Status, double? RTotal, string? Posture, string? Binding, ImmutableArray<HealthLayer> Layers,
    HealthAssets Assets, ImmutableArray<HaltedEntity> Halted, double? UptimeSeconds,
    [property: JsonPropertyName("exposure_balancer"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonObject? ExposureBalancer = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] HealthDivergence? Divergence = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FeedPicture? Feed = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableArray<SilentService>? Hanging = null)
{
    public static HealthAnswer Of(RunSnapshot run) => new(
        Word(run), run.Risk?.RTotal, run.Risk?.Posture.ToString().ToUpperInvariant(), run.Risk?.Binding?.Name,
        [.. (run.Risk?.Layers ?? []).Select(l => new HealthLayer(l.Layer.Name, l.F, l.Damped, l.Flags))],
        new HealthAssets(run.Assets.Length, [.. run.Assets.Where(a => a.Note.Length > 0).Select(a => $"{a.Symbol}: {a.Note}")]),
        run.Halted, run.Progress.WallSeconds, run.ExposureBalancer is { } balancer ? BalancerJson.Of(balancer) : null, run.Divergence is { } d ? HealthDivergence.Of(d) : null, run.Feed, run.Quorum?.Hanging);

    /// <summary>Whether a load balancer, or a person at night, may leave this node alone.</summary>
    [JsonIgnore]
    public bool IsWell => Status is "flying" or "degraded";

    private static string Word(RunSnapshot run) => run switch
    {
        { InvariantsHold: false } => "invariant-failed",
        { Risk: null } or { Phase: RunPhase.Starting or RunPhase.Recovering } => "recovering",
        { Phase: RunPhase.Stopping or RunPhase.Finished or RunPhase.Stopped } => "stopping",
        { Halted.IsEmpty: false } or { Quorum.Hanging: not null } => "degraded",
        _ => "flying",
    };
}

public sealed record HealthLayer(string Layer, double F, double Damped, string Flags);

/// <param name="Missing">Symbols whose venues could not be compared: 0.0 is used for them.</param>
/// <param name="Largest">0 to 1; null where none could be compared.</param>
/// <param name="Symbol">Whose it is.</param>
/// <param name="Without">Venues that have no fresh price of some symbol.</param>
public sealed record HealthDivergence(int Compared, int Missing, double? Largest, string? Symbol, ImmutableArray<string> Without)
{
    public static HealthDivergence Of(DivergencePicture picture) => new(
        picture.Symbols.Length - picture.Missing(), picture.Missing(), picture.Widest()?.Value, picture.Widest()?.Symbol.Name,
        [.. picture.Symbols.Select(s => s.Without).Where(w => w.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
}

public sealed record HealthAssets(int Count, ImmutableArray<string> Attention);

/// <summary>The body of every answer that is not what was asked for.</summary>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Known">The names that would have been understood.</param>
public sealed record ErrorAnswer(string Code, string Reason, ImmutableArray<string> Known);

/// <param name="What">What happens now, in a sentence.</param>
public sealed record DoneAnswer(string What);
