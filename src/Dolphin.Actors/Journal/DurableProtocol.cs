namespace Dolphin.Actors.Journal;

/// <summary>What every durable actor understands besides its own protocol.</summary>
public static class DurableProtocol
{
    /// <summary>Store what you are now. Answered by nobody: the journal knows when it is durable.</summary>
    public sealed record TakeSnapshot
    {
        public static readonly TakeSnapshot Now = new();
    }

    /// <summary>What would you store now? Answered by <see cref="StoredState"/>.</summary>
    public sealed record GetStored
    {
        public static readonly GetStored Now = new();
    }

    /// <param name="SequenceNumber">Of the newest stored event; zero if there is none.</param>
    /// <param name="State">The snapshot: its stored form is what a state hash covers.</param>
    public sealed record StoredState(string PersistenceId, long SequenceNumber, object State);
}
