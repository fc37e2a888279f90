namespace Dolphin.Testing;

public static class SystemEnd
{
    /// <summary>Asks a system to end, and gives the task of its end.</summary>
    /// <remarks>
    /// Taken before it is asked: while it ends, Akka.NET 1.5 puts another task behind <see cref="ActorSystem.WhenTerminated"/>, and for a
    /// moment none, so that what <see cref="ActorSystem.Terminate"/> returns can be null.
    /// </remarks>
    public static Task End(this ActorSystem system)
    {
        var ended = system.WhenTerminated;
        _ = system.Terminate();
        return ended;
    }
}
