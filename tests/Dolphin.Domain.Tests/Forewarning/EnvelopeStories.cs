using Dolphin.Domain.Forewarning;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Tests.Forewarning;

public sealed class EnvelopeStories
{
    private static readonly ParameterBox Box = ParameterBox.Of(TradedStrategies.Hedging);
    private static readonly FittedEnvelope Fitted = EnvelopeFitter.Fit(Box, ForewarnerStage.Drawn(Box, 1_000)).Fitted!;
    private static SafetyEnvelope Envelope => Fitted.Envelope;

    private static double[] At(double fraction, double leverage)
    {
        var vector = Enumerable.Repeat(0.5, Box.Dimensions).ToArray();
        (vector[0], vector[1]) = (fraction, leverage);
        return vector;
    }

    [Fact(DisplayName = "The two axes that decide are found among eleven, and the boundary lies where it was drawn")]
    public void Boundary()
    {
        Assert.All(Envelope.Relevance.Take(2), r => Assert.InRange(r, 0.6, 1));
        Assert.All(Envelope.Relevance.Skip(2), r => Assert.InRange(r, 0, 0.2));
        // One trial in twenty is mislabelled, so nobody gets more than nineteen.
        Assert.InRange(Fitted.Proof.Recall, 0.75, 1);
        Assert.InRange(Fitted.Proof.FalseAlarm, 0, 0.15);
        for (var along = 0.05; along <= 0.8; along += 0.1) Assert.True(Envelope.Score(At(along, 0.85 - along)).Distance > 0, $"{along} on the safe side");
        for (var along = 0.65; along <= 1; along += 0.1) Assert.True(Envelope.Score(At(along, 1.65 - along)).Distance < 0, $"{along} on the other side");
    }

    [Fact(DisplayName = "The least size and the least leverage are no danger, although nothing was tried beyond")]
    public void Faces()
    {
        foreach (var (fraction, leverage) in new[] { (0.0, 0.0), (0.0, 0.5), (0.5, 0.0), (0.02, 0.02) })
            Assert.Equal(EnvelopeBand.Green, Envelope.Score(At(fraction, leverage)).Band);
    }

    [Fact(DisplayName = "On a straight way from safe to ruinous the distance falls, GREEN, ORANGE, RED; at the boundary it is zero, and nothing jumps")]
    public void Bands()
    {
        var scores = Enumerable.Range(0, 140).Select(i => Envelope.Score(At(0.3 + i * 0.005, 0.3 + i * 0.005))).ToArray();
        Assert.Equal([EnvelopeBand.Green, EnvelopeBand.Orange, EnvelopeBand.Red], Runs(scores.Select(s => s.Band)));
        Assert.All(scores.Zip(scores.Skip(1)), pair => Assert.InRange(pair.Second.Distance - pair.First.Distance, -0.1, 0.03));
        Assert.All(scores, s => Assert.Equal(Math.Sign(s.DecisionValue), Math.Sign(s.Distance)));
        // A step of the way is 0.007 long; the distance is measured across it.
        Assert.Contains(scores, s => Math.Abs(s.Distance) < 0.008);
    }

    [Fact(DisplayName = "The way back is short, moves what matters, and is GREEN where it ends")]
    public void Back()
    {
        var settings = Box.At(ForewarnerStage.Plan(), At(0.8, 0.9));
        Assert.Equal(EnvelopeBand.Red, Envelope.Score(settings).Band);
        var back = Envelope.WayBackOf(settings)!;
        Assert.Equal(EnvelopeBand.Green, back.Arrival.Band);
        Assert.Equal(back.Arrival, Envelope.Score(back.Settings));
        Assert.Equal(["sizing.fraction", "sizing.leverage"], back.Moves.Take(2).Select(m => m.Axis.Key).Order());
        Assert.All(back.Moves.Take(2), m => Assert.True(m.To < m.From));
        Assert.True(back.Settings.Hedging.Leverage < settings.Hedging.Leverage && back.Settings.Hedging.Fraction < settings.Hedging.Fraction);
        Assert.Equal(settings.Hedging.Eta, back.Settings.Hedging.Eta);
        Assert.Null(Envelope.WayBackOf(back.Settings));
    }

    [Fact(DisplayName = "What was never tried is outside, however safe it looks, and the way back leads into the box")]
    public void Beyond()
    {
        var tried = ForewarnerStage.Plan(fraction: 0.05m, leverage: 2m);
        var wild = tried with { Hedging = tried.Hedging with { Gamma1 = 60m } };
        Assert.Equal(EnvelopeBand.Green, Envelope.Score(tried).Band);
        var score = Envelope.Score(wild);
        Assert.Equal((EnvelopeBand.Red, "hedging.gamma1"), (score.Band, score.Beyond?.Key));
        var back = Envelope.WayBackOf(wild)!;
        Assert.Equal(EnvelopeBand.Green, back.Arrival.Band);
        Assert.Equal(["hedging.gamma1"], back.Moves.Select(m => m.Axis.Key));
    }

    [Fact(DisplayName = "Leverage halves outside the envelope, and only there; L3's factor is 1 from GREEN on and 0.5 at the boundary and outside")]
    public void Consequences()
    {
        EnvelopeScore Of(double distance) => new(0, distance, SafetyEnvelope.BandOf(distance), null);
        Assert.Equal([null, null, null, 3m, 3m], new[] { 1, 0.1, 0.001, 0, -0.5 }.Select(d => Of(d).LeverageCap(6m)));
        Assert.Equal([1.0, 1.0, 0.75, 0.5, 0.5], new[] { 1, 0.1, 0.05, 0, -0.5 }.Select(d => EnvelopeResponse.FactorAt(Of(d).InMargins, wellInside: 1)));
    }

    [Fact(DisplayName = "Without catastrophes, or with hardly anything else, no envelope is fitted, in words")]
    public void NoBoundary()
    {
        var trials = ForewarnerStage.Drawn(Box, 200);
        Assert.Equal("forewarner.no-boundary", EnvelopeFitter.Fit(Box, [.. trials.Select(t => t with { IsCatastrophe = false })]).Refusal?.Code);
        Assert.Equal("forewarner.no-boundary", EnvelopeFitter.Fit(Box, [.. trials.Select(t => t with { IsCatastrophe = true })]).Refusal?.Code);
    }

    [Fact(DisplayName = "From the market to the score: what is fitted on the real deciders' trials is proven, and tells a small plan from a ruinous one")]
    public void Whole()
    {
        var trials = Trials.Run(ForewarnerStage.Plan(), ForewarnerStage.Sample(), ForewarnerStage.Small(400), threads: 2);
        var fitted = EnvelopeFitter.Fit(ParameterBox.Of(TradedStrategies.All), trials).Fitted!;
        Assert.InRange(fitted.Proof.Recall - fitted.Proof.FalseAlarm, 0.6, 1);
        Assert.Equal(EnvelopeBand.Green, fitted.Envelope.Score(ForewarnerStage.Plan(fraction: 0.05m, leverage: 2m)).Band);
        var ruinous = fitted.Envelope.Score(ForewarnerStage.Plan(fraction: 0.6m, leverage: 12m));
        Assert.Equal((EnvelopeBand.Red, 6m), (ruinous.Band, ruinous.LeverageCap(12m)));
    }

    private static IEnumerable<T> Runs<T>(IEnumerable<T> values)
    {
        var runs = new List<T>();
        foreach (var value in values)
            if (runs.Count == 0 || !Equals(runs[^1], value)) runs.Add(value);
        return runs;
    }
}
