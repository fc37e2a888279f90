using Dolphin.Domain.Market;

namespace Dolphin.Domain.TwoLegs;

/// <summary>Where a strategy of two legs stands when somebody asks it to trim.</summary>
/// <param name="Manages">It has legs to decide on: it is started and not over.</param>
/// <param name="ReleaseWantedBy">Who waits for the legs, or null.</param>
public readonly record struct TrimCase(bool Manages, string? ReleaseWantedBy, TrimProgress? Progress);

/// <summary>What a look at the market does for a wish: ask for orders, or end it.</summary>
/// <param name="Plan">The orders, or null if the wish ends.</param>
/// <param name="Code">Why it ends; empty if it does not.</param>
public readonly record struct TrimStep(TrimWish Wish, TrimPlan? Plan, Legs Left, string Code, string Reason);

/// <summary>
/// What every strategy of two legs does with a <see cref="TrimWish"/>: which one is taken, refused or kept for later, and what becomes of one that waits.
/// Codes begin with the strategy's area, such as <c>hedge.nothing-to-trim</c>.
/// </summary>
/// <remarks>
/// A trim is an exit. It only ever makes legs smaller, it is decided whatever the band, the swing or the pause says, and it needs no permission but that
/// for exits. A wish that asks for less than a leg has is one decision like any other, so one that comes while the orders of another are open waits, and is
/// begun at the next look at the market after those are final, or when it is asked again: the end of an order knows neither a price nor what is allowed. A wish that is met already is
/// an event too, without an order: else the id would stay unknown, and a second copy could trim what the strategy has opened since.
/// </remarks>
public static class TrimDesk
{
    /// <returns>Null if orders are to be asked for now; else the answer.</returns>
    /// <param name="wanted">The event that stores the wish for later.</param>
    public static Decision<TEvent>? Decline<TEvent, TKind>(
        string area, Instrument instrument, in LegLedger<TKind> ledger, in TrimCase now, TrimWish wish, Price price, bool exitsAllowed, DateTimeOffset at,
        Func<TEvent> wanted)
        where TKind : struct, Enum
    {
        if (string.IsNullOrWhiteSpace(wish.By) || wish.Id < 1 || wish.LongAtMost < Quantity.Zero || wish.ShortAtMost < Quantity.Zero)
        {
            return Decision<TEvent>.Refuse($"{area}.bad-trim",
                $"{instrument.Symbol.Name}: '{wish.By}' asked by id {wish.Id} for long at most {wish.LongAtMost} and short at most {wish.ShortAtMost}; expected a name, an id from 1 and quantities from 0. Nothing changed.");
        }
        var waits = now.Progress?.Waiting?.Id == wish.Id;
        if (!waits && now.Progress?.LastId >= wish.Id) return Decision<TEvent>.Nothing;
        if (!now.Manages || (ledger.Pending is null && ledger.Legs.AreFlat))
        {
            return Decision<TEvent>.Refuse($"{area}.nothing-to-trim",
                $"{wish.By} asked for long at most {wish.LongAtMost} and short at most {wish.ShortAtMost} of {instrument.Symbol.Name}; the strategy holds nothing. Nothing changed.");
        }
        if (at >= wish.Until)
        {
            return Decision<TEvent>.Refuse($"{area}.trim-lapsed",
                $"{wish.By} asked {instrument.Symbol.Name} by id {wish.Id} for a trim that was good until {wish.Until.UtcDateTime:u}; now it is {at.UtcDateTime:u}. Nothing changed.");
        }
        if (!exitsAllowed)
        {
            return Decision<TEvent>.Refuse($"{area}.exits-not-allowed",
                $"{wish.By} asked {instrument.Symbol.Name} by id {wish.Id} for a trim; expected a posture that allows exits. Nothing changed; the same id may be asked again.");
        }
        if (now.ReleaseWantedBy is { } taker)
        {
            return Decision<TEvent>.Refuse($"{area}.release-wanted",
                $"{wish.By} asked {instrument.Symbol.Name} by id {wish.Id} for a trim; {taker} waits for both legs and gets them when the open orders are final. Nothing changed; ask the one who takes them.");
        }
        if (!Plausible.Is(price))
        {
            return Decision<TEvent>.Refuse($"{area}.absurd-price",
                $"{wish.By} asked {instrument.Symbol.Name} by id {wish.Id} for a trim at {price}; no market has that price. Nothing changed; the same id may be asked again.");
        }
        if (ledger.Pending is not { } pending) return null;
        return new Decision<TEvent>(
            waits ? [] : [wanted()],
            new Refusal($"{area}.decision-under-way",
                $"{wish.By} asked {instrument.Symbol.Name} by id {wish.Id} for a trim while the orders of decision {pending.Sequence} are open. Not yet begun; that happens at the first look at the market after they are final, or when it is asked again by then, unless a newer wish comes or it is {wish.Until.UtcDateTime:u} by then."));
    }

    /// <summary>What a look at the market does for the wishes that are remembered. Only with no decision under way, and where exits are allowed.</summary>
    /// <param name="progress">One that has work.</param>
    /// <param name="slack">As for <see cref="TrimPlan.Of"/>.</param>
    public static TrimStep Next(string area, Instrument instrument, Legs held, TrimProgress progress, Quantity slack, DateTimeOffset at)
    {
        if (progress.Waiting is { } waiting)
        {
            return at < waiting.Until
                ? Ask(waiting, TrimPlan.Of(instrument, held, waiting.AtMost, slack))
                : End(waiting, held, waiting.AtMost, $"{area}.trim-lapsed", $"it was good until {waiting.Until.UtcDateTime:u}, and orders were open until now");
        }
        var (wish, goal, tries) = progress.UnderWay!;
        if (tries >= TrimProgress.MaxTries)
            return End(wish, held, goal, $"{area}.trim-unfilled", $"orders for it were asked for {tries} times and the venue did not fill them all");
        var plan = TrimPlan.Of(instrument, held, goal, slack);
        return plan.AsksForNothing
            ? End(wish, held, goal, $"{area}.trim-too-small", "what the venue left of it is too small for an order")
            : Ask(wish, plan);
    }

    private static TrimStep Ask(TrimWish wish, TrimPlan plan) => new(wish, plan, default, "", "");

    private static TrimStep End(TrimWish wish, Legs held, Legs wanted, string code, string why)
    {
        var left = new Legs(Above(held.Long, wanted.Long), Above(held.Short, wanted.Short));
        return new TrimStep(wish, null, left, code,
            $"The trim that {wish.By} asked for by id {wish.Id} ends with long {held.Long} and short {held.Short}, {left.Long} and {left.Short} above what was wanted: {why}. The strategy goes on with what it holds; whoever asked may ask again.");
    }

    private static Quantity Above(Quantity held, Quantity wanted) => held > wanted ? held - wanted : Quantity.Zero;
}
