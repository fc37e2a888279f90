using System.Runtime.CompilerServices;
using Dolphin.Simulation;

namespace Dolphin.Engine.Actor;

/// <summary>The virtual-time mailbox: a plain ring, no locks, run by the one driver thread.</summary>
internal sealed class VirtualMailbox : Mailbox, IVirtualRunnable
{
    private readonly VirtualTime _time;
    private readonly int _bound;
    private readonly OverflowCounter? _overflow;
    private Envelope[] _ring = new Envelope[8];
    private int _head;
    private int _count;
    private bool _scheduled;
    private SystemMessage? _systemHead;
    private SystemMessage? _systemTail;

    internal VirtualMailbox(VirtualTime time, int throughput, int? bound) : base(throughput)
    {
        _time = time;
        _bound = bound ?? int.MaxValue;
        if (bound is not null) _overflow = new OverflowCounter();
    }

    internal override int Count => FrontCount + _count;

    internal override void Post(object message, IActorRef? sender)
    {
        if (!_time.IsDriver)
        {
            _time.PostFromOutside(new Outside(this, message, sender));
            return;
        }

        if (_count >= _bound && message is not AutoReceivedMessage)
        {
            Cell.Overflowed(_overflow!, _bound, message, sender);
            return;
        }

        if (_count == _ring.Length) Grow();
        _ring[(_head + _count++) & (_ring.Length - 1)] = new Envelope(message, sender);
        if (!_scheduled)
        {
            _scheduled = true;
            _time.Enqueue(this);
        }
    }

    internal override void PostSystem(SystemMessage message)
    {
        if (!_time.IsDriver)
        {
            _time.PostFromOutside(new OutsideSystem(this, message));
            return;
        }

        if (_systemTail is null) _systemHead = message;
        else _systemTail.Next = message;
        _systemTail = message;
        if (!_scheduled)
        {
            _scheduled = true;
            _time.Enqueue(this);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow()
    {
        var larger = new Envelope[_ring.Length * 2];
        for (var i = 0; i < _count; i++) larger[i] = _ring[(_head + i) & (_ring.Length - 1)];
        (_ring, _head) = (larger, 0);
    }

    public override string ToString() => $"{Cell.Self}, {Count} messages";

    public bool RunTurn()
    {
        ActorCell.Current = Cell;
        if (_systemHead is not null) RunSystemMessages();
        var delivered = 0;
        while (delivered < Throughput)
        {
            if (Closed) DrainClosed();
            if (Suspensions > 0) break;
            if (HasFront)
            {
                var front = TakeFront();
                delivered++;
                Cell.Invoke(front.Message, front.Sender);
            }
            else if (_count > 0)
            {
                ref var slot = ref _ring[_head];
                var (message, sender) = (slot.Message, slot.Sender);
                slot = default;
                _head = --_count == 0 ? 0 : (_head + 1) & (_ring.Length - 1); // Most have one message a turn: the same few bytes take it every time.
                delivered++;
                Cell.Invoke(message, sender);
            }
            else
            {
                break;
            }

            if (_systemHead is not null) RunSystemMessages();
        }

        Cell.ForgetMessage();
        ActorCell.Current = null;
        _time.Delivered(delivered);
        return _scheduled = _systemHead is not null || ((Closed || Suspensions == 0) && (_count > 0 || HasFront));
    }

    private void RunSystemMessages()
    {
        while (_systemHead is { } message)
        {
            _systemHead = message.Next;
            if (_systemHead is null) _systemTail = null;
            message.Next = null;
            if (Closed) Cell.SystemMessageAfterEnd(message);
            else Cell.SystemInvoke(message);
        }
    }

    private void DrainClosed()
    {
        while (HasFront)
        {
            var front = TakeFront();
            Cell.Undeliverable(front.Message, front.Sender);
        }

        while (_count > 0)
        {
            var envelope = _ring[_head];
            _ring[_head] = default;
            _head = (_head + 1) & (_ring.Length - 1);
            _count--;
            Cell.Undeliverable(envelope.Message, envelope.Sender);
        }
    }

    private sealed class Outside(VirtualMailbox mailbox, object message, IActorRef? sender) : IVirtualRunnable
    {
        public bool RunTurn()
        {
            mailbox.Post(message, sender);
            return false;
        }
    }

    private sealed class OutsideSystem(VirtualMailbox mailbox, SystemMessage message) : IVirtualRunnable
    {
        public bool RunTurn()
        {
            mailbox.PostSystem(message);
            return false;
        }
    }
}
