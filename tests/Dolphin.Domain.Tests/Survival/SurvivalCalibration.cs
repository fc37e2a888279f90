using Dolphin.Domain.Survival;
using static Dolphin.Domain.Tests.Survival.SurvivalRig;

namespace Dolphin.Domain.Tests.Survival;

/// <summary>Every figure the design and its sources state, read off the raw f of each layer.</summary>
public sealed class SurvivalCalibration
{
    private static double F(LayerId layer, LayerReading reading) =>
        new SurvivalRig().Sensor(layer, reading).RunTo(0).Layer(layer).F;

    private static LayerReading Envelope(TimeSpan age, double distance = 5) => new LayerReading.Envelope(distance, age);

    [Fact(DisplayName = "The forewarner's table: 30 s 1.0, 5 min 0.85, 30 min 0.40, 2 h 0.10, each within 0.05")]
    public void Forewarner_table()
    {
        Assert.Equal(1.0, F(LayerId.McForewarner, Envelope(TimeSpan.FromSeconds(30))));
        Assert.InRange(F(LayerId.McForewarner, Envelope(TimeSpan.FromMinutes(5))), 0.80, 0.90);
        Assert.InRange(F(LayerId.McForewarner, Envelope(TimeSpan.FromMinutes(30))), 0.35, 0.45);
        Assert.InRange(F(LayerId.McForewarner, Envelope(TimeSpan.FromHours(2))), 0.05, 0.15);
    }

    [Fact(DisplayName = "The forewarner costs exactly nothing up to 60 s, and something right after")]
    public void Forewarner_deadband()
    {
        Assert.Equal(1.0, F(LayerId.McForewarner, Envelope(TimeSpan.FromSeconds(60))));
        Assert.InRange(F(LayerId.McForewarner, Envelope(TimeSpan.FromSeconds(61))), 0.99, 0.99999);
    }

    [Fact(DisplayName = "The envelope factor is 1 well inside, a half at the boundary and outside, and smooth between")]
    public void Envelope_factor()
    {
        double Factor(double distance) => F(LayerId.McForewarner, Envelope(TimeSpan.Zero, distance));
        Assert.Equal(1.0, Factor(1.0));
        Assert.Equal(1.0, Factor(7.0));
        Assert.Equal(0.5, Factor(0.0));
        Assert.Equal(0.5, Factor(-3.0));
        Assert.Equal(0.75, Factor(0.5), 12);
        for (var d = 0.0; d < 1.0; d += 0.001) // No jump, and flat at both ends.
            Assert.InRange(Factor(d + 0.001) - Factor(d), 0, 0.00076);
        Assert.True(Factor(0.001) - Factor(0.0) < 1e-5 && Factor(1.0) - Factor(0.999) < 1e-5);
    }

    [Fact(DisplayName = "A late scan decays like a late envelope, and so does the drift of its interval beyond half a second")]
    public void Heartbeat()
    {
        LayerReading Scan(double age, double drift) => new LayerReading.Scan(TimeSpan.FromSeconds(age), TimeSpan.FromSeconds(drift));
        Assert.Equal(1.0, F(LayerId.AlgoHeartbeat, Scan(60, 0.5)));
        Assert.Equal(F(LayerId.McForewarner, Envelope(TimeSpan.FromMinutes(30))), F(LayerId.AlgoHeartbeat, Scan(1800, 0)));
        Assert.Equal(
            F(LayerId.McForewarner, Envelope(TimeSpan.FromSeconds(60 + 99.5))), F(LayerId.AlgoHeartbeat, Scan(5, 100)), 12);
        Assert.Equal(F(LayerId.AlgoHeartbeat, Scan(5, 100)), F(LayerId.AlgoHeartbeat, Scan(5, -100)));
    }

    [Fact(DisplayName = "A book up to 500 ms old is nominal; at 3 s it compresses slightly; at a minute next to nothing is left, but not zero")]
    public void Book_age()
    {
        double Aged(double s) => F(LayerId.ObStreamer, new LayerReading.Book(TimeSpan.FromSeconds(s), TimeSpan.Zero, 0));
        Assert.Equal(1.0, Aged(0.5));
        Assert.InRange(Aged(0.501), 0.999, 0.99999);
        Assert.InRange(Aged(3), 0.85, 0.93);
        Assert.InRange(Aged(6), 0.48, 0.55);
        Assert.InRange(Aged(60), SurvivalController.Floor, 0.001);
    }

    [Fact(DisplayName = "Jitter, missing depth and imbalance each compress on their own, with deadbands of their own; to which side a book leans does not matter")]
    public void Book_quality()
    {
        double Book(double jitter, double depth, double imbalance = 0) => F(LayerId.ObStreamer, new LayerReading.Book(TimeSpan.Zero, TimeSpan.FromSeconds(jitter), depth, imbalance));
        Assert.Equal(1.0, Book(0, 0, 0.6));
        Assert.InRange(Book(0, 0, 0.9), 0.49, 0.52);
        Assert.InRange(Book(0, 0, 1), 0.15, 0.2);
        Assert.Equal(Book(0, 0, 0.9), Book(0, 0, -0.9));
        Assert.Equal(Book(1.75, 0) * Book(0, 0, 0.9), Book(1.75, 0, 0.9), 12);
        Assert.Equal(1.0, Book(0.25, 0.3));
        Assert.InRange(Book(1.75, 0), 0.49, 0.52);
        Assert.InRange(Book(0, 0.7), 0.49, 0.52);
        Assert.Equal(Book(1.75, 0) * Book(0, 0.7), Book(1.75, 0.7), 12);
    }

    [Fact(DisplayName = "Slippage 2 bps over expectation is nominal, 12 bps over is a half, better than expected is nominal")]
    public void Slippage()
    {
        double Drift(double realised, double expected) => F(LayerId.SlippageDrift, new LayerReading.Slippage(realised, expected));
        Assert.Equal(1.0, Drift(5, 3));
        Assert.Equal(1.0, Drift(-50, 3));
        Assert.InRange(Drift(15, 3), 0.49, 0.53);
    }

    [Fact(DisplayName = "A shock leaves 0.3 at once, 1 - 0.7(1 - t/T)^2 after t, and nothing of it after an hour")]
    public void Shock()
    {
        double After(double minutes) => F(LayerId.ExfService, new LayerReading.Environment(At(0).AddMinutes(-minutes), TimeSpan.Zero));
        Assert.Equal(0.3, After(0), 12);
        Assert.Equal(1 - 0.7 * 0.25, After(30), 12);
        Assert.Equal(1 - 0.7 / 16, After(45), 12);
        Assert.Equal(1.0, After(60));
        Assert.Equal(1.0, After(600));
    }

    [Fact(DisplayName = "External factors may be ten minutes old for nothing; then they decay like a structural layer")]
    public void External_staleness()
    {
        double Aged(double s) => F(LayerId.ExfService, new LayerReading.Environment(null, TimeSpan.FromSeconds(s)));
        Assert.Equal(1.0, Aged(600));
        Assert.Equal(F(LayerId.McForewarner, Envelope(TimeSpan.FromMinutes(5))), Aged(600 + 240), 12);
    }

    [Fact(DisplayName = "Sure is 1, and an hour of silence costs the esoteric layer 2 %; neither no confidence at all nor days of silence cost more")]
    public void Confidence()
    {
        Assert.Equal(1.0, F(LayerId.EsofService, new LayerReading.Confidence(1)));
        Assert.Equal(0.985, F(LayerId.EsofService, new LayerReading.Confidence(0.85)), 12);
        Assert.Equal(0.98, F(LayerId.EsofService, new LayerReading.Confidence(0)), 12);
        Assert.Equal(0.9, new ConfidenceResponse(0.9, 0.1, 11_182, mostShaved: 0.5).Evaluate(new LayerInputs(default, 0, 0)), 12);

        var rig = new SurvivalRig().RunTo(0).Kill(LayerId.EsofService).Run(3601);
        Assert.Equal(0.98, rig.Layer(LayerId.EsofService).Damped, 4);
        Assert.Equal(0.98, rig.RTotal, 4);
        rig.Run(86_400);
        Assert.Equal(0.98, rig.Layer(LayerId.EsofService).Damped, 12);
    }

    [Fact(DisplayName = "Drawdown: exactly 1 at a new high, s(DD)/s(0) with k 15 and midpoint 15 % below it")]
    public void Drawdown()
    {
        static double S(double x) => 1 / (1 + Math.Exp(15 * (x - 0.15)));
        double Down(double fraction) => F(LayerId.PortfolioDrawdown, new LayerReading.Drawdown(fraction));
        Assert.Equal(1.0, Down(0));
        foreach (var fraction in (double[])[0.0001, 0.01, 0.05, 0.10, 0.15, 0.30, 1.0])
            Assert.Equal(S(fraction) / S(0), Down(fraction), 12);
        Assert.Equal(0.5 / S(0), Down(0.15), 12);
    }

    [Fact(DisplayName = "An invariant is 1 or 0, and nothing between")]
    public void Invariant()
    {
        Assert.Equal(1.0, F(LayerId.LedgerIntegrity, LayerReading.Invariant.Ok));
        Assert.Equal(0.0, F(LayerId.LedgerIntegrity, new LayerReading.Invariant(Holds: false, "Books are 0.01 USDT off the venue.")));
    }

    [Fact(DisplayName = "Every layer at the edge of every deadband at once: R_total is exactly 1.0")]
    public void Edges()
    {
        var rig = new SurvivalRig()
            .Sensor(LayerId.McForewarner, new LayerReading.Envelope(1.0, TimeSpan.FromSeconds(60)))
            .Sensor(LayerId.AlgoHeartbeat, new LayerReading.Scan(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(0.5)))
            .Sensor(LayerId.ObStreamer, new LayerReading.Book(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(0.25), 0.3, 0.6))
            .Sensor(LayerId.SlippageDrift, new LayerReading.Slippage(5, 3))
            .Sensor(LayerId.ExfService, new LayerReading.Environment(At(-4200), TimeSpan.FromSeconds(600)))
            .RunTo(30);
        Assert.Equal(1.0, rig.RTotal);
        Assert.Null(rig.Assess().Binding);
    }

    [Fact(DisplayName = "The curves stay in [0, 1] and finite from the smallest number to infinity")]
    public void Extremes()
    {
        foreach (var x in (double[])[double.Epsilon, 1e-300, 1e-9, 1, 1e9, 1e300, double.PositiveInfinity])
        {
            Assert.InRange(new StretchedDecay(4.75e-4, 0.77, 0).At(x), 0.0, 1.0);
            Assert.InRange(new DeadbandSigmoid(15, 0.15, 0).At(x), 0.0, 1.0);
        }
    }
}
