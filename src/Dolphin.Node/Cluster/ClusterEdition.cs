using System.Collections.Immutable;
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
    // Together about half a minute: whoever starts nodes starts this one again after that.
    private const int Attempts = 6;
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(3);

    /// <param name="settings">Path of the cluster's settings.</param>
    /// <exception cref="CliException">It cannot start: settings, address, database, or it could not join.</exception>
    public static async Task<IRunningNode> StartAsync(string settings, LiveOptions options, ILogger log, CancellationToken cancellation)
    {
        var cluster = Read(settings, log);
        if (await AddressCheck.RefusalAsync(cluster) is { } taken) throw new CliException(ExitCode.ConfigInvalid, $"{taken} Nothing was started.");
        var database = new NpgsqlDataSourceBuilder(cluster.Journal.Connection).Build();
        try
        {
            await PrepareAsync(database, cluster.SystemName, $"{options.Identity.Plan}/{options.Identity.Source}", log, cancellation);
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

    // A database that starts together with its nodes, or a machine that is busy starting, is no reason to give up at the first try.
    private static async Task PrepareAsync(NpgsqlDataSource database, string cluster, string plan, ILogger log, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await PostgresSchema.PrepareAsync(database, cluster, plan, cancellation);
                await NewerJournal.RefuseAsync(database, cancellation);
                return;
            }
            catch (NpgsqlException e) when (e.IsTransient && attempt < Attempts)
            {
                log.Warning("The database does not answer yet: {Why:l} Tried {Attempt} of {Attempts} times; nothing is started before it does.", e.Message, attempt, Attempts);
                await Task.Delay(BetweenAttempts, cancellation);
            }
        }
    }

    private static ClusterSettings Read(string path, ILogger log)
    {
        var read = ClusterSettingsReader.ReadFile(path, ClusterSettings.TraderRole);
        foreach (var warning in read.Warnings) log.Warning("{Warning:l}", warning.ToString());
        if (read.Settings is not { } settings) throw Refused(path, read.Errors);
        if (settings.Journal.Provider != JournalProvider.Postgres)
            throw Refused(path, [new SettingProblem(IsError: true, "dolphin.cluster.journal.provider", "a node that trades needs postgres: tenures and the fence are there. Expected postgres, found sqlite.")]);
        if (settings.Tls is not { } tls) return settings;
        var problems = TlsCheck.Problems(tls, settings.Host, TimeProvider.System.GetUtcNow(), TlsCheck.AkkaVersion);
        foreach (var warning in problems.Where(p => !p.IsError)) log.Warning("{Warning:l}", warning.ToString());
        return problems.Any(p => p.IsError) ? throw Refused(path, [.. problems.Where(p => p.IsError)]) : settings;
    }

    private static CliException Refused(string path, ImmutableArray<SettingProblem> errors) =>
        new(ExitCode.ConfigInvalid, $"{path}: nothing was started.", [.. errors.Select(e => new CliDetail("error", e.Key, path, null, null, e.Message))]);
}
