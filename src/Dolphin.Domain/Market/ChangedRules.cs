namespace Dolphin.Domain.Market;

/// <summary>
/// A venue's rules for a symbol are not those any more that a node began with, and that everything in it counts by; or nobody can say what it is worth
/// (<see cref="AbsurdBook"/>). Either way nothing is opened there.
/// </summary>
/// <param name="What">What has become another, such as <c>tick 0.1 is 0.5 now</c>.</param>
/// <param name="Now">The rules that the venue has now; null where it does not say any.</param>
/// <param name="MaxQuantity">Base, of one order; null where the venue has no such rule.</param>
public sealed record ChangedRules(Symbol Symbol, string What, Instrument? Now, Quantity? MaxQuantity)
{
    private string Code { get; init; } = "order.rules-changed";
    private string Until { get; init; } = "the node is started again";

    /// <summary>Its book and its mark price contradict each other. That passes; the rules stay, and exits leave by them.</summary>
    /// <param name="what">How far apart they are.</param>
    public static ChangedRules AbsurdBook(Symbol symbol, string what) => new(symbol, what, Now: null, MaxQuantity: null) { Code = "order.absurd-book", Until = "they agree again" };

    /// <summary>Why an order of a node that knows the old rules is not to be sent: it opens, or it does not fit the new ones. What fits both may leave.</summary>
    /// <param name="mark">The price that percent price is judged by.</param>
    public Refusal? Objection(NewOrder order, Price mark)
    {
        if (!order.ReducesLeg)
            return new Refusal(Code, $"{Symbol}: {What}. Nothing is opened there until {Until}.");
        var broken = Now is { } now ? Quantizer.Check(now, order, mark) : null;
        if (broken is null && MaxQuantity is { } most && order.Quantity.Base > most.Base)
            broken = new Refusal("order.max-quantity", $"quantity {order.Quantity} is above the maximum {most}; not sent.");
        return broken is null ? null : broken with { Reason = $"{Symbol}: {What}. {broken.Reason}" };
    }
}
