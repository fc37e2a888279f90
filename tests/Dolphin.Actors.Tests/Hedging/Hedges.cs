using Dolphin.Actors.Execution;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Market;
using Dolphin.Actors.Strategies;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Execution;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;

namespace Dolphin.Actors.Tests.Hedging;

/// <summary>A hedge that is warm after three bars, on the stage's one instrument.</summary>
internal static class Hedges
{
    public static readonly PositionSide[] Legs = [PositionSide.Long, PositionSide.Short];

    public static HedgePlan Plan { get; } = new(ActorStage.Strategy, ActorStage.Btc, Policy(), ActorStage.Instrument);

    public static AssetPlan Asset { get; } = AssetPlan.Alone(Plan, new Money(20_000m));

    public static MarketProtocol.BarClosed Bar(DateTimeOffset opens, decimal price) => new(
        new Bar(opens.ToUnixTimeMilliseconds(), Price.Of(price), Price.Of(price), Price.Of(price), Price.Of(price), new Quantity(5m)), ActorStage.Minute);

    /// <summary>The order that execution makes of one leg of a decision.</summary>
    public static NewOrder Order(ExecutionProtocol.Execute asked, PositionSide leg)
    {
        var change = asked.Targets.To[leg] - asked.Targets.From[leg];
        return new NewOrder(ClientOrderIds.For(asked.StrategyId, asked.Targets.Sequence, leg, 3), asked.Symbol, leg,
            change > Quantity.Zero ? leg.Increasing() : leg.Reducing(), OrderType.Market, TimeInForce.GoodTillCancel, change.Abs(), null);
    }

    private static HedgePolicy Policy()
    {
        var errors = new List<string>();
        return HedgePolicy.Create(new HedgeSettings { WarmUpBars = 3, Capital = 20_000m, OpeningRetry = TimeSpan.Zero }, "test", errors)
            ?? throw new InvalidOperationException(string.Join(Environment.NewLine, errors));
    }
}
