namespace Dolphin.Drills;

/// <summary>What one repetition of one drill has shown.</summary>
/// <param name="WithoutController">Seconds from when the old controller was last seen to act until a new one was heard; null if it stayed.</param>
/// <param name="WithoutGateway">The same of the gateway, by the venue's word.</param>
/// <param name="StrategiesBack">Seconds from the fault until all strategies lived somewhere again; null if none was away.</param>
/// <param name="Where">On which host how many lived then.</param>
/// <param name="Duplicated">Orders whose id the venue got twice.</param>
/// <param name="Lost">Legs in which the books and the venue differ when all is quiet.</param>
/// <param name="EventsLost">Holes in the journal, and events that were there before.</param>
/// <param name="Overlaps">Orders of an older gateway that the venue accepted after one of a newer.</param>
/// <param name="LowestRTotal">That any node's sizer read meanwhile.</param>
/// <param name="Postures">That the nodes went through, in order.</param>
/// <param name="FullAgain">Seconds from the fault until quorum, ledger and heartbeat were at least 0.95 on every node.</param>
/// <param name="Problem">What went otherwise than it must; null if nothing did.</param>
internal sealed record Outcome(
    string Drill, int Repetition, double? WithoutController, double? WithoutGateway, double? StrategiesBack, string Where, long Orders, long Duplicated,
    long Lost, long EventsLost, long Overlaps, long Late, double LowestRTotal, string Postures, double? FullAgain, string? Problem)
{
    public bool IsClean => Problem is null && Duplicated == 0 && Lost == 0 && EventsLost == 0 && Overlaps == 0;
}
