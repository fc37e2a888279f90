using Dolphin.Engine.Event;

namespace Dolphin.Engine.Actor;

internal sealed partial class ActorCell
{
    private InternalActorRef? _failed; // Who failed while this cell waits for its supervisor: itself, or a child it escalated.
    private object? _failedMessage;
    private bool _isTerminating;
    private Queue<SystemMessage>? _heldBack;

    private bool IsFailed => _failed is not null;

    /// <summary>Handles one system message, or holds it back while the cell is in no state for it.</summary>
    internal void SystemInvoke(SystemMessage message)
    {
        if (MustHoldBack(message))
        {
            (_heldBack ??= new Queue<SystemMessage>()).Enqueue(message);
            return;
        }

        Dispatch(message);
        while (_heldBack is { Count: > 0 } held && !MustHoldBack(held.Peek())) Dispatch(held.Dequeue());
    }

    /// <summary>
    /// A cell that waits for children to end takes no fault handling; one that itself waits for its supervisor's verdict
    /// judges no child.
    /// </summary>
    private bool MustHoldBack(SystemMessage message)
    {
        if (_isTerminating || !_mailbox.IsSuspended) return false;
        return _waitingFor != WaitingFor.Nothing
            ? message is Recreate or Suspend or Resume or Failed
            : IsFailed && message is Failed;
    }

    private void Dispatch(SystemMessage message)
    {
        try
        {
            switch (message)
            {
                case CreateActor:
                    Create();
                    break;
                case Recreate recreate:
                    FaultRecreate(recreate.Cause);
                    break;
                case Suspend:
                    FaultSuspend();
                    break;
                case Resume resume:
                    FaultResume(resume.CausedByFailure);
                    break;
                case Terminate:
                    TerminateSelf();
                    break;
                case Watch watch:
                    AddWatcher(watch.Watchee, watch.Watcher);
                    break;
                case Unwatch unwatch:
                    RemoveWatcher(unwatch.Watchee, unwatch.Watcher);
                    break;
                case DeathWatchNotification death:
                    WatchedActorTerminated(death.Actor, death.ExistenceConfirmed);
                    break;
                case Failed failed:
                    HandleFailed(failed);
                    break;
                case ActorContinuation continuation:
                    continuation.Scheduler.Run(continuation.Task);
                    break;
                case ActorContinuationFailed broken:
                    broken.Scheduler.Fail(broken.Cause);
                    break;
                default:
                    throw new InvalidOperationException($"System message {message.GetType().Name} is handled nowhere.");
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            HandleFailure(e, message: null);
        }
    }

    /// <summary>A system message that came after the end.</summary>
    internal void SystemMessageAfterEnd(SystemMessage message)
    {
        if (message is Watch watch && ReferenceEquals(watch.Watchee, _self) && !ReferenceEquals(watch.Watcher, _self))
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(_self, ExistenceConfirmed: false));
    }

    private void Create()
    {
        try
        {
            _actor = NewActor();
            _actor.AroundPreStart();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            CancelTimers();
            ReleaseActor();
            throw e as ActorInitializationException
                ?? new ActorInitializationException(_self, $"Exception during creation of {_self} ({Props.Type.Name}): {e.Message}", e);
        }
    }

    /// <summary>Suspends this cell and below, and asks the supervisor.</summary>
    internal void HandleFailure(Exception cause, object? message, ChildRestartStats[]? spared = null)
    {
        if (IsFailed || _isTerminating)
        {
            // The verdict on the first failure is on its way, or the end is; a second one only needs to be seen.
            LogError(cause, cause.Message);
            return;
        }

        try
        {
            _failedMessage = message;
            _mailbox.Suspend();
            _failed = _perpetrator ?? _self;
            foreach (var child in ChildStats())
            {
                if (ReferenceEquals(child.Child, _perpetrator) || (spared is not null && spared.Contains(child))) continue;
                child.Child.SendSystemMessage(new Suspend());
            }

            _parent.SendSystemMessage(new Failed(_self, cause));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogError(e, $"{_self} failed ({cause.Message}), and so did telling its supervisor; it is stopped.");
            foreach (var child in ChildStats()) Stop(child.Child);
            FinishTerminate();
        }
    }

    private InternalActorRef? _perpetrator; // The child whose failure is being judged right now.

    private void HandleFailed(Failed failed)
    {
        if (StatsOf(failed.Child) is not { } stats) return; // Gone meanwhile, or an earlier incarnation of the name.
        _message = failed;
        _sender = failed.Child;
        _perpetrator = failed.Child;
        try
        {
            if (_actor is not { } actor || !actor.StrategyInUse.HandleFailure(this, failed.Child, failed.Cause, stats, ChildStats()))
                HandleFailure(failed.Cause, message: null);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            HandleFailure(e, message: null);
        }
        finally
        {
            _perpetrator = null;
            _message = null;
            _sender = null;
        }
    }

    private void FaultSuspend()
    {
        _mailbox.Suspend();
        foreach (var child in ChildStats()) child.Child.SendSystemMessage(new Suspend());
    }

    private void FaultResume(Exception? causedByFailure)
    {
        if (_isTerminating) return;
        if (_actor is null)
        {
            FaultCreate();
            return;
        }

        var perpetrator = _failed;
        _mailbox.Resume();
        if (causedByFailure is not null) _failed = null;
        foreach (var child in ChildStats())
        {
            // The child whose failure was escalated gets the cause: it is the one that must forget its failure.
            child.Child.SendSystemMessage(new Resume(ReferenceEquals(perpetrator, child.Child) ? causedByFailure : null));
        }
    }

    /// <summary>The supervisor wants a new instance although there has never been one that worked.</summary>
    private void FaultCreate()
    {
        foreach (var child in ChildStats()) Stop(child.Child);
        if (!WaitForChildren(WaitingFor.Creation)) FinishCreate();
    }

    private void FinishCreate()
    {
        _mailbox.Resume();
        _failed = null;
        try
        {
            Create();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            HandleFailure(e, message: null);
        }
    }

    private void FaultRecreate(Exception cause)
    {
        if (_isTerminating) return;
        if (_actor is not { } failedActor)
        {
            FaultCreate();
            return;
        }

        var failedMessage = _failedMessage;
        _failedMessage = null;
        try
        {
            _message = failedMessage;
            CancelTimers();
            UnstashBeforeEnd(failedActor);
            failedActor.AroundPreRestart(cause, failedMessage);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogError(e, new PreRestartException(_self, e, cause, failedMessage).Message);
        }
        finally
        {
            _message = null;
            CancelTimers();
            ReleaseActor();
        }

        if (!WaitForChildren(WaitingFor.Recreation, cause)) FinishRecreate(cause);
    }

    private void FinishRecreate(Exception cause)
    {
        var survivors = ChildStats();
        _mailbox.Resume();
        _failed = null;
        try
        {
            _actor = NewActor();
            _actor.AroundPostRestart(cause, message: null);
            foreach (var child in survivors) child.Child.SendSystemMessage(new Recreate(cause));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            CancelTimers();
            ReleaseActor();
            // The children that outlived the first failure are still suspended; suspending them twice would never be undone.
            HandleFailure(new PostRestartException(_self, e, cause), message: null, survivors);
        }
    }

    private void TerminateSelf()
    {
        if (IsTerminated) return;
        SetReceiveTimeout(null);
        UnwatchAll();
        lock (ChildrenLock) _noMoreChildren = true;
        foreach (var child in ChildStats()) Stop(child.Child);
        var wasTerminating = _isTerminating;
        _isTerminating = true;
        if (WaitForChildren(WaitingFor.Termination))
        {
            // No user message is handled any more, but system messages still are: the children's ends must be seen.
            if (!wasTerminating) _mailbox.Suspend();
        }
        else
        {
            FinishTerminate();
        }
    }

    private void FinishTerminate()
    {
        if (IsTerminated) return;
        _isTerminating = true;
        lock (ChildrenLock) _noMoreChildren = true;
        try
        {
            CancelTimers();
            if (_actor is { } actor)
            {
                UnstashBeforeEnd(actor);
                actor.AroundPostStop();
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogError(e, $"PostStop of {_self} failed; it is stopped all the same: {e.Message}");
        }

        CancelTimers();
        IsTerminated = true;
        _mailbox.Close();
        _system.EventStream.Unsubscribe(_self);
        _parent.SendSystemMessage(new DeathWatchNotification(_self, ExistenceConfirmed: true));
        TellWatchers();
        UnwatchAll();
        ReleaseActor();
    }

    private static void UnstashBeforeEnd(ActorBase actor)
    {
        // What was put aside goes back in front of the mailbox: to the next instance, or to the dead letters.
        if (actor is IActorStash { } stashing) StashFactory.UnstashAll(stashing);
    }
}
