namespace Dolphin.Domain.Hermes;

/// <summary>
/// What Hermes has seen but not decided: for how long the same has been wanted, and which conditions of the book are on. It follows from the looks
/// alone, so it is kept in snapshots and not in events; losing it only starts a confirmation anew.
/// </summary>
/// <param name="WantedSince">Since when every look has wanted this holder.</param>
/// <param name="SofterPosture">The least daring posture of all looks since <paramref name="SofterSince"/>, each of which allowed more than the present one.</param>
/// <param name="SofterSince">Null while the last look allowed no more.</param>
/// <param name="CalmerPriority">The most urgent priority of all looks since <paramref name="CalmerSince"/>, each of which asked for less than the present one.</param>
/// <param name="At">Time of the last look; null before the first.</param>
public readonly record struct HermesWatch(
    LegHolder Wanted, DateTimeOffset WantedSince, BookConditions Book, RiskPosture SofterPosture, DateTimeOffset? SofterSince,
    HolderPriority CalmerPriority, DateTimeOffset? CalmerSince, DateTimeOffset? At)
{
    public static HermesWatch Empty => default;

    /// <summary>Takes one look, before it is decided on. A look that is not newer than the last one, or whose book cannot be, changes nothing.</summary>
    public static HermesWatch Observe(HermesPolicy policy, in HermesWatch watch, HermesState state, in HermesLook look)
    {
        if (watch.At >= look.At || look.Book.Objection is not null) return watch;
        var book = BookConditions.After(policy, watch.Book, look.Book);
        var want = HermesTable.Want(policy, state, look, book);
        var stance = HermesTable.Stance(policy, state, look, book);
        var softer = stance.Posture > state.Posture;
        var calmer = stance.Priority < state.Priority;
        // A step that has been taken ends its time: the next one is confirmed anew.
        var stillSofter = softer && watch.SofterSince is not null && watch.SofterPosture > state.Posture;
        var stillCalmer = calmer && watch.CalmerSince is not null && watch.CalmerPriority < state.Priority;
        return new HermesWatch(
            want.Holder, watch.At is not null && watch.Wanted == want.Holder ? watch.WantedSince : look.At, book,
            stillSofter && watch.SofterPosture < stance.Posture ? watch.SofterPosture : stance.Posture,
            stillSofter ? watch.SofterSince : softer ? look.At : null,
            stillCalmer && watch.CalmerPriority > stance.Priority ? watch.CalmerPriority : stance.Priority,
            stillCalmer ? watch.CalmerSince : calmer ? look.At : null, look.At);
    }
}
