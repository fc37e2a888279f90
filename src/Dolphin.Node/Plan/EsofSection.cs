using Dolphin.Actors.Sensors;
using Dolphin.Domain.Survival;

namespace Dolphin.Node.Plan;

/// <summary>What <c>dolphin.esof</c> asks for.</summary>
/// <param name="Acts">False: it only watches.</param>
public sealed record EsofSection(bool Acts)
{
    public EsofPlan For(SurvivalPolicy survival) =>
        new(Acts, survival.Layers.Single(l => l.Id == LayerId.EsofService).Response, survival.Patience);

    /// <param name="survival">Null where something is wrong with it.</param>
    /// <returns>Null where it is off, or would watch for a layer that is not there.</returns>
    internal static EsofSection? Read(PlanSection s, SurvivalPolicy? survival)
    {
        var mode = s.Choice("mode", ("off", 0), ("watch", 1), ("act", 2));
        if (mode == 0) return null;
        var hasLayer = survival is null || survival.Layers.FirstOrDefault(l => l.Id == LayerId.EsofService)?.Response.ReadingKind == typeof(LayerReading.Confidence);
        if (!hasLayer && mode == 1) return null; // There is nothing to say what it would have done.
        if (!hasLayer) s.Error("mode", $"is act, and dolphin.survival.layers has no {LayerId.EsofService} of kind confidence; expected it there, or mode = off");
        return new EsofSection(mode == 2);
    }
}
