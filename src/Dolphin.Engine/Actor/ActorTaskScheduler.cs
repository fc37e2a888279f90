using System.Runtime.ExceptionServices;

namespace Dolphin.Engine.Actor;

/// <summary>Runs what an asynchronous handler does after an await as the actor, with its message and sender, one piece at a time.</summary>
/// <remarks>
/// In virtual time an await must be completed by the driver: by an Ask, a timer, or a posted action. Something that completes on
/// another thread (a socket, Task.Run) would make the run depend on the machine; the handler then fails and its supervisor decides.
/// </remarks>
internal sealed class ActorTaskScheduler : TaskScheduler
{
    private readonly ActorCell _cell;
    private readonly object? _message;
    private readonly IActorRef? _sender;
    private bool _starting;
    private bool _over;

    private ActorTaskScheduler(ActorCell cell)
    {
        _cell = cell;
        _message = cell.CurrentMessage;
        _sender = cell.RawSender;
    }

    /// <summary>Starts the action in the running actor. If it does not complete at once, the mailbox waits for it.</summary>
    internal static void RunTask(Func<Task> action)
    {
        var cell = ActorCell.Current ?? throw ActorBase.NoContext();
        var scheduler = new ActorTaskScheduler(cell) { _starting = true };
        var start = new Task<Task>(action);
        start.RunSynchronously(scheduler);
        scheduler._starting = false;
        if (start.IsFaulted) ExceptionDispatchInfo.Throw(Cause(start));
        var work = start.Result;
        if (work.IsCompleted)
        {
            if (!work.IsCompletedSuccessfully) ExceptionDispatchInfo.Throw(Cause(work));
            return;
        }

        cell.Mailbox.Suspend();
        _ = work.ContinueWith(scheduler.Completed, CancellationToken.None, TaskContinuationOptions.None, scheduler);
    }

    private void Completed(Task work)
    {
        if (_over) return;
        _over = true;
        _cell.Mailbox.Resume();
        if (!work.IsCompletedSuccessfully) _cell.HandleFailure(Cause(work), _message);
    }

    /// <summary>On the actor: runs a continuation with the context of the message it belongs to.</summary>
    internal void Run(Task task)
    {
        _cell.Restore(_message, _sender);
        TryExecuteTask(task);
    }

    internal void Fail(Exception cause)
    {
        if (_over) return;
        _over = true;
        _cell.Mailbox.Resume();
        _cell.HandleFailure(cause, _message);
    }

    protected override void QueueTask(Task task)
    {
        if (_cell.Engine.Virtual is { } time && !time.IsOnDriverThread)
        {
            _cell.SelfRef.SendSystemMessage(new ActorContinuationFailed(this, new InvalidOperationException(
                $"{_cell.Self} awaits something that was completed outside virtual time, on another thread; the run could not be repeated. " +
                "Await an Ask or a scheduled message, or complete it with VirtualTime.Post.")));
            return;
        }

        _cell.SelfRef.SendSystemMessage(new ActorContinuation(this, task));
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => _starting && TryExecuteTask(task);
    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private static Exception Cause(Task task) => task.Exception is { } e
        ? e.InnerExceptions.Count == 1 ? e.InnerExceptions[0] : e
        : new TaskCanceledException(task);
}
