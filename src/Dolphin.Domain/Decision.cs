using System.Collections.Immutable;

namespace Dolphin.Domain;

/// <summary>What a decider answers: the events to store, in order, or why there are none. Both: not now, but the wish is stored.</summary>
public sealed record Decision<TEvent>(ImmutableArray<TEvent> Events, Refusal? Refusal)
{
    public static readonly Decision<TEvent> Nothing = new([], null);
    public static Decision<TEvent> Of(params ReadOnlySpan<TEvent> events) => new([.. events], null);
    public static Decision<TEvent> Refuse(string code, string reason) => new([], new Refusal(code, reason));
}

/// <param name="Code">Stable and dotted, for programs: <c>hedge.not-active</c>.</param>
/// <param name="Reason">A sentence for the person on call: what was expected, what came, on which thing, what happens next.</param>
public sealed record Refusal(string Code, string Reason);
