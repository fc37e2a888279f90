namespace Dolphin.Engine.Actor;

/// <summary>Turns the end of a task into a message. Without a sender it comes from nobody, not from the actor that pipes, as in Akka.NET.</summary>
public static class PipeToSupport
{
    /// <summary>Tells the result, or what <paramref name="success"/> makes of it; a failure becomes Status.Failure or what <paramref name="failure"/> makes.</summary>
    public static Task PipeTo<T>(
        this Task<T> taskToPipe, ICanTell recipient, IActorRef? sender = null, Func<T, object>? success = null, Func<Exception, object>? failure = null)
    {
        return Piped(taskToPipe, recipient, sender, task =>
        {
            var result = ((Task<T>)task).Result;
            return success is not null ? success(result) : result!;
        }, failure);
    }

    /// <summary>Nothing is told on success, unless <paramref name="success"/> makes something.</summary>
    public static Task PipeTo(
        this Task taskToPipe, ICanTell recipient, IActorRef? sender = null, Func<object>? success = null, Func<Exception, object>? failure = null)
    {
        return Piped(taskToPipe, recipient, sender, success is null ? null : _ => success(), failure);
    }

    private static Task Piped(Task task, ICanTell recipient, IActorRef? sender, Func<Task, object>? success, Func<Exception, object>? failure)
    {
        void Finish(Task done)
        {
            if (done.IsCompletedSuccessfully)
            {
                if (success is not null) recipient.Tell(success(done), sender);
                return;
            }

            var cause = done.Exception is { } e ? e.InnerExceptions.Count == 1 ? e.InnerExceptions[0] : e : (Exception)new TaskCanceledException(done);
            recipient.Tell(failure is not null ? failure(cause) : new Status.Failure(cause), sender);
        }

        if (task.IsCompleted)
        {
            Finish(task);
            return Task.CompletedTask;
        }

        return task.ContinueWith(Finish, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}

/// <summary>Stopping an actor and waiting for it to be gone.</summary>
public static class GracefulStopSupport
{
    public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout) => GracefulStop(target, timeout, PoisonPill.Instance);

    /// <summary>Tells <paramref name="stopMessage"/> and completes with true when the actor has ended.</summary>
    /// <returns>False when it has not in time; it is left as it is. (Akka.NET 1.4 cancelled the task instead.)</returns>
    public static async Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout, object stopMessage)
    {
        var system = Futures.SystemOf(target);
        var internalTarget = (InternalActorRef)(target is IWrappedActorRef wrapped ? wrapped.Wrapped : target);
        var watcher = new EndWatcher(system, internalTarget);
        internalTarget.SendSystemMessage(new Watch(internalTarget, watcher));
        target.Tell(stopMessage, ActorRefs.NoSender);
        try
        {
            return await watcher.Ended(timeout).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            internalTarget.SendSystemMessage(new Unwatch(internalTarget, watcher));
            return false;
        }
    }

    /// <summary>Watches one actor for a task.</summary>
    private sealed class EndWatcher(LocalActorSystem system, InternalActorRef target) : MinimalActorRef
    {
        private readonly PromiseActorRefSource _promise = new(system, target);

        public override ActorPath Path => _promise.Path;
        public override void Tell(object message, IActorRef? sender) => system.DeadLetterRef.Undeliverable(message, sender, this);
        internal Task<bool> Ended(TimeSpan timeout) => _promise.Await(timeout);

        internal override void SendSystemMessage(SystemMessage message)
        {
            if (message is DeathWatchNotification death && ReferenceEquals(death.Actor, target)) _promise.Complete();
            else base.SendSystemMessage(message);
        }
    }

    /// <summary>A promise whose answer may come before its time limit is set.</summary>
    private sealed class PromiseActorRefSource(LocalActorSystem system, InternalActorRef target)
    {
        private readonly Lock _gate = new();
        private PromiseActorRef<bool>? _promise;
        private bool _ended;

        internal ActorPath Path { get; } = system.NextTemporaryPath();

        internal void Complete()
        {
            PromiseActorRef<bool>? promise;
            lock (_gate)
            {
                _ended = true;
                promise = _promise;
            }

            promise?.Tell(true, target);
        }

        internal Task<bool> Await(TimeSpan timeout)
        {
            var promise = new PromiseActorRef<bool>(system, target, timeout, CancellationToken.None);
            lock (_gate)
            {
                _promise = promise;
                if (!_ended) return promise.Driven();
            }

            promise.Tell(true, target);
            return promise.Driven();
        }
    }
}
