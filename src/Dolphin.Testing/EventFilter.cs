using System.Text.RegularExpressions;

namespace Dolphin.Testing;

/// <summary>Describes log events and dead letters that a block of a test is expected to cause.</summary>
public sealed class EventFilterFactory
{
    private readonly TestKitBase _kit;
    private readonly ActorSystem _system;

    internal EventFilterFactory(TestKitBase kit, ActorSystem system) => (_kit, _system) = (kit, system);

    public IEventFilterApplier Exception<TException>(string? message = null, string? start = null, string? contains = null, string? source = null)
        where TException : Exception => Exception(typeof(TException), message, start, contains, source);

    public IEventFilterApplier Exception<TException>(Regex pattern, string? source = null) where TException : Exception =>
        Applier<LogEvent>($"an error caused by {typeof(TException).Name} matching {pattern}", e =>
            e is Error { Cause: TException cause } && FromSource(e, source) && (pattern.IsMatch(Text(e)) || pattern.IsMatch(cause.Message)));

    public IEventFilterApplier Exception(
        Type exceptionType, string? message = null, string? start = null, string? contains = null, string? source = null,
        bool checkInnerExceptions = false) =>
        Applier<LogEvent>($"an error caused by {exceptionType.Name}{Told(message, start, contains, source)}", e =>
            e is Error { Cause: { } cause } && FromSource(e, source)
            && Causes(cause, checkInnerExceptions).Any(c => exceptionType.IsInstanceOfType(c)
                && (Matches(Text(e), message, start, contains) || Matches(c.Message, message, start, contains))));

    public IEventFilterApplier Error(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        ForLogLevel(LogLevel.ErrorLevel, message, start, contains, source);

    public IEventFilterApplier Error(Regex pattern, string? source = null) => ForLogLevel(LogLevel.ErrorLevel, pattern, source);

    public IEventFilterApplier Warning(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        ForLogLevel(LogLevel.WarningLevel, message, start, contains, source);

    public IEventFilterApplier Warning(Regex pattern, string? source = null) => ForLogLevel(LogLevel.WarningLevel, pattern, source);

    public IEventFilterApplier Info(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        ForLogLevel(LogLevel.InfoLevel, message, start, contains, source);

    public IEventFilterApplier Debug(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        ForLogLevel(LogLevel.DebugLevel, message, start, contains, source);

    public IEventFilterApplier ForLogLevel(
        LogLevel logLevel, string? message = null, string? start = null, string? contains = null, string? source = null) =>
        Applier<LogEvent>($"{logLevel}{Told(message, start, contains, source)}", e =>
            e.LogLevel() == logLevel && FromSource(e, source) && Matches(Text(e), message, start, contains));

    public IEventFilterApplier ForLogLevel(LogLevel logLevel, Regex pattern, string? source = null) =>
        Applier<LogEvent>($"{logLevel} matching {pattern}", e => e.LogLevel() == logLevel && FromSource(e, source) && pattern.IsMatch(Text(e)));

    public IEventFilterApplier Custom(Predicate<LogEvent> predicate) => Applier<LogEvent>("a log event of one's own kind", predicate);
    public IEventFilterApplier Custom<TLogEvent>(Predicate<TLogEvent> predicate) where TLogEvent : LogEvent =>
        Applier<TLogEvent>($"a {typeof(TLogEvent).Name} of one's own kind", predicate);

    public IEventFilterApplier DeadLetter() => Applier<AllDeadLetters>("a dead letter", static _ => true);

    public IEventFilterApplier DeadLetter<TMessage>(string? source = null) => DeadLetter<TMessage>(static _ => true, source);

    public IEventFilterApplier DeadLetter<TMessage>(Func<TMessage, bool> isMatch, string? source = null) =>
        Applier<AllDeadLetters>($"a dead {typeof(TMessage).Name}", letter => letter.Message is TMessage typed && isMatch(typed)
            && (source is null || letter.Sender.Path.ToString() == source));

    private EventFilterApplier<T> Applier<T>(string what, Predicate<T> matches) where T : class => new(_kit, _system, what, matches);
    private static string Text(LogEvent e) => e.Message.ToString() ?? "";
    private static bool FromSource(LogEvent e, string? source) => source is null || e.LogSource == source;

    private static bool Matches(string text, string? message, string? start, string? contains) =>
        (message is null || text == message)
        && (start is null || text.StartsWith(start, StringComparison.Ordinal))
        && (contains is null || text.Contains(contains, StringComparison.Ordinal));

    private static IEnumerable<Exception> Causes(Exception cause, bool inner)
    {
        yield return cause;
        for (var e = cause.InnerException; inner && e is not null; e = e.InnerException) yield return e;
    }

    private static string Told(string? message, string? start, string? contains, string? source) => string.Concat(
        message is null ? "" : $" saying '{message}'",
        start is null ? "" : $" beginning with '{start}'",
        contains is null ? "" : $" containing '{contains}'",
        source is null ? "" : $" from {source}");
}

/// <summary>Runs a block and counts the events it was expected to cause.</summary>
public interface IEventFilterApplier
{
    void ExpectOne(Action action);
    void ExpectOne(TimeSpan timeout, Action action);
    void Expect(int expectedCount, Action action);
    void Expect(int expectedCount, TimeSpan timeout, Action action);
    T ExpectOne<T>(Func<T> func);
    T ExpectOne<T>(TimeSpan timeout, Func<T> func);
    T Expect<T>(int expectedCount, Func<T> func);
    T Expect<T>(int expectedCount, TimeSpan timeout, Func<T> func);
    Task ExpectOneAsync(Func<Task> actionAsync);
    Task ExpectAsync(int expectedCount, Func<Task> actionAsync);
    void Mute(Action action);
    T Mute<T>(Func<T> func);
}

internal sealed class EventFilterApplier<TEvent>(TestKitBase kit, ActorSystem system, string what, Predicate<TEvent> matches) : IEventFilterApplier
    where TEvent : class
{
    public void ExpectOne(Action action) => Expect(1, action);
    public void ExpectOne(TimeSpan timeout, Action action) => Expect(1, timeout, action);
    public void Expect(int expectedCount, Action action) => Expect(expectedCount, kit.RemainingOrDefault, action);

    public void Expect(int expectedCount, TimeSpan timeout, Action action) => Expect(expectedCount, timeout, () =>
    {
        action();
        return true;
    });

    public T ExpectOne<T>(Func<T> func) => Expect(1, func);
    public T ExpectOne<T>(TimeSpan timeout, Func<T> func) => Expect(1, timeout, func);
    public T Expect<T>(int expectedCount, Func<T> func) => Expect(expectedCount, kit.RemainingOrDefault, func);

    public T Expect<T>(int expectedCount, TimeSpan timeout, Func<T> func)
    {
        var count = 0;
        var listener = Listen(() => Interlocked.Increment(ref count));
        try
        {
            var result = func();
            kit.AwaitConditionNoThrow(() => Volatile.Read(ref count) >= expectedCount && expectedCount > 0, timeout, TimeSpan.FromMilliseconds(10));
            // What follows at the same instant may be one too many.
            if (TestRuntime.VirtualOf(system) is { MayDrive: true } time) time.RunUntilIdle();
            Check(expectedCount, Volatile.Read(ref count), timeout);
            return result;
        }
        finally
        {
            system.EventStream.Unsubscribe(listener);
        }
    }

    public Task ExpectOneAsync(Func<Task> actionAsync) => ExpectAsync(1, actionAsync);

    public async Task ExpectAsync(int expectedCount, Func<Task> actionAsync)
    {
        var count = 0;
        var listener = Listen(() => Interlocked.Increment(ref count));
        try
        {
            await actionAsync();
            var timeout = kit.RemainingOrDefault;
            kit.AwaitConditionNoThrow(() => Volatile.Read(ref count) >= expectedCount && expectedCount > 0, timeout, TimeSpan.FromMilliseconds(10));
            Check(expectedCount, Volatile.Read(ref count), timeout);
        }
        finally
        {
            system.EventStream.Unsubscribe(listener);
        }
    }

    // Nothing prints log events unless it subscribes, so there is nothing to silence.
    public void Mute(Action action) => action();
    public T Mute<T>(Func<T> func) => func();

    private IActorRef Listen(Action onMatch)
    {
        var listener = TestRuntime.Listener(system, message =>
        {
            if (message is TEvent typed && matches(typed)) onMatch();
        });
        system.EventStream.Subscribe(listener, typeof(TEvent));
        return listener;
    }

    private void Check(int expected, int actual, TimeSpan timeout)
    {
        if (actual != expected)
            throw new TestKitExpectationException($"Expected {what} {expected} times within {timeout}; there were {actual}.");
    }
}
