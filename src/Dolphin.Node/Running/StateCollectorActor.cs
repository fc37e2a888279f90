using System.Collections.Immutable;
using static Dolphin.Actors.Journal.DurableProtocol;

namespace Dolphin.Node.Running;

/// <summary>Has everybody store a snapshot and say what is in it. For the graceful end of a live run.</summary>
/// <remarks>Who has halted does not answer: what has come by the deadline is the answer.</remarks>
internal sealed class StateCollectorActor : ReceiveActor, IWithTimers
{
    private readonly ImmutableArray<StoredState>.Builder _states = ImmutableArray.CreateBuilder<StoredState>();
    private IActorRef _asker = ActorRefs.Nobody;
    private int _expected;

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Answered by <see cref="Collected"/>.</summary>
    /// <param name="Expected">How many answer if all are well.</param>
    public sealed record Collect(ImmutableArray<IActorRef> From, int Expected, TimeSpan Deadline);

    /// <summary>In ordinal order of id.</summary>
    public sealed record Collected(ImmutableArray<StoredState> States);

    public StateCollectorActor()
    {
        Receive<Collect>(collect =>
        {
            (_asker, _expected) = (Sender, collect.Expected);
            Timers.StartSingleTimer("deadline", new DeadlinePassed(), collect.Deadline);
            foreach (var actor in collect.From)
            {
                actor.Tell(TakeSnapshot.Now);
                actor.Tell(GetStored.Now); // After the snapshot: who answers has handed it to the journal.
            }
        });
        Receive<StoredState>(state =>
        {
            _states.Add(state);
            if (_states.Count == _expected) Answer();
        });
        Receive<DeadlinePassed>(_ => Answer());
    }

    private void Answer()
    {
        Timers.CancelAll();
        _asker.Tell(new Collected([.. _states.OrderBy(s => s.PersistenceId, StringComparer.Ordinal)]));
    }

    private sealed record DeadlinePassed;
}
