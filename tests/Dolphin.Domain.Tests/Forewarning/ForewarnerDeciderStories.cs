using Dolphin.Domain.Forewarning;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Tests.Forewarning;

public sealed class ForewarnerDeciderStories
{
    private static readonly ForewarnerPolicy Policy = new();
    private static readonly EnvelopeProof Good = new(300, 600, Recall: 0.9, FalseAlarm: 0.06);
    private static readonly FitnessReading Same = new(1_000, 0.04, 1.1, HasMoved: false), Other = new(1_000, 0.22, 2.6, HasMoved: true);

    private static readonly LiveStanding Inside = new(new Symbol("BTCUSDT"), 0.3, Outside: 0, Symbols: 3);

    private static DateTimeOffset At(double hours) => new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero).AddMinutes(Math.Round(hours * 60));
    private static ModelCard Card(long number, EnvelopeProof? proof = null) => new(number, 7, 4_500, 1_300, 0.2, 8, proof ?? Good);

    [Fact(DisplayName = "Without a model one is fitted at once; proven, it serves; a day later the next is fitted")]
    public void Schedule()
    {
        var run = new Run();
        Assert.Equal([new ForewarnerEvent.FitWanted(1, FitReason.NoModel, At(1), At(0))], run.Look(0));
        Assert.Empty(run.Look(0.2));
        Assert.Equal([new ForewarnerEvent.ChampionChanged(Card(1), null, At(1.3), At(0.3))], run.Fitted(Card(1), null, 0.3));
        Assert.Empty(run.Look(24.2, Same));
        Assert.Equal([new ForewarnerEvent.FitWanted(2, FitReason.Schedule, At(25.3), At(24.3))], run.Look(24.3, Same));
    }

    [Fact(DisplayName = "A market that has moved is said once and asks for a fit, but never within the pause after the last")]
    public void Moved()
    {
        var run = Serving();
        Assert.Equal([new ForewarnerEvent.MarketMoved(0.22, 2.6, At(0.5))], run.Look(0.5, Other));
        Assert.Equal([new ForewarnerEvent.FitWanted(2, FitReason.MarketMoved, At(2.3), At(1.3))], run.Look(1.3, Other));
        Assert.Empty(run.Look(1.4, Other));
        run.Fitted(Card(2), Good, 1.5);
        Assert.Null(run.State.MovedAt);
        Assert.Equal(2, run.State.Champion?.Number);
    }

    [Theory(DisplayName = "The old model serves until the new one is proven")]
    [InlineData(0.79, 0.06, "forewarner.recall-too-low")]
    [InlineData(double.NaN, 0.06, "forewarner.recall-too-low")]
    [InlineData(0.95, 0.21, "forewarner.false-alarms")]
    [InlineData(0.85, 0.06, "forewarner.worse-than-champion")]
    [InlineData(0.89, 0.06, null)]
    public void Proof(double recall, double falseAlarm, string? objection)
    {
        var run = Serving();
        run.Look(24.3);
        var events = run.Fitted(Card(2, new EnvelopeProof(300, 600, recall, falseAlarm)), Good, 24.4);
        Assert.Equal(objection, (events.Single() as ForewarnerEvent.ChallengerRejected)?.Code);
        Assert.Equal(objection is null ? 2 : 1, run.State.Champion?.Number);
        Assert.Null(run.State.Fitting);
        if (objection is not null) Assert.Equal([FitReason.None, FitReason.Schedule], new[] { 25.3, 25.4 }.Select(h => run.Look(h).OfType<ForewarnerEvent.FitWanted>().SingleOrDefault()?.Reason ?? FitReason.None));
    }

    [Fact(DisplayName = "A fit that fails or says nothing is tried again later; the word of one that was given up changes nothing")]
    public void Fails()
    {
        var run = new Run();
        run.Look(0);
        run.Send(new ForewarnerInput.Failed(1, new Refusal("forewarner.no-boundary", "None."), At(0.1)));
        Assert.Empty(run.Look(1.05));
        Assert.Single(run.Look(1.1));
        Assert.Equal("forewarner.fit-timeout", (run.Look(1.6).Single() as ForewarnerEvent.FitFailed)?.Code);
        Assert.Empty(run.Fitted(Card(2), null, 1.7));
        Assert.Null(run.State.Champion);
        Assert.Equal([new ForewarnerEvent.FitWanted(3, FitReason.NoModel, At(3.6), At(2.6))], run.Look(2.6));
    }

    [Fact(DisplayName = "That leverage halves, and is whole again, is an event with its reason; what stays as it was is none, and a model that does not serve says nothing")]
    public void Halves()
    {
        var outside = Inside with { Distance = -0.1, Outside = 2 };
        var run = new Run();
        run.Look(0);
        Assert.Equal([new ForewarnerEvent.ChampionChanged(Card(1), null, At(1.3), At(0.3)), new ForewarnerEvent.LeverageHalved(outside, At(0.3))], run.Fitted(Card(1), null, 0.3, outside));
        Assert.Equal(2, run.State.Outside);
        run.Look(25);
        Assert.IsType<ForewarnerEvent.ChallengerRejected>(Assert.Single(run.Fitted(Card(2, Good with { Recall = 0 }), Good, 25.1)));
        run.Look(27);
        Assert.IsType<ForewarnerEvent.ChampionChanged>(Assert.Single(run.Fitted(Card(3), Good, 27.1, outside with { Distance = -0.2 })));
        run.Look(52);
        Assert.Equal(new ForewarnerEvent.LeverageRestored(Inside, At(52.1)), run.Fitted(Card(4), Good, 52.1)[^1]);
        Assert.Equal(0, run.State.Outside);
        Assert.Equal("leverage halves on 2 of 3 symbols, whose parameters are outside: BTCUSDT is RED, distance -0.100", run.State.Actions[2].Text);
        for (var i = 0; i < 20; i++) run.Look(100 + 2 * i);
        Assert.Equal(ForewarnerState.MostActions, run.State.Actions.Length);
    }

    [Fact(DisplayName = "A model is as old as its proof is late: by the schedule, after the market has moved, and while nothing is seen; one that beats a challenger is proven anew")]
    public void Age()
    {
        double Hours(Run run, double at, double unseen = 0) => ForewarnerDecider.AgeAt(Policy, run.State, TimeSpan.FromHours(unseen), At(at)).TotalHours;
        Assert.Equal(0, Hours(new Run(), 1_000, unseen: 5)); // Nobody's word cannot be old.
        var run = Serving(); // Since 0.3: a day, an hour for another try and half an hour for a fit.
        Assert.Equal((0, 2, 3), (Hours(run, 25.8), Hours(run, 27.8), Hours(run, 27.8, unseen: 3)));
        run.Look(24.3);
        run.Fitted(Card(2, Good with { Recall = 0.5 }), Good, 24.4);
        Assert.Equal(2, Hours(run, 27.8));
        run.Look(25.4);
        run.Fitted(Card(3, Good with { Recall = 0.85 }), Good, 25.5);
        Assert.Equal((0, 1), (Hours(run, 27.8), Hours(run, 52)));

        run = Serving();
        run.Look(10, Other);
        Assert.Equal((0, 2), (Hours(run, 11.5), Hours(run, 13.5)));
        run.Fitted(Card(2, Good with { Recall = 0.85 }), Good, 12);
        Assert.Equal((0, 1), (Hours(run, 13.5), Hours(run, 14.5)));
    }

    [Fact(DisplayName = "The monitor tells a doubled volatility from the same market, and says nothing on little")]
    public void Fitness()
    {
        var sample = ForewarnerStage.Sample(seed: 1);
        double[] Recent(double volatility, int count) => [.. ForewarnerStage.Sample(volatility, seed: 2).Series[0].Take(count)];
        Assert.False(FitnessMonitor.Read(sample, Recent(0.008, 864), new FitnessSettings()).HasMoved);
        var moved = FitnessMonitor.Read(sample, Recent(0.020, 864), new FitnessSettings());
        Assert.True(moved.HasMoved);
        Assert.InRange(moved.VolatilityRatio, 2, 3);
        Assert.True(FitnessMonitor.Read(sample, Recent(0.003, 864), new FitnessSettings()).HasMoved);
        Assert.Equal((100, double.NaN, false), FitnessMonitor.Read(sample, Recent(0.05, 100), new FitnessSettings()) is var few ? (few.Returns, few.Distance, few.HasMoved) : default);
    }

    [Fact(DisplayName = "Kolmogorov and Smirnov by hand: half of one sample lies below all of the other")]
    public void Distance()
    {
        Assert.Equal(0.5, KolmogorovSmirnov.Distance([1, 5, 2, 6], [7, 5, 6, 8]), 12);
        Assert.Equal(0, KolmogorovSmirnov.Distance([1, 2, 2, 3], [3, 2, 1, 2]), 12);
        Assert.Equal(1, KolmogorovSmirnov.Distance([1, 2], [3, 4]), 12);
    }

    private static Run Serving()
    {
        var run = new Run();
        run.Look(0);
        run.Fitted(Card(1), null, 0.3);
        return run;
    }

    private sealed class Run
    {
        public ForewarnerState State { get; private set; } = ForewarnerState.Initial;

        public ForewarnerEvent[] Look(double hours, FitnessReading? fitness = null) => Send(new ForewarnerInput.Look(fitness, At(hours)));
        public ForewarnerEvent[] Fitted(ModelCard card, EnvelopeProof? champion, double hours, LiveStanding? live = null) => Send(new ForewarnerInput.Fitted(card, champion, live ?? Inside, At(hours)));

        public ForewarnerEvent[] Send(ForewarnerInput input)
        {
            var events = ForewarnerDecider.Decide(Policy, State, input).Events;
            State = events.Aggregate(State, ForewarnerDecider.Evolve);
            Assert.Empty(ForewarnerDecider.Decide(Policy, State, input).Events); // Told twice.
            return [.. events];
        }
    }
}
