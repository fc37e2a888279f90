using System.Collections.Immutable;

namespace Dolphin.Actors.Node;

/// <summary>What operators ask of a run. Stored, because a replay that goes on after a crash must hear it again at the same instant.</summary>
public static class OperatorProtocol
{
    /// <param name="Verb">exit or ack-drawdown.</param>
    /// <param name="Strategy">For exit.</param>
    public sealed record Asked(string Verb, string? Strategy, string By, DateTimeOffset At);

    public sealed record Log(ImmutableArray<Asked> Requests);
}
