using Dolphin.Node.Plan;

namespace Dolphin.Node.Tests.Plan;

/// <summary>What a plan that was loaded is expected to be.</summary>
internal static class PlanChecks
{
    public static TradingPlan Good(this CheckedPlan loaded)
    {
        Assert.True(loaded.Plan is not null, string.Join(Environment.NewLine, loaded.Problems));
        return loaded.Plan!;
    }

    /// <param name="says">Each is in some error.</param>
    public static void Bad(this CheckedPlan loaded, params string[] says)
    {
        Assert.Null(loaded.Plan);
        foreach (var part in says) Assert.Contains(loaded.Problems, p => p.IsError && p.ToString().Contains(part, StringComparison.Ordinal));
    }

    /// <param name="says">Each is in some warning of a plan that is good all the same.</param>
    public static void Warns(this CheckedPlan loaded, params string[] says)
    {
        loaded.Good();
        foreach (var part in says) Assert.Contains(loaded.Problems, p => !p.IsError && p.ToString().Contains(part, StringComparison.Ordinal));
    }
}
