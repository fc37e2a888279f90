using System.Collections.Immutable;
using Dolphin.Domain.Books;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.SizeLearning;

/// <summary>What one episode has held and earned so far.</summary>
/// <param name="Long">With what it cost, or was worth when the episode began.</param>
/// <param name="Realised">Quote; before fees and funding.</param>
/// <param name="Fees">Quote; above zero is paid.</param>
/// <param name="Funding">Quote; above zero is received.</param>
/// <param name="Notional">Quote; the most that both legs together cost.</param>
public sealed record EpisodeAccount(
    EpisodeId Id, LegPosition Long, LegPosition Short, Money Realised, Money Fees, Money Funding, Money Notional, DateTimeOffset OpenedAt);

/// <summary>
/// Keeps the account of a strategy's open episode from the strategy's own fills, so that an outcome is what was really earned. Which events open and close
/// an episode is the strategy's affair: <see cref="HedgeEpisodes"/>, <see cref="CompressionEpisodes"/>, <see cref="DirectionalEpisodes"/>.
/// </summary>
/// <param name="Account">Null while no episode is open.</param>
/// <param name="LastPrice">Quote per base; the newest that was seen, for what is left or given away at the end.</param>
/// <param name="LongFundingAt">The newest funding of the leg that was taken; one that is not newer is a copy.</param>
public sealed record EpisodeTracker(
    Symbol Symbol, EpisodeAccount? Account, Price? LastPrice, DateTimeOffset? LongFundingAt, DateTimeOffset? ShortFundingAt)
{
    public static EpisodeTracker For(Symbol symbol) => new(symbol, Account: null, LastPrice: null, LongFundingAt: null, ShortFundingAt: null);

    /// <summary>A price was seen. Only the end of an episode that still holds something needs it.</summary>
    public EpisodeTracker Marked(Price price) => this with { LastPrice = price };

    /// <summary>A payment to or from a leg. A copy, and one of another symbol or of before the episode, changes nothing in it.</summary>
    public EpisodeTracker Funded(FundingPayment payment)
    {
        if (payment.Symbol != Symbol || (payment.Leg == PositionSide.Long ? LongFundingAt : ShortFundingAt) >= payment.At) return this;
        var seen = payment.Leg == PositionSide.Long ? this with { LongFundingAt = payment.At } : this with { ShortFundingAt = payment.At };
        return Account is { } a && payment.At >= a.OpenedAt ? seen with { Account = a with { Funding = a.Funding + payment.Amount } } : seen;
    }

    /// <summary>Begins an episode with what is held, as if it had been bought now: what was won or lost on it before is not this episode's.</summary>
    internal EpisodeTracker Begin(EpisodeId id, Legs held, Price price, DateTimeOffset at)
    {
        var (longLeg, shortLeg) = (new LegPosition(held.Long, price * held.Long), new LegPosition(held.Short, price * held.Short));
        return this with
        {
            LastPrice = price,
            Account = new EpisodeAccount(id, longLeg, shortLeg, Money.Zero, Money.Zero, Money.Zero, longLeg.Cost + shortLeg.Cost, at),
        };
    }

    /// <summary>A fill of an order of the strategy.</summary>
    internal EpisodeTracker Filled(Fill fill) => Traded(fill, fill.Quantity, fill.Fee, grows: fill.Side == fill.Leg.Increasing());

    /// <summary>A fill that no order of the strategy asked for; <paramref name="applied"/> of it was taken off its leg.</summary>
    internal EpisodeTracker FilledOutside(Fill fill, Quantity applied) =>
        Traded(fill, applied, applied == fill.Quantity ? fill.Fee : applied.Base == 0m ? Money.Zero : fill.Fee * (applied.Base / fill.Quantity.Base), grows: false);

    private EpisodeTracker Traded(Fill fill, Quantity quantity, Money fee, bool grows)
    {
        var seen = Marked(fill.Price);
        if (Account is not { } a) return seen;
        var (before, realised) = (fill.Leg == PositionSide.Long ? a.Long : a.Short, Money.Zero);
        var after = grows ? before.Increase(fill.Price, quantity) : before.Reduce(fill.Leg, fill.Price, quantity, out realised);
        var next = fill.Leg == PositionSide.Long ? a with { Long = after } : a with { Short = after };
        var cost = next.Long.Cost + next.Short.Cost;
        return seen with
        {
            Account = next with { Realised = a.Realised + realised, Fees = a.Fees + fee, Notional = cost > a.Notional ? cost : a.Notional },
        };
    }

    /// <summary>Ends the open episode, if there is one, as it stands.</summary>
    public Tracked End(DateTimeOffset at)
    {
        if (Account is not { } a) return new Tracked(this, []);
        var left = LastPrice is { } price ? a.Long.ProfitAt(PositionSide.Long, price) + a.Short.ProfitAt(PositionSide.Short, price) : Money.Zero;
        return new Tracked(this with { Account = null }, a.Notional.Quote < SizeLearner.LeastNotional
            ? [new EpisodeFact.Withdrawn(a.Id, at)]
            : [new EpisodeFact.Closed(a.Id, a.Realised - a.Fees + a.Funding + left, a.Notional, at)]);
    }
}

/// <summary>The tracker after one event, and what the event said of episodes, in order.</summary>
public readonly record struct Tracked(EpisodeTracker Tracker, ImmutableArray<EpisodeFact> Facts);
