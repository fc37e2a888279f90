using Serilog.Events;
using Serilog.Formatting;
using LogEvent = Serilog.Events.LogEvent;

namespace Dolphin.Node.Logging;

/// <summary>Writes log events as another formatter does, without the secrets that are in them.</summary>
internal sealed class RedactedFormatter(ITextFormatter inner) : ITextFormatter
{
    public void Format(LogEvent logEvent, TextWriter output)
    {
        using var text = new StringWriter();
        inner.Format(WithoutSecretFields(logEvent), text);
        output.Write(Redactor.Redact(text.ToString()));
    }

    private static LogEvent WithoutSecretFields(LogEvent logEvent)
    {
        if (!logEvent.Properties.Keys.Any(Redactor.IsSecretName)) return logEvent;
        return new LogEvent(
            logEvent.Timestamp, logEvent.Level, logEvent.Exception, logEvent.MessageTemplate,
            logEvent.Properties.Select(p => new LogEventProperty(p.Key, Redactor.IsSecretName(p.Key) ? new ScalarValue(Redactor.Mark) : p.Value)));
    }
}
