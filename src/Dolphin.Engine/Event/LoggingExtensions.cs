namespace Dolphin.Engine.Event;

/// <summary>Logging by level. Arguments are boxed only when somebody listens.</summary>
public static class LoggingExtensions
{
    public static void Debug(this ILoggingAdapter log, string format)
    {
        if (log.IsDebugEnabled) log.Log(LogLevel.DebugLevel, cause: null, format);
    }

    public static void Debug(this ILoggingAdapter log, string format, params object?[] args)
    {
        if (log.IsDebugEnabled) log.Log(LogLevel.DebugLevel, cause: null, new LogMessage(format, args));
    }

    public static void Debug<T1>(this ILoggingAdapter log, string format, T1 arg1)
    {
        if (log.IsDebugEnabled) log.Log(LogLevel.DebugLevel, cause: null, new LogMessage(format, arg1));
    }

    public static void Debug<T1, T2>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2)
    {
        if (log.IsDebugEnabled) log.Log(LogLevel.DebugLevel, cause: null, new LogMessage(format, arg1, arg2));
    }

    public static void Debug<T1, T2, T3>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3)
    {
        if (log.IsDebugEnabled) log.Log(LogLevel.DebugLevel, cause: null, new LogMessage(format, arg1, arg2, arg3));
    }

    public static void Debug<T1, T2, T3, T4>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    {
        if (log.IsDebugEnabled) log.Log(LogLevel.DebugLevel, cause: null, new LogMessage(format, arg1, arg2, arg3, arg4));
    }

    public static void Debug<T1, T2, T3, T4, T5>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5)
    {
        if (log.IsDebugEnabled) log.Log(LogLevel.DebugLevel, cause: null, new LogMessage(format, arg1, arg2, arg3, arg4, arg5));
    }

    public static void Debug<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6)
    {
        if (log.IsDebugEnabled) log.Log(LogLevel.DebugLevel, cause: null, new LogMessage(format, arg1, arg2, arg3, arg4, arg5, arg6));
    }

    public static void Debug(this ILoggingAdapter log, Exception? cause, string format)
    {
        if (log.IsDebugEnabled) log.Log(LogLevel.DebugLevel, cause, format);
    }

    public static void Debug(this ILoggingAdapter log, Exception? cause, string format, params object?[] args)
    {
        if (log.IsDebugEnabled) log.Log(LogLevel.DebugLevel, cause, new LogMessage(format, args));
    }

    public static void Debug<T1>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1)
    {
        if (log.IsDebugEnabled) log.Log(LogLevel.DebugLevel, cause, new LogMessage(format, arg1));
    }

    public static void Debug<T1, T2>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2)
    {
        if (log.IsDebugEnabled) log.Log(LogLevel.DebugLevel, cause, new LogMessage(format, arg1, arg2));
    }

    public static void Debug<T1, T2, T3>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3)
    {
        if (log.IsDebugEnabled) log.Log(LogLevel.DebugLevel, cause, new LogMessage(format, arg1, arg2, arg3));
    }

    public static void Debug<T1, T2, T3, T4>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    {
        if (log.IsDebugEnabled) log.Log(LogLevel.DebugLevel, cause, new LogMessage(format, arg1, arg2, arg3, arg4));
    }

    public static void Debug<T1, T2, T3, T4, T5>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5)
    {
        if (log.IsDebugEnabled) log.Log(LogLevel.DebugLevel, cause, new LogMessage(format, arg1, arg2, arg3, arg4, arg5));
    }

    public static void Debug<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6)
    {
        if (log.IsDebugEnabled) log.Log(LogLevel.DebugLevel, cause, new LogMessage(format, arg1, arg2, arg3, arg4, arg5, arg6));
    }

    public static void Info(this ILoggingAdapter log, string format)
    {
        if (log.IsInfoEnabled) log.Log(LogLevel.InfoLevel, cause: null, format);
    }

    public static void Info(this ILoggingAdapter log, string format, params object?[] args)
    {
        if (log.IsInfoEnabled) log.Log(LogLevel.InfoLevel, cause: null, new LogMessage(format, args));
    }

    public static void Info<T1>(this ILoggingAdapter log, string format, T1 arg1)
    {
        if (log.IsInfoEnabled) log.Log(LogLevel.InfoLevel, cause: null, new LogMessage(format, arg1));
    }

    public static void Info<T1, T2>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2)
    {
        if (log.IsInfoEnabled) log.Log(LogLevel.InfoLevel, cause: null, new LogMessage(format, arg1, arg2));
    }

    public static void Info<T1, T2, T3>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3)
    {
        if (log.IsInfoEnabled) log.Log(LogLevel.InfoLevel, cause: null, new LogMessage(format, arg1, arg2, arg3));
    }

    public static void Info<T1, T2, T3, T4>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    {
        if (log.IsInfoEnabled) log.Log(LogLevel.InfoLevel, cause: null, new LogMessage(format, arg1, arg2, arg3, arg4));
    }

    public static void Info<T1, T2, T3, T4, T5>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5)
    {
        if (log.IsInfoEnabled) log.Log(LogLevel.InfoLevel, cause: null, new LogMessage(format, arg1, arg2, arg3, arg4, arg5));
    }

    public static void Info<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6)
    {
        if (log.IsInfoEnabled) log.Log(LogLevel.InfoLevel, cause: null, new LogMessage(format, arg1, arg2, arg3, arg4, arg5, arg6));
    }

    public static void Info(this ILoggingAdapter log, Exception? cause, string format)
    {
        if (log.IsInfoEnabled) log.Log(LogLevel.InfoLevel, cause, format);
    }

    public static void Info(this ILoggingAdapter log, Exception? cause, string format, params object?[] args)
    {
        if (log.IsInfoEnabled) log.Log(LogLevel.InfoLevel, cause, new LogMessage(format, args));
    }

    public static void Info<T1>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1)
    {
        if (log.IsInfoEnabled) log.Log(LogLevel.InfoLevel, cause, new LogMessage(format, arg1));
    }

    public static void Info<T1, T2>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2)
    {
        if (log.IsInfoEnabled) log.Log(LogLevel.InfoLevel, cause, new LogMessage(format, arg1, arg2));
    }

    public static void Info<T1, T2, T3>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3)
    {
        if (log.IsInfoEnabled) log.Log(LogLevel.InfoLevel, cause, new LogMessage(format, arg1, arg2, arg3));
    }

    public static void Info<T1, T2, T3, T4>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    {
        if (log.IsInfoEnabled) log.Log(LogLevel.InfoLevel, cause, new LogMessage(format, arg1, arg2, arg3, arg4));
    }

    public static void Info<T1, T2, T3, T4, T5>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5)
    {
        if (log.IsInfoEnabled) log.Log(LogLevel.InfoLevel, cause, new LogMessage(format, arg1, arg2, arg3, arg4, arg5));
    }

    public static void Info<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6)
    {
        if (log.IsInfoEnabled) log.Log(LogLevel.InfoLevel, cause, new LogMessage(format, arg1, arg2, arg3, arg4, arg5, arg6));
    }

    public static void Warning(this ILoggingAdapter log, string format)
    {
        if (log.IsWarningEnabled) log.Log(LogLevel.WarningLevel, cause: null, format);
    }

    public static void Warning(this ILoggingAdapter log, string format, params object?[] args)
    {
        if (log.IsWarningEnabled) log.Log(LogLevel.WarningLevel, cause: null, new LogMessage(format, args));
    }

    public static void Warning<T1>(this ILoggingAdapter log, string format, T1 arg1)
    {
        if (log.IsWarningEnabled) log.Log(LogLevel.WarningLevel, cause: null, new LogMessage(format, arg1));
    }

    public static void Warning<T1, T2>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2)
    {
        if (log.IsWarningEnabled) log.Log(LogLevel.WarningLevel, cause: null, new LogMessage(format, arg1, arg2));
    }

    public static void Warning<T1, T2, T3>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3)
    {
        if (log.IsWarningEnabled) log.Log(LogLevel.WarningLevel, cause: null, new LogMessage(format, arg1, arg2, arg3));
    }

    public static void Warning<T1, T2, T3, T4>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    {
        if (log.IsWarningEnabled) log.Log(LogLevel.WarningLevel, cause: null, new LogMessage(format, arg1, arg2, arg3, arg4));
    }

    public static void Warning<T1, T2, T3, T4, T5>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5)
    {
        if (log.IsWarningEnabled) log.Log(LogLevel.WarningLevel, cause: null, new LogMessage(format, arg1, arg2, arg3, arg4, arg5));
    }

    public static void Warning<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6)
    {
        if (log.IsWarningEnabled) log.Log(LogLevel.WarningLevel, cause: null, new LogMessage(format, arg1, arg2, arg3, arg4, arg5, arg6));
    }

    public static void Warning(this ILoggingAdapter log, Exception? cause, string format)
    {
        if (log.IsWarningEnabled) log.Log(LogLevel.WarningLevel, cause, format);
    }

    public static void Warning(this ILoggingAdapter log, Exception? cause, string format, params object?[] args)
    {
        if (log.IsWarningEnabled) log.Log(LogLevel.WarningLevel, cause, new LogMessage(format, args));
    }

    public static void Warning<T1>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1)
    {
        if (log.IsWarningEnabled) log.Log(LogLevel.WarningLevel, cause, new LogMessage(format, arg1));
    }

    public static void Warning<T1, T2>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2)
    {
        if (log.IsWarningEnabled) log.Log(LogLevel.WarningLevel, cause, new LogMessage(format, arg1, arg2));
    }

    public static void Warning<T1, T2, T3>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3)
    {
        if (log.IsWarningEnabled) log.Log(LogLevel.WarningLevel, cause, new LogMessage(format, arg1, arg2, arg3));
    }

    public static void Warning<T1, T2, T3, T4>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    {
        if (log.IsWarningEnabled) log.Log(LogLevel.WarningLevel, cause, new LogMessage(format, arg1, arg2, arg3, arg4));
    }

    public static void Warning<T1, T2, T3, T4, T5>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5)
    {
        if (log.IsWarningEnabled) log.Log(LogLevel.WarningLevel, cause, new LogMessage(format, arg1, arg2, arg3, arg4, arg5));
    }

    public static void Warning<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6)
    {
        if (log.IsWarningEnabled) log.Log(LogLevel.WarningLevel, cause, new LogMessage(format, arg1, arg2, arg3, arg4, arg5, arg6));
    }

    public static void Error(this ILoggingAdapter log, string format)
    {
        if (log.IsErrorEnabled) log.Log(LogLevel.ErrorLevel, cause: null, format);
    }

    public static void Error(this ILoggingAdapter log, string format, params object?[] args)
    {
        if (log.IsErrorEnabled) log.Log(LogLevel.ErrorLevel, cause: null, new LogMessage(format, args));
    }

    public static void Error<T1>(this ILoggingAdapter log, string format, T1 arg1)
    {
        if (log.IsErrorEnabled) log.Log(LogLevel.ErrorLevel, cause: null, new LogMessage(format, arg1));
    }

    public static void Error<T1, T2>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2)
    {
        if (log.IsErrorEnabled) log.Log(LogLevel.ErrorLevel, cause: null, new LogMessage(format, arg1, arg2));
    }

    public static void Error<T1, T2, T3>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3)
    {
        if (log.IsErrorEnabled) log.Log(LogLevel.ErrorLevel, cause: null, new LogMessage(format, arg1, arg2, arg3));
    }

    public static void Error<T1, T2, T3, T4>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    {
        if (log.IsErrorEnabled) log.Log(LogLevel.ErrorLevel, cause: null, new LogMessage(format, arg1, arg2, arg3, arg4));
    }

    public static void Error<T1, T2, T3, T4, T5>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5)
    {
        if (log.IsErrorEnabled) log.Log(LogLevel.ErrorLevel, cause: null, new LogMessage(format, arg1, arg2, arg3, arg4, arg5));
    }

    public static void Error<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6)
    {
        if (log.IsErrorEnabled) log.Log(LogLevel.ErrorLevel, cause: null, new LogMessage(format, arg1, arg2, arg3, arg4, arg5, arg6));
    }

    public static void Error(this ILoggingAdapter log, Exception? cause, string format)
    {
        if (log.IsErrorEnabled) log.Log(LogLevel.ErrorLevel, cause, format);
    }

    public static void Error(this ILoggingAdapter log, Exception? cause, string format, params object?[] args)
    {
        if (log.IsErrorEnabled) log.Log(LogLevel.ErrorLevel, cause, new LogMessage(format, args));
    }

    public static void Error<T1>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1)
    {
        if (log.IsErrorEnabled) log.Log(LogLevel.ErrorLevel, cause, new LogMessage(format, arg1));
    }

    public static void Error<T1, T2>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2)
    {
        if (log.IsErrorEnabled) log.Log(LogLevel.ErrorLevel, cause, new LogMessage(format, arg1, arg2));
    }

    public static void Error<T1, T2, T3>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3)
    {
        if (log.IsErrorEnabled) log.Log(LogLevel.ErrorLevel, cause, new LogMessage(format, arg1, arg2, arg3));
    }

    public static void Error<T1, T2, T3, T4>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    {
        if (log.IsErrorEnabled) log.Log(LogLevel.ErrorLevel, cause, new LogMessage(format, arg1, arg2, arg3, arg4));
    }

    public static void Error<T1, T2, T3, T4, T5>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5)
    {
        if (log.IsErrorEnabled) log.Log(LogLevel.ErrorLevel, cause, new LogMessage(format, arg1, arg2, arg3, arg4, arg5));
    }

    public static void Error<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6)
    {
        if (log.IsErrorEnabled) log.Log(LogLevel.ErrorLevel, cause, new LogMessage(format, arg1, arg2, arg3, arg4, arg5, arg6));
    }
}
