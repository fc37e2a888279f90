using System.Collections.Immutable;
using Dolphin.Actors.Hermes;
using Dolphin.Actors.Strategies;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Survival;
using static Dolphin.Actors.Node.OperatorProtocol;

namespace Dolphin.Actors.Node;

/// <summary>Takes down what operators ask before it is done, and hands it on to whoever can do it.</summary>
public sealed class OperatorActor : DurableActor<Log>
{
    /// <summary>As many as a person could type in a year; older requests are forgotten here, not in the journal.</summary>
    private const int Kept = 1_000;

    public const string Id = "operator";
    private ImmutableArray<Asked> _requests = [];

    public override string PersistenceId => Id;

    public OperatorActor(NodeProtocol.Started node, ImmutableDictionary<string, Domain.Market.Symbol> strategies)
    {
        Recover<Asked>(Note);
        Command<Asked>(asked =>
        {
            var @operator = Sender;
            Persist(asked, stored =>
            {
                Note(stored);
                var (to, request) = Route(stored);
                to.Tell(request, @operator);
            });
        });

        (IActorRef To, object Request) Route(Asked asked) => asked.Verb switch
        {
            Verbs.Exit => (node.Assets[strategies[asked.Strategy!]], new StrategyProtocol.Exit(asked.Strategy!, asked.By)),
            Verbs.Resume => (node.Assets[strategies[asked.Strategy!]], new StrategyProtocol.Resume(asked.Strategy!, asked.By)),
            Verbs.AcknowledgeDrawdown => (node.Survival, new SurvivalProtocol.AcknowledgeDrawdown(asked.By)),
            Verbs.AcknowledgeLedger => (node.Sensors, new LedgerProtocol.Acknowledge(asked.By)),
            Verbs.HermesOverride => (node.Hermes, new HermesProtocol.Override(
                asked.Hermes!.Symbol, asked.By, asked.Hermes.Why, asked.Hermes.Holder!.Value, asked.Hermes.Posture, asked.Hermes.For, asked.Hermes.Priority)),
            Verbs.Signal => (node.Assets[asked.Signal!.Symbol], new StrategyProtocol.Signal(asked.Strategy!, asked.By, asked.Signal.ToSignal(asked.At))),
            Verbs.HermesLift => (node.Hermes, new HermesProtocol.Lift(asked.Hermes!.Symbol, asked.By, asked.Hermes.Why)),
            _ => throw new System.Diagnostics.UnreachableException($"Nobody asks for '{asked.Verb}'."),
        };
    }

    protected override Log Capture() => new(_requests);
    protected override void Restore(Log snapshot) => _requests = snapshot.Requests;

    private void Note(Asked asked) => _requests = _requests.Length < Kept ? _requests.Add(asked) : _requests.RemoveAt(0).Add(asked);
}
