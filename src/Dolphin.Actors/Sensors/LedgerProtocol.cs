namespace Dolphin.Actors.Sensors;

/// <summary>What <see cref="LedgerSensor"/> hears and says, besides books, account views and its reports.</summary>
public static class LedgerProtocol
{
    /// <summary>
    /// An operator has understood why the books differed, and wants them judged anew. Answered by <see cref="Acknowledged"/>, or by
    /// <see cref="Refused"/> while they still differ or if nothing is broken.
    /// </summary>
    public sealed record Acknowledge(string Operator);
    public sealed record Acknowledged(string Reason, DateTimeOffset At);
    public sealed record Refused(Domain.Refusal Refusal);
}

/// <summary>Stored for ever: add cases and optional fields; never rename, retype or reuse one.</summary>
public abstract record LedgerEvent
{
    private LedgerEvent() { }

    /// <param name="Reason">What differed first, with both sides' figures.</param>
    public sealed record Broke(string Reason, DateTimeOffset At) : LedgerEvent;

    /// <param name="Reason">What was acknowledged.</param>
    public sealed record Acknowledged(string Operator, string Reason, DateTimeOffset At) : LedgerEvent;
}
