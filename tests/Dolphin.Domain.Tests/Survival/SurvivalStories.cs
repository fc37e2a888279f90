using Dolphin.Domain.Survival;
using static Dolphin.Domain.Tests.Survival.SurvivalRig;

namespace Dolphin.Domain.Tests.Survival;

public sealed class SurvivalStories
{
    private static readonly LayerReading Broken = new LayerReading.Invariant(Holds: false, "Books are 0.01 USDT off the venue.");

    [Fact(DisplayName = "A healthy system climbs from HIBERNATE one posture a pulse and then stays at exactly 1.0 in APEX")]
    public void Takes_off()
    {
        var rig = new SurvivalRig();
        Assert.Equal(Posture.Hibernate, rig.RunTo(0).Posture);
        Assert.Equal(Posture.Turtle, rig.Run(1).Posture);
        Assert.Equal(Posture.Stalker, rig.Run(1).Posture);
        Assert.Equal(Posture.Apex, rig.Run(1).Posture);
        rig.Run(600);
        Assert.Equal((1.0, Posture.Apex, 6m), (rig.RTotal, rig.Posture, rig.Assess().MaxLeverage));
    }

    [Fact(DisplayName = "Before its first report an installed invariant is 0: no news means no")]
    public void Starts_closed()
    {
        var rig = new SurvivalRig().Kill(LayerId.LedgerIntegrity).RunTo(5);
        Assert.Equal((0.0, Posture.Hibernate), (rig.RTotal, rig.Posture));
        Assert.Equal(LayerStatus.Awaiting, rig.Layer(LayerId.LedgerIntegrity).Status);
    }

    [Fact(DisplayName = "A failed invariant is 0 and HIBERNATE in the very report that says so, whatever the posture")]
    public void Trips()
    {
        var rig = new SurvivalRig().RunTo(60);
        rig.Controller.Report(new LayerReport(LayerId.LedgerIntegrity, Broken, At(60.2)));
        Assert.Equal(Posture.Hibernate, rig.Controller.Posture);
        Assert.Equal(0.0, rig.Controller.Evaluate(At(60.2)));
    }

    [Fact(DisplayName = "An invariant that fails and holds again between two evaluations is still seen: one snapshot in HIBERNATE names it")]
    public void Blink_is_seen()
    {
        var rig = new SurvivalRig().RunTo(60);
        rig.Assess();
        rig.Controller.Report(new LayerReport(LayerId.LedgerIntegrity, Broken, At(60.2)));
        rig.Controller.Report(new LayerReport(LayerId.LedgerIntegrity, LayerReading.Invariant.Ok, At(60.4)));
        var snapshot = rig.Controller.Assess(At(63)); // Long enough after the fall that only its being unseen holds the climb back.
        Assert.Equal((Posture.Hibernate, LayerId.LedgerIntegrity), (snapshot.Posture, snapshot.Tripped));
        Assert.True(snapshot.RTotal > 0.5);
        Assert.Null(rig.Run(6).Assess().Tripped);
        Assert.True(rig.Controller.Posture > Posture.Hibernate);
    }

    [Fact(DisplayName = "After a failed invariant holds again, the climb to APEX takes three pulses, one posture each")]
    public void Climbs_back()
    {
        var rig = new SurvivalRig().RunTo(60).Sensor(LayerId.LedgerIntegrity, Broken).Run(5).Revive(LayerId.LedgerIntegrity);
        List<Posture> seen = [];
        for (var i = 0; i < 5; i++) seen.Add(rig.Run(1).Posture);
        Assert.Equal([Posture.Turtle, Posture.Stalker, Posture.Apex, Posture.Apex, Posture.Apex], seen);
    }

    [Fact(DisplayName = "A silent invariant holds until pulse + heartbeat limit, then is 0, and 1 again with its next report")]
    public void Silent_invariant()
    {
        var rig = new SurvivalRig().RunTo(60).Kill(LayerId.Quorum);
        Assert.Equal(1.0, rig.Run(11).RTotal);
        Assert.Equal(0.0, rig.Controller.Evaluate(At(71.1)));
        rig.Revive(LayerId.Quorum).Run(1);
        Assert.Equal(1.0, rig.RTotal);
    }

    [Fact(DisplayName = "Killing a sensor moves R_total along its decay curve; its return brings it back by its slope, for every layer alike")]
    public void Kill_and_revive()
    {
        foreach (var layer in All.Skip(2))
        {
            var rig = new SurvivalRig().RunTo(60).Kill(layer);
            var previous = 1.0;
            for (var i = 0; i < 150; i++)
            {
                rig.Run(60);
                Assert.True(rig.RTotal <= previous, $"{layer} rose while silent");
                Assert.True(rig.RTotal > 0.0);
                previous = rig.RTotal;
            }
            Assert.True(layer == LayerId.EsofService ? Math.Abs(previous - 0.98) < 1e-12 : previous < 0.9, $"{layer} is {previous} after 2.5 h of silence");

            var slope = rig.Policy.Layers.First(l => l.Id == layer).Damping.RecoveryPerSecond;
            rig.Revive(layer).Run(1);
            var low = rig.RTotal;
            Assert.InRange(low, previous - 0.01, previous + slope);
            rig.Run(10);
            Assert.Equal(Math.Min(1.0, low + slope * 10), rig.RTotal, 9);
            rig.Run(1 / slope);
            Assert.Equal(1.0, rig.RTotal);
        }
    }

    [Fact(DisplayName = "The forewarner 5 min out costs 15 %, and at one percent a minute a quarter of an hour wins it back")]
    public void Earns_confidence()
    {
        var rig = new SurvivalRig().RunTo(60)
            .Sensor(LayerId.McForewarner, now => new LayerReading.Envelope(5, TimeSpan.FromSeconds(now - 60))).RunTo(360);
        Assert.InRange(rig.RTotal, 0.80, 0.90);
        Assert.Equal(Posture.Stalker, rig.Posture);
        var low = rig.RTotal;
        rig.Revive(LayerId.McForewarner).Run(300);
        Assert.Equal(low + 0.05 * 299 / 300, rig.RTotal, 9); // The first good report comes one pulse later.
        rig.Run(1200);
        Assert.Equal((1.0, Posture.Apex), (rig.RTotal, rig.Posture));
    }

    [Fact(DisplayName = "A shock takes R_total to 0.3 at once; it glides back no faster than 1 % a minute, whatever the raw curve does")]
    public void Shock_and_glide()
    {
        LayerReading Shocked(double since) => new LayerReading.Environment(At(since), TimeSpan.Zero);
        var rig = new SurvivalRig().RunTo(60).Sensor(LayerId.ExfService, Shocked(61)).Run(1);
        Assert.Equal(0.3, rig.RTotal, 9);
        Assert.Equal(Posture.Turtle, rig.Posture);
        rig.Run(1800);
        Assert.Equal(0.825, rig.Layer(LayerId.ExfService).F, 9);
        Assert.Equal(0.6, rig.RTotal, 9);
        rig.Sensor(LayerId.ExfService, Shocked(1862)).Run(1);
        Assert.Equal(0.3, rig.RTotal, 9); // A new shock starts again.
        rig.Run(4201);
        Assert.Equal(1.0, rig.RTotal);
    }

    [Fact(DisplayName = "Hearing late of a shock allows no more than hearing of it in time would have")]
    public void Late_shock()
    {
        var rig = new SurvivalRig().RunTo(2000).Sensor(LayerId.ExfService, new LayerReading.Environment(At(201), TimeSpan.Zero)).Run(1);
        Assert.Equal(0.6, rig.RTotal, 9); // Half an hour into it: the raw curve says 0.825.
        Assert.Equal(0.825, rig.Layer(LayerId.ExfService).F, 9);
    }

    [Fact(DisplayName = "A sensor that restarts and forgets its shock does not undo it")]
    public void Shock_is_remembered()
    {
        var rig = new SurvivalRig().RunTo(60).Sensor(LayerId.ExfService, new LayerReading.Environment(At(61), TimeSpan.Zero)).Run(1);
        rig.Sensor(LayerId.ExfService, new LayerReading.Environment(null, TimeSpan.Zero)).Run(600);
        Assert.Equal(0.4, rig.RTotal, 9);
    }

    [Fact(DisplayName = "One wild slippage reading is filtered away; a lasting one comes through")]
    public void Flicker_is_filtered()
    {
        LayerReading Bad = new LayerReading.Slippage(60, 1);
        var rig = new SurvivalRig().RunTo(60).Sensor(LayerId.SlippageDrift, Bad).Run(1).Revive(LayerId.SlippageDrift).Run(1);
        Assert.Equal(1.0, rig.RTotal); // 60 bps for one pulse leaves 1.5 bps in a filter of a minute: inside the deadband.
        rig.Sensor(LayerId.SlippageDrift, Bad).Run(300);
        Assert.True(rig.RTotal < 0.01);
    }

    [Fact(DisplayName = "A layer without a sensor is absent, counts exactly 1, and its reports are refused")]
    public void Absent_layer()
    {
        var rig = new SurvivalRig(null, [.. All.Where(l => l != LayerId.EsofService)]).RunTo(7200);
        Assert.Equal(1.0, rig.RTotal);
        Assert.Equal((LayerStatus.Absent, 1.0), (rig.Layer(LayerId.EsofService).Status, rig.Layer(LayerId.EsofService).Damped));
        Assert.Equal(ReportOutcome.NotInstalled, rig.Controller.Report(new LayerReport(LayerId.EsofService, new LayerReading.Confidence(0), At(7201))));
        Assert.Equal(ReportOutcome.NotInstalled, rig.Controller.Report(new LayerReport(new LayerId("L99"), new LayerReading.Confidence(0), At(7201))));
        Assert.Throws<ArgumentException>(() => rig.Controller.Install(new LayerId("L99"), At(7201)));
    }

    [Fact(DisplayName = "A late report, a repeated one and a better one of the same instant change nothing; a worse one of the same instant counts")]
    public void Late_and_repeated()
    {
        var rig = new SurvivalRig().RunTo(60);
        var before = Json(rig.Controller.Capture());
        var controller = rig.Controller;
        Assert.Equal(ReportOutcome.Late, controller.Report(new LayerReport(LayerId.PortfolioDrawdown, new LayerReading.Drawdown(0.3), At(59))));
        Assert.Equal(ReportOutcome.Late, controller.Report(new LayerReport(LayerId.PortfolioDrawdown, new LayerReading.Drawdown(0.0), At(60))));
        Assert.Equal(before, Json(controller.Capture()));
        Assert.Equal(ReportOutcome.Accepted, controller.Report(new LayerReport(LayerId.LedgerIntegrity, Broken, At(60))));
        Assert.Equal(ReportOutcome.Late, controller.Report(new LayerReport(LayerId.LedgerIntegrity, LayerReading.Invariant.Ok, At(60))));
        Assert.Equal(0.0, controller.Evaluate(At(60)));
    }

    [Fact(DisplayName = "A sensor whose clock runs ahead cannot report itself fresh for the future")]
    public void Fast_clock()
    {
        var rig = new SurvivalRig().RunTo(60).Kill(LayerId.McForewarner);
        rig.Controller.Report(new LayerReport(LayerId.McForewarner, NominalOf(LayerId.McForewarner), At(100_000)), now: At(60.5));
        Assert.Equal(At(60.5), rig.Controller.Clock);
        rig.Run(1800);
        Assert.True(rig.RTotal < 0.5);
    }

    [Fact(DisplayName = "Time that runs backwards counts as standing still")]
    public void Backwards()
    {
        var rig = new SurvivalRig().RunTo(60).Kill(LayerId.McForewarner).Run(600);
        var now = rig.Controller.Evaluate(At(660));
        Assert.Equal(now, rig.Controller.Evaluate(At(0)));
        Assert.Equal(At(660), rig.Controller.Clock);
    }

    [Fact(DisplayName = "A reading of the wrong kind, or not a number, is unreadable; the sensor counts as silent")]
    public void Unreadable()
    {
        var rig = new SurvivalRig().RunTo(60);
        LayerReading[] bad =
        [
            new LayerReading.Drawdown(double.NaN), new LayerReading.Drawdown(double.PositiveInfinity), new LayerReading.Confidence(1),
        ];
        foreach (var reading in bad)
            Assert.Equal(ReportOutcome.Unreadable, rig.Controller.Report(new LayerReport(LayerId.PortfolioDrawdown, reading, At(61))));
        Assert.Equal(ReportOutcome.Unreadable, rig.Controller.Report(new LayerReport(LayerId.McForewarner, new LayerReading.Envelope(double.NaN, default), At(61))));
        Assert.Equal(ReportOutcome.Unreadable, rig.Controller.Report(new LayerReport(LayerId.SlippageDrift, new LayerReading.Slippage(1, double.NaN), At(61))));
        Assert.Equal(ReportOutcome.Unreadable, rig.Controller.Report(new LayerReport(LayerId.ObStreamer, new LayerReading.Book(default, default, double.NaN), At(61))));
    }

    [Fact(DisplayName = "A plan adds a tenth layer with numbers alone, and code adds a new response, without touching controller or sizer")]
    public void Plugs_in()
    {
        var funding = new LayerId("L10_FUNDING_STRESS");
        var settings = SurvivalSettings.Reference.Add(funding, LayerCategory.Environmental, "gauge")
            .Set("layers.L10_FUNDING_STRESS.value-deadband", 1).Set("layers.L10_FUNDING_STRESS.value-midpoint", 2)
            .Set("layers.L10_FUNDING_STRESS.value-steepness", 3).Set("layers.L10_FUNDING_STRESS.filter", TimeSpan.Zero)
            .Set("layers.L10_FUNDING_STRESS.recovery-per-minute", 60);
        var rig = new SurvivalRig(PolicyOf(settings), [.. All, funding]).Sensor(funding, new LayerReading.Gauge(1)).RunTo(60);
        Assert.Equal(1.0, rig.RTotal);
        rig.Sensor(funding, new LayerReading.Gauge(3)).Run(1);
        Assert.Equal(0.5 * (1 + Math.Exp(-6)), rig.RTotal, 12);
        Assert.Equal(funding, rig.Assess().Binding);
        rig.Sensor(funding, new LayerReading.Gauge(0)).Run(3);
        Assert.Equal(1.0, rig.RTotal);

        var moon = new LayerId("L11_MOON");
        var kinds = ResponseKind.Builtin.Add(new ResponseKind("halves", [], _ => new Halves()));
        var policy = PolicyOf(SurvivalSettings.Reference.Add(moon, LayerCategory.Environmental, "halves"), kinds);
        var moonlit = new SurvivalRig(policy, [.. All, moon]).Sensor(moon, new LayerReading.Gauge(1)).RunTo(10);
        Assert.Equal(0.5, moonlit.RTotal);
    }

    private sealed class Halves : LayerResponse
    {
        public override System.Collections.Immutable.ImmutableArray<string> ChannelNames { get; } = ["phase"];
        public override Type ReadingKind => typeof(LayerReading.Gauge);
        public override double Evaluate(in LayerInputs inputs) => inputs.Channels.A > 0 ? 0.5 : 1.0;
        public override bool TryRead(LayerReading reading, DateTimeOffset at, out LayerChannels channels)
        {
            channels = new LayerChannels(reading is LayerReading.Gauge g ? g.Value : 0, 0, 0);
            return reading is LayerReading.Gauge;
        }
    }

    [Fact(DisplayName = "A response that answers NaN costs almost everything instead of poisoning R_total")]
    public void Nan_response()
    {
        var layer = new LayerId("L12_BAD");
        var kinds = ResponseKind.Builtin.Add(new ResponseKind("bad", [], _ => new Bad()));
        var rig = new SurvivalRig(PolicyOf(SurvivalSettings.Reference.Add(layer, LayerCategory.Structural, "bad"), kinds), [.. All, layer])
            .Sensor(layer, new LayerReading.Gauge(1)).RunTo(10);
        Assert.Equal(SurvivalController.Floor, rig.RTotal);
    }

    private sealed class Bad : LayerResponse
    {
        public override System.Collections.Immutable.ImmutableArray<string> ChannelNames { get; } = [];
        public override Type ReadingKind => typeof(LayerReading.Gauge);
        public override double Evaluate(in LayerInputs inputs) => double.NaN;
        public override bool TryRead(LayerReading reading, DateTimeOffset at, out LayerChannels channels)
        {
            channels = default;
            return true;
        }
    }

    [Fact(DisplayName = "In a bar replay a pulse is a minute: a bar on time costs nothing, a missing hour decays")]
    public void Bar_replay()
    {
        var policy = PolicyOf(SurvivalSettings.Reference.Set("pulse", TimeSpan.FromMinutes(1)).Set("heartbeat-limit", TimeSpan.FromMinutes(5)));
        LayerReading Scan(double now) => new LayerReading.Scan(TimeSpan.FromSeconds(Math.Min(60, now)), TimeSpan.Zero);
        var rig = new SurvivalRig(policy, LayerId.Quorum, LayerId.AlgoHeartbeat).Sensor(LayerId.AlgoHeartbeat, Scan).RunTo(6000);
        Assert.Equal((1.0, Posture.Apex), (rig.RTotal, rig.Posture));
        rig.Kill(LayerId.AlgoHeartbeat).Run(3600);
        Assert.InRange(rig.RTotal, 0.01, 0.2);
    }
}
