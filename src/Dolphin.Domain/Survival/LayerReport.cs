namespace Dolphin.Domain.Survival;

/// <summary>One sensor's message to the survival controller.</summary>
/// <param name="At">When what the reading rests on was so: no later than when it was taken, whenever it arrives.</param>
public readonly record struct LayerReport(LayerId Layer, LayerReading Reading, DateTimeOffset At);

/// <summary>What became of a report. Everything but <see cref="Accepted"/> leaves the controller as it was.</summary>
public enum ReportOutcome
{
    Accepted,

    /// <summary>Not newer than what the layer already told. Of two reports of one instant the worse holds, channel by channel.</summary>
    Late,

    /// <summary>The policy has no such layer, or its sensor was not installed.</summary>
    NotInstalled,

    /// <summary>Wrong kind of reading for the layer, or not a finite number. The sensor counts as silent.</summary>
    Unreadable,
}
