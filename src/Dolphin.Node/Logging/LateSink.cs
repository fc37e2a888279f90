using Serilog.Core;
using Serilog.Events;
using LogEvent = Serilog.Events.LogEvent;

namespace Dolphin.Node.Logging;

/// <summary>Keeps events until it is known where they may be written: nothing is written to a state folder before the run owns it.</summary>
/// <remarks>Holds the first thousand events and counts the rest; a start that says more has a problem that the first thousand tell.</remarks>
internal sealed class LateSink : ILogEventSink, IDisposable
{
    private const int Kept = 1000;
    private readonly Lock _lock = new();
    private readonly Queue<LogEvent> _waiting = new();
    private Logger? _target;

    public long Dropped { get; private set; }

    public void Emit(LogEvent logEvent)
    {
        lock (_lock)
        {
            if (_target is not null) _target.Write(logEvent);
            else if (_waiting.Count < Kept) _waiting.Enqueue(logEvent);
            else Dropped++;
        }
    }

    /// <summary>Writes what was kept, in order, and everything from now on.</summary>
    public void Open(Logger target)
    {
        lock (_lock)
        {
            _target = target;
            while (_waiting.TryDequeue(out var logEvent)) target.Write(logEvent);
        }
    }

    public void Dispose()
    {
        try
        {
            _target?.Dispose();
        }
        catch (IOException)
        {
            // A full disk takes the last lines of the log with it. Why the run ended is worth more than that, and is said elsewhere.
        }
    }
}
