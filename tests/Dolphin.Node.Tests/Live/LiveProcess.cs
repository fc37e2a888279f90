using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using Dolphin.Domain.Reporting;
using Dolphin.Web;

namespace Dolphin.Node.Tests.Live;

/// <summary>The built program, running a live market on a state folder, as an operator has it.</summary>
internal sealed class LiveProcess : IDisposable
{
    // Far beyond what a loaded machine needs: only a failing test waits so long.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly string _state;

    private LiveProcess(Process process, string state)
    {
        (_process, _state) = (process, state);
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it has written so far, both streams.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    public static LiveProcess Start(string plan, string state, params string[] more) => Start("run", plan, state, more);

    /// <summary>A venue that others trade against.</summary>
    public static LiveProcess StartVenue(string plan, string state, params string[] more) => Start("venue", plan, state, more);

    private static LiveProcess Start(string verb, string plan, string state, string[] more)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "dolphin.dll"), verb, "--plan", plan, "--state", state, .. more])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetDirectoryName(plan),
        };
        return new LiveProcess(Process.Start(start)!, state);
    }

    /// <summary>Asks for the run's picture until it is as wanted.</summary>
    public async Task<RunSnapshot> SeesAsync(string what, Func<RunSnapshot, bool> wanted)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        RunSnapshot? last = null;
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < Patience && !_process.HasExited)
        {
            if (ControlFile.Read(_state) is { } control && control.ProcessId == _process.Id)
            {
                using var answer = await http.GetAsync(new Uri($"{control.Url}/status"));
                if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"The node answered {(int)answer.StatusCode} before it was seen {what}.\n{Output}");
                last = await answer.Content.ReadFromJsonAsync<RunSnapshot>(RunJson.Compact);
                if (last is not null && wanted(last)) return last;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        throw new InvalidOperationException($"The node never was seen {what}. Last: {last}\n{Output}");
    }

    /// <summary>Waits until it has written something.</summary>
    public async Task SaysAsync(string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!Output.Contains(what, StringComparison.Ordinal))
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience || _process.HasExited) throw new InvalidOperationException($"It never said '{what}'.\n{Output}");
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }

    /// <summary>Whether a load balancer would leave it alone.</summary>
    public async Task<HttpStatusCode> HealthAsync()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var answer = await http.GetAsync(new Uri($"{ControlFile.Read(_state)!.Url}/health"));
        return answer.StatusCode;
    }

    /// <summary>As a power cut would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>As Ctrl-C, systemd and Docker ask it to stop.</summary>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        return await ExitAsync();
    }

    public async Task<int> ExitAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Note(string? line)
    {
        lock (_output) _output.AppendLine(line);
    }
}
