using System.Net.Sockets;
using Dolphin.Hosting.Akka.Joining;
using Dolphin.Hosting.Akka.Settings;

namespace Dolphin.Lighthouse;

/// <summary>From arguments to exit code.</summary>
public static class LighthouseProgram
{
    /// <param name="stop">Asks for a graceful leave.</param>
    public static async Task<LighthouseExit> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken stop)
    {
        if (args.Count == 0 || args.Contains("--help", StringComparer.Ordinal) || args.Contains("-h", StringComparer.Ordinal))
        {
            await output.WriteLineAsync(LighthouseOptions.Help);
            return args.Count == 0 ? LighthouseExit.Usage : LighthouseExit.Ok;
        }
        var (options, mistake) = LighthouseOptions.Parse(args);
        if (options is null) return await FailAsync(error, LighthouseExit.Usage, $"{mistake} See --help.");
        try
        {
            return await RunAsync(options, output, error, stop);
        }
#pragma warning disable CA1031 // The last line of defence: a fault still has an exit code and a sentence.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return await FailAsync(error, LighthouseExit.Fault, $"A fault of the program: {e}");
        }
    }

    private static async Task<LighthouseExit> RunAsync(LighthouseOptions options, TextWriter output, TextWriter error, CancellationToken stop)
    {
        var read = ClusterSettingsReader.ReadFile(options.Config, ClusterSettings.LighthouseRole);
        var problems = read.Problems;
        if (read.Settings is { Tls: { } tls } parsed) problems = [.. problems, .. TlsCheck.Problems(tls, parsed.Host, TimeProvider.System.GetUtcNow(), TlsCheck.AkkaVersion)];
        foreach (var problem in problems) await error.WriteLineAsync(problem.ToString());
        if (read.Settings is not { } settings || problems.Any(p => p.IsError))
            return await FailAsync(error, LighthouseExit.ConfigInvalid, $"{options.Config} is not right; nothing was started. Keys and ranges: hocon/cluster/reference.conf.");
        if (options.CheckOnly)
        {
            await output.WriteLineAsync($"{options.Config} is right: {settings.SystemName}, {settings.Host}:{settings.Port}, seeds {string.Join(", ", settings.Seeds)}, {(settings.Tls is null ? "without TLS" : "with TLS")}.");
            return LighthouseExit.Ok;
        }
        if (await AddressCheck.RefusalAsync(settings) is { } refusal) return await FailAsync(error, LighthouseExit.AddressUnavailable, $"{refusal} Nothing was started.");
        return await ServeAsync(settings, options, output, error, stop);
    }

    private static async Task<LighthouseExit> ServeAsync(ClusterSettings settings, LighthouseOptions options, TextWriter output, TextWriter error, CancellationToken stop)
    {
        await using var node = LighthouseNode.Start(settings, output);
        HealthServer? health = null;
        try
        {
            if (options.Http is { } endpoint) health = await HealthServer.StartAsync(endpoint, () => node.IsAlive, () => node.IsMember, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return await FailAsync(error, LighthouseExit.AddressUnavailable, $"{options.Http} cannot be bound: {e.Message} The lighthouse was stopped again; give another --http.");
        }
        await using var _ = health;
        var ended = await node.UntilEndAsync(stop);
        if (ended == LighthouseExit.TakenOut)
        {
            return await FailAsync(error, ended, $"The others took {settings.Host}:{settings.Port} out of the cluster: for too long they could not hear it, or another process joined under its name. "
                + "Start it again; if that repeats, look for a second process with this host and port.");
        }
        return ended;
    }

    private static async Task<LighthouseExit> FailAsync(TextWriter error, LighthouseExit code, string message)
    {
        await error.WriteLineAsync($"dolphin-lighthouse: {message}");
        return code;
    }
}
