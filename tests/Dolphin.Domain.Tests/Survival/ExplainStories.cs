using System.Text.Json;
using Dolphin.Domain.Survival;
using static Dolphin.Domain.Tests.Survival.SurvivalRig;

namespace Dolphin.Domain.Tests.Survival;

public sealed class ExplainStories
{
    private static SurvivalRig Trouble() => new SurvivalRig(null, [.. All.Where(l => l != LayerId.EsofService)]).RunTo(60)
        .Sensor(LayerId.McForewarner, now => new LayerReading.Envelope(0.5, TimeSpan.FromSeconds(now - 60)))
        .Sensor(LayerId.SlippageDrift, new LayerReading.Slippage(11, 1))
        .Kill(LayerId.AlgoHeartbeat).Run(300).Drawdown(0.11).Run(1).Drawdown(0.08).Run(10);

    [Fact(DisplayName = "An explanation shows raw, filtered, f, damped, since, what is special, and which layer binds")]
    public void Table()
    {
        var text = Explanation.Of(Trouble().Assess()).ToText();
        Assert.Equal(
            """
            R_total 0.2067  TURTLE since 2026-01-05 09:02:33  at 2026-01-05 09:06:11 UTC  (1.1)
            binding: L3_MC_FOREWARNER
            layer                category        raw input                                               filtered          f       damped  since                flags
            L1_QUORUM            invariant       holds                                                                     1.0000  1.0000  2026-01-05 09:00:00
            L2_LEDGER_INTEGRITY  invariant       holds                                                                     1.0000  1.0000  2026-01-05 09:00:00
            *L3_MC_FOREWARNER    structural      age s 311, distance 0.5                                                   0.6175  0.6175  2026-01-05 09:01:01
            L4_ALGO_HEARTBEAT    structural      age s 4, drift s 0.1                                                      0.6770  0.6770  2026-01-05 09:01:58  overdue 310 s
            L5_OB_STREAMER       microstructure  age s 0.2, jitter s 0.05, depth decay 0.1, imbalance 0                    1.0000  1.0000  2026-01-05 09:00:00
            L6_SLIPPAGE_DRIFT    microstructure  drift bps 10                                            drift bps 9.9458  0.6927  0.6927  2026-01-05 09:01:12
            L7_EXF_SERVICE       environmental   age s 30, no shock                                                        1.0000  1.0000  2026-01-05 09:00:00
            L8_ESOF_SERVICE      environmental                                                                             1.0000  1.0000                       absent
            L9_PORTFOLIO_DD      capital         drawdown 0.08                                                             0.8189  0.7137  2026-01-05 09:06:01  latched, recovering
            """.Replace("\r", "", StringComparison.Ordinal) + "\n", text);
    }

    [Fact(DisplayName = "A snapshot read back from the journal explains itself in the same words")]
    public void From_the_journal()
    {
        var snapshot = Trouble().Assess();
        var stored = JsonSerializer.Deserialize<RiskSnapshot>(Json(snapshot))!;
        Assert.Equal(Explanation.Of(snapshot).ToText(), Explanation.Of(stored).ToText());
    }

    [Fact(DisplayName = "The shares of the loss add up to the whole of it")]
    public void Shares()
    {
        var explanation = Explanation.Of(Trouble().Assess());
        Assert.Equal(1.0, explanation.Layers.Sum(l => l.Share), 9);
    }

    [Fact(DisplayName = "A failed invariant is explained in its sensor's own words")]
    public void Invariant()
    {
        var rig = new SurvivalRig().Sensor(LayerId.LedgerIntegrity, new LayerReading.Invariant(Holds: false, "Books are 0.01 USDT off the venue.")).RunTo(5);
        var ledger = Explanation.Of(rig.Assess()).Layers.Single(l => l.Binds);
        Assert.Equal((LayerId.LedgerIntegrity, "Books are 0.01 USDT off the venue.", "FAILED"), (ledger.Layer, ledger.Raw, ledger.Flags));
    }
}
