using Dolphin.Simulation;

namespace Dolphin.Engine.Actor;

/// <summary>Tells a message at a time, or runs an action.</summary>
internal sealed class EngineTimer : TimerEntry
{
    internal ICanTell? Receiver;
    internal object? Message;
    internal IActorRef? Sender;
    internal Action? Action;
    internal ICancelable? Cancelable;
    internal CancellationTokenRegistration Registration;

    internal override bool IsOff => Cancelled || (Cancelable?.IsCancellationRequested ?? false);

    internal override void Fire()
    {
        if (IsOff) return;
        if (Receiver is not null) Receiver.Tell(Message!, Sender);
        else Action!();
    }

    internal override void Over() => Registration.Unregister();
}
