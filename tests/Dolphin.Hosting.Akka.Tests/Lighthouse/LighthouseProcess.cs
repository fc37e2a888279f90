using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Dolphin.Hosting.Akka.Tests.Lighthouse;

/// <summary>The real program in a process of its own, so that it trusts what the test tells it to and nothing else.</summary>
internal sealed class LighthouseProcess : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly StringBuilder _said = new();

    public int ExitCode => _process.ExitCode;

    /// <summary>Both streams so far.</summary>
    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    private LighthouseProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public static LighthouseProcess Start(string arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "dolphin-lighthouse.dll"));
        foreach (var argument in arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)) start.ArgumentList.Add(argument);
        foreach (var inherited in start.Environment.Keys.Where(k => k.StartsWith("DOLPHIN_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(inherited);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new LighthouseProcess(Process.Start(start)!);
    }

    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async Task UntilSaidAsync(string text)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var began = TimeProvider.System.GetTimestamp();
        while (!Said.Contains(text, StringComparison.Ordinal))
        {
            if (_process.HasExited || TimeProvider.System.GetElapsedTime(began) > Patience)
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"Expected '{text}' within {Patience.TotalSeconds:0} s; the process {(_process.HasExited ? "ended" : "runs")} and said:\n{Said}"));
            await look.WaitForNextTickAsync();
        }
    }

    /// <summary>SIGTERM, as a service manager would.</summary>
    public Task TerminateAsync() => SignalAsync("TERM");

    /// <summary>It does nothing any more, and its connections stay open.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    private async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Take(string? line)
    {
        lock (_said) _said.Append(line).Append('\n');
    }
}
