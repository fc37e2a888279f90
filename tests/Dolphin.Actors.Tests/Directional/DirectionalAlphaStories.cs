using System.Collections.Immutable;
using Dolphin.Actors.Alpha;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Market;

namespace Dolphin.Actors.Tests.Directional;

/// <summary>A directional strategy that reads alpha: the signals of plunges, and what the book says of holding on.</summary>
public sealed class DirectionalAlphaStories : SignalStage
{
    private readonly AlphaBoard _board = new(TimeSpan.FromMinutes(2));
    private long _sequence;

    private AlphaGround Ground(bool trades = true, TradeHoldPolicy? hold = null) => new(
        new AlphaPlan(
            AlphaMeterPolicy.Create(new AlphaMeterSettings(), "test", [])!, AdaptiveBreakerPolicy.Create(new AdaptiveBreakerSettings(), "test", [])!,
            AlphaRankPolicy.Create(new AlphaRankSettings(), "test", [])!, PlungePolicy.Create(new PlungeSettings(), "test", [])!, TimeSpan.FromMinutes(2)) { TradesPlunges = trades, Hold = hold },
        _board);

    private static readonly TradeHoldPolicy Quick =
        TradeHoldPolicy.Create(new TradeHoldSettings { Contradictory = 4, Base = 8, Favourable = 12, HalfLife = 0.5 }, "test", [])!;

    private void Publish(double? imbalance = null, double? quality = null, params ImmutableArray<AlphaSignal> signals) => Assert.True(_board.Publish(AlphaSnapshot.Of(
        1, ++_sequence, Clock, [new AlphaFeatures(Btc, 1, 0.8, 0.1, 0.01, 0.02, 1e9, quality, imbalance, 0, 0)], signals.IsEmpty ? null : new PlungeEvent(signals[0].At, -0.02), signals)));

    private AlphaSignal Plunge(Symbol symbol, PositionSide side, double strength) => new(symbol, side, strength, 1, Clock, -0.02);

    [Fact(DisplayName = "A plunge's signal is taken once, with its strength as confidence; another asset's is nobody's business")]
    public void Taken_once()
    {
        Start(alpha: Ground());
        Warm();
        Publish(signals: [Plunge(new Symbol("ETHUSDT"), PositionSide.Long, 0.9), Plunge(Btc, PositionSide.Short, 0.9)]);
        var at = Clock;
        Bar(100m);
        var signal = Assert.Single(Stored.OfType<DirectionalEvent.SignalTaken>()).Signal;
        Assert.Equal((PositionSide.Short, 0.9, at), (signal.Side, signal.Confidence, signal.At));
        Assert.StartsWith("plunge-", signal.Id, StringComparison.Ordinal);
        Assert.Single(Stored.OfType<DirectionalEvent.Opened>());
        Fill(Assert.Single(Asked));
        Bar(100m);
        Bar(100m);
        Assert.Single(Stored.OfType<DirectionalEvent.SignalTaken>());
    }

    [Fact(DisplayName = "A weak one is refused once, in words; where the plan does not trade on plunges nothing is taken")]
    public void Refused()
    {
        Start(alpha: Ground());
        Warm();
        Publish(signals: [Plunge(Btc, PositionSide.Long, 0.2)]);
        Bar(100m);
        Bar(100m);
        Assert.Empty(Stored.OfType<DirectionalEvent.SignalTaken>());
        Assert.Single(Said, t => t.Contains("plunge-", StringComparison.Ordinal) && t.Contains("0.2", StringComparison.Ordinal));

        Start(alpha: Ground(trades: false));
        Publish(signals: [Plunge(Btc, PositionSide.Long, 0.9)]);
        Bar(100m);
        Assert.Empty(Stored.OfType<DirectionalEvent.SignalTaken>());
    }

    [Fact(DisplayName = "A plunge's signal that was refused is refused for good: a crash while its snapshot stays does not show it again")]
    public void Refused_then_crash()
    {
        Start(alpha: Ground());
        Warm();
        Signal("x", PositionSide.Long);
        Bar(100m);
        Fill(Assert.Single(Asked));
        var plunge = Plunge(Btc, PositionSide.Long, 0.9);
        Publish(signals: [plunge]);
        Bar(100m);
        Assert.Contains("plunge-", Assert.Single(Said), StringComparison.Ordinal);
        Bar(decimal.Round(State.Plan!.Stop.QuotePerBase - 0.5m, 1));
        Fill(Assert.Single(Asked));
        Assert.Equal(DirectionalStage.Flat, State.Stage);
        Start(alpha: Ground());
        Publish(signals: [plunge]); // It is not over.
        Bar(97m);
        Bar(97m);
        Assert.Empty(Asked);
        Assert.Equal("x", Assert.Single(Stored.OfType<DirectionalEvent.SignalTaken>()).Signal.Id);
    }

    [Theory(DisplayName = "A book against the position ends its hold early, one for it late, and without a book it is the base; the event says why")]
    [InlineData(-1d, 1d, HoldVerdict.EjectContradicted, 4, 6)]
    [InlineData(1d, 1d, HoldVerdict.EjectExtended, 11, 13)]
    [InlineData(1d, 0d, HoldVerdict.EjectDue, 8, 9)]
    [InlineData(null, null, HoldVerdict.EjectDue, 8, 9)]
    public void Hold(double? imbalance, double? quality, HoldVerdict verdict, int least, int most)
    {
        Start(alpha: Ground(hold: Quick));
        Warm();
        Signal("a", PositionSide.Long);
        Bar(100m);
        Fill(Assert.Single(Asked));
        DirectionalEvent.CloseOrdered? closed = null;
        for (var bar = 0; bar < 20 && closed is null; bar++)
        {
            Publish(imbalance, quality);
            Bar(100m);
            closed = Stored.OfType<DirectionalEvent.CloseOrdered>().SingleOrDefault();
        }

        Assert.Equal((CloseCause.Hold, verdict), (closed!.Cause, closed.Hold!.Value.Verdict));
        Assert.InRange(closed.Hold.Value.Bars, least, most);
        Fill(Assert.Single(Asked));
        Assert.Equal((1, "1 by its hold"), (State.Ended.Hold, State.Ended.ToText()));
        Bar(100m);
        Assert.Single(Stored.OfType<DirectionalEvent.CloseOrdered>());
    }

    [Fact(DisplayName = "A crash forgets what the book said and not how long the position was held: no information never holds longer than the base")]
    public void Crash()
    {
        Start(alpha: Ground(hold: Quick));
        Warm();
        Signal("a", PositionSide.Long);
        Bar(100m);
        Fill(Assert.Single(Asked));
        for (var bar = 0; bar < 6; bar++)
        {
            Publish(1, 1);
            Bar(100m);
        }

        Start(alpha: Ground(hold: Quick));
        for (var bar = 0; bar < 3; bar++) Bar(100m);
        Assert.Equal(CloseCause.Hold, Stored.OfType<DirectionalEvent.CloseOrdered>().First().Cause);
    }
}
