using System.Diagnostics;
using System.Text.Json;
using Dolphin.Domain.Reporting;
using Dolphin.Web;

namespace Dolphin.Drills;

/// <summary>One program on one host, started again when it ends, as a service manager does.</summary>
internal sealed class Host : IAsyncDisposable
{
    private static readonly TimeSpan RestartAfter = TimeSpan.FromSeconds(1); // RestartSec of the units in deploy/.
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly StreamWriter _log;
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private Process? _process;
    private Task _keeping = Task.CompletedTask;
    private volatile bool _mayRestart = true;
    private volatile string[] _command;

    public int Number { get; }
    public string Name => $"{Network.AddressOf(Number)}:4054";
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>How often it has been started.</summary>
    public int Starts { get; private set; }

    public Host(int number, string logFile, IReadOnlyDictionary<string, string> environment, params string[] command)
    {
        (Number, _environment, _command) = (number, environment, command);
        _log = new StreamWriter(logFile, append: true) { AutoFlush = true };
    }

    public void Start()
    {
        _mayRestart = true;
        if (_keeping.IsCompleted) _keeping = KeepAsync();
    }

    /// <summary>What runs here from the next start on.</summary>
    public void Install(params string[] command) => _command = command;

    /// <summary>kill -9. Whether it is started again is the manager's business.</summary>
    public void Kill(bool restart)
    {
        _mayRestart = restart;
        Signal("KILL");
    }

    public void Pause() => Signal("STOP");
    public void Continue() => Signal("CONT");

    /// <summary>SIGTERM, and waits for the end.</summary>
    public async Task LeaveAsync()
    {
        _mayRestart = false;
        Signal("TERM");
        if (_process is { } process) await process.WaitForExitAsync();
    }

    /// <returns>Null if it does not answer.</returns>
    public async Task<RunSnapshot?> LookAsync()
    {
        if (!IsRunning) return null;
        var (code, output, _) = await Shell.TryAsync(
            "ip", "netns", "exec", Network.NamespaceOf(Number), "curl", "-s", "-m", "1", "http://127.0.0.1:8080/status");
        try
        {
            return code == 0 ? JsonSerializer.Deserialize<RunSnapshot>(output, RunJson.Compact) : null;
        }
        catch (JsonException)
        {
            return null; // Cut off: it is ending.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _mayRestart = false;
        Signal("CONT");
        Signal("KILL");
        await _keeping;
        await _log.DisposeAsync();
        _end.Dispose();
    }

    private async Task KeepAsync()
    {
        do
        {
            using var process = new Process { StartInfo = StartInfo() };
            process.OutputDataReceived += (_, line) => Note(line.Data);
            process.ErrorDataReceived += (_, line) => Note(line.Data);
            process.Start();
            (_process, Starts) = (process, Starts + 1);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            await process.WaitForExitAsync();
            Note($"--- ended with {process.ExitCode}");
            _process = null;
            await Task.Delay(RestartAfter);
        }
        while (_mayRestart && !_end.IsCancellationRequested);
    }

    private ProcessStartInfo StartInfo()
    {
        var start = new ProcessStartInfo("ip", ["netns", "exec", Network.NamespaceOf(Number), .. _command])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        return start;
    }

    private void Note(string? line)
    {
        if (line is null) return;
        lock (_gate) _log.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {line}");
    }

    // `ip netns exec` becomes the program, so its process is the one that is meant.
    private void Signal(string signal)
    {
        if (_process is { HasExited: false } process) Shell.TryAsync("kill", $"-{signal}", $"{process.Id}").GetAwaiter().GetResult();
    }
}
