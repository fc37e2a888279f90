namespace Dolphin.Simulation;

/// <summary>What virtual time asks of the actors that it drives.</summary>
internal interface IVirtualRuntime
{
    /// <summary>Whose code runs on this thread: set aside when a run begins, and put back at its end.</summary>
    object? Ambient { get; set; }

    /// <summary>What ended the system with nobody to supervise it, if anything did.</summary>
    Exception? Failure { get; }
}

/// <summary>The actor system was ended by a failure that nobody supervised.</summary>
public sealed class ActorSystemFailedException : Exception
{
    public ActorSystemFailedException() { }
    public ActorSystemFailedException(string message) : base(message) { }
    public ActorSystemFailedException(string message, Exception? cause) : base(message, cause) { }
}
