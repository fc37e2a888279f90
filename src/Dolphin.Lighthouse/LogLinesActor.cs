using System.Globalization;

namespace Dolphin.Lighthouse;

/// <summary>One log event, one line, no colours: what systemd and a container want.</summary>
internal sealed class LogLinesActor : ReceiveActor
{
    public LogLinesActor(TextWriter output) => Receive<LogEvent>(said =>
    {
        if (said.LogLevel() < LogLevel.InfoLevel) return;
        var level = said.LogLevel() switch { LogLevel.ErrorLevel => "ERR", LogLevel.WarningLevel => "WRN", _ => "INF" };
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{said.Timestamp:yyyy-MM-ddTHH:mm:ss.fffZ} {level} {said.LogSource}: {said.Message}"));
        if (said.Cause is { } cause) output.WriteLine(cause);
        output.Flush();
    });
}
