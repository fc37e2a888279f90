using Dolphin.Hosting.Akka.Fencing;

namespace Dolphin.Hosting.Akka.Tests.Fencing;

/// <summary>What is true of tenures wherever they are kept.</summary>
internal static class TenureRules
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30), WaitsOut = TimeSpan.FromSeconds(20);

    public static async Task Rising(ITenures tenures)
    {
        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => tenures.TakeAsync("execution", $"n{i}", Lease, WaitsOut, CancellationToken.None)));
        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), taken.Select(t => t.Epoch).Order());
        Assert.Null(taken.Single(t => t.Epoch == 1).PreviousHolder);
        Assert.All(taken.Where(t => t.Epoch > 1), t => Assert.True(t.Wait > WaitsOut && t.Wait <= Lease + WaitsOut, t.ToString()));
    }

    public static async Task WaitedOut(ITenures tenures)
    {
        var first = await tenures.TakeAsync("execution", "n1", Lease, WaitsOut, CancellationToken.None);
        Assert.Equal((1L, null, TimeSpan.Zero), (first.Epoch, first.PreviousHolder, first.Wait));
        Assert.True(await tenures.RenewAsync("execution", 1, Lease, CancellationToken.None));
        var second = await tenures.TakeAsync("execution", "n2", Lease, WaitsOut, CancellationToken.None);
        Assert.Equal((2L, "n1"), (second.Epoch, second.PreviousHolder));
        Assert.False(await tenures.RenewAsync("execution", 1, Lease, CancellationToken.None));
        Assert.True(await tenures.RenewAsync("execution", 2, Lease, CancellationToken.None));
    }

    public static async Task Released(ITenures tenures)
    {
        await tenures.TakeAsync("execution", "n1", Lease, WaitsOut, CancellationToken.None);
        await tenures.TakeAsync("execution", "n2", Lease, WaitsOut, CancellationToken.None);
        await tenures.ReleaseAsync("execution", 1, CancellationToken.None);
        Assert.True((await tenures.TakeAsync("execution", "n3", Lease, WaitsOut, CancellationToken.None)).Wait > WaitsOut);
        await tenures.ReleaseAsync("execution", 3, CancellationToken.None);
        Assert.Equal(TimeSpan.Zero, (await tenures.TakeAsync("execution", "n4", Lease, WaitsOut, CancellationToken.None)).Wait);
    }
}
