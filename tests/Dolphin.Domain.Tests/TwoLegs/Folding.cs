using Dolphin.Domain.Market;

namespace Dolphin.Domain.Tests.TwoLegs;

internal static class Folding
{
    /// <summary>Whether the events of two histories, in turn, fold into states with no negative leg; a throw is the caller's to see.</summary>
    public static bool Mixed<TState, TEvent>(IEnumerable<TEvent> one, IEnumerable<TEvent> other, TState initial, Func<TState, TEvent, TState> evolve, Func<TState, Legs> legsOf)
    {
        var state = initial;
        return one.Zip(other, (x, y) => new[] { y, x }).SelectMany(p => p).All(e =>
        {
            state = evolve(state, e);
            var legs = legsOf(state);
            return legs.Long.Base >= 0m && legs.Short.Base >= 0m;
        });
    }
}
