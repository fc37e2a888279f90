namespace Dolphin.Domain.Market;

/// <summary>
/// A venue's rules for a symbol are not those any more that a node began with, and that everything in it counts by; or it is not to be traded for long any more; or not at all
/// (<see cref="NotTrading"/>); or nobody can say what it is worth (<see cref="AbsurdBook"/>, <see cref="NoBook"/>). Either way nothing is opened there.
/// </summary>
/// <param name="What">What has become another, such as <c>tick 0.1 is 0.5 now</c>.</param>
/// <param name="Now">The rules that the venue has now; null where it does not say any.</param>
/// <param name="MaxQuantity">Base, of one order; null where the venue has no such rule.</param>
public sealed record ChangedRules(Symbol Symbol, string What, Instrument? Now, Quantity? MaxQuantity)
{
    private string Code { get; init; } = "order.rules-changed";
    private string Until { get; init; } = "the node is started again";

    /// <summary>Exits do not leave either: the venue would take none.</summary>
    public bool BarsExits { get; private init; }

    /// <summary>From when on what is held is to be closed, because the venue settles it for good; null where it says no such thing.</summary>
    public DateTimeOffset? CloseFrom { get; private init; }

    /// <summary>When it settles it; null where it does not say.</summary>
    public DateTimeOffset? Delivery { get; private init; }

    /// <summary>The venue trades it no more, or not now. What is held stays until it trades again, or until the venue closes it.</summary>
    /// <param name="what">Its status.</param>
    public static ChangedRules NotTrading(Symbol symbol, string what) => new(symbol, what, Now: null, MaxQuantity: null) { Code = "order.not-trading", BarsExits = true };

    /// <summary>The same rules, until the venue settles it.</summary>
    public ChangedRules EndingAt(DateTimeOffset delivery, DateTimeOffset closeFrom) =>
        this with { Code = "order.delivery-announced", Until = "the venue takes that back", Delivery = delivery, CloseFrom = closeFrom };

    /// <summary>Whether what is held is to be closed now. Not when the time is over: then the venue does it.</summary>
    public bool IsToClose(DateTimeOffset now) => !BarsExits && now >= CloseFrom && now < Delivery;

    /// <summary>Its book and its mark price contradict each other. That passes; the rules stay, and exits leave by them.</summary>
    /// <param name="what">How far apart they are.</param>
    public static ChangedRules AbsurdBook(Symbol symbol, string what) => new(symbol, what, Now: null, MaxQuantity: null) { Code = "order.absurd-book", Until = "they agree again" };

    /// <summary>Its book is not whole. That passes with a snapshot; the rules stay, and exits leave by them.</summary>
    public static ChangedRules NoBook(Symbol symbol) =>
        new(symbol, "its book is not whole, and what it would be opened at is not known", Now: null, MaxQuantity: null) { Code = "order.no-book", Until = "it is whole again" };

    /// <summary>Why an order of a node that knows the old rules is not to be sent: it opens, or it does not fit the new ones. What fits both may leave.</summary>
    /// <param name="mark">The price that percent price is judged by.</param>
    public Refusal? Objection(NewOrder order, Price mark)
    {
        if (BarsExits)
            return new Refusal(Code, $"{Symbol}: {What}. No order goes out there{(order.ReducesLeg ? ", not to close either: what is held stays until it trades again and is decided on anew, or until the venue settles it" : " until it trades again")}.");
        if (!order.ReducesLeg)
            return new Refusal(Code, $"{Symbol}: {What}. Nothing is opened there until {Until}.");
        var broken = Now is { } now ? Quantizer.Check(now, order, mark) : null;
        if (broken is null && MaxQuantity is { } most && order.Quantity.Base > most.Base)
            broken = new Refusal("order.max-quantity", $"quantity {order.Quantity} is above the maximum {most}; not sent.");
        return broken is null ? null : broken with { Reason = $"{Symbol}: {What}. {broken.Reason}" };
    }
}
