using System.Globalization;
using Dolphin.Node.Cli;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;
using Serilog.Formatting.Json;
using LogEvent = Serilog.Events.LogEvent;

namespace Dolphin.Node.Logging;

/// <summary>How much is logged and kept.</summary>
/// <param name="FileBytes">One file's size, above which the next one is begun.</param>
/// <param name="Files">How many are kept; together they bound the folder.</param>
public sealed record LogPolicy(LogEventLevel Level, long FileBytes, int Files);

/// <summary>The log of one run: lines on the console where there is no live view, and JSON lines in the state folder.</summary>
public sealed class RunLog : IDisposable
{
    private readonly LogPolicy _policy;
    private readonly LateSink _file = new();
    private readonly Logger _logger;

    public ILogger Logger => _logger;

    /// <param name="console">Null where a live view owns the screen.</param>
    public RunLog(LogPolicy policy, TextWriter? console)
    {
        _policy = policy;
        var configuration = new LoggerConfiguration().MinimumLevel.Is(policy.Level).MinimumLevel.Override("Microsoft", LogEventLevel.Warning).WriteTo.Sink(_file);
        if (console is not null) configuration.WriteTo.Sink(new LineSink(console));
        _logger = configuration.CreateLogger();
    }

    /// <summary>Starts writing to <c>logs/dolphin-*.jsonl</c> in a state folder that this process owns.</summary>
    public void OpenFile(string stateFolder)
    {
        var file = new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.File(
            new RedactedFormatter(new JsonFormatter(renderMessage: true, formatProvider: CultureInfo.InvariantCulture)),
            Path.Combine(stateFolder, "logs", "dolphin-.jsonl"), rollingInterval: RollingInterval.Day, rollOnFileSizeLimit: true,
            fileSizeLimitBytes: _policy.FileBytes, retainedFileCountLimit: _policy.Files);
        _file.Open(file.CreateLogger());
    }

    public void Dispose()
    {
        _logger.Dispose();
        _file.Dispose();
    }

    /// <summary>One event, one line, no colours: what systemd, Docker and a pipe want.</summary>
    private sealed class LineSink(TextWriter console) : ILogEventSink
    {
        private readonly RedactedFormatter _format = new(new MessageTemplateTextFormatter(
            "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffZ} {Level:u3} {Message:lj}{NewLine}{Exception}", CultureInfo.InvariantCulture));
        private readonly Lock _lock = new();

        public void Emit(LogEvent logEvent)
        {
            lock (_lock)
            {
                _format.Format(logEvent, console);
                console.Flush();
            }
        }
    }
}
