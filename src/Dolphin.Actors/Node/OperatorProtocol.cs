using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Dolphin.Actors.Strategies;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Hermes;

namespace Dolphin.Actors.Node;

/// <summary>What operators ask of a run. Stored, because a replay that goes on after a crash must hear it again at the same instant.</summary>
public static class OperatorProtocol
{
    /// <summary>Stored, then handed on; answered by whoever does it.</summary>
    /// <param name="Verb">One of <see cref="Verbs"/>.</param>
    /// <param name="Strategy">A strategy of the plan, for <see cref="Verbs.Exit"/>, <see cref="Verbs.Resume"/> and <see cref="Verbs.Signal"/>.</param>
    /// <param name="Hermes">For <see cref="Verbs.HermesOverride"/> and <see cref="Verbs.HermesLift"/>; left out of every other.</param>
    /// <param name="Signal">For <see cref="Verbs.Signal"/>; left out of every other.</param>
    public sealed record Asked(string Verb, string? Strategy, string By, DateTimeOffset At,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] OperatorWord? Hermes = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SignalWord? Signal = null)
    {
        public static Asked Of(OperatorWord word, string by, DateTimeOffset at) =>
            new(word.Holder is null ? Verbs.HermesLift : Verbs.HermesOverride, null, by, at, word);

        public static Asked Of(SignalWord word, string by, DateTimeOffset at) =>
            new(Verbs.Signal, StrategyIds.Of(LegHolder.Directional, word.Symbol), by, at, Signal: word);
    }

    public sealed record Log(ImmutableArray<Asked> Requests);

    public static class Verbs
    {
        public const string Exit = "exit";
        public const string Resume = "resume";
        public const string AcknowledgeDrawdown = "ack-drawdown";
        public const string AcknowledgeLedger = "ack-ledger";
        public const string HermesOverride = "hermes-override";
        public const string HermesLift = "hermes-lift";
        public const string Signal = "signal";
    }
}
