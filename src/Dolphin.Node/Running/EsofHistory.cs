using Dolphin.Actors.Sensors;
using Dolphin.Domain.Esoteric;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;

namespace Dolphin.Node.Running;

/// <summary>What EsoF saw at a moment that is over: the sky follows from the time, and only what came of looking has to be stored.</summary>
internal static class EsofHistory
{
    /// <param name="risk">The assessment of the moment.</param>
    /// <returns>Null where the run has no EsoF, or none that has stored anything yet.</returns>
    public static EsotericPicture? At(JournalReader journal, RiskSnapshot risk, DateTimeOffset at)
    {
        var sensor = SensorsActor.IdOf(LayerId.EsofService);
        var acts = risk.Layers.Any(l => l.Layer == LayerId.EsofService && l.Status != LayerStatus.Absent);
        if (!acts && journal.NewestSnapshot(sensor, DateTimeOffset.MaxValue) is null) return null;
        var did = journal.NewestSnapshot(sensor, at)?.As<EsofState>();
        return EsotericPicture.Of(EsotericReading.Of(at), factor: null, did is null ? null : EsotericReport.Of(did.Acts, did.Effect));
    }
}
