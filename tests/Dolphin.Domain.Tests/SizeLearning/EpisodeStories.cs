using Dolphin.Domain.Books;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Tests.Compression;
using Dolphin.Domain.Tests.Hedging;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.SizeLearning;

public sealed class EpisodeStories
{
    private static (EpisodeTracker Tracker, List<EpisodeFact> Facts) Told(HedgeRun run)
    {
        var (tracker, state, facts) = (EpisodeTracker.For(run.Instrument.Symbol), HedgeState.Initial, new List<EpisodeFact>());
        foreach (var e in run.Events)
        {
            state = HedgeDecider.Evolve(state, e);
            (tracker, var said) = HedgeEpisodes.After(tracker, e, state);
            facts.AddRange(said);
        }
        return (tracker, facts);
    }

    private static (EpisodeTracker Tracker, List<EpisodeFact> Facts) Told(CompressionRun run)
    {
        var (tracker, state, facts) = (EpisodeTracker.For(run.Instrument.Symbol), CompressionState.Initial, new List<EpisodeFact>());
        foreach (var e in run.Events)
        {
            state = CompressionDecider.Evolve(state, e);
            (tracker, var said) = CompressionEpisodes.After(tracker, e, state);
            facts.AddRange(said);
        }
        return (tracker, facts);
    }

    [Fact(DisplayName = "A cycle of hedging is an episode from its opening to its exit, with what it earned after fees over the most it held")]
    public void Cycle()
    {
        var run = HedgeStage.Opened();
        var (open, facts) = Told(run);
        var opened = Assert.IsType<EpisodeFact.Opened>(Assert.Single(facts));
        Assert.Equal(("band-limited-hedging:SOLUSDT:1", HedgeStage.Minute(1)), (opened.Id.Value, opened.At));
        Assert.Equal(HedgeEpisodes.IdOf(run.Instrument.Symbol, 1), opened.Id);
        Assert.Equal((2_000m, 1m), (open.Account!.Notional.Quote, open.Account.Fees.Quote)); // 10 a leg at 100; 0.05 % of each.

        HedgeStage.At(run, 2, 110m);
        run.Send(new HedgeInput.RequestExit("ada", 1, HedgeStage.Minute(3)));
        for (var i = 0; run.State.Mode != HedgeMode.Terminated; i++) HedgeStage.At(run, 4 + i, i % 2 == 0 ? 105m : 112m);
        var closed = Assert.IsType<EpisodeFact.Closed>(Told(run).Facts[^1]);
        Assert.Equal(opened.Id, closed.Id);
        Assert.True(run.Book.Long.Position.Quantity.Base == 0m && run.Book.Short.Position.Quantity.Base == 0m);
        Assert.Equal(run.Book.Long.Realised + run.Book.Short.Realised - run.Book.Fees, closed.Profit);
        Assert.True(closed.Notional.Quote >= 2_000m);
        Assert.Null(Told(run).Tracker.Account);
        Assert.Equal(new SizeInput.Close(closed.Id, closed.Profit, closed.Notional, closed.At), closed.AsInput());
        Assert.Null(opened.AsInput());
    }

    [Fact(DisplayName = "An opening that nobody fills is withdrawn")]
    public void Unfilled()
    {
        var run = HedgeStage.Started();
        run.Answers = _ => Answer.Refusal;
        HedgeStage.At(run, 1, 100m);
        var facts = Told(run).Facts;
        Assert.Equal([typeof(EpisodeFact.Opened), typeof(EpisodeFact.Withdrawn)], facts.Select(f => f.GetType()));
        Assert.IsType<SizeInput.Withdraw>(facts[1].AsInput());
    }

    [Fact(DisplayName = "Funding of the episode counts in it, once; of before it, of another symbol, or while none is open, not")]
    public void Funding()
    {
        var run = HedgeStage.Opened();
        var tracker = Told(run).Tracker;
        FundingPayment Payment(double minute, decimal amount, PositionSide leg = PositionSide.Long, string symbol = "SOLUSDT") =>
            new(new Symbol(symbol), leg, new Money(amount), HedgeStage.Minute(minute));
        tracker = tracker.Funded(Payment(0.5, -100m));
        Assert.Equal(0m, tracker.Account!.Funding.Quote);
        tracker = tracker.Funded(Payment(2, -3m)).Funded(Payment(2, -3m)).Funded(Payment(2, 2.5m, PositionSide.Short)).Funded(Payment(3, -7m, symbol: "BTCUSDT"));
        Assert.Equal(-0.5m, tracker.Account!.Funding.Quote);
        var ended = tracker.End(HedgeStage.Minute(4));
        Assert.Equal(-1.5m, Assert.IsType<EpisodeFact.Closed>(Assert.Single(ended.Facts)).Profit.Quote); // With the fees of the opening.
        Assert.Null(ended.Tracker.Funded(Payment(5, 10m)).Account);
        Assert.Empty(ended.Tracker.End(HedgeStage.Minute(6)).Facts);
    }

    [Fact(DisplayName = "What is given to another strategy is worth its last price, also one that only the mark has shown")]
    public void GivenAway()
    {
        var run = HedgeStage.Opened();
        run.Liquidated(PositionSide.Short, 100m, 10m);
        var tracker = Told(run).Tracker.Marked(Price.Of(90m));
        var closed = Assert.IsType<EpisodeFact.Closed>(Assert.Single(tracker.End(HedgeStage.Minute(5)).Facts));
        Assert.Equal(-100m - 1m - 0.5m, closed.Profit.Quote);
    }

    [Fact(DisplayName = "Legs that hedging took over were sized by somebody else: no episode until it opens a cycle of its own")]
    public void TakenOver()
    {
        var run = HedgeStage.Opened();
        run.Send(new HedgeInput.Release("hermes", 1, HedgeStage.Minute(2)));
        Assert.IsType<EpisodeFact.Closed>(Told(run).Facts[^1]);
        run.Send(new HedgeInput.Adopt("hermes", 2, run.All<HedgeEvent.Released>().Single().Legs, Price.Of(100m), HedgeStage.Minute(3)));
        HedgeStage.At(run, 4, 110m);
        Assert.IsType<HedgeEvent.Rebalanced>(run.Events.First(e => e is HedgeEvent.Rebalanced));
        var (tracker, facts) = Told(run);
        Assert.Null(tracker.Account);
        Assert.Equal(2, facts.Count);
    }

    [Fact(DisplayName = "Compression is an episode from the lock until it is resolved; what was lost before is not counted")]
    public void Compression()
    {
        var run = CompressionStage.Locked();
        Assert.Empty(Told(run).Facts);
        CompressionStage.FirstDownSwing(run);
        Assert.Equal("hedge-compression:XAUUSDT:1", Assert.IsType<EpisodeFact.Opened>(Assert.Single(Told(run).Facts)).Id.Value);
        CompressionStage.UpSwing(run);
        for (var i = 0; i < 10; i++) _ = i % 2 == 0 ? CompressionStage.DownSwing(run) : CompressionStage.UpSwing(run);
        var closed = Assert.IsType<EpisodeFact.Closed>(Told(run).Facts[^1]);
        var result = run.All<CompressionEvent.Terminated>().Single().Result;
        // At the lock's price of 4945 the long leg of 0.08 had lost 55 a unit and the short one of 0.10 45.
        Assert.Equal(result.Sum.Quote + 0.08m * 55m + 0.10m * 45m, closed.Profit.Quote);
        Assert.Equal(0.19m * 4_945m, closed.Notional.Quote);
    }

    [Fact(DisplayName = "Whatever happens to hedging, an episode's profit is the change of its legs' worth, less fees, and at most one is open")]
    public void HedgeProperty()
    {
        var (closed, withdrawn, released) = (0, 0, 0);
        Prop.ForAll(Walks.Wild, w =>
        {
            var run = Walks.Begin(w.Settings).Play(w.Stretches);
            var (tracker, state, worth, good) = (EpisodeTracker.For(run.Instrument.Symbol), HedgeState.Initial, new Worth(), true);
            foreach (var e in run.Events)
            {
                state = HedgeDecider.Evolve(state, e);
                if (e is HedgeEvent.Adopted a) worth.Hold(a.Legs.Legs);
                if (e is HedgeEvent.FillBooked f) worth.Trade(f.Fill, f.Fill.Quantity);
                if (e is HedgeEvent.ExternalFillBooked x) worth.Trade(x.Fill, x.Applied);
                (tracker, var facts) = HedgeEpisodes.After(tracker, e, state);
                foreach (var fact in facts)
                {
                    good &= worth.Agrees(fact, tracker.LastPrice);
                    if (fact is EpisodeFact.Closed) closed++;
                    if (fact is EpisodeFact.Withdrawn) withdrawn++;
                    if (fact is EpisodeFact.Closed && e is HedgeEvent.Released) released++;
                }
                good &= worth.Open == tracker.Account?.Id && (tracker.Account is null || tracker.Account.Notional.Quote >= 0m);
                if (e is HedgeEvent.Terminated) good &= tracker.Account is null;
            }
            return good;
        }).Check(Draws.Same(200));
        Assert.True(closed > 100 && withdrawn > 5 && released > 5, $"{closed} closed, {withdrawn} withdrawn, {released} released");
    }

    [Fact(DisplayName = "Whatever happens to compression, an episode's profit is the change of its legs' worth, less fees")]
    public void CompressionProperty()
    {
        var (closed, released) = (0, 0);
        Prop.ForAll(CompressionWalks.Wild, w =>
        {
            var run = CompressionWalks.Begin(w).Play(w.Spells);
            var (tracker, state, worth, good) = (EpisodeTracker.For(run.Instrument.Symbol), CompressionState.Initial, new Worth(), true);
            foreach (var e in run.Events)
            {
                state = CompressionDecider.Evolve(state, e);
                if (e is CompressionEvent.Adopted a) worth.Hold(a.Legs.Legs);
                if (e is CompressionEvent.FillBooked f) worth.Trade(f.Fill, f.Fill.Quantity);
                if (e is CompressionEvent.ExternalFillBooked x) worth.Trade(x.Fill, x.Applied);
                (tracker, var facts) = CompressionEpisodes.After(tracker, e, state);
                foreach (var fact in facts)
                {
                    good &= worth.Agrees(fact, tracker.LastPrice);
                    if (fact is EpisodeFact.Closed) closed++;
                    if (fact is EpisodeFact.Closed && e is CompressionEvent.Released) released++;
                }
                good &= worth.Open == tracker.Account?.Id;
                if (state.Mode != CompressionMode.Active) good &= tracker.Account is null;
            }
            return good;
        }).Check(Draws.Same(200));
        Assert.True(closed > 50 && released > 5, $"{closed} closed, {released} released");
    }

    /// <summary>Cash and net quantity, kept beside the strategy in the plainest way: what the legs are worth changes by nothing else.</summary>
    private sealed class Worth
    {
        private decimal _cash, _net, _before;

        public EpisodeId? Open { get; private set; }

        public void Hold(Legs legs) => _net = legs.Long.Base - legs.Short.Base;

        public void Trade(Fill fill, Quantity quantity)
        {
            var signed = fill.Side == OrderSide.Buy ? quantity.Base : -quantity.Base;
            _net += signed;
            _cash -= signed * fill.Price.QuotePerBase + fill.Fee.Quote * (quantity.Base / fill.Quantity.Base);
        }

        public bool Agrees(EpisodeFact fact, Price? price)
        {
            var now = _cash + _net * price!.Value.QuotePerBase;
            switch (fact)
            {
                case EpisodeFact.Opened:
                    var first = Open is null;
                    (_before, Open) = (now, fact.Id);
                    return first;
                case EpisodeFact.Closed f:
                    var same = Open == f.Id && Math.Abs(f.Profit.Quote - (now - _before)) < 0.0000001m && f.Notional.Quote > 0m;
                    Open = null;
                    return same;
                default:
                    var nothing = Open == fact.Id && now == _before;
                    Open = null;
                    return nothing;
            }
        }
    }
}

internal static class Liquidations
{
    /// <summary>A part of a leg is closed by the venue, for the usual fee.</summary>
    public static void Liquidated(this HedgeRun run, PositionSide leg, decimal price, decimal quantity)
    {
        var fill = run.FillOf(leg, leg.Reducing(), price, quantity, HedgeStage.Minute(2));
        run.BookOutside(fill);
        run.Send(new HedgeInput.ExternalFill(fill));
    }
}
