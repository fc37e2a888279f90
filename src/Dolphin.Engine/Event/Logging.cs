using System.Text;
using Dolphin.Engine.Actor;

namespace Dolphin.Engine.Event;

public enum LogLevel
{
    DebugLevel,
    InfoLevel,
    WarningLevel,
    ErrorLevel,
}

/// <summary>Something said for people to read; published on the event stream, where a logger subscribes.</summary>
public abstract class LogEvent : INoSerializationVerificationNeeded
{
    private protected LogEvent(Exception? cause, string logSource, Type logClass, object message, DateTimeOffset at)
    {
        Cause = cause;
        LogSource = logSource;
        LogClass = logClass;
        Message = message;
        Timestamp = at.UtcDateTime;
        ThreadId = Environment.CurrentManagedThreadId;
    }

    public Exception? Cause { get; }
    /// <summary>When, by the system's own clock.</summary>
    public DateTime Timestamp { get; }
    public int ThreadId { get; }
    public string LogSource { get; }
    public Type LogClass { get; }
    /// <summary>A string, or a <see cref="LogMessage"/> that keeps template and arguments apart for structured logging.</summary>
    public object Message { get; }
    public abstract LogLevel LogLevel();

    public override string ToString() =>
        $"[{LogLevel().ToString().Replace("Level", "", StringComparison.Ordinal).ToUpperInvariant()}][{Timestamp:O}][{LogSource}] {Message}" +
        (Cause is null ? "" : $"{Environment.NewLine}Cause: {Cause}");
}

public class Debug(Exception? cause, string logSource, Type logClass, object message, DateTimeOffset at)
    : LogEvent(cause, logSource, logClass, message, at)
{
    public override LogLevel LogLevel() => Event.LogLevel.DebugLevel;
}

public class Info(Exception? cause, string logSource, Type logClass, object message, DateTimeOffset at)
    : LogEvent(cause, logSource, logClass, message, at)
{
    public override LogLevel LogLevel() => Event.LogLevel.InfoLevel;
}

public class Warning(Exception? cause, string logSource, Type logClass, object message, DateTimeOffset at)
    : LogEvent(cause, logSource, logClass, message, at)
{
    public override LogLevel LogLevel() => Event.LogLevel.WarningLevel;
}

public class Error(Exception? cause, string logSource, Type logClass, object message, DateTimeOffset at)
    : LogEvent(cause, logSource, logClass, message, at)
{
    public override LogLevel LogLevel() => Event.LogLevel.ErrorLevel;
}

/// <summary>A template and its arguments, put together only when somebody reads it.</summary>
/// <remarks>Holes are positional (<c>{0}</c>) or named (<c>{Symbol}</c>); named ones are filled in order.</remarks>
public sealed class LogMessage(string format, params object?[] args)
{
    public string Format { get; } = format;
    public IEnumerable<object?> Parameters() => args;

    public override string ToString()
    {
        var text = new StringBuilder(Format.Length + (16 * args.Length));
        var next = 0;
        for (var i = 0; i < Format.Length; i++)
        {
            var c = Format[i];
            var end = c == '{' ? Format.IndexOf('}', i) : -1;
            if ((c is '{' or '}') && i + 1 < Format.Length && Format[i + 1] == c)
            {
                text.Append(c);
                i++;
            }
            else if (end > i + 1)
            {
                Fill(text, Format.AsSpan(i + 1, end - i - 1), ref next);
                i = end;
            }
            else
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }

    private void Fill(StringBuilder text, ReadOnlySpan<char> hole, ref int next)
    {
        var colon = hole.IndexOf(':');
        var name = colon < 0 ? hole : hole[..colon];
        var layout = colon < 0 ? null : hole[(colon + 1)..].ToString();
        var comma = name.IndexOf(',');
        if (comma >= 0) name = name[..comma];
        var index = int.TryParse(name, out var position) ? position : next++;
        if (index < 0 || index >= args.Length) text.Append('{').Append(hole).Append('}');
        else if (args[index] is IFormattable formattable) text.Append(formattable.ToString(layout, formatProvider: null));
        else text.Append(args[index]);
    }
}

public interface ILoggingAdapter
{
    bool IsDebugEnabled { get; }
    bool IsInfoEnabled { get; }
    bool IsWarningEnabled { get; }
    bool IsErrorEnabled { get; }
    bool IsEnabled(LogLevel logLevel);
    void Log(LogLevel logLevel, Exception? cause, string format);
    void Log(LogLevel logLevel, Exception? cause, LogMessage message);
}

/// <summary>Says nothing.</summary>
public sealed class NoLogger : ILoggingAdapter
{
    public static readonly ILoggingAdapter Instance = new NoLogger();
    private NoLogger() { }
    public bool IsDebugEnabled => false;
    public bool IsInfoEnabled => false;
    public bool IsWarningEnabled => false;
    public bool IsErrorEnabled => false;
    public bool IsEnabled(LogLevel logLevel) => false;

    public void Log(LogLevel logLevel, Exception? cause, string format)
    {
        // By design.
    }

    public void Log(LogLevel logLevel, Exception? cause, LogMessage message)
    {
        // By design.
    }
}

public static class Logging
{
    /// <summary>A logger that speaks for the running actor.</summary>
    public static ILoggingAdapter GetLogger(this IActorContext context)
    {
        var cell = (ActorCell)context;
        return new BusLogging(cell.Engine, cell.Self.Path.ToStringWithAddress(), cell.Instance?.GetType() ?? cell.Props.Type);
    }

    public static ILoggingAdapter GetLogger(ActorSystem system, object logSourceObj) => logSourceObj switch
    {
        string text => GetLogger(system, text, typeof(string)),
        Type type => GetLogger(system, type.Name, type),
        IActorRef actor => GetLogger(system, actor.Path.ToStringWithAddress(), typeof(IActorRef)),
        _ => GetLogger(system, logSourceObj.GetType().Name, logSourceObj.GetType()),
    };

    internal static ILoggingAdapter GetLogger(ActorSystem system, string source, Type logClass) => new BusLogging(system, source, logClass);

    private sealed class BusLogging(ActorSystem system, string source, Type logClass) : ILoggingAdapter
    {
        public bool IsDebugEnabled => IsEnabled(LogLevel.DebugLevel);
        public bool IsInfoEnabled => IsEnabled(LogLevel.InfoLevel);
        public bool IsWarningEnabled => IsEnabled(LogLevel.WarningLevel);
        public bool IsErrorEnabled => IsEnabled(LogLevel.ErrorLevel);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= system.Settings.LogLevel && system.EventStream.HasSubscribers(EventType(logLevel));

        public void Log(LogLevel logLevel, Exception? cause, string format) => Publish(logLevel, cause, format);
        public void Log(LogLevel logLevel, Exception? cause, LogMessage message) => Publish(logLevel, cause, message);

        private void Publish(LogLevel level, Exception? cause, object message)
        {
            if (!IsEnabled(level)) return;
            var now = system.Scheduler.Now;
            system.EventStream.Publish(level switch
            {
                LogLevel.DebugLevel => new Debug(cause, source, logClass, message, now),
                LogLevel.InfoLevel => new Info(cause, source, logClass, message, now),
                LogLevel.WarningLevel => new Warning(cause, source, logClass, message, now),
                LogLevel.ErrorLevel => (LogEvent)new Error(cause, source, logClass, message, now),
                _ => throw new ArgumentOutOfRangeException(nameof(level), level, "Unknown log level; expected Debug, Info, Warning or Error."),
            });
        }

        private static Type EventType(LogLevel level) => level switch
        {
            LogLevel.DebugLevel => typeof(Debug),
            LogLevel.InfoLevel => typeof(Info),
            LogLevel.WarningLevel => typeof(Warning),
            LogLevel.ErrorLevel => typeof(Error),
            _ => throw new ArgumentOutOfRangeException(nameof(level), level, "Unknown log level; expected Debug, Info, Warning or Error."),
        };
    }
}
