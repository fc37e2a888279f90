using Dolphin.Domain;
using Dolphin.Domain.Protection;
using Dolphin.Domain.Reporting;

namespace Dolphin.Actors.Protection;

/// <summary>How a protector stands and what it last saw of its market. Made into a report only when somebody looks, and not with every bar.</summary>
public sealed class ProtectorSight(ProtectorPlan plan)
{
    private readonly Lock _gate = new(); // Held for one copy.
    private ProtectorState _state = ProtectorState.Initial;
    private (Price Price, DateTimeOffset At, long Tick)? _look;

    /// <summary>By the actor, with every bar.</summary>
    public void See(Price price, DateTimeOffset at, long tick)
    {
        lock (_gate) _look = (price, at, tick);
    }

    /// <summary>By the actor, when it has recovered, and with everything that it has stored.</summary>
    public void Show(ProtectorState state)
    {
        lock (_gate) _state = state;
    }

    /// <summary>On any thread.</summary>
    /// <returns>Null for one that has never held legs.</returns>
    public ProtectorFace? Face()
    {
        ProtectorState state;
        (Price Price, DateTimeOffset At, long Tick)? seen;
        lock (_gate) (state, seen) = (_state, _look);
        if (state.Incarnation == 0) return null;
        return new ProtectorFace(plan.Symbol, seen is { } look
            ? ProtectorReport.Of(plan.Policy, state, look.Price, look.At, look.Tick)
            : ProtectorReport.Of(plan.Policy, state));
    }
}
