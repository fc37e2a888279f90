using Dolphin.Actors.Strategies;
using Dolphin.Domain.Hermes;

namespace Dolphin.Actors.Hermes;

/// <summary>What Hermes last saw of one asset and thought of it. Put into words only when somebody looks, and not with every bar.</summary>
/// <param name="At">When.</param>
/// <param name="Look">Null before the first in this life.</param>
public sealed record HermesSight(AssetPlan Plan, DateTimeOffset At, HermesState State, HermesWatch Watch, HermesLook? Look)
{
    /// <summary>On any thread.</summary>
    public HermesExplanation Explain() => Look is { } look
        // The look's own objections are remembered by the actor and are its alone; the plan's answers are the same.
        ? HermesExplanation.Of(Plan.Hermes!, Plan.Symbol, State, Watch, look with { Objects = Plan.Objection })
        : HermesExplanation.Unseen(Plan.Symbol, State, At, "It has not looked at the asset since this process began: it waits for a bar, the book and the holder.");
}
