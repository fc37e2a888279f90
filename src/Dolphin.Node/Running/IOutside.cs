using System.Collections.Immutable;
using Dolphin.Actors.Execution;
using Dolphin.Domain.Market;

namespace Dolphin.Node.Running;

/// <summary>The world outside of a live node: a venue and a market.</summary>
internal interface IOutside : IAsyncDisposable
{
    IVenueDoor Door { get; }

    /// <summary>What the run cannot do without, and what stores snapshots; empty where it is in another process.</summary>
    ImmutableArray<IActorRef> Actors { get; }

    /// <summary>What those of <see cref="Actors"/> that are well answer a question for their state with.</summary>
    ImmutableArray<string> PersistenceIds { get; }

    /// <summary>What the venue says now of a symbol whose rules are not those that the node began with; null if they are. Called from any thread.</summary>
    ChangedRules? RulesOf(Symbol symbol) => null;

    /// <summary>Completes when the market is where it would be by now, and the node may come up.</summary>
    Task OpenAsync(TimeSpan patience, CancellationToken cancellation);

    /// <summary>From now on events go to <paramref name="execution"/> and closed bars to <paramref name="feed"/>.</summary>
    void Connect(IActorRef execution, IActorRef feed);

    /// <summary>No bars any more: the process is about to end.</summary>
    Task RestAsync(TimeSpan patience);
}
