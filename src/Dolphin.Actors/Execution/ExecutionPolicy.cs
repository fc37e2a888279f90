using Dolphin.Domain;
using Dolphin.Domain.Sizing;

namespace Dolphin.Actors.Execution;

/// <param name="CareEvery">How often open orders are looked after: asked about, cancelled when too old, reported again to who has not stored them.</param>
/// <param name="OrderLife">An order that is still open after this is cancelled; the strategy decides again on what was filled.</param>
/// <param name="AnswerTimeout">A venue that has said nothing about an order for this long is asked.</param>
/// <param name="NotFoundAfter">"Never heard of it" is believed only this long after the intent: the venue's recvWindow (5 s) and a margin.</param>
/// <param name="ExpectedTakerSlippageBps">What taking is expected to cost against the decision price; L6 measures the rest.</param>
/// <param name="PassiveOffset">How far from the decision price an order rests that must not take.</param>
/// <param name="FlattenOnPanic">An invariant that fails also closes every leg at market; the default only cancels.</param>
public sealed record ExecutionPolicy(
    TimeSpan CareEvery, TimeSpan OrderLife, TimeSpan AnswerTimeout, TimeSpan NotFoundAfter, double ExpectedTakerSlippageBps, Bps PassiveOffset,
    bool FlattenOnPanic)
{
    /// <summary>What the plan says the venue takes; the first fill that shows something else goes before it.</summary>
    public VenueFees Fees { get; init; } = VenueFees.Ordinary;

    /// <summary>Null: every order goes to the market as it is.</summary>
    public PlacementPlan? Placement { get; init; }
}
