using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Tests.SizeLearning;

/// <summary>What a strategy still has to tell a learner: in order, once, and never more than so much.</summary>
public sealed class EpisodeDeskStories
{
    private static readonly Symbol Btc = new("BTCUSDT");
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly OpeningSizing Chosen = new(null, SizeChoice.Constant with { Offered = 1.2m }, 3m, 3m, BetBound.Configured, 1, new Money(300m));

    private static EpisodeId Id(int cycle) => HedgeEpisodes.IdOf(Btc, cycle);

    // Decided, never filled, and over: the shortest life of a cycle.
    private static EpisodeDesk Cycle(EpisodeDesk desk, int cycle, OpeningSizing? sizing)
    {
        var at = Start.AddMinutes(2 * cycle);
        var targets = new LegTargets(cycle, default, new Legs(new Quantity(1m), new Quantity(1m)), Price.Of(100m));
        var opened = new HedgeEvent.CycleOpened(cycle, targets, at, sizing);
        var state = HedgeDecider.Evolve(HedgeDecider.Evolve(HedgeState.Initial, new HedgeEvent.Started(1, "test", at)), opened);
        desk = desk.After(opened, state);
        foreach (var leg in (ReadOnlySpan<PositionSide>)[PositionSide.Long, PositionSide.Short])
        {
            var finished = new HedgeEvent.OrderFinished(cycle, leg, Quantity.Zero, at.AddMinutes(1));
            state = HedgeDecider.Evolve(state, finished);
            desk = desk.After(finished, state);
        }

        return desk;
    }

    [Fact(DisplayName = "An end is told only when its opening has been heard; each note goes when it has been, and a late answer changes nothing")]
    public void Order()
    {
        var desk = Cycle(EpisodeDesk.For(Btc), 1, Chosen);
        Assert.Equal([false, true], desk.Unheard.Select(n => n.IsEnd()));
        Assert.IsType<SizeInput.Open>(Assert.Single(desk.Sayable()).ToInput());
        desk = desk.Heard(Id(1), end: false);
        Assert.IsType<SizeInput.Withdraw>(Assert.Single(desk.Sayable()).ToInput());
        Assert.Same(desk, desk.Heard(Id(1), end: false));
        Assert.Empty(desk.Heard(Id(1), end: true).Unheard);
    }

    [Fact(DisplayName = "A position that nobody's choice sized is nobody's episode: no opening and no end is told")]
    public void Unsized()
    {
        Assert.Empty(Cycle(EpisodeDesk.For(Btc), 1, sizing: null).Unheard);
        Assert.Empty(Cycle(EpisodeDesk.For(Btc), 1, Chosen with { Choice = null }).Unheard);
        Assert.Equal([Id(2), Id(2)], Cycle(Cycle(EpisodeDesk.For(Btc), 1, sizing: null), 2, Chosen).Unheard.Select(n => n.Id));
    }

    [Fact(DisplayName = "A learner that never answers costs so much memory and no more: the oldest episode goes as a whole, and is counted")]
    public void Bounded()
    {
        var desk = EpisodeDesk.For(Btc);
        for (var cycle = 1; cycle <= 100; cycle++)
        {
            desk = Cycle(desk, cycle, Chosen);
            Assert.True(desk.Unheard.Length <= EpisodeDesk.MostUnheard);
        }

        Assert.Equal((64, 136, Id(69)), (desk.Unheard.Length, desk.Dropped, desk.Unheard[0].Id));
        Assert.All(desk.Unheard.GroupBy(n => n.Id), e => Assert.Equal(2, e.Count()));
        Assert.Equal(32, desk.Sayable().Count());
    }

    [Fact(DisplayName = "A payment that follows one that has not come yet waits for it; both come again")]
    public void Funding()
    {
        var desk = EpisodeDesk.For(Btc);
        Domain.Books.FundingPayment At(int hour) => new(Btc, PositionSide.Long, new Money(-1m), Start.AddHours(hour));
        Assert.Same(desk, desk.Funded(At(8), lacking: Start));
        desk = desk.Funded(At(0), lacking: null).Funded(At(8), lacking: Start);
        Assert.Equal(Start.AddHours(8), desk.Tracker.LongFundingAt);
    }

    [Fact(DisplayName = "Equal contents are equal, and a note more or less is not")]
    public void Equality()
    {
        var desk = Cycle(EpisodeDesk.For(Btc), 1, Chosen);
        Assert.Equal(desk, Cycle(EpisodeDesk.For(Btc), 1, Chosen));
        Assert.NotEqual(desk, desk.Heard(Id(1), end: false));
    }
}
