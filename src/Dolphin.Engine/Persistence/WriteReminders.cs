using Dolphin.Engine.Actor;

namespace Dolphin.Engine.Persistence;

/// <summary>
/// Reminds persistent actors to look how old their write is, one timeout after they asked. The timeout is the same for all, so those who asked first are
/// first: a queue and one timer for all of them, where hundreds of actors would each keep a timer that seldom has anything to tell.
/// </summary>
/// <remarks>From any thread. Bound: one entry for each actor that has written within the timeout.</remarks>
internal sealed class WriteReminders(IScheduler scheduler, TimeSpan timeout)
{
    private readonly object _gate = new();
    private readonly Queue<(Eventsourced Actor, TimeSpan Since)> _waiting = new(); // A timer runs whenever it is not empty.

    public void Remind(Eventsourced actor)
    {
        lock (_gate)
        {
            _waiting.Enqueue((actor, scheduler.MonotonicClock));
            if (_waiting.Count > 1) return;
        }

        scheduler.Advanced.ScheduleOnce(timeout, RemindDue);
    }

    private void RemindDue()
    {
        while (true)
        {
            (Eventsourced Actor, TimeSpan Since) first;
            lock (_gate)
            {
                first = _waiting.Peek();
                var left = timeout - (scheduler.MonotonicClock - first.Since);
                if (left > TimeSpan.Zero)
                {
                    scheduler.Advanced.ScheduleOnce(left, RemindDue);
                    return;
                }
            }

            first.Actor.RemindOfWrite();
            lock (_gate)
            {
                _waiting.Dequeue();
                if (_waiting.Count > 0) continue;
                _waiting.TrimExcess(); // After the rush of a start.
                return;
            }
        }
    }
}
