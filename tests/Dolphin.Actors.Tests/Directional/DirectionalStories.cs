using Dolphin.Actors.Journal;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Actors.Tests.Directional;

/// <summary>From a signal to a position that its plan closes, with everything that comes between.</summary>
public sealed class DirectionalStories : SignalStage
{
    private DirectionalSignal At(int minutes, PositionSide side = PositionSide.Long, double confidence = 0.8, string? id = null, int seconds = 0) =>
        new(id ?? $"s{minutes}", side, confidence, Clock + TimeSpan.FromMinutes(minutes) + TimeSpan.FromSeconds(seconds));

    [Fact(DisplayName = "A signal of the plan opens with the first bar that closes at its time or later, not before; the plan that it gets closes it")]
    public void Of_the_plan()
    {
        Start([At(6, id: "a"), At(7, id: "b", seconds: 1)]);
        Warm();
        Bar(100m);
        Assert.Empty(Asked);
        Bar(100.2m);
        var asked = Assert.Single(Asked);
        Assert.Equal((Id, Price.Of(100.2m), LegIntent.Entry), (asked.StrategyId, asked.Targets.DecisionPrice, asked.Targets.Intent));
        var opened = Stored.OfType<DirectionalEvent.Opened>().Single();
        Assert.Equal(("a", 12_000m, Clock), (opened.Terms.SignalId, opened.Notional.Quote, opened.At)); // 20000 x 0.2 x 3.
        Fill(asked);
        Assert.Equal(DirectionalStage.Holding, State.Stage);
        Assert.DoesNotContain(Stored, e => e is DirectionalEvent.SignalTaken { Signal.Id: "b" });
        Bar(100m);
        Assert.Empty(Said); // The one of a second later has not come yet, and is not looked at.
        Bar(100m);
        Assert.Contains("Signal b Long", Assert.Single(Said), StringComparison.Ordinal);

        var stop = State.Plan!.Stop.QuotePerBase;
        Bar(decimal.Round(stop - 0.5m, 1));
        var closed = Assert.Single(Asked);
        Assert.Equal((0m, CloseCause.StopLoss), (closed.Targets.To.Long.Base, Stored.OfType<DirectionalEvent.CloseOrdered>().Single().Cause));
        Fill(closed);
        Assert.Equal((DirectionalStage.Flat, 1), (State.Stage, State.Ended.StopLoss));
        Assert.Equal((1, 1, null), (News.Of(Btc).Directional!.Positions, News.Of(Btc).Directional!.Ended.StopLoss, News.Of(Btc).Directional!.Side));
    }

    [Fact(DisplayName = "An operator's signal is taken and acted on at the next bar; the same id again is the same signal, and a refusal says why")]
    public void Of_an_operator()
    {
        Start();
        Signal("x", PositionSide.Long);
        Assert.Contains("it has seen 0 of the 3 bars", Refused("directional.not-begun"), StringComparison.Ordinal);
        Warm();
        Signal("x", PositionSide.Short);
        Assert.Contains("has taken signal x, short at a confidence of 0.8, by ada", Done(), StringComparison.Ordinal);
        Signal("x", PositionSide.Short);
        Assert.Contains("before; nothing changed", Done(), StringComparison.Ordinal);
        Signal("y", PositionSide.Long, confidence: 0.3);
        Refused("directional.not-confident");
        Assert.Empty(Asked);
        Bar(100m);
        var asked = Assert.Single(Asked);
        Assert.True(asked.Targets.To.Short.Base > 0m && asked.Targets.To.Long.Base == 0m);
        Fill(asked);
        Signal("z", PositionSide.Short);
        Refused("directional.already-held");
        Assert.Single(Stored.OfType<DirectionalEvent.SignalTaken>());
        Assert.Empty(Said); // Who asked has the answer.
    }

    private string Done() => Assert.IsType<StrategyProtocol.Done>(Assert.Single(Heard<object>(Operator))).What;

    private string Refused(string code)
    {
        var refused = Assert.IsType<StrategyProtocol.Refused>(Assert.Single(Heard<object>(Operator)));
        Assert.Equal((Id, code), (refused.StrategyId, refused.Refusal.Code));
        return refused.Refusal.Reason;
    }

    [Fact(DisplayName = "Signals that are not taken are news: the first at once, then one an hour with how many there were; stored is that they were shown, and nothing else")]
    public void News_bounded()
    {
        Start([.. Enumerable.Range(5, 130).Select(i => At(i, confidence: 0.4))]);
        Warm();
        var stored = Stored.Count;
        for (var i = 5; i <= 134; i++) Bar(i % 2 == 0 ? 100.2m : 100m);
        Assert.All(Stored.Skip(stored), e => Assert.Equal(e.At, Assert.IsType<DirectionalEvent.SignalsPassed>(e).Until));
        Assert.Equal((stored + 130, (DateTimeOffset?)Clock), (Stored.Count, State.PassedUntil));
        Assert.Equal(3, Said.Count());
        Assert.Contains("its confidence is 0.4; expected at least 0.5", Said.First(), StringComparison.Ordinal);
        Assert.Contains("So were 59 others since", Said.Last(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "One leg that is in the book at the start is taken over with the first bar, planned and guarded")]
    public void Takes_over()
    {
        Start();
        Found(PositionSide.Short, 10m, 101m);
        Bar(100m);
        Bar(100.2m);
        var adopted = Assert.Single(Stored.OfType<DirectionalEvent.Adopted>());
        Assert.Equal((PositionSide.Short, new Quantity(10m), 1), (adopted.Side, adopted.Legs.Legs.Short, adopted.Incarnation));
        Assert.Equal(Price.Of(101m), State.Plan!.Entry);
        Bar(107m);
        Assert.Equal((10m, 0m), Assert.Single(Asked).Targets is var t ? (t.From.Short.Base, t.To.Short.Base) : default);
    }

    [Fact(DisplayName = "Two legs in the book are nobody's to take: it says so once, asks again with every bar, and does not begin beside them")]
    public void Two_legs()
    {
        Start();
        Found(PositionSide.Long, 10m, 101m);
        Found(PositionSide.Short, 10m, 99m);
        for (var i = 0; i < 6; i++) Bar(i % 2 == 0 ? 100m : 100.2m);
        Assert.DoesNotContain(Stored, e => e is DirectionalEvent.Started or DirectionalEvent.Adopted);
        Assert.Contains("expected one leg and the other flat", Assert.Single(Said), StringComparison.Ordinal);
        Signal("x", PositionSide.Long);
        Assert.Contains("the book has legs that it cannot take over", Refused("directional.not-begun"), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Asked to trim it goes there once, and answers; the stop still closes what is left")]
    public void Trims()
    {
        Start();
        Warm();
        Signal("x", PositionSide.Long);
        Bar(100m);
        Fill(Assert.Single(Asked));
        Heard<object>(Operator);
        var trim = new StrategyProtocol.Trim(Btc, new TrimWish("balancer", 7, new Quantity(50m), Quantity.Zero, Clock + TimeSpan.FromMinutes(5)));
        Tell(Operator, trim);
        Assert.Equal(7, Assert.IsType<StrategyProtocol.TrimTaken>(Assert.Single(Heard<object>(Operator))).Id);
        var asked = Assert.Single(Asked);
        Assert.Equal((120m, 50m, LegIntent.Exit), (asked.Targets.From.Long.Base, asked.Targets.To.Long.Base, asked.Targets.Intent));
        Fill(asked);
        Tell(Operator, trim);
        Assert.Empty(Asked);
        Assert.Equal((7, 50m), Assert.IsType<StrategyProtocol.WishOver>(Assert.Single(Heard<object>(Operator))) is var over ? (over.Id, over.Held.Long.Base) : default);
        Bar(90m);
        Assert.Equal((50m, 0m), Assert.Single(Asked).Targets is var t ? (t.From.Long.Base, t.To.Long.Base) : default);
        Tell(Operator, trim with { Wish = trim.Wish with { Id = 8, Until = Clock } });
        Assert.IsType<StrategyProtocol.TrimDeclined>(Assert.Single(Heard<object>(Operator)));
    }

    [Fact(DisplayName = "Before the venue settles its symbol the position is closed at once, though every bar has something to store that is no order")]
    public void Leaves_in_time()
    {
        Start([At(5, id: "a"), .. Enumerable.Range(6, 10).Select(minute => At(minute, confidence: 0.3))]);
        Warm();
        Bar(100m);
        Fill(Assert.Single(Asked));
        Bar(100m);
        Bar(100m);
        Assert.Equal(2, Stored.OfType<DirectionalEvent.SignalsPassed>().Count());
        Assert.Empty(Asked);

        Rules = new ChangedRules(Btc, "the venue settles it", null, null).EndingAt(Clock.AddHours(2), Clock);
        Bar(100m);
        Assert.Equal(3, Stored.OfType<DirectionalEvent.SignalsPassed>().Count());
        Assert.Equal(Quantity.Zero, Assert.Single(Asked).Targets.To.Long);
        Assert.Equal("delivery-rule", Assert.Single(Stored.OfType<DirectionalEvent.TrimAsked>()).Wish.By);
    }

    [Fact(DisplayName = "After a crash it is where its journal says, asks again for what was under way, and takes no signal twice")]
    public void Recovers()
    {
        var signals = new[] { At(6, id: "a") };
        Start([.. signals]);
        Warm();
        Tell(Operator, DurableProtocol.TakeSnapshot.Now);
        Bar(100m);
        Bar(100.2m);
        var asked = Assert.Single(Asked);
        var before = Stored;
        Start([.. signals]);
        Assert.Equal(asked, Assert.Single(Asked)); // By the same sequence: execution knows it.
        Assert.Equal(before, Stored);
        Fill(asked);
        Bar(100m);
        Bar(100.2m);
        Assert.Empty(Asked);
        Assert.Single(Stored.OfType<DirectionalEvent.SignalTaken>());
        Assert.Equal((DirectionalStage.Holding, PositionSide.Long), (State.Stage, News.Of(Btc).Directional!.Side));
    }

    [Theory(DisplayName = "A signal of the plan that was refused stays refused: a crash shows it to nobody again, and ends in the same decisions")]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Refused_then_crash(bool crash, bool snapshot)
    {
        var signals = new[] { At(6, id: "a"), At(7, id: "b", seconds: 1, confidence: 0.6) };
        Start([.. signals]);
        Warm();
        if (snapshot) Tell(Operator, DurableProtocol.TakeSnapshot.Now);
        Bar(100m);
        Bar(100.2m);
        Fill(Assert.Single(Asked));
        Bar(100m);
        Bar(100m); // b is shown, and refused: a position of its side is held.
        Assert.Contains("Signal b Long", Assert.Single(Said), StringComparison.Ordinal);
        Bar(decimal.Round(State.Plan!.Stop.QuotePerBase - 0.5m, 1));
        Fill(Assert.Single(Asked));
        Assert.Equal(DirectionalStage.Flat, State.Stage);
        if (crash) Start([.. signals]);
        Bar(97m);
        Bar(97.2m);
        Assert.Empty(Asked);
        Assert.Equal("a", Assert.Single(Stored.OfType<DirectionalEvent.SignalTaken>()).Signal.Id);
    }

    [Fact(DisplayName = "A signal of the plan that came while the node was down is shown after a crash, whatever was refused before it")]
    public void Shown_after_crash()
    {
        var signals = new[] { At(6, id: "a", confidence: 0.4), At(7, id: "b", seconds: 1) };
        Start([.. signals]);
        Warm();
        Bar(100m);
        Bar(100.2m);
        Assert.Contains("Signal a Long", Assert.Single(Said), StringComparison.Ordinal);
        Wait(Minute);
        Start([.. signals]);
        Bar(100m);
        Assert.Equal("b", Assert.Single(Stored.OfType<DirectionalEvent.SignalTaken>()).Signal.Id);
    }

    [Fact(DisplayName = "An exit by hand closes what is held and ends it; signals are refused from then on")]
    public void Exits()
    {
        Start();
        Warm();
        Signal("x", PositionSide.Long);
        Bar(100m);
        Fill(Assert.Single(Asked));
        Heard<object>(Operator);
        Tell(Operator, new StrategyProtocol.Exit(Id, "ada"));
        Assert.Contains("leaves gracefully", Done(), StringComparison.Ordinal);
        Bar(100.2m);
        Fill(Assert.Single(Asked));
        Assert.Equal(DirectionalMode.Terminated, State.Mode);
        Signal("y", PositionSide.Long);
        Refused("directional.not-active");
        Bar(100m);
        Assert.Equal(DirectionalMode.Terminated, State.Mode);
    }

    [Fact(DisplayName = "Somebody else's trade pauses it, and an operator lets it take signals again; after an end that is its next incarnation")]
    public void Goes_on()
    {
        Start();
        Warm();
        Signal("x", PositionSide.Long);
        Bar(100m);
        Fill(Assert.Single(Asked));
        var held = State.Legs.Long;
        Lost(PositionSide.Long, held.Base / 2m, 100m);
        Assert.Equal((DirectionalMode.Pause, held.Base / 2m), (State.Mode, State.Legs.Long.Base));
        Assert.EndsWith($"no signal is taken until dolphin resume {Id}.", News.News[^1].Text, StringComparison.Ordinal);
        Heard<object>(Operator);
        Signal("y", PositionSide.Short, confidence: 1);
        Refused("directional.not-active");
        Tell(Operator, new StrategyProtocol.Resume(Id, "ada"));
        Assert.Equal($"{Id} goes on, by ada.", Done());
        Assert.Equal((DirectionalMode.Active, 1), (State.Mode, State.Incarnation));

        Tell(Operator, new StrategyProtocol.Exit(Id, "ada"));
        Done();
        Tell(Operator, new StrategyProtocol.Resume(Id, "ada"));
        Refused("directional.not-active"); // It is leaving.
        Bar(100.2m);
        Fill(Assert.Single(Asked));
        Tell(Operator, new StrategyProtocol.Resume(Id, "ada"));
        Done();
        Assert.Equal((DirectionalMode.Active, 2), (State.Mode, State.Incarnation));
        Signal("z", PositionSide.Short);
        Bar(100m);
        Assert.Single(Asked);
    }
}
