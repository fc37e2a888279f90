using Dolphin.Domain.Alpha;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Exits;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Domain.Tests.Exits;
using Dolphin.Domain.Tests.Hedging;
using Dolphin.Domain.Tests.TwoLegs;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Tests.Directional;

/// <summary>A directional strategy, its market and its venue: feeds inputs, folds events, answers orders.</summary>
internal sealed class DirectionalRun(DirectionalPolicy policy, Instrument instrument)
    : StrategyRun<DirectionalState, DirectionalEvent, DirectionalInput>(instrument, DirectionalState.Initial)
{
    private int _ids, _wishes;

    public DirectionalPolicy Policy { get; } = policy;
    public double Volatility { get; set; } = ExitStage.OnePercent;
    public Posture Posture { get; private set; } = Posture.Apex;
    public Money OpeningNotional { get; set; } = new(1_000m);
    public decimal Leverage { get; set; } = 3m;
    public Money Capital { get; set; } = new(10_000m);
    public decimal FeeRate { get; set; } = 0.0005m;
    /// <summary>What the book says of holding on; null where nobody asks it.</summary>
    public HoldDecision? Hold { get; set; }
    /// <summary>Called after each look with the state before it.</summary>
    public Action<DirectionalState, DirectionalMarket, Decision<DirectionalEvent>>? AfterLook { get; set; }

    public (decimal Long, decimal Short) Legs => (State.Long.Quantity.Base, State.Short.Quantity.Base);

    public static DirectionalPolicy PolicyOf(DirectionalSettings? settings = null, ExitSettings? exits = null)
    {
        var errors = new List<string>();
        return DirectionalPolicy.Create(settings ?? new DirectionalSettings(), ExitStage.PolicyOf(exits ?? new ExitSettings()), "dolphin.directional", errors)
            ?? throw new Xunit.Sdk.XunitException(string.Join('\n', errors));
    }

    public static DirectionalRun Started(DirectionalSettings? settings = null, ExitSettings? exits = null, Instrument? instrument = null)
    {
        var run = new DirectionalRun(PolicyOf(settings, exits), instrument ?? HedgeStage.Sol);
        run.Send(new DirectionalInput.Start("ada", 1, run.Now));
        return run;
    }

    /// <summary>Ten SOL of one side at 100, guarded: stop 97.04 and target 106.18 for a long.</summary>
    public static DirectionalRun Holding(PositionSide side = PositionSide.Long, DirectionalSettings? settings = null, Instrument? instrument = null)
    {
        var run = Started(settings, instrument: instrument);
        run.Signal(side);
        run.At(100m);
        Assert.Equal(DirectionalStage.Holding, run.State.Stage);
        return run;
    }

    /// <summary>The permissions that go with a posture.</summary>
    public void In(Posture posture, double rTotal = 1d, bool exitsAllowed = true) =>
        (Posture, Risk) = (posture, new LegRisk(rTotal, posture >= Posture.Stalker, exitsAllowed));

    public Decision<DirectionalEvent> Signal(PositionSide side, double confidence = 0.5, string? id = null, DateTimeOffset? at = null) =>
        Send(new DirectionalInput.Signal(new DirectionalSignal(id ?? $"s{++_ids}", side, confidence, at ?? Now), Now));

    /// <summary>Asks for at most so much of both legs, at the price of a hundred.</summary>
    public Decision<DirectionalEvent> Trim(decimal atMost, long? id = null, bool exitsAllowed = true, double seconds = 3_600) =>
        Trim(new TrimWish("balancer", id ?? ++_wishes, new Quantity(atMost), new Quantity(atMost), Now.AddSeconds(seconds)), exitsAllowed);

    public Decision<DirectionalEvent> Trim(TrimWish wish, bool exitsAllowed = true) => Send(new DirectionalInput.Trim(wish, Price.Of(100m), exitsAllowed, Now));

    public Decision<DirectionalEvent> Exit() => Send(new DirectionalInput.RequestExit("ada", State.Incarnation, Now));

    /// <summary>One bar a minute that did not move.</summary>
    public DirectionalEvent[] At(params decimal[] closes) => [.. closes.SelectMany(close => Bar(close, close, close))];

    public DirectionalEvent[] Bar(decimal low, decimal high, decimal close, double minutes = 1)
    {
        var from = Now;
        Now = Now.AddMinutes(minutes);
        return [.. Look(new PriceSpan(from, Price.Of(high), Price.Of(low), Price.Of(close))).Events];
    }

    public Decision<DirectionalEvent> Look(PriceSpan span)
    {
        var (before, market) = (State, View(span));
        var decision = Send(new DirectionalInput.Market(market));
        AfterLook?.Invoke(before, market, decision);
        return decision;
    }

    public DirectionalMarket View(PriceSpan span) => new(span, Now, Volatility, Posture, Risk, OpeningNotional, Leverage, Capital, FeeRate, Hold);

    protected override Decision<DirectionalEvent> Decide(DirectionalInput input) => DirectionalDecider.Decide(Policy, Instrument, State, input);
    protected override DirectionalState Evolve(DirectionalState state, DirectionalEvent @event) => DirectionalDecider.Evolve(state, @event);
    protected override LegTargets? OrdersOf(DirectionalEvent @event) => @event.Orders;
    protected override DirectionalInput Filled(long sequence, Fill fill) => new DirectionalInput.OrderFilled(sequence, fill);
    protected override DirectionalInput Closed(long sequence, PositionSide leg, Quantity cumulative, DateTimeOffset at) => new DirectionalInput.OrderClosed(sequence, leg, cumulative, at);
    protected override DirectionalInput External(Fill fill) => new DirectionalInput.ExternalFill(fill);
}
