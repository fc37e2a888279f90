using System.Text.Json;
using Dolphin.Domain;
using Dolphin.Domain.Esoteric;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Plan;
using Dolphin.Node.Report;
using Dolphin.Web;

namespace Dolphin.Node.Tests.Plan;

/// <summary>What a plan says of EsoF, and how people are told what it did.</summary>
public sealed class EsofPlanStories
{
    private static TradingPlan Good(string text) => PlanStories.Load(text).Good();

    [Fact(DisplayName = "Without a word it watches, and the fingerprint is that of before there was EsoF: who watches changes nothing")]
    public void Watches()
    {
        Assert.False(Good("").Esof!.Acts);
        Assert.Null(Good("dolphin.esof.mode = off").Esof);
        Assert.Equal(Good("").Fingerprint, Good("dolphin.esof.mode = off").Fingerprint);
        Assert.Equal(Good("").Fingerprint, Good("dolphin.survival.layers.L8_ESOF_SERVICE.most-shaved = 0.02").Fingerprint);
        Assert.NotEqual(Good("").Fingerprint, Good("dolphin.survival.layers.L8_ESOF_SERVICE.most-shaved = 0.03").Fingerprint);
        Assert.Equal((false, true), (Good("dolphin.esof.mode = watch").Esof!.Acts, Good("dolphin.esof.mode = act").Esof!.Acts));
        Assert.Equal(Good("").Fingerprint, Good("dolphin.esof.mode = watch").Fingerprint);
        Assert.NotEqual(Good("").Fingerprint, Good("dolphin.esof.mode = act").Fingerprint);
    }

    [Fact(DisplayName = "A plan that took L8 out, or made something else of it, cannot have EsoF act, and says so; there is nothing to watch for either")]
    public void No_layer()
    {
        PlanStories.Load("dolphin { esof.mode = act, survival.layers.L8_ESOF_SERVICE = null }").Bad("dolphin.esof.mode", "L8_ESOF_SERVICE", "mode = off");
        Assert.Null(Good("dolphin.survival.layers.L8_ESOF_SERVICE = null").Esof);
        PlanStories.Load("dolphin.esof.mode = believe").Bad("dolphin.esof.mode", "one of off, watch, act");
    }

    [Fact(DisplayName = "Status and report say in words what it did or would have done, and the JSON has the numbers")]
    public void Told()
    {
        var effect = EsotericEffect.None;
        for (var minute = 0; minute <= 60; minute++) effect = effect.After(Pictures.Start.AddMinutes(minute), 0.99, 0.5, TimeSpan.FromMinutes(2));
        effect = effect.Earned(new Money(1_000m), Pictures.Start, 0.99, acts: false).Earned(new Money(900m), Pictures.Start.AddMinutes(1), 0.99, acts: false);
        var did = EsotericReport.Of(acts: false, effect);
        var run = Pictures.Replay() with { Esof = EsotericPicture.Of(EsotericReading.Of(new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero)), 0.99, did) };
        using var status = new StringWriter();
        StatusText.Write(status, run, "state", isRunning: true);
        Assert.Contains("would have made sizes 1.00 % smaller on average, 1.00 % at most: mean R_total with EsoF 0.4950, without 0.5000", status.ToString(), StringComparison.Ordinal);
        Assert.Contains("would have spared losses of 1.00 and given up profits of 0.00: +1.00", status.ToString(), StringComparison.Ordinal);
        Assert.Contains("harmonics (cos sin), no part of the hazard: week +1.00 0.00", status.ToString(), StringComparison.Ordinal); // A Monday begins.
        Assert.Contains("; day +1.00 0.00 +1.00 0.00", status.ToString(), StringComparison.Ordinal);
        var json = JsonSerializer.Serialize(run, RunJson.Compact);
        Assert.Contains(""""harmonics":[{"period":"""", json, StringComparison.Ordinal);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<RunSnapshot>(json, RunJson.Compact), RunJson.Compact));

        using var text = new StringWriter();
        ReportText.Write(text, Pictures.Report() with { Esof = did with { Acts = true } });
        Assert.Contains("EsoF made sizes 1.00 % smaller", text.ToString(), StringComparison.Ordinal);
        ReportText.Write(text, Pictures.Report() with { Esof = did, Sky = run.Esof });
        Assert.Contains("harmonics (cos sin)", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"meanWithout\": 0.5", ReportFile.ToJson(Pictures.Report() with { Esof = did }), StringComparison.Ordinal);
        Assert.DoesNotContain("esof", ReportFile.ToJson(Pictures.Report()), StringComparison.OrdinalIgnoreCase);
    }
}
