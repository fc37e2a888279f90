using Dolphin.Actors.Funding;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Sizing;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;
using static Dolphin.Actors.Tests.Sizing.Learners;

namespace Dolphin.Actors.Tests.Directional;

/// <summary>Positions that a learner has a say in, by the confidence of their signal, and hears the outcome of.</summary>
public sealed class DirectionalSizingStories : SignalStage
{
    private readonly TestProbe _learner;

    public DirectionalSizingStories() => _learner = CreateTestProbe("learner");

    private void Begin(SizeLearnerState? learner)
    {
        Start(sizing: learner is null ? null : new SizingGround(Plan(learning: Learning), new SizingBoard([]) { Learner = learner }, Divergence: null, _learner.Ref));
        Warm();
        Signal("x", PositionSide.Long);
        Bar(100m);
    }

    private DirectionalEvent.Opened Opened => Stored.OfType<DirectionalEvent.Opened>().Last();

    [Fact(DisplayName = "Without a chain a position is sized by plan and R_total, and nothing is stored of a choice")]
    public void Off()
    {
        Begin(null);
        Assert.Equal(120m, Assert.Single(Asked).Targets.To.Long.Base);
        Assert.DoesNotContain("sizing", System.Text.Encoding.UTF8.GetString(StoredJson.Write(Opened)), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A learner that is not trusted changes no size, and is told the confidence of the signal with what it would have chosen")]
    public void Shadow()
    {
        Begin(SizeLearnerState.Initial);
        Assert.Equal(120m, Assert.Single(Asked).Targets.To.Long.Base);
        var choice = Opened.Sizing!.Choice!;
        Assert.Equal((1m, false), (choice.Used, choice.Context.Missing.HasFlag(SizeFactors.Confidence)));
        Assert.True(choice.Context.Missing.HasFlag(SizeFactors.Funding));
        Assert.Equal((new EpisodeId("directional:BTCUSDT:1"), choice), Assert.Single(Heard<SizeInput.Open>(_learner).Distinct()) is var o ? (o.Id, o.Choice) : default);
    }

    [Theory(DisplayName = "Funding is signed by side: who pays is given less leverage, who is paid no more, and the learner is told either; the rate is stored with its time")]
    [InlineData(PositionSide.Long, 0.0005)]
    [InlineData(PositionSide.Short, -0.0005)]
    public void Funding(PositionSide side, double cost)
    {
        var (board, at) = (new FundingBoard([Btc]), Clock.AddMinutes(1));
        board.Publish(SymbolFunding.After(null, new FundingRate(Btc, at, 0.0005m), isForecast: false));
        Start(sizing: new SizingGround(Plan(Leverage, Learning), new SizingBoard([]) { Learner = SizeLearnerState.Initial }, Divergence: null, _learner.Ref, Funding: board));
        Warm();
        Signal("x", side);
        Bar(100m);
        var factor = Opened.Sizing!.Adaptive!.Contributions.Single(c => c.Factor == LeverageFactor.Funding);
        Assert.Equal((cost, cost > 0), (factor.Value, factor.Multiplier < 1));
        Assert.Equal(new FundingQuote(at, 0.0005m), Opened.Sizing.Funding);
        Assert.Contains("funding rate 0.05% in eight hours, settled at ", Opened.Sizing.ToText(), StringComparison.Ordinal);
        var context = Assert.Single(Heard<SizeInput.Open>(_learner).Distinct()).Choice.Context;
        Assert.Equal((cost > 0 ? 0.5 : -0.5, false), (context.Funding, context.Missing.HasFlag(SizeFactors.Funding)));
        Assert.Equal(Opened, StoredJson.Read(StoredJson.Write(Opened), typeof(DirectionalEvent.Opened)) is DirectionalEvent.Opened read
            ? read with { Sizing = read.Sizing! with { Adaptive = Opened.Sizing.Adaptive } } : null); // Its contributions are an array, which equals itself only.
    }

    [Fact(DisplayName = "A rate that is too old is missing, does its worst, and is said to")]
    public void Old()
    {
        var board = new FundingBoard([Btc]);
        board.Publish(SymbolFunding.After(null, new FundingRate(Btc, Clock.AddHours(-9), 0.0005m), isForecast: false));
        Start(sizing: new SizingGround(Plan(Leverage, Learning), new SizingBoard([]) { Learner = SizeLearnerState.Initial }, Divergence: null, _learner.Ref, Funding: board));
        Warm();
        Signal("x", PositionSide.Long);
        Bar(100m);
        Assert.Null(Opened.Sizing!.Funding);
        Assert.Contains("x 0.500  funding     silent: at its worst until it is heard", Opened.Sizing.ToText(), StringComparison.Ordinal);
        Assert.True(Opened.Sizing.Choice!.Context.Missing.HasFlag(SizeFactors.Funding));
    }

    [Fact(DisplayName = "A trusted learner makes the position larger; what it earned after fees and with funding is told when it is over")]
    public void Trusted()
    {
        Begin(Successes(40, DateTimeOffset.UnixEpoch).Aggregate(SizeLearnerState.Initial, (s, input) => SizeLearner.Decide(Learning, s, input).Events.Aggregate(s, SizeLearner.Evolve)));
        var asked = Assert.Single(Asked);
        Assert.Equal((180m, 1.5m), (asked.Targets.To.Long.Base, Opened.Sizing!.Choice!.Used));
        Assert.Equal(Opened.Sizing, News.Of(Btc).Sizing);
        Fill(asked, price: 100m);
        var episode = new EpisodeId("directional:BTCUSDT:1");
        Assert.Equal(episode, Heard<SizeInput.Open>(_learner)[^1].Id);
        _learner.Reply(new SizingProtocol.Taken(episode, End: false));
        Feed.Send(_learner.Sender, new StrategyProtocol.Funded(new FundingPayment(Btc, PositionSide.Long, new Money(-4m), Clock), null));
        Tell(Operator, new StrategyProtocol.Exit(Id, "ada"));
        Bar(101m);
        Fill(Assert.Single(Asked), price: 101m);
        var told = Assert.Single(Heard<SizeInput.Close>(_learner).Distinct());
        // 180 x 1 of profit, 0.05 % of 18000 and of 18180 of fees, 4 of funding.
        Assert.Equal((episode, 180m - 18.09m - 4m, 18_000m), (told.Id, told.Profit.Quote, told.Notional.Quote));
    }
}
