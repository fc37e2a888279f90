using Dolphin.Hosting.Akka;
using Dolphin.Hosting.Akka.Fencing;
using Dolphin.Hosting.Akka.Joining;
using Dolphin.Hosting.Akka.Journal;
using Dolphin.Hosting.Akka.Settings;
using Dolphin.Node.Cli;
using Npgsql;
using Serilog;

namespace Dolphin.Node.Running;

/// <summary>Starts a node of a cluster: everything that can be refused is refused before it joins.</summary>
internal static class ClusterEdition
{
    /// <param name="settings">Path of the cluster's settings.</param>
    /// <exception cref="CliException">It cannot start: settings, address, database, or it could not join.</exception>
    public static async Task<IRunningNode> StartAsync(string settings, LiveOptions options, ILogger log, CancellationToken cancellation)
    {
        var cluster = Read(settings, log);
        if (await AddressCheck.RefusalAsync(cluster) is { } taken) throw new CliException(ExitCode.ConfigInvalid, $"{taken} Nothing was started.");
        var database = new NpgsqlDataSourceBuilder(cluster.Journal.Connection).Build();
        try
        {
            await PostgresSchema.PrepareAsync(database, cluster.SystemName, $"{options.Identity.Plan}/{options.Identity.Source}", cancellation);
            return await ClusterRun.StartAsync(cluster, options, database, new PostgresTenures(database), log, cancellation);
        }
        catch (Exception e)
        {
            await database.DisposeAsync();
            throw e switch
            {
                ClusterRefusedException => new CliException(ExitCode.StateRefused, e.Message),
                ClusterNotJoinedException => new CliException(ExitCode.Fault, e.Message),
                NpgsqlException => new CliException(ExitCode.StorageFailed, $"The database cannot be used: {e.Message}. Nothing was started; check that it runs and lets this role in."),
                _ => e,
            };
        }
    }

    private static ClusterSettings Read(string path, ILogger log)
    {
        var read = ClusterSettingsReader.ReadFile(path, ClusterSettings.TraderRole);
        foreach (var warning in read.Warnings) log.Warning("{Warning:l}", warning.ToString());
        return read.Settings ?? throw new CliException(
            ExitCode.ConfigInvalid, $"{path}: nothing was started.", [.. read.Errors.Select(e => new CliDetail("error", e.Key, path, null, null, e.Message))]);
    }
}
