using System.Runtime.InteropServices;
using Serilog;

namespace Dolphin.Node.Cli;

/// <summary>The first signal asks for a graceful stop; a second one is not caught and ends the process, which is safe, only slower to resume.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;

    private StopSignals(PosixSignalRegistration[] registrations) => _registrations = registrations;

    public static StopSignals Ask(Action stop, ILogger log)
    {
        var asked = false;
        void OnSignal(PosixSignalContext context)
        {
            if (asked) return;
            asked = true;
            context.Cancel = true;
            log.Information("{Signal:l}: stopping; once more ends the process at once", context.Signal.ToString());
            stop();
        }
        return new StopSignals([PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal), PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal)]);
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }
}
