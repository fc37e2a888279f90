using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Tests.Survival;

/// <summary>What is done to a sensor in a drill, and what the controller makes of it.</summary>
public sealed class SensorFaultStories
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    private static SensorFault Fault(SensorFaultKind kind, LayerId? layer = null) =>
        new(layer ?? LayerId.PortfolioDrawdown, kind, Noon, Noon.AddHours(1), kind == SensorFaultKind.Delayed ? TimeSpan.FromMinutes(5) : TimeSpan.Zero);

    private static LayerReport Report(LayerReading reading, int minutes) => new(LayerId.PortfolioDrawdown, reading, Noon.AddMinutes(minutes));

    private static readonly LayerReading Bad = new LayerReading.Drawdown(0.2);

    /// <summary>Every layer's usual kind of reading, at its worst.</summary>
    public static TheoryData<string, LayerReading> Worst() => new()
    {
        { "L1_QUORUM", new LayerReading.Invariant(false, "lost") },
        { "L2_LEDGER_INTEGRITY", new LayerReading.Invariant(false, "off") },
        { "L3_MC_FOREWARNER", new LayerReading.Envelope(-3, TimeSpan.FromHours(3)) },
        { "L4_ALGO_HEARTBEAT", new LayerReading.Scan(TimeSpan.FromHours(3), TimeSpan.FromMinutes(3)) },
        { "L5_OB_STREAMER", new LayerReading.Book(TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(1), 1) },
        { "L6_SLIPPAGE_DRIFT", new LayerReading.Slippage(80, 1) },
        { "L7_EXF_SERVICE", new LayerReading.Environment(Noon, TimeSpan.FromHours(9)) },
        { "L8_ESOF_SERVICE", new LayerReading.Confidence(0) },
        { "L9_PORTFOLIO_DD", Bad },
    };

    [Fact(DisplayName = "Before and after its time a sensor is heard as it is")]
    public void Outside()
    {
        foreach (var kind in Enum.GetValues<SensorFaultKind>())
        {
            foreach (var minutes in (int[])[-1, 60])
                Assert.Equal((Report(Bad, minutes), TimeSpan.Zero), Fault(kind).Pass(Report(Bad, minutes), Noon.AddMinutes(minutes)));
        }
    }

    [Fact(DisplayName = "Killed it says nothing, delayed the truth of its time later; frozen it is deaf while the fault lasts, and not dumb")]
    public void Faults()
    {
        var report = Report(Bad, 3);
        Assert.Null(Fault(SensorFaultKind.Killed).Pass(report, report.At));
        Assert.Equal((report, TimeSpan.FromMinutes(5)), Fault(SensorFaultKind.Delayed).Pass(report, report.At));
        var frozen = Fault(SensorFaultKind.Frozen);
        Assert.Equal((report, TimeSpan.Zero), frozen.Pass(report, report.At));
        Assert.Equal([false, true, true, false], ((int[])[-1, 0, 59, 60]).Select(minutes => frozen.IsDeaf(LayerId.PortfolioDrawdown, Noon.AddMinutes(minutes))));
        Assert.False(Fault(SensorFaultKind.Killed).IsDeaf(LayerId.PortfolioDrawdown, report.At));
    }

    [Fact(DisplayName = "It is one sensor's: the others are heard as they are, and hear")]
    public void Of_one()
    {
        foreach (var kind in Enum.GetValues<SensorFaultKind>())
        {
            Assert.Equal((Report(Bad, 3), TimeSpan.Zero), Fault(kind, LayerId.Quorum).Pass(Report(Bad, 3), Noon.AddMinutes(3)));
            Assert.False(Fault(kind, LayerId.Quorum).IsDeaf(LayerId.PortfolioDrawdown, Noon.AddMinutes(3)));
        }
        Assert.Equal((Report(Bad, 3), TimeSpan.Zero), SensorFault.None.Pass(Report(Bad, 3), Noon.AddMinutes(3)));
    }

    [Theory(DisplayName = "Lying every layer is nominal, whatever it sees; raving it is not understood, or counts as bad, and never as better")]
    [MemberData(nameof(Worst))]
    public void Lies(string layer, LayerReading worst)
    {
        var id = new LayerId(layer);
        Assert.Equal(1, After(Fault(SensorFaultKind.Lying, id)));
        Assert.True(After(Fault(SensorFaultKind.Raving, id)) <= 1);
        Assert.True(After(null) < 1, "The reading is not bad enough to show anything.");

        double After(SensorFault? fault)
        {
            // Alone, so that nothing but this layer is seen.
            var controller = new SurvivalController(SurvivalRig.ReferencePolicy, [id], Noon, epoch: 1);
            var report = new LayerReport(id, worst, Noon.AddSeconds(1));
            controller.Report(fault is null ? report : fault.Pass(report, report.At)!.Value.Report, report.At);
            return controller.Assess(report.At).RTotal;
        }
    }
}
