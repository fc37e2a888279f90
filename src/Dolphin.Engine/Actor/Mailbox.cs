using System.Runtime.CompilerServices;

namespace Dolphin.Engine.Actor;

/// <summary>A queue of messages for one cell, and the loop that hands them over.</summary>
/// <remarks>
/// System messages go first. User messages wait while the mailbox is suspended (the actor failed, or awaits something).
/// At most one thread runs the loop; members marked "owner" may only be used from inside it.
/// </remarks>
internal abstract class Mailbox
{
    private protected readonly int Throughput;
    private protected ActorCell Cell = null!;
    private protected bool Closed;
    private protected int Suspensions;

    // Messages put back in front: unstashed ones. Owner only. A power of two long, and empty while there are none: most actors seldom have any.
    private Envelope[] _front = [];
    private int _frontHead;
    private int _frontCount;

    private protected Mailbox(int throughput) => Throughput = throughput;

    internal void Attach(ActorCell cell) => Cell = cell;

    /// <summary>Puts a message at the end and sees that the loop will run.</summary>
    internal abstract void Post(object message, IActorRef? sender);
    internal abstract void PostSystem(SystemMessage message);

    /// <summary>Owner: user messages waiting. Exact in virtual time, a lower bound in real time.</summary>
    internal abstract int Count { get; }

    internal bool IsSuspended => Suspensions > 0;
    internal void Suspend() => Suspensions++;

    internal void Resume()
    {
        if (Suspensions > 0) Suspensions--;
    }

    /// <summary>Owner: from now on every message is undeliverable.</summary>
    internal void Close() => Closed = true;

    /// <summary>Owner: puts a message in front of all others.</summary>
    internal void PushFront(Envelope envelope)
    {
        if (_frontCount == _front.Length)
        {
            var larger = new Envelope[Math.Max(1, _front.Length * 2)];
            for (var i = 0; i < _frontCount; i++) larger[i] = _front[(_frontHead + i) & (_front.Length - 1)];
            (_front, _frontHead) = (larger, 0);
        }

        _frontHead = (_frontHead - 1) & (_front.Length - 1);
        _front[_frontHead] = envelope;
        _frontCount++;
    }

    private protected bool HasFront => _frontCount > 0;
    private protected int FrontCount => _frontCount;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private protected Envelope TakeFront()
    {
        var envelope = _front[_frontHead];
        _front[_frontHead] = default;
        _frontHead = (_frontHead + 1) & (_front.Length - 1);
        if (--_frontCount == 0) (_front, _frontHead) = ([], 0);
        return envelope;
    }
}

/// <summary>Counts what a bounded mailbox could not take, and says so without flooding the log.</summary>
internal sealed class OverflowCounter
{
    private long _dropped;

    /// <summary>True where this loss is worth a warning: the 1st, 2nd, 4th, 8th, ...</summary>
    internal bool Count(out long dropped)
    {
        dropped = Interlocked.Increment(ref _dropped);
        return (dropped & (dropped - 1)) == 0;
    }

    internal long Dropped => Interlocked.Read(ref _dropped);
}
