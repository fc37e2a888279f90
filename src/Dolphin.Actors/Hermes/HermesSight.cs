using Dolphin.Actors.Strategies;
using Dolphin.Domain.Hermes;

namespace Dolphin.Actors.Hermes;

/// <param name="At">When <paramref name="State"/> was last shown.</param>
/// <param name="Watch">After it has observed <paramref name="Look"/>.</param>
/// <param name="Look">The last one; null before the first in this life.</param>
public readonly record struct HermesView(DateTimeOffset At, HermesState State, HermesWatch Watch, HermesLook? Look);

/// <summary>What Hermes last saw of one asset and thought of it. Put into words only when somebody looks, and not with every bar.</summary>
/// <remarks>Written in place: a new picture with every bar was a sixth of all memory that a replay of hundreds of symbols took.</remarks>
public sealed class HermesSight(AssetPlan plan)
{
    private readonly Seen _seen = new(); // Also its own lock, held for one copy.

    /// <summary>By the actor, with every look.</summary>
    /// <param name="watch">After it has observed this very look.</param>
    public void See(in HermesLook look, in HermesWatch watch)
    {
        lock (_seen)
        {
            _seen.Look = look;
            _seen.Watch = watch;
            _seen.HasLooked = true;
        }
    }

    /// <summary>By the actor, when what it decided is stored, and when it has recovered.</summary>
    public void Show(DateTimeOffset at, HermesState state)
    {
        lock (_seen)
        {
            _seen.At = at;
            _seen.State = state;
        }
    }

    /// <summary>On any thread: a copy.</summary>
    public HermesView Read()
    {
        lock (_seen) return new HermesView(_seen.At, _seen.State, _seen.Watch, _seen.HasLooked ? _seen.Look : null);
    }

    /// <summary>On any thread.</summary>
    public HermesExplanation Explain()
    {
        var seen = Read();
        return seen.Look is { } look
            // The look's own objections are remembered by the actor and are its alone; the plan's answers are the same.
            ? HermesExplanation.Of(plan.Hermes!, plan.Symbol, seen.State, seen.Watch, look with { Objects = plan.Objection })
            : HermesExplanation.Unseen(plan.Symbol, seen.State, seen.At, "It has not looked at the asset since this process began: it waits for a bar, the book and the holder.");
    }

    private sealed class Seen
    {
        public HermesState State = HermesState.Initial;
        public DateTimeOffset At;
        public HermesWatch Watch;
        public HermesLook Look;
        public bool HasLooked;
    }
}
