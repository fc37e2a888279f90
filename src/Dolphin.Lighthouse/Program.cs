using System.Runtime.InteropServices;
using Dolphin.Lighthouse;

// The first signal leaves the cluster; a second one ends the process at once, as everywhere.
using var stop = new CancellationTokenSource();
void OnSignal(PosixSignalContext signal)
{
    if (stop.IsCancellationRequested) return;
    signal.Cancel = true;
    stop.Cancel();
}
using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
return (int)await LighthouseProgram.RunAsync(args, Console.Out, Console.Error, stop.Token);
