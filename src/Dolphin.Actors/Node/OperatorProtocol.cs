using System.Collections.Immutable;

namespace Dolphin.Actors.Node;

/// <summary>What operators ask of a run. Stored, because a replay that goes on after a crash must hear it again at the same instant.</summary>
public static class OperatorProtocol
{
    /// <summary>Stored, then handed on; answered by whoever does it.</summary>
    /// <param name="Verb">One of <see cref="Verbs"/>.</param>
    /// <param name="Strategy">A strategy of the plan, for <see cref="Verbs.Exit"/>.</param>
    public sealed record Asked(string Verb, string? Strategy, string By, DateTimeOffset At);

    public sealed record Log(ImmutableArray<Asked> Requests);

    public static class Verbs
    {
        public const string Exit = "exit";
        public const string AcknowledgeDrawdown = "ack-drawdown";
        public const string AcknowledgeLedger = "ack-ledger";
    }
}
