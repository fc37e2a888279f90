using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Forewarning;

/// <summary>One strategy's decider on one path, with an account of its own: looks at every close, folds its events, fills its orders.</summary>
/// <param name="capital">Quote; what loss and drawdown are measured by.</param>
internal abstract class StrategyTrial<TState, TEvent>(TrialTerms terms, decimal capital, TState initial)
{
    private readonly TrialAccount _account = new(capital);
    private readonly List<(LegTargets Targets, LegOrder Order, Price Limit, DateTimeOffset Until)> _resting = [];
    private long _trade;

    protected static readonly LegRisk Free = new(RTotal: 1, EntriesAllowed: true, ExitsAllowed: true);

    protected TState State { get; private set; } = initial;

    /// <summary>What the strategy decides at a close; bars are numbered from 0.</summary>
    protected abstract Decision<TEvent> LookAt(Price close, long openTimeMs, DateTimeOffset at);
    protected abstract TState Evolve(TState state, TEvent @event);
    protected abstract LegTargets? OrdersOf(TEvent @event);
    protected abstract Decision<TEvent> OnFilled(long sequence, Fill fill);
    protected abstract Decision<TEvent> OnClosed(long sequence, PositionSide leg, Quantity cumulative, DateTimeOffset at);

    /// <summary>Plays the path to its end, or to the account's.</summary>
    public TrialOutcome Play(MarketPath path)
    {
        var step = (long)path.Interval.TotalMilliseconds;
        for (var bar = 0; bar < path.Closes.Length && !_account.IsLiquidated; bar++)
        {
            var (close, at) = (path.Closes[bar], DateTimeOffset.FromUnixTimeMilliseconds((bar + 1) * step));
            if (_resting.Count > 0) TouchResting(close, at);
            Take(LookAt(close, bar * step, at), close, at);
            _account.MarkTo(close);
        }
        return _account.Outcome;
    }

    /// <summary>Both legs as somebody left them, bought and sold before the path began and free of charge.</summary>
    protected HandOver Inherit(Price longPrice, Quantity longQuantity, Price shortPrice, Quantity shortQuantity)
    {
        _account.Take(FillOf("old", PositionSide.Long, OrderSide.Buy, longPrice, longQuantity, feeRate: 0m, default));
        _account.Take(FillOf("old", PositionSide.Short, OrderSide.Sell, shortPrice, shortQuantity, feeRate: 0m, default));
        return new HandOver(new(longQuantity, longPrice * longQuantity), new(shortQuantity, shortPrice * shortQuantity), _trade - 1, _trade);
    }

    protected void Take(Decision<TEvent> decision, Price close, DateTimeOffset at)
    {
        foreach (var e in decision.Events) State = Evolve(State, e);
        foreach (var e in decision.Events)
            if (OrdersOf(e) is { } targets) Send(targets, close, at);
    }

    private void Send(LegTargets targets, Price close, DateTimeOffset at)
    {
        foreach (var order in OrderNetting.Plan(TrialTerms.Instrument, targets.From, targets.To, targets.DecisionPrice))
        {
            if (targets.Limit is { } limit)
            {
                _resting.Add((targets, order, limit, at + terms.OrderLife));
                continue;
            }
            var worse = close.QuotePerBase * (1m + (order.Side == OrderSide.Buy ? terms.Slippage : -terms.Slippage));
            Fill(targets, order, Quantizer.ToTick(TrialTerms.Instrument, Price.Of(worse), order.Side, TickRounding.Aggressive), terms.TakerFee, close, at);
        }
    }

    private void TouchResting(Price close, DateTimeOffset at)
    {
        for (var i = _resting.Count - 1; i >= 0; i--)
        {
            var (targets, order, limit, until) = _resting[i];
            var reached = order.Side == OrderSide.Buy ? close <= limit : close >= limit;
            if (!reached && at < until) continue;
            _resting.RemoveAt(i);
            if (reached) Fill(targets, order, limit, terms.MakerFee, close, at);
            else Take(OnClosed(targets.Sequence, order.Leg, Quantity.Zero, at), close, at);
        }
    }

    private void Fill(LegTargets targets, LegOrder order, Price price, decimal feeRate, Price close, DateTimeOffset at)
    {
        var fill = FillOf("trial", order.Leg, order.Side, price, order.Quantity, feeRate, at);
        _account.Take(fill);
        Take(OnFilled(targets.Sequence, fill), close, at);
        Take(OnClosed(targets.Sequence, order.Leg, order.Quantity, at), close, at);
    }

    private Fill FillOf(string order, PositionSide leg, OrderSide side, Price price, Quantity quantity, decimal feeRate, DateTimeOffset at) => new(
        new ClientOrderId(order), ++_trade, TrialTerms.Instrument.Symbol, leg, side, price, quantity, price * quantity * feeRate, IsMaker: false, quantity, at);
}
