namespace Dolphin.Engine.Persistence;

/// <summary>What happens to a command that the internal stash of a persistent actor cannot take.</summary>
public interface IStashOverflowStrategy;

/// <summary>It becomes a dead letter.</summary>
public class DiscardToDeadLetterStrategy : IStashOverflowStrategy
{
    public static DiscardToDeadLetterStrategy Instance { get; } = new();
    private DiscardToDeadLetterStrategy() { }
}

/// <summary>The actor fails with a StashOverflowException.</summary>
public class ThrowOverflowExceptionStrategy : IStashOverflowStrategy
{
    public static ThrowOverflowExceptionStrategy Instance { get; } = new();
    private ThrowOverflowExceptionStrategy() { }
}

/// <summary>Its sender gets a fixed answer.</summary>
public sealed class ReplyToStrategy(object response) : IStashOverflowStrategy
{
    public object Response { get; } = response;
}
