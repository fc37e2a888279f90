using Dolphin.Actors.Node;

namespace Dolphin.Actors.Tests.Node;

public sealed class RestartAllowanceStories : Stage.ActorStage
{
    private readonly RestartAllowance _allowance = new(2, Minute);
    private readonly IActorRef _one, _other;

    public RestartAllowanceStories() => (_one, _other) = (CreateTestProbe("one").Ref, CreateTestProbe("other").Ref);

    private bool Fails(IActorRef child, double second) => _allowance.Permits(child, TimeSpan.FromSeconds(second));

    [Fact(DisplayName = "A child is started again so often in the window that its first failure opens, then it stays down")]
    public void In_one_window() => Assert.Equal([true, true, false], new[] { Fails(_one, 100), Fails(_one, 130), Fails(_one, 160) });

    [Fact(DisplayName = "The first failure after a window opens another one, with all restarts")]
    public void In_the_next() =>
        Assert.Equal([true, true, true, true, false], new[] { Fails(_one, 0), Fails(_one, 60), Fails(_one, 60.001), Fails(_one, 90), Fails(_one, 120) });

    [Fact(DisplayName = "Each child has its own count")]
    public void Of_each()
    {
        Assert.True(Fails(_one, 0) && Fails(_one, 1));
        Assert.True(Fails(_other, 2));
        Assert.False(Fails(_one, 3));
        Assert.True(Fails(_other, 4));
    }
}
