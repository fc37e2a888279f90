using Dolphin.Domain.Market;

namespace Dolphin.Domain.Forewarning;

/// <summary>The account of one strategy in one trial: its capital, its fills, and how bad it got.</summary>
internal sealed class TrialAccount(decimal capital)
{
    private readonly double _capital = (double)capital;
    private double _cash = (double)capital;
    private double _best = (double)capital;
    private (double Long, double Short) _held;
    private TrialOutcome _outcome = TrialOutcome.Untouched;

    public bool IsLiquidated => _outcome.LiquidationDistance <= 0;
    public TrialOutcome Outcome => _outcome;

    public void Take(Fill fill)
    {
        var quantity = (double)fill.Quantity.Base;
        _cash -= (fill.Side == OrderSide.Buy ? 1 : -1) * quantity * (double)fill.Price.QuotePerBase + (double)fill.Fee.Quote;
        var change = fill.Side == fill.Leg.Increasing() ? quantity : -quantity;
        _held = fill.Leg == PositionSide.Long ? (_held.Long + change, _held.Short) : (_held.Long, _held.Short + change);
    }

    public void MarkTo(Price close)
    {
        var price = (double)close.QuotePerBase;
        var net = (_held.Long - _held.Short) * price;
        var equity = _cash + net;
        _best = Math.Max(_best, equity);
        _outcome = new TrialOutcome(
            Math.Max(_outcome.Drawdown, (_best - equity) / _capital), (_capital - equity) / _capital,
            Math.Min(_outcome.LiquidationDistance, DistanceAt(equity, net, price)));
    }

    // Both legs ask for maintenance; only the net position loses.
    private double DistanceAt(double equity, double net, double price)
    {
        var room = equity - MaintenanceOf(_held.Long * price) - MaintenanceOf(_held.Short * price);
        if (room <= 0) return _held is { Long: <= 0, Short: <= 0 } && equity > 0 ? 1 : 0;
        return net == 0 ? 1 : Math.Min(1, room / Math.Abs(net));
    }

    private static double MaintenanceOf(double notional)
    {
        foreach (var bracket in TrialTerms.Instrument.Brackets)
            if (notional <= (double)bracket.NotionalCap.Quote)
                return notional * (double)bracket.MaintenanceMarginRate - (double)bracket.MaintenanceAmount.Quote;
        var last = TrialTerms.Instrument.Brackets[^1];
        return notional * (double)last.MaintenanceMarginRate - (double)last.MaintenanceAmount.Quote;
    }
}
