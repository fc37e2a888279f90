using System.Collections.Immutable;
using Dolphin.Domain.Reporting;
using Dolphin.Hosting.Akka;
using Dolphin.Hosting.Akka.Copying;
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
    // Nothing trades while a folder is copied, so a busy machine may take its time.
    private const int CopyConnectSeconds = 30;
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(3);

    /// <param name="settings">Path of the cluster's settings.</param>
    /// <exception cref="CliException">It cannot start: settings, address, database, or it could not join.</exception>
    public static async Task<IRunningNode> StartAsync(string settings, LiveOptions options, ILogger log, CancellationToken cancellation)
    {
        var cluster = Read(settings, "nothing was started.", warning => log.Warning("{Warning:l}", warning));
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

    /// <exception cref="CliException">Settings, folder or database refuse; nothing was copied.</exception>
    public static async Task<StateCopyReport> CopyAsync(CopyOptions options, Action<string> say, CancellationToken cancellation)
    {
        var cluster = Read(options.Cluster, "nothing was copied.", say);
        using var folder = FolderToCopy.Open(options.StateFolder, say);
        try
        {
            var patient = new NpgsqlConnectionStringBuilder(cluster.Journal.Connection);
            patient.Timeout = Math.Max(patient.Timeout, CopyConnectSeconds);
            await using var database = NpgsqlDataSource.Create(patient);
            await using var connection = await database.OpenConnectionAsync(cancellation);
            var report = await StateCopier.CopyAsync(folder.Source, new PostgresCopyTarget(connection), cluster.SystemName, say, cancellation);
            return report with { LeftOut = [.. report.LeftOut, .. folder.LeftOut], Notes = [.. report.Notes, .. folder.Notes] };
        }
        catch (Exception e)
        {
            throw e switch
            {
                ClusterRefusedException => new CliException(ExitCode.StateRefused, e.Message.Replace("Nothing was started", "Nothing was copied", StringComparison.Ordinal)),
                CopyRefusedException => new CliException(ExitCode.StateRefused, e.Message),
                CopyDiffersException => new CliException(ExitCode.StorageFailed, e.Message),
                NpgsqlException => new CliException(ExitCode.StorageFailed, $"The database cannot be used: {e.Message}. Nothing was copied; check that it runs and lets this role in."),
                _ => e,
            };
        }
    }

    /// <param name="outcome">What did not happen, should the settings be wrong.</param>
    private static ClusterSettings Read(string path, string outcome, Action<string> warn)
    {
        var read = ClusterSettingsReader.ReadFile(path, ClusterSettings.TraderRole);
        foreach (var warning in read.Warnings) warn(warning.ToString());
        if (read.Settings is not { } settings) throw Refused(path, outcome, read.Errors);
        if (settings.Journal.Provider != JournalProvider.Postgres)
            throw Refused(path, outcome, [new SettingProblem(IsError: true, "dolphin.cluster.journal.provider", "a node that trades needs postgres: tenures and the fence are there. Expected postgres, found sqlite.")]);
        if (settings.Tls is not { } tls) return settings;
        var problems = TlsCheck.Problems(tls, settings.Host, TimeProvider.System.GetUtcNow(), TlsCheck.AkkaVersion);
        foreach (var warning in problems.Where(p => !p.IsError)) warn(warning.ToString());
        return problems.Any(p => p.IsError) ? throw Refused(path, outcome, [.. problems.Where(p => p.IsError)]) : settings;
    }

    private static CliException Refused(string path, string outcome, ImmutableArray<SettingProblem> errors) =>
        new(ExitCode.ConfigInvalid, $"{path}: {outcome}", [.. errors.Select(e => new CliDetail("error", e.Key, path, null, null, e.Message))]);
}
