using Dolphin.Domain.Survival;
using static Dolphin.Domain.Tests.Survival.SurvivalRig;

namespace Dolphin.Domain.Tests.Survival;

public sealed class SurvivalHotPath
{
    [Fact(DisplayName = "Evaluating nine layers and taking reports allocates nothing, in health and in trouble")]
    public void No_allocation()
    {
        LayerReport[] trouble =
        [
            new(LayerId.McForewarner, new LayerReading.Envelope(0.4, TimeSpan.FromMinutes(9)), At(1)),
            new(LayerId.ObStreamer, new LayerReading.Book(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1), 0.6), At(1)),
            new(LayerId.SlippageDrift, new LayerReading.Slippage(20, 1), At(1)),
            new(LayerId.ExfService, new LayerReading.Environment(At(1), TimeSpan.FromMinutes(20)), At(1)),
            new(LayerId.EsofService, new LayerReading.Confidence(0.2), At(1)),
            new(LayerId.PortfolioDrawdown, new LayerReading.Drawdown(0.12), At(1)),
        ];
        var healthy = new SurvivalRig().RunTo(0).Controller;
        var troubled = new SurvivalRig().RunTo(0).Controller;
        var sum = 0.0;
        Spin(10); // Warm: the first calls compile and may allocate.

        var before = GC.GetAllocatedBytesForCurrentThread();
        Spin(1000);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, allocated);
        Assert.True(sum > 0);

        void Spin(int times)
        {
            for (var i = 0; i < times; i++)
            {
                sum += healthy.Evaluate(Start.AddTicks(i));
                foreach (ref readonly var report in trouble.AsSpan()) troubled.Report(report with { At = Start.AddSeconds(1 + i * 0.001) });
                sum += troubled.Evaluate(Start.AddSeconds(2 + i));
            }
        }
    }
}
