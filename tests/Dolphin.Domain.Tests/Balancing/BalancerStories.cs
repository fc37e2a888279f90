using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;
using static Dolphin.Domain.Tests.Balancing.BalancerStage;

namespace Dolphin.Domain.Tests.Balancing;

/// <summary>A balancer over time: rates, expiry, throttling, degradation, statistics.</summary>
public sealed class BalancerStories
{
    private static readonly PortfolioSnapshot Overloaded = Portfolio(10_000m, 0.8, 0.0, ("BTCUSDT", 3000m), ("ETHUSDT", 2500m), ("SOLUSDT", 2000m), ("BNBUSDT", 1500m));
    private static readonly PortfolioSnapshot Diverging = Portfolio(20_000m, 0.8, 0.035, ("AUSDT", 900m), ("BUSDT", 900m), ("CUSDT", 900m), ("DUSDT", 900m), ("EUSDT", 900m));
    private static readonly PortfolioSnapshot Imbalanced = Portfolio(20_000m, 0.8, 0.0, ("BTCUSDT", 2500m), ("ETHUSDT", 1000m), ("SOLUSDT", 1000m), ("BNBUSDT", 250m), ("ADAUSDT", 250m));

    private readonly List<BalancerEvent> _last = [];
    private BalancerPolicy _policy = Default;
    private BalancerState _state = BalancerState.Initial;

    [Fact(DisplayName = "A healthy portfolio asks for nothing, and the look is remembered")]
    public void Healthy()
    {
        Look(0, Portfolio(20_000m, 0.8, 0.01, ("AUSDT", 900m), ("BUSDT", 900m), ("CUSDT", 900m), ("DUSDT", 900m), ("EUSDT", 900m)));
        Assert.Equal((1L, 5, "OK"), (_state.CyclesAssessed, _state.LastMetrics!.SymbolCount, Statistics.Status));
        Assert.IsType<BalancerEvent.CycleAssessed>(Assert.Single(_last));
    }

    [Fact(DisplayName = "Margin overload acts at every look, an overexposed symbol every 10 s, an imbalance every 30 s, each check for itself")]
    public void Rates()
    {
        (string, string) Asked(double at)
        {
            Look(at, Overloaded);
            var asked = (string.Join(' ', Issued.Select(c => c.Action.Word()).Distinct()), $"{_state.LastCommandId}");
            Decline(at);
            return asked;
        }
        Assert.Equal(("reduce_margin reduce expand", "5"), Asked(0));
        Assert.Equal(("reduce_margin", "6"), Asked(5));
        Assert.Equal(("reduce_margin", "7"), Asked(9.999));
        Assert.Equal(("reduce_margin reduce", "11"), Asked(10)); // More symbols were wished for already.

        _state = BalancerState.Initial;
        var others = Portfolio(20_000m, 0.8, 0.0, ("BTCUSDT", 2500m), ("ETHUSDT", 1000m), ("SOLUSDT", 1000m), ("DOTUSDT", 250m), ("XRPUSDT", 250m)); // Who was asked to grow is asked once an hour.
        foreach (var (at, snapshot, commands) in new[] { (0, Imbalanced, 3), (10, others, 0), (29.999, others, 0), (30, others, 3) })
        {
            Look(at, snapshot);
            Assert.Equal(commands, Issued.Count());
            Decline(at);
        }
        // A check that acted does not hold back another.
        Look(31, Diverging);
        Assert.Equal([BalancerAction.Hedge], Issued.Select(c => c.Action).Distinct());
    }

    [Fact(DisplayName = "A look that is not newer than the last one decides nothing")]
    public void Repeated()
    {
        Look(10, Overloaded);
        Look(10, Overloaded);
        Assert.Empty(_last);
        Look(9, Overloaded);
        Assert.Empty(_last);
    }

    [Fact(DisplayName = "Commands expire after 60 seconds, and an answer that comes later changes nothing")]
    public void Expiry()
    {
        Look(0, Diverging);
        Assert.Equal((1L, At(60)), (Issued.Single().Id, Issued.Single().ExpiresAt));
        Send(new BalancerInput.Tick(At(59.999)));
        Assert.Empty(_last);
        Send(new BalancerInput.Tick(At(60)));
        Assert.Equal([new BalancerEvent.CommandExpired(1, At(60))], _last);
        Assert.Equal((0, 1L), (Statistics.CommandsOpen, Statistics.Outcomes.Expired));
        Assert.Equal("balancing.command-not-open", Send(new BalancerInput.Done(1, At(61)))?.Code);
        Assert.Equal(1, Statistics.Outcomes.Expired + Statistics.Outcomes.Done);
        // A look lets expire what is too old, too.
        Look(70, Diverging);
        Look(130, Diverging);
        Assert.IsType<BalancerEvent.CommandExpired>(_last[0]);
    }

    [Fact(DisplayName = "An executor's answers close commands once; about a command that never was it is told so")]
    public void Answers()
    {
        Look(0, Overloaded);
        Send(new BalancerInput.Done(1, At(1)));
        Send(new BalancerInput.Rejected(2, "balancing.unknown-symbol", "No such symbol.", At(2)));
        Assert.Equal((3, 1L, 1L), (Statistics.CommandsOpen, Statistics.Outcomes.Done, Statistics.Outcomes.Rejected));
        Assert.Equal("balancing.command-not-open", Send(new BalancerInput.Rejected(1, "x", "y", At(3)))?.Code);
        foreach (var never in new[] { 0L, -1L, 6L, long.MaxValue })
        {
            var refusal = Send(new BalancerInput.Done(never, At(3)));
            Assert.Equal("balancing.unknown-command", refusal?.Code);
            Assert.Contains("expected 1 to 5", refusal!.Reason, StringComparison.Ordinal);
        }
        Assert.Equal((3, 1L, 1L), (Statistics.CommandsOpen, Statistics.Outcomes.Done, Statistics.Outcomes.Rejected));
    }

    [Fact(DisplayName = "High divergence is told once a minute, margin overload every time")]
    public void Alerts()
    {
        var both = Overloaded with { Divergence = 0.045 };
        var told = new List<string>();
        foreach (var at in new[] { 0.0, 10, 59.999, 60, 70 })
        {
            Look(at, both);
            told.Add($"{at}: {string.Join(' ', _last.OfType<BalancerEvent.AlertRaised>().Select(e => e.Alert.Kind.Word()))}");
        }
        Assert.Equal(["0: margin_overload high_divergence", "10: margin_overload", "59.999: margin_overload", "60: margin_overload high_divergence", "70: margin_overload"], told);
        Assert.Equal((3L, 7), (Statistics.AlertsThrottled, Statistics.AlertsKept));
    }

    [Fact(DisplayName = "A symbol is asked to grow once an hour, and what nobody takes is not freed: between two such hours no weight is cut")]
    public void Wishes()
    {
        var told = new List<string>();
        void Told(double at, PortfolioSnapshot snapshot)
        {
            Look(at, snapshot);
            told.Add($"{at}: {string.Join(", ", _last.OfType<BalancerEvent.CommandIssued>().Select(e => e.Command).Told())}");
        }

        Told(0, Uneven(450m));
        Told(30, Uneven(300m));
        Send(new BalancerInput.Tick(At(60)));
        Told(3_599.999, Uneven(300m));
        Told(3_630, Uneven(300m)); // BTC could not be cut within the hour.
        Told(3_660, Uneven(300m));
        Assert.Equal(
        [
            "0: rebalance BTCUSDT 2500 -> 1262.5, rebalance ADAUSDT 450 -> 862.5, rebalance BNBUSDT 450 -> 862.5, rebalance SOLUSDT 450 -> 862.5",
            "30: ",
            "3599.999: ",
            "3630: ",
            "3660: rebalance BTCUSDT 2500 -> 1150, rebalance ADAUSDT 300 -> 750, rebalance BNBUSDT 300 -> 750, rebalance SOLUSDT 300 -> 750",
        ], told);
    }

    private static PortfolioSnapshot Uneven(decimal small) =>
        Portfolio(20_000m, 0.8, 0.0, ("BTCUSDT", 2_500m), ("ETHUSDT", 1_200m), ("BNBUSDT", small), ("ADAUSDT", small), ("SOLUSDT", small));

    [Fact(DisplayName = "What is missing skips the cycle and degrades the status; the next good look goes on as if nothing had been")]
    public void Degrades()
    {
        Look(0, Overloaded with { Positions = null });
        Assert.Equal(("balancing.positions-unavailable", "DEGRADED", 1L), (Statistics.LastSkip?.Code, Statistics.Status, Statistics.CyclesSkipped));
        Look(10, Overloaded with { TotalMargin = null });
        Assert.Equal("balancing.total-margin-unavailable", Assert.IsType<BalancerEvent.CycleSkipped>(Assert.Single(_last)).Code);
        Look(20, Overloaded with { Confidence = null });
        Assert.Equal((5L, "DEGRADED"), (_state.LastCommandId, Statistics.Status));
        Look(30, Overloaded);
        Assert.Equal(("OK", 2L, 2L), (Statistics.Status, Statistics.CyclesSkipped, Statistics.CyclesAssessed));
        Look(40, Overloaded with { Positions = null });
        Assert.Equal(4, Statistics.LastMetrics!.SymbolCount); // The last good portfolio is kept.
    }

    [Theory(DisplayName = "A snapshot of a minute ago, or of a minute ahead, is not acted on")]
    [InlineData(59.999, true)]
    [InlineData(60, false)]
    [InlineData(-59.999, true)]
    [InlineData(-60, false)]
    public void Stale(double age, bool good)
    {
        Send(new BalancerInput.Cycle(Overloaded with { At = At(100 - age) }, At(100)));
        Assert.Equal(good ? 1 : 0, _state.CyclesAssessed);
        if (!good) Assert.Equal("balancing.snapshot-stale", _state.LastSkip?.Code);
    }

    [Fact(DisplayName = "Switched off it looks at nothing; what was asked for before still expires")]
    public void Disabled()
    {
        Look(0, Diverging);
        _policy = PolicyOf(BalancerSettings.Default with { Enabled = false });
        Look(30, Overloaded);
        Assert.Empty(_last);
        Look(60, Overloaded);
        Assert.IsType<BalancerEvent.CommandExpired>(Assert.Single(_last));
        Assert.Equal(("DISABLED", false), (Statistics.Status, Statistics.Enabled));
    }

    [Fact(DisplayName = "Of both streams the newest 500 are kept; what falls out while it is open is forgotten, and both are counted")]
    public void Streams()
    {
        // Overload closes 300 of 400 each time, other ones each time, and nobody answers.
        PortfolioSnapshot Many(int look) => Portfolio(
            1_000m, 1.0, 0.0, [.. Enumerable.Range(0, 300).Select(i => ($"S{look}{i:000}USDT", 1m)), .. Enumerable.Range(300, 100).Select(i => ($"S{look}{i:000}USDT", 8m))]);
        for (var i = 0; i < 3; i++) Look(i, Many(i));
        var issued = (int)_state.LastCommandId;
        Assert.True(issued >= 900, $"{issued}");
        Assert.Equal((500, issued - 500L, 500, issued - 500L), (_state.Commands.Count, Statistics.CommandsDropped, Statistics.CommandsOpen, Statistics.Outcomes.Forgotten));
        Assert.Equal("balancing.command-not-open", Send(new BalancerInput.Done(1, At(5)))?.Code);
        Assert.Null(Send(new BalancerInput.Done(issued, At(5))));

        for (var i = 0; i < 600; i++) Look(100 + i, Overloaded);
        Assert.Equal((500, 103L), (Statistics.AlertsKept, Statistics.AlertsDropped));
    }

    [Fact(DisplayName = "Statistics count actions by type and keep the last metrics and the limits")]
    public void Counts()
    {
        Look(0, Overloaded);
        Decline(1);
        Look(10, Diverging);
        Look(20, Imbalanced);
        Assert.Equal(new ActionCounts(ReduceMargin: 1, Reduce: 3, Expand: 1, Hedge: 1, Rebalance: 3), Statistics.ActionsByType);
        Assert.Equal((9L, "v1.2", true), (Statistics.ActionsTaken, Statistics.Version, Statistics.Enabled));
        var metrics = Statistics.LastMetrics!;
        Assert.Equal((5_000m, 20_000m, 0.25, 5, 0.8, 0.0), (metrics.UsedMargin.Quote, metrics.TotalMargin.Quote, metrics.Utilisation, metrics.SymbolCount, metrics.Confidence, metrics.Divergence));
        Assert.Equal(("ADAUSDT", 250m, 0.0125, 0.05), (metrics.Positions[0].Symbol.Name, metrics.Positions[0].Margin.Quote, metrics.Positions[0].Exposure, metrics.Positions[0].Weight));
        Assert.Equal(BalancerSettings.Default, Statistics.Limits);
    }

    private BalancerStatistics Statistics => BalancerStatistics.Of(_policy, _state);
    private IEnumerable<BalancerCommand> Issued => _last.OfType<BalancerEvent.CommandIssued>().Select(e => e.Command);

    /// <summary>Every holder says no, so that nothing is under way, and may be asked again at once.</summary>
    private void Decline(double at)
    {
        foreach (var id in _state.Open.Ids) Send(new BalancerInput.Rejected(id, "x", "No.", At(at)));
        _state = _state with { Stuck = null };
    }

    [Fact(DisplayName = "What is being cut is not cut again: the next looks reckon with what the cut will leave, and name the symbol only when its holder is done, or an hour has passed")]
    public void Under_way()
    {
        _policy = PolicyOf(BalancerSettings.Default with { MinDiversification = 1 });
        Look(0, Overloaded); // 90 %; BNB goes, and the others are above their own limit.
        Assert.Equal(["reduce_margin BNBUSDT 1500 -> 500", "reduce BTCUSDT 3000 -> 1499", "reduce ETHUSDT 2500 -> 1499", "reduce SOLUSDT 2000 -> 1499"], Issued.Told());
        for (var id = 1L; id <= 4; id++) Send(new BalancerInput.Taken(id, At(1)));
        Assert.Equal((4, 4), (Statistics.CommandsOpen, Statistics.CommandsUnderWay));
        foreach (var at in new[] { 5.0, 10, 60, 120, 3_599 })
        {
            Look(at, Overloaded);
            Assert.Empty(Issued);
            Assert.Contains(_last, e => e is BalancerEvent.AlertRaised { Alert.Kind: AlertKind.MarginOverload }); // People are told what is, not what will be.
        }
        Send(new BalancerInput.Done(2, At(3_599.5)));
        Look(3_599.9, Overloaded);
        Assert.Equal(["reduce BTCUSDT 3000 -> 1499"], Issued.Told());
        Look(3_600, Overloaded);
        Assert.Equal([1L, 3L, 4L], _last.OfType<BalancerEvent.CommandExpired>().Select(e => e.Id));
        Assert.Equal((1, 0), (Statistics.CommandsOpen - Issued.Count(), Statistics.CommandsUnderWay));
    }

    [Fact(DisplayName = "Who is asked to open or grow answers one by one: the command is done when all have answered and one did something, and rejected when none did; who declined is remembered for an hour")]
    public void Growth_answers()
    {
        Refusal no = new("hedge.paused", "It pauses.");
        Look(0, Imbalanced);
        Assert.Equal(["rebalance BTCUSDT 2500 -> 1250", "rebalance ADAUSDT 250 -> 875", "rebalance BNBUSDT 250 -> 875"], Issued.Told());
        Send(new BalancerInput.Grown(2, new Symbol("ADAUSDT"), no, IsLast: false, At(1)));
        Assert.IsType<BalancerEvent.GrowthAnswered>(Assert.Single(_last));
        Assert.Null(Send(new BalancerInput.Grown(2, new Symbol("ADAUSDT"), no, IsLast: false, At(2))));
        Assert.Empty(_last); // A second copy.
        Send(new BalancerInput.Grown(2, new Symbol("XUSDT"), null, IsLast: false, At(2)));
        Send(new BalancerInput.Grown(2, new Symbol("YUSDT"), no, IsLast: true, At(3)));
        Assert.IsType<BalancerEvent.CommandDone>(_last[^1]);
        Send(new BalancerInput.Grown(3, new Symbol("BNBUSDT"), no, IsLast: true, At(4)));
        Assert.Equal("hedge.paused", Assert.IsType<BalancerEvent.CommandRejected>(_last[^1]).Code);
        Assert.Equal((1L, 1L, 3L), (Statistics.Outcomes.Done, Statistics.Outcomes.Rejected, Statistics.Outcomes.GrowthDeclined));
        Assert.Equal((true, false, false), (_state.Unwilling!.Knows(new Symbol("BNBUSDT"), At(3_603)), _state.Unwilling.Knows(new Symbol("BNBUSDT"), At(3_604)), _state.Unwilling.Knows(new Symbol("XUSDT"), At(4))));
    }

    [Fact(DisplayName = "Who opened for an expansion of which others did nothing is far above the average, and keeps for an hour what it was given")]
    public void Expansion_keeps()
    {
        _policy = PolicyOf(BalancerSettings.Default with { MinDiversification = 4, MaxSymbolExposure = 0.5m });
        Look(0, Portfolio(10_000m, 1.0, 0.01, ("BTCUSDT", 800m)));
        var expansion = Issued.Single(c => c.Action == BalancerAction.Expand);
        Send(new BalancerInput.Grown(expansion.Id, new Symbol("ETHUSDT"), null, IsLast: true, At(1)));
        var partly = Portfolio(10_000m, 1.0, 0.01, ("BTCUSDT", 800m), ("ETHUSDT", 2_600m));
        foreach (var at in new[] { 60.0, 600, 3_600 })
        {
            Look(at, partly);
            Assert.DoesNotContain(Issued, c => c.Symbol == new Symbol("ETHUSDT"));
        }
        Look(3_640, partly);
        Assert.Contains(Issued, c => c is { Action: BalancerAction.Rebalance, Symbol: { Name: "ETHUSDT" }, Grows: false });
    }

    [Fact(DisplayName = "Who declines again is asked after twice the time, up to sixteen hours; who grew once, or was cut, after an hour again")]
    public void Declines_in_a_row()
    {
        var (bnb, btc) = (new Symbol("BNBUSDT"), new Symbol("BTCUSDT"));
        var unwilling = WishBook.Empty;
        foreach (var hours in new[] { 1, 2, 4, 8, 16, 16 })
        {
            unwilling = unwilling.Again(bnb, At(0));
            Assert.Equal((true, false), (unwilling.Knows(bnb, At(3_600 * hours - 1)), unwilling.Knows(bnb, At(3_600 * hours))));
        }

        Refusal no = new("hedge.at-its-size", "It is at its size.");
        Look(0, Imbalanced);
        _state = _state with { Unwilling = unwilling.Again(btc, At(0)) };
        Send(new BalancerInput.Grown(3, bnb, no, IsLast: true, At(1)));
        Assert.True(_state.Unwilling.Knows(bnb, At(16 * 3_600)));
        Send(new BalancerInput.Done(1, At(2))); // Of BTC, a cut.
        Assert.False(_state.Unwilling.Knows(btc, At(3)));
        Look(17 * 3_600, Imbalanced);
        var again = Issued.Single(c => c.Symbol == bnb).Id;
        Send(new BalancerInput.Grown(again, bnb, null, IsLast: true, At(17 * 3_600 + 1)));
        Assert.False(_state.Unwilling.Knows(bnb, At(17 * 3_600 + 1)));
    }

    private void Look(double at, PortfolioSnapshot snapshot) => Send(new BalancerInput.Cycle(snapshot with { At = At(at) }, At(at)));

    private Refusal? Send(BalancerInput input)
    {
        var decided = BalancerDecider.Decide(_policy, _state, input);
        _last.Clear();
        foreach (var e in decided.Events)
        {
            _last.Add(e);
            _state = BalancerDecider.Evolve(_state, e);
        }
        return decided.Refusal;
    }
}
