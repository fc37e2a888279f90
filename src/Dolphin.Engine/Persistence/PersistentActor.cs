using Dolphin.Engine.Actor;

namespace Dolphin.Engine.Persistence;

/// <summary>A persistent actor whose handlers take any object and say whether they handled it.</summary>
public abstract class PersistentActor : Eventsourced
{
    protected override bool Receive(object message) => ReceiveCommand(message);
}

/// <summary>A persistent actor whose handlers take any object.</summary>
public abstract class UntypedPersistentActor : Eventsourced
{
    protected override bool Receive(object message) => ReceiveCommand(message);

    protected sealed override bool ReceiveCommand(object message)
    {
        OnCommand(message);
        return true;
    }

    protected sealed override bool ReceiveRecover(object message)
    {
        OnRecover(message);
        return true;
    }

    protected abstract void OnCommand(object message);
    protected abstract void OnRecover(object message);

    protected void Become(UntypedReceive receive) => Context.Become(receive);
    protected void BecomeStacked(UntypedReceive receive) => Context.BecomeStacked(receive);
    protected static new IUntypedActorContext Context => (IUntypedActorContext)ActorBase.Context;
}
