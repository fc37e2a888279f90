namespace Dolphin.EngineTests;

/// <summary>
/// A test kit whose clock moves only by <see cref="Advance"/> and which knows when its actors have nothing left to do, with either runtime: so no
/// test sleeps, and "nothing more comes" is a fact and not a hope. Each edition has a half of its own, in the folder of its name.
/// </summary>
public abstract partial class BehaviourKit
{
    protected static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>Real time for what must come. Only a failing test waits for all of it.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The test actor hears exactly this, in this order, and nothing more until something happens.</summary>
    protected void Heard(params object[] expected) => Heard(this, expected);

    /// <summary>A probe hears exactly this, in this order, and nothing more until something happens.</summary>
    protected void Heard(TestKitBase by, params object[] expected) => Assert.Equal(expected, All(by, expected.Length));

    /// <summary>Everything that the test actor has heard and nobody has looked at, when all is quiet.</summary>
    /// <param name="atLeast">So many messages are waited for.</param>
    protected object[] AllHeard(int atLeast = 0) => All(this, atLeast);

    /// <summary>Nothing comes now, and nothing while the clock moves on.</summary>
    protected void Silence(TimeSpan lasting) => Silence(this, lasting);

    protected void Silence(TestKitBase of, TimeSpan lasting)
    {
        Heard(of);
        Advance(lasting);
        Heard(of);
    }

    /// <summary>Moves the clock and hears exactly this.</summary>
    protected void After(TimeSpan time, params object[] expected)
    {
        Advance(time);
        Heard(expected);
    }

    /// <summary>Watches an actor as the test actor, for certain: the watch is in place when this returns.</summary>
    protected IActorRef Watched(IActorRef subject)
    {
        Watch(subject);
        Settle();
        return subject;
    }

    /// <summary>A watched actor has ended; the test actor has heard of nothing else.</summary>
    protected void HasEnded(IActorRef subject)
    {
        Settle();
        ExpectTerminated(subject);
        Heard();
    }

    private object[] All(TestKitBase by, int atLeast)
    {
        Settle();
        var heard = new List<object>();
        while (heard.Count < atLeast && by.ReceiveOne(Patience) is { } message) heard.Add(message);
        Settle();
        while (by.HasMessages) heard.Add(by.ReceiveOne(TimeSpan.Zero)!);
        return [.. heard];
    }
}
