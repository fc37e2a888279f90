using System.Collections.Immutable;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Node;
using Dolphin.Domain.Market;
using Dolphin.Venues.Remote;
using Serilog;

namespace Dolphin.Node.Running;

/// <summary>A venue and its market in another process. It may come and go: after each gap execution asks about every order it has open.</summary>
/// <param name="seed">Of the waits between attempts to connect.</param>
internal sealed class RemoteOutside(OutsidePlan.Remote plan, IEnumerable<Symbol> traded, ulong seed, RunBoard board, ILogger log) : IOutside
{
    private readonly RemoteFeed _feed = new(plan, seed + 1, board, log);

    public IVenueDoor Door { get; } = new RemoteDoor(plan, traded, RemoteProtocol.DefaultRecvWindow, seed, log);
    public ImmutableArray<IActorRef> Actors => [];
    public ImmutableArray<string> PersistenceIds => [];

    public Task OpenAsync(TimeSpan patience, CancellationToken cancellation) => Task.CompletedTask; // It runs whether we do or not.

    public void Connect(IActorRef execution, IActorRef feed) => _feed.Connect(feed);

    public Task RestAsync(TimeSpan patience) => _feed.DisposeAsync().AsTask().WaitAsync(patience);

    public ValueTask DisposeAsync() => _feed.DisposeAsync();
}
