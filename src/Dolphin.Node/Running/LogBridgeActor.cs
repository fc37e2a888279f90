using Serilog;

namespace Dolphin.Node.Running;

/// <summary>Hands what actors and their engine log to the log of the run, and remembers the newest failure.</summary>
internal sealed class LogBridgeActor : ReceiveActor
{
    public LogBridgeActor(ILogger log, LastFailure failure) => Receive<LogEvent>(said =>
    {
        switch (said.LogLevel())
        {
            case LogLevel.ErrorLevel:
                failure.Text = said.Cause?.Message ?? said.Message.ToString() ?? "";
                log.Error(said.Cause, "{Source:l}: {Event:l}", said.LogSource, said.Message.ToString());
                break;
            case LogLevel.WarningLevel:
                log.Warning(said.Cause, "{Source:l}: {Event:l}", said.LogSource, said.Message.ToString());
                break;
            case LogLevel.InfoLevel:
                log.Information(said.Cause, "{Source:l}: {Event:l}", said.LogSource, said.Message.ToString());
                break;
            case LogLevel.DebugLevel:
                log.Debug(said.Cause, "{Source:l}: {Event:l}", said.LogSource, said.Message.ToString());
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"No log level {said.LogLevel()}.");
        }
    });
}

/// <summary>The newest error that actors or engine logged; written by one actor, read by whoever has to say why a run ended.</summary>
internal sealed class LastFailure
{
    private volatile string _text = "the log has no error";
    public string Text { get => _text; set => _text = value; }
}
