using System.Text.Json.Serialization;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Node;
using Dolphin.Domain.Esoteric;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;
using Dolphin.Venues;

namespace Dolphin.Actors.Sensors;

/// <param name="Acts">False: it watches, and L8 stays absent.</param>
/// <param name="Response">What L8 makes of a confidence.</param>
/// <param name="Patience">Silence of the controller beyond which nobody knows what sizes were.</param>
public sealed record EsofPlan(bool Acts, LayerResponse Response, TimeSpan Patience)
{
    public double FactorOf(double confidence) =>
        Response.TryRead(new LayerReading.Confidence(confidence), default, out var channels) ? Math.Max(Response.Least, Response.Evaluate(new LayerInputs(channels, 0, 0))) : 1;
}

/// <param name="Acts">As the plan had it when this was stored.</param>
public sealed record EsofState(bool Acts, EsotericEffect Effect)
{
    /// <summary>The sky when it was looked at last, and what came of looking; null before that.</summary>
    [JsonIgnore]
    public EsotericPicture? Picture => Effect.At is { } at ? EsotericPicture.Of(EsotericReading.Of(at), Effect.Factor, EsotericReport.Of(Acts, Effect)) : null;
}

/// <summary>L8: what Moon, Mercury and the week say, and a record of what listening to them does to sizes. Needs nothing but the clock.</summary>
public sealed class EsofSensor : SensorActor<EsofState>
{
    private readonly EsofPlan _plan;
    private readonly IClusterPort _cluster;
    private readonly RunBoard _board;
    private EsotericEffect _effect = EsotericEffect.None;
    private EsotericReading? _reading; // The newest: the next phase and station of it hold until they have passed.

    public EsofSensor(SensorContext context, EsofPlan plan, IClusterPort cluster, RunBoard board) : base(LayerId.EsofService, context)
    {
        (_plan, _cluster, _board) = (plan, cluster, board);
        Command<RiskSnapshot>(Weigh);
        Command<VenueEvent.Account>(account => _effect = _effect.Earned(account.View.Equity, account.At, Factor(Now), plan.Acts));
    }

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.Risk, Self);
        _cluster.Subscribe(Topics.Account, Self);
    }

    protected override EsofState Capture() => new(_plan.Acts, _effect);
    protected override void Restore(EsofState snapshot) => _effect = snapshot.Effect;

    protected override void OnPulse()
    {
        base.OnPulse();
        var reading = Sky(Now);
        _board.Esof = EsotericPicture.Of(reading, _plan.FactorOf(reading.Confidence), EsotericReport.Of(_plan.Acts, _effect));
    }

    protected override LayerReading? Read(DateTimeOffset now) => _plan.Acts ? new LayerReading.Confidence(Sky(now).Confidence) : null;

    // Where it acts, its damped f is a part of R_total; the product of the others is what is left without it.
    private void Weigh(RiskSnapshot risk)
    {
        var factor = _plan.Acts ? Damped(risk) : Factor(risk.At);
        _effect = _effect.After(risk.At, factor, _plan.Acts ? risk.RTotal / factor : risk.RTotal, _plan.Patience);
    }

    private static double Damped(RiskSnapshot risk)
    {
        foreach (var layer in risk.Layers)
            if (layer.Layer == LayerId.EsofService) return layer.Damped;
        return 1;
    }

    private double Factor(DateTimeOffset at) => _plan.FactorOf(Sky(at).Confidence);
    private EsotericReading Sky(DateTimeOffset at) => _reading is { } newest && newest.At == at ? newest : _reading = EsotericReading.Of(at, _reading);
}
