namespace Dolphin.Testing;

public abstract partial class TestKitBase
{
    public T ExpectMsg<T>(TimeSpan? duration = null, string? hint = null) => Expected<T>(duration, hint, static (_, _) => { });

    public T ExpectMsg<T>(T message, TimeSpan? timeout = null, string? hint = null) => Expected<T>(timeout, hint, (m, _) =>
    {
        if (!Equals(m, message)) throw Unmet($"Expected {message}, got {m}", hint);
    });

    public T ExpectMsg<T>(Predicate<T> isMessage, TimeSpan? timeout = null, string? hint = null) => Expected<T>(timeout, hint, (m, _) =>
    {
        if (!isMessage(m)) throw Unmet($"Got {m}, a {typeof(T).Name} that does not satisfy the predicate", hint);
    });

    public T ExpectMsg<T>(Action<T> assert, TimeSpan? timeout = null, string? hint = null) => Expected<T>(timeout, hint, (m, _) => assert(m));

    public T ExpectMsg<T>(Func<T, IActorRef, bool> isMessageAndSender, TimeSpan? timeout = null, string? hint = null) =>
        Expected<T>(timeout, hint, (m, sender) =>
        {
            if (!isMessageAndSender(m, sender)) throw Unmet($"Got {m} from {sender}, which does not satisfy the predicate", hint);
        });

    public T ExpectMsg<T>(Action<T, IActorRef> assertMessageAndSender, TimeSpan? timeout = null, string? hint = null) =>
        Expected(timeout, hint, assertMessageAndSender);

    public T ExpectMsg<T>(T expected, Func<T, T, bool> comparer, TimeSpan? timeout = null, string? hint = null) =>
        Expected<T>(timeout, hint, (m, _) =>
        {
            if (!comparer(expected, m)) throw Unmet($"Expected {expected}, got {m}", hint);
        });

    public T ExpectMsgFrom<T>(IActorRef sender, TimeSpan? duration = null, string? hint = null) =>
        Expected<T>(duration, hint, (m, from) => CheckSender(sender, from, m, hint));

    public T ExpectMsgFrom<T>(IActorRef sender, T message, TimeSpan? timeout = null, string? hint = null) => Expected<T>(timeout, hint, (m, from) =>
    {
        CheckSender(sender, from, m, hint);
        if (!Equals(m, message)) throw Unmet($"Expected {message}, got {m}", hint);
    });

    public T ExpectMsgFrom<T>(IActorRef sender, Predicate<T> isMessage, TimeSpan? timeout = null, string? hint = null) =>
        Expected<T>(timeout, hint, (m, from) =>
        {
            CheckSender(sender, from, m, hint);
            if (!isMessage(m)) throw Unmet($"Got {m}, which does not satisfy the predicate", hint);
        });

    public Terminated ExpectTerminated(IActorRef target, TimeSpan? timeout = null, string? hint = null) =>
        ExpectMsg<Terminated>(
            t =>
            {
                if (!t.ActorRef.Equals(target)) throw Unmet($"Expected the end of {target}, got that of {t.ActorRef}", hint);
            },
            timeout,
            hint);

    /// <summary>All of them, in any order, and each as often as it is listed.</summary>
    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(IReadOnlyCollection<T> messages) => ExpectMsgAllOf(RemainingOrDefault, messages);

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(TimeSpan max, IReadOnlyCollection<T> messages)
    {
        var received = ReceiveN(messages.Count, max);
        var missing = messages.ToList();
        var unexpected = received.Where(m => !(m is T typed && missing.Remove(typed))).ToList();
        if (missing.Count > 0 || unexpected.Count > 0)
        {
            throw Unmet(
                $"Expected all of [{string.Join(", ", messages)}] in any order; missing [{string.Join(", ", missing)}], " +
                $"not expected [{string.Join(", ", unexpected)}]",
                hint: null);
        }

        return received.Cast<T>().ToList();
    }

    public T ExpectMsgAnyOf<T>(IReadOnlyCollection<T> messages)
    {
        var message = ExpectMsg<T>();
        return messages.Contains(message) ? message : throw Unmet($"Expected any of [{string.Join(", ", messages)}], got {message}", hint: null);
    }

    public void ExpectNoMsg() => ExpectNoMsg(RemainingOrDefault);
    public void ExpectNoMsg(int milliseconds) => ExpectNoMsg(TimeSpan.FromMilliseconds(milliseconds));

    public void ExpectNoMsg(TimeSpan duration)
    {
        if (TakeWithin(duration) is { } envelope)
            throw Unmet($"Expected no message for {duration}, got {envelope.Message} from {envelope.Sender}", hint: null);
    }

    public object? ReceiveOne(TimeSpan? max = null) => TakeWithin(max ?? RemainingOrDefault)?.Message;

    public bool TryReceiveOne(out MessageEnvelope? envelope, TimeSpan? max = null)
    {
        envelope = TakeWithin(max ?? RemainingOrDefault);
        return envelope is not null;
    }

    public object? PeekOne(TimeSpan? max = null) =>
        WaitUntil(() => _queue.Count > 0, max ?? RemainingOrDefault) ? _queue.TryPeek()?.Message : null;

    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages) => ReceiveN(numberOfMessages, RemainingOrDefault);

    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, TimeSpan max)
    {
        var end = Now + max;
        var messages = new List<object>(numberOfMessages);
        while (messages.Count < numberOfMessages)
        {
            var envelope = TakeWithin(Max(end - Now, TimeSpan.Zero))
                ?? throw Unmet($"Expected {numberOfMessages} messages within {max}, got {messages.Count}: [{string.Join(", ", messages)}]", hint: null);
            messages.Add(envelope.Message);
        }

        return messages;
    }

    /// <summary>Messages as long as the filter makes something of them, at most until a time limit or a silence.</summary>
    public IReadOnlyList<T> ReceiveWhile<T>(TimeSpan? max, Func<object, T?> filter, int msgs = int.MaxValue) where T : class =>
        ReceiveWhile(filter, max, idle: null, msgs);

    public IReadOnlyList<T> ReceiveWhile<T>(Func<object, T?> filter, TimeSpan? max = null, TimeSpan? idle = null, int msgs = int.MaxValue) where T : class
    {
        var end = Now + (max ?? RemainingOrDefault);
        var kept = new List<T>();
        while (kept.Count < msgs)
        {
            var left = Max(end - Now, TimeSpan.Zero);
            var wait = idle is { } i && i < left ? i : left;
            if (!WaitUntil(() => _queue.Count > 0, wait) || _queue.TryPeek() is not { } next || filter(next.Message) is not { } item) break;
            _last = _queue.TryTake();
            kept.Add(item);
        }

        return kept;
    }

    public object FishForMessage(Predicate<object> isMessage, TimeSpan? max = null, string hint = "") => FishForMessage<object>(isMessage, max, hint);

    /// <summary>The first message that satisfies the predicate; those before it are dropped.</summary>
    public T FishForMessage<T>(Predicate<T> isMessage, TimeSpan? max = null, string hint = "")
    {
        var limit = max ?? RemainingOrDefault;
        var end = Now + limit;
        while (TakeWithin(Max(end - Now, TimeSpan.Zero)) is { } envelope)
        {
            if (envelope.Message is T typed && isMessage(typed)) return typed;
        }

        throw Unmet($"No {typeof(T).Name} that satisfies the predicate came within {limit}", hint);
    }

    public T FishUntilMessage<T>(TimeSpan? max = null) => FishForMessage<T>(static _ => true, max);

    public void Within(TimeSpan max, Action action, TimeSpan? epsilonValue = null) => Within(TimeSpan.Zero, max, action, hint: null, epsilonValue);

    public void Within(TimeSpan min, TimeSpan max, Action action, string? hint = null, TimeSpan? epsilonValue = null) => Within(
        min,
        max,
        () =>
        {
            action();
            return true;
        },
        hint,
        epsilonValue);

    public T Within<T>(TimeSpan max, Func<T> function, TimeSpan? epsilonValue = null) => Within(TimeSpan.Zero, max, function, hint: null, epsilonValue);

    /// <summary>Runs a block whose expectations share one time limit; it must take at least <paramref name="min"/>.</summary>
    public T Within<T>(TimeSpan min, TimeSpan max, Func<T> function, string? hint = null, TimeSpan? epsilonValue = null)
    {
        Ambient();
        var start = Now;
        var before = _end;
        var end = start + max;
        _end = before is { } outer && outer < end ? outer : end;
        _lastNoMsgEnd = null;
        try
        {
            var result = function();
            var took = Now - start;
            if (took < min) throw Unmet($"The block took {took}; expected at least {min}", hint);
            // A block that ended in waiting for silence has used its time on purpose.
            if (took > max + (epsilonValue ?? TimeSpan.Zero) && _lastNoMsgEnd is null) throw Unmet($"The block took {took}; expected at most {max}", hint);
            return result;
        }
        finally
        {
            _end = before;
        }
    }

    /// <summary>Tries the assertion until it passes; when the time is over, its last failure is the test's.</summary>
    public void AwaitAssert(Action assertion, TimeSpan? duration = null, TimeSpan? interval = null)
    {
        var limit = duration ?? RemainingOrDefault;
        Exception? last = null;
        var passed = Poll(
            () =>
            {
                try
                {
                    assertion();
                    return true;
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    last = e;
                    return false;
                }
            },
            limit,
            interval);
        if (!passed) throw Unmet($"The assertion did not pass within {limit}: {last?.Message}", hint: null, last);
    }

    public void AwaitCondition(Func<bool> conditionIsFulfilled) => AwaitCondition(conditionIsFulfilled, max: null, interval: null);
    public void AwaitCondition(Func<bool> conditionIsFulfilled, TimeSpan? max) => AwaitCondition(conditionIsFulfilled, max, interval: null);
    public void AwaitCondition(Func<bool> conditionIsFulfilled, TimeSpan? max, string message) =>
        AwaitCondition(conditionIsFulfilled, max, interval: null, message);

    public void AwaitCondition(Func<bool> conditionIsFulfilled, TimeSpan? max, TimeSpan? interval, string? message = null)
    {
        var limit = max ?? RemainingOrDefault;
        if (!Poll(conditionIsFulfilled, limit, interval)) throw Unmet($"The condition did not hold within {limit}", message);
    }

    public bool AwaitConditionNoThrow(Func<bool> conditionIsFulfilled, TimeSpan max, TimeSpan? interval = null) => Poll(conditionIsFulfilled, max, interval);

    /// <summary>Looks every interval (100 ms): of the real clock, or of the virtual one, which then costs nothing.</summary>
    private bool Poll(Func<bool> condition, TimeSpan limit, TimeSpan? interval)
    {
        var end = Now + limit;
        if (TestRuntime.VirtualOf(Sys) is { } time)
        {
            Ambient();
            while (!condition())
            {
                if (!time.IsIdle)
                {
                    time.RunUntilIdle();
                    continue;
                }

                var left = end - Now;
                if (left <= TimeSpan.Zero || _manualClock) return false;
                var step = interval ?? TimeSpan.FromMilliseconds(100);
                time.RunFor(step < left ? step : left);
            }

            return true;
        }

        while (!condition())
        {
            var left = end - Now;
            if (left <= TimeSpan.Zero) return false;
            var pause = interval ?? TimeSpan.FromMilliseconds(100);
            lock (_queue.Gate) Monitor.Wait(_queue.Gate, pause < left ? pause : left);
        }

        return true;
    }

    // The asynchronous names do the same thing: here nothing has to be waited for.
    public ValueTask<T> ExpectMsgAsync<T>(TimeSpan? duration = null, string? hint = null) => new(ExpectMsg<T>(duration, hint));
    public ValueTask<T> ExpectMsgAsync<T>(T message, TimeSpan? timeout = null, string? hint = null) => new(ExpectMsg(message, timeout, hint));
    public ValueTask<T> ExpectMsgAsync<T>(Predicate<T> isMessage, TimeSpan? timeout = null, string? hint = null) => new(ExpectMsg(isMessage, timeout, hint));

    public ValueTask<Terminated> ExpectTerminatedAsync(IActorRef target, TimeSpan? timeout = null, string? hint = null) =>
        new(ExpectTerminated(target, timeout, hint));

    public ValueTask ExpectNoMsgAsync(TimeSpan duration)
    {
        ExpectNoMsg(duration);
        return ValueTask.CompletedTask;
    }

    public Task AwaitAssertAsync(Action assertion, TimeSpan? duration = null, TimeSpan? interval = null)
    {
        AwaitAssert(assertion, duration, interval);
        return Task.CompletedTask;
    }

    public Task AwaitConditionAsync(Func<bool> conditionIsFulfilled, TimeSpan? max = null)
    {
        AwaitCondition(conditionIsFulfilled, max);
        return Task.CompletedTask;
    }

    private T Expected<T>(TimeSpan? timeout, string? hint, Action<T, IActorRef> check)
    {
        var limit = timeout ?? RemainingOrDefault;
        var envelope = TakeWithin(limit) ?? throw Unmet($"Expected {typeof(T).Name} within {limit}, got no message", hint);
        if (envelope.Message is not T typed)
            throw Unmet($"Expected {typeof(T).Name}, got {envelope.Message} of type {envelope.Message.GetType().Name} from {envelope.Sender}", hint);
        check(typed, envelope.Sender);
        return typed;
    }

    private MessageEnvelope? TakeWithin(TimeSpan limit)
    {
        var came = WaitUntil(() => _queue.Count > 0, limit);
        if (!came)
        {
            _lastNoMsgEnd = Now;
            return null;
        }

        _lastNoMsgEnd = null;
        return _last = _queue.TryTake();
    }

    private static void CheckSender(IActorRef expected, IActorRef actual, object? message, string? hint)
    {
        if (!expected.Equals(actual)) throw Unmet($"Expected {message} from {expected}, got it from {actual}", hint);
    }

    private static TestKitExpectationException Unmet(string what, string? hint, Exception? cause = null) =>
        new(string.IsNullOrEmpty(hint) ? what + "." : $"{what}. {hint}", cause);
}
