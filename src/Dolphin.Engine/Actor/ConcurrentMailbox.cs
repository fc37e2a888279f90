using System.Runtime.CompilerServices;

namespace Dolphin.Engine.Actor;

/// <summary>The real-time mailbox: many senders, one receiver, run by the thread pool.</summary>
/// <remarks>
/// Messages live in a chain of arrays. A sender claims a slot with one atomic increment, writes the sender and then, as the
/// mark that the slot is full, the message. That increment is also the full fence that pairs with the one in
/// <see cref="GoIdle"/>: either the sender sees the mailbox idle and schedules it, or the receiver sees the claimed slot.
/// So a Tell to a busy actor costs one atomic instruction, and one array is allocated per few hundred messages. The mailbox of an actor that
/// hears little stays small: an array that was there at a collection took long to fill, and the one after it begins small again.
/// </remarks>
internal class ConcurrentMailbox : Mailbox, IThreadPoolWorkItem
{
    private const int FirstSegment = 8;
    private const int LargestSegment = 512; // Slots; 8 KB, well below the large object heap.
    private const int Idle = 0;
    private const int Scheduled = 1;

    private struct Slot
    {
        public IActorRef? Sender;
        public object? Message;
    }

    private sealed class Segment(int size)
    {
        internal readonly Slot[] Slots = new Slot[size];
        internal Segment? Next;
        internal int Claimed; // May run past the size: those senders go on to the next segment.
    }

    private Segment _tail;
    private Segment _head; // Owner.
    private int _taken;    // Owner: slots taken from the head segment.
    private int _state;
    private SystemMessage? _system; // Newest first; reversed when taken.

    internal ConcurrentMailbox(int throughput) : base(throughput) => _head = _tail = new Segment(FirstSegment);

    internal override int Count => FrontCount + (HasQueued ? 1 : 0);

    /// <summary>Slots of the newest array, from any thread.</summary>
    internal int Room => Volatile.Read(ref _tail).Slots.Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal override void Post(object message, IActorRef? sender)
    {
        Enqueue(message, sender);
        if (Volatile.Read(ref _state) == Idle) Schedule();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected void Enqueue(object message, IActorRef? sender)
    {
        var segment = Volatile.Read(ref _tail);
        var index = Interlocked.Increment(ref segment.Claimed) - 1;
        if ((uint)index >= (uint)segment.Slots.Length)
        {
            EnqueueFurther(segment, message, sender);
            return;
        }

        ref var slot = ref segment.Slots[index];
        slot.Sender = sender;
        Volatile.Write(ref slot.Message, message);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnqueueFurther(Segment full, object message, IActorRef? sender)
    {
        while (true)
        {
            var next = Volatile.Read(ref full.Next);
            if (next is null)
            {
                var fresh = new Segment(GC.GetGeneration(full) > 0 ? FirstSegment : Math.Min(full.Slots.Length * 2, LargestSegment));
                next = Interlocked.CompareExchange(ref full.Next, fresh, null) ?? fresh;
            }

            // Only ever moves the tail forward; a slow sender finds its way along Next.
            Interlocked.CompareExchange(ref _tail, next, full);
            var index = Interlocked.Increment(ref next.Claimed) - 1;
            if (index < next.Slots.Length)
            {
                ref var slot = ref next.Slots[index];
                slot.Sender = sender;
                Volatile.Write(ref slot.Message, message);
                return;
            }

            full = next;
        }
    }

    private protected void ScheduleIfIdle()
    {
        if (Volatile.Read(ref _state) == Idle) Schedule();
    }

    internal override void PostSystem(SystemMessage message)
    {
        SystemMessage? head;
        do
        {
            head = Volatile.Read(ref _system);
            message.Next = head;
        }
        while (!ReferenceEquals(Interlocked.CompareExchange(ref _system, message, head), head));
        if (Volatile.Read(ref _state) == Idle) Schedule();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Schedule()
    {
        if (Interlocked.CompareExchange(ref _state, Scheduled, Idle) == Idle)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    private bool HasQueued
    {
        get
        {
            var head = _head;
            return _taken < head.Slots.Length ? Volatile.Read(ref head.Claimed) > _taken : Volatile.Read(ref head.Next) is not null;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTake(out object message, out IActorRef? sender)
    {
        if (HasFront)
        {
            var envelope = TakeFront();
            (message, sender) = (envelope.Message, envelope.Sender);
            return true;
        }

        var head = _head;
        if (_taken == head.Slots.Length)
        {
            var next = Volatile.Read(ref head.Next);
            if (next is null)
            {
                (message, sender) = (null!, null);
                return false;
            }

            _head = head = next;
            _taken = 0;
        }

        ref var slot = ref head.Slots[_taken];
        var found = Volatile.Read(ref slot.Message);
        if (found is null)
        {
            if (Volatile.Read(ref head.Claimed) <= _taken)
            {
                (message, sender) = (null!, null);
                return false;
            }

            found = AwaitClaimed(ref slot);
        }

        sender = slot.Sender;
        slot = default; // So that a handled message is garbage at once, not when its array is.
        _taken++;
        message = found;
        OnTaken();
        return true;
    }

    /// <summary>The slot is claimed and will be filled within a few instructions, unless its sender lost the processor.</summary>
    private static object AwaitClaimed(ref Slot slot)
    {
        var wait = default(SpinWait);
        while (true)
        {
            if (Volatile.Read(ref slot.Message) is { } message) return message;
            wait.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>For bounded mailboxes: a slot has become free.</summary>
    private protected virtual void OnTaken()
    {
        // An unbounded mailbox does not count.
    }

    void IThreadPoolWorkItem.Execute()
    {
        ActorCell.Current = Cell;
        var more = RunBatch();
        Cell.ForgetMessage();
        ActorCell.Current = null;
        // A batch that is over but has work left goes to the back of the common queue, so that no actor starves others.
        if (more) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        else GoIdle();
    }

    private bool RunBatch()
    {
        if (Volatile.Read(ref _system) is not null) RunSystemMessages();
        for (var left = Throughput; left > 0; left--)
        {
            if (Closed) DrainClosed();
            if (Suspensions > 0 || !TryTake(out var message, out var sender)) return false;
            Cell.Invoke(message, sender);
            if (Volatile.Read(ref _system) is not null) RunSystemMessages();
        }

        return true;
    }

    private void GoIdle()
    {
        Interlocked.Exchange(ref _state, Idle);
        if (Volatile.Read(ref _system) is not null || HasWorkAfterIdle()) Schedule();
    }

    /// <summary>Looks at owner state after giving up ownership: a stale answer can only cost one needless run.</summary>
    private bool HasWorkAfterIdle() => (Suspensions == 0 || Closed) && (HasFront || HasQueued);

    private void RunSystemMessages()
    {
        while (Interlocked.Exchange(ref _system, null) is { } newest)
        {
            SystemMessage? oldest = null;
            for (var m = newest; m is not null;)
            {
                var next = m.Next;
                m.Next = oldest;
                oldest = m;
                m = next;
            }

            for (var m = oldest; m is not null;)
            {
                var next = m.Next;
                m.Next = null;
                if (Closed) Cell.SystemMessageAfterEnd(m);
                else Cell.SystemInvoke(m);
                m = next;
            }
        }
    }

    private void DrainClosed()
    {
        while (TryTake(out var message, out var sender)) Cell.Undeliverable(message, sender);
    }
}

/// <summary>A mailbox that holds a stated number of messages; more become dead letters with a counted warning.</summary>
internal sealed class BoundedConcurrentMailbox(int throughput, int bound) : ConcurrentMailbox(throughput)
{
    private readonly OverflowCounter _overflow = new();
    private int _held;

    internal override void Post(object message, IActorRef? sender)
    {
        // What the engine itself sends (PoisonPill, Terminated, ...) is always taken: a full mailbox must stay stoppable.
        if (Interlocked.Increment(ref _held) > bound && message is not AutoReceivedMessage)
        {
            Interlocked.Decrement(ref _held);
            Cell.Overflowed(_overflow, bound, message, sender);
            return;
        }

        Enqueue(message, sender);
        ScheduleIfIdle();
    }

    private protected override void OnTaken() => Interlocked.Decrement(ref _held);
}
