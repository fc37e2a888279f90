using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Venues.Paper;

/// <summary>One leg of one symbol in the venue's own books.</summary>
/// <remarks>
/// The entry cost is exact. A partial reduction releases a part of it, cut to 8 decimals, and what is cut off stays in the cost;
/// closing the whole leg releases all that is left. So realised = sign x (notional of reductions - notional of increases + cost)
/// holds to the last digit at any time. It is written here a second time, apart from the client's books, so that each can check the other.
/// </remarks>
internal sealed class PaperLeg(PositionSide side)
{
    public PositionSide Side { get; } = side;
    public decimal Quantity { get; private set; }
    public decimal Cost { get; private set; }
    public decimal Realised { get; private set; }
    public decimal Fees { get; private set; }
    public decimal Funding { get; private set; }
    public long LastTradeId { get; private set; }
    public bool IsTouched => LastTradeId > 0;
    public bool IsHeld { get; private set; } // Asked for every leg of every bar; comparing decimals would be felt.

    /// <summary>Books a fill of this leg.</summary>
    /// <returns>Quote: what the wallet gains, realised less fee.</returns>
    /// <exception cref="InvalidOperationException">The fill closes more than is held.</exception>
    public decimal Book(Fill fill)
    {
        var (dq, price) = (fill.Quantity.Base, fill.Price.QuotePerBase);
        var realised = 0m;
        if (fill.Side == Side.Increasing())
        {
            Quantity += dq;
            Cost += dq * price;
        }
        else
        {
            if (dq > Quantity)
                throw new InvalidOperationException(
                    $"Paper venue, {fill.Symbol} {Side}: fill {fill.TradeId} of {fill.Order} closes {dq} of {Quantity}; expected at most what is held. Halted.");
            // The released cost is rounded towards zero, so that the rest stays at or above zero; a full close releases all of it.
            var released = dq == Quantity ? Cost : Math.Round(Cost * (dq / Quantity), IntrabarPath.Decimals, MidpointRounding.ToZero);
            realised = Side == PositionSide.Long ? (dq * price) - released : released - (dq * price);
            Cost -= released;
            Quantity -= dq;
        }
        IsHeld = Quantity != 0m;
        Realised += realised;
        Fees += fill.Fee.Quote;
        LastTradeId = fill.TradeId;
        return realised - fill.Fee.Quote;
    }

    public void Fund(decimal amount) => Funding += amount;

    /// <param name="notional">Quote: quantity x mark.</param>
    public decimal Unrealised(decimal notional) => Side == PositionSide.Long ? notional - Cost : Cost - notional;

    public PaperLegState Capture(Symbol symbol) => new(symbol, Side, new(Quantity), new(Cost), new(Realised), new(Fees), new(Funding), LastTradeId);

    public void Restore(PaperLegState state)
    {
        (Quantity, Cost, Realised, Fees, Funding, LastTradeId) =
            (state.Quantity.Base, state.EntryCost.Quote, state.RealisedPnl.Quote, state.Fees.Quote, state.Funding.Quote, state.LastTradeId);
        IsHeld = Quantity != 0m;
    }
}
