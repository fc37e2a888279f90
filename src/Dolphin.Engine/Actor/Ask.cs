using Dolphin.Simulation;

namespace Dolphin.Engine.Actor;

/// <summary>Asking: a message whose first answer completes a task.</summary>
public static class Futures
{
    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout = null) =>
        Ask<object>(self, message, timeout, CancellationToken.None);

    public static Task<object> Ask(this ICanTell self, object message, CancellationToken cancellationToken) =>
        Ask<object>(self, message, timeout: null, cancellationToken);

    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        Ask<object>(self, message, timeout, cancellationToken);

    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout = null) =>
        Ask<T>(self, message, timeout, CancellationToken.None);

    public static Task<T> Ask<T>(this ICanTell self, object message, CancellationToken cancellationToken) =>
        Ask<T>(self, message, timeout: null, cancellationToken);

    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        Ask<T>(self, _ => message, timeout, cancellationToken);

    /// <summary>
    /// Sends what <paramref name="messageFactory"/> makes of the reference that takes the answer. Fails with
    /// <see cref="AskTimeoutException"/> when none comes in time, with the cause of a <see cref="Status.Failure"/>, and with
    /// <see cref="ArgumentException"/> when the answer is of another type. A further answer, or one after the timeout, is a dead
    /// letter; one after a cancellation is nothing, because nobody wanted it any more.
    /// </summary>
    public static Task<T> Ask<T>(this ICanTell self, Func<IActorRef, object> messageFactory, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var system = SystemOf(self);
        var promise = new PromiseActorRef<T>(system, self, timeout, cancellationToken);
        self.Tell(messageFactory(promise), promise);
        return promise.Driven();
    }

    internal static LocalActorSystem SystemOf(ICanTell receiver) => receiver switch
    {
        LocalActorRef local => local.Cell.Engine,
        ActorSelection selection => selection.System,
        IWrappedActorRef wrapped => SystemOf(wrapped.Wrapped),
        _ => ActorCell.Current?.Engine
            ?? throw new ArgumentException($"{receiver} belongs to no actor system; it cannot be asked from outside an actor.", nameof(receiver)),
    };
}

/// <summary>Takes the first answer to a question. Lives under /temp until it is answered, timed out or cancelled.</summary>
internal sealed class PromiseActorRef<T> : MinimalActorRef
{
    private readonly LocalActorSystem _system;
    private readonly ICanTell _asked;
    private readonly TaskCompletionSource<T> _result;
    private readonly TimerEntry? _timer;
    private readonly CancellationTokenRegistration _cancellation;
    private readonly TimeSpan? _timeout;
    private int _answered;
    private volatile bool _cancelled;

    internal PromiseActorRef(LocalActorSystem system, ICanTell asked, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        _system = system;
        _asked = asked;
        _timeout = timeout is { } t && t > TimeSpan.Zero && t != TimeSpan.MaxValue ? t : null;
        _result = new TaskCompletionSource<T>(
            system.Virtual is null ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None);
        Path = system.NextTemporaryPath();
        system.AddTemporary(this);
        if (_timeout is { } limit)
        {
            _timer = system.EngineScheduler.Schedule(
                limit, TimeSpan.Zero, new FunctionRef(Path, (_, _) => TimedOut(limit)), PoisonPill.Instance, sender: null, Path.ToStringWithoutAddress(), "");
        }

        if (cancellationToken.CanBeCanceled)
            _cancellation = cancellationToken.Register(() => Cancel(cancellationToken));
    }

    public override ActorPath Path { get; }

    public override void Tell(object message, IActorRef? sender)
    {
        if (message is null) InvalidMessageException.ThrowNull(this);
        if (message is Identify identify)
        {
            sender?.Tell(new ActorIdentity(identify.MessageId, this), this);
            return;
        }

        if (!Complete(() => Answer(message)) && !_cancelled) _system.DeadLetterRef.Undeliverable(message, sender, this);
    }

    private void Answer(object message)
    {
        switch (message)
        {
            // As in Akka.NET: who asks for any object, or for a Status, gets the failure as the answer.
            case T answer:
                _result.TrySetResult(answer);
                break;
            case Status.Failure failure:
                _result.TrySetException(failure.Cause);
                break;
            default:
                _result.TrySetException(new ArgumentException(
                    $"{_asked} answered with {message.GetType()}; the question expected {typeof(T)}."));
                break;
        }
    }

    private void Cancel(CancellationToken cancellationToken)
    {
        if (Complete(() => _result.TrySetCanceled(cancellationToken))) _cancelled = true;
    }

    private void TimedOut(TimeSpan limit) => Complete(() => _result.TrySetException(
        new AskTimeoutException($"{_asked} did not answer within {limit}; an answer that comes now is a dead letter.")));

    private bool Complete(Action complete)
    {
        if (Interlocked.Exchange(ref _answered, 1) != 0) return false;
        _system.RemoveTemporary(this);
        if (_timer is not null) _system.EngineScheduler.Disarm(_timer);
        _cancellation.Unregister();
        // In virtual time what awaits the answer runs as a turn of its own, not inside the actor that answered.
        if (_system.Virtual is { } time) time.Post(complete);
        else complete();
        return true;
    }

    /// <summary>The answer; obtained by running the system, where the caller is its driver and nobody else would.</summary>
    internal Task<T> Driven()
    {
        if (!_system.Settings.AskDrivesTime || _system.Virtual is not { MayDrive: true } time) return _result.Task;
        var limit = _timeout is { } t ? time.Now + t : time.Now;
        while (!_result.Task.IsCompleted && time.Step(limit))
        {
            // Each step is one turn, or the next timer within the limit.
        }

        return _result.Task;
    }
}
