using System.Collections.Immutable;
using System.Data.Common;
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
        var plan = $"{options.Identity.Plan}/{options.Identity.Source}";
        try
        {
            var database = cluster.Journal.Provider == JournalProvider.Sqlite
                ? await OpenFileAsync(cluster, plan, cancellation)
                : await OpenServerAsync(cluster, plan, log, cancellation);
            try
            {
                return await ClusterRun.StartAsync(cluster, options, database, log, cancellation);
            }
            catch
            {
                await database.DisposeAsync();
                throw;
            }
        }
        catch (Exception e)
        {
            throw e switch
            {
                ClusterRefusedException => new CliException(ExitCode.StateRefused, e.Message),
                ClusterNotJoinedException => new CliException(ExitCode.Fault, e.Message),
                DbException => new CliException(ExitCode.StorageFailed, $"The database cannot be used: {e.Message}. Nothing was started; {WhatToCheck(cluster)}."),
                _ => e,
            };
        }
    }

    private static async Task<ClusterDatabase> OpenFileAsync(ClusterSettings cluster, string plan, CancellationToken cancellation)
    {
        var file = SqliteFile.Open(cluster.Journal.Connection, cluster.SystemName, plan);
        try
        {
            await using var connection = file.Open();
            await NewerJournal.RefuseAsync(connection, cancellation);
            return new ClusterDatabase(new SqliteTenures(file, TimeProvider.System), Roster: null, () =>
            {
                file.Dispose();
                return ValueTask.CompletedTask;
            });
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static async Task<ClusterDatabase> OpenServerAsync(ClusterSettings cluster, string plan, ILogger log, CancellationToken cancellation)
    {
        var server = new NpgsqlDataSourceBuilder(cluster.Journal.Connection).Build();
        try
        {
            await PrepareAsync(server, cluster.SystemName, plan, log, cancellation);
            return new ClusterDatabase(new PostgresTenures(server), new NodeRoster(server), server.DisposeAsync);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private static string WhatToCheck(ClusterSettings cluster) => cluster.Journal.Provider == JournalProvider.Sqlite
        ? $"check that {cluster.Journal.Connection} can be written, and that the disk has room"
        : "check that it runs and lets this role in";

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
            var report = cluster.Journal.Provider == JournalProvider.Sqlite
                ? await CopyToFileAsync(folder.Source, cluster, say, cancellation)
                : await CopyToServerAsync(folder.Source, cluster, say, cancellation);
            return report with { LeftOut = [.. report.LeftOut, .. folder.LeftOut], Notes = [.. report.Notes, .. folder.Notes] };
        }
        catch (Exception e)
        {
            throw e switch
            {
                ClusterRefusedException => new CliException(ExitCode.StateRefused, e.Message.Replace("Nothing was started", "Nothing was copied", StringComparison.Ordinal)),
                CopyRefusedException => new CliException(ExitCode.StateRefused, e.Message),
                CopyDiffersException => new CliException(ExitCode.StorageFailed, e.Message),
                DbException => new CliException(ExitCode.StorageFailed, $"The database cannot be used: {e.Message}. Nothing was copied; {WhatToCheck(cluster)}."),
                _ => e,
            };
        }
    }

    private static async Task<StateCopyReport> CopyToServerAsync(CopySource source, ClusterSettings cluster, Action<string> say, CancellationToken cancellation)
    {
        var patient = new NpgsqlConnectionStringBuilder(cluster.Journal.Connection);
        patient.Timeout = Math.Max(patient.Timeout, CopyConnectSeconds);
        await using var server = NpgsqlDataSource.Create(patient);
        await using var connection = await server.OpenConnectionAsync(cancellation);
        return await StateCopier.CopyAsync(source, new PostgresCopyTarget(connection), cluster.SystemName, say, cancellation);
    }

    private static async Task<StateCopyReport> CopyToFileAsync(CopySource source, ClusterSettings cluster, Action<string> say, CancellationToken cancellation)
    {
        using var file = SqliteFile.Take(cluster.Journal.Connection);
        await using var connection = file.Open();
        return await StateCopier.CopyAsync(source, new SqliteCopyTarget(connection), cluster.SystemName, say, cancellation);
    }

    /// <param name="outcome">What did not happen, should the settings be wrong.</param>
    private static ClusterSettings Read(string path, string outcome, Action<string> warn)
    {
        var read = ClusterSettingsReader.ReadFile(path, ClusterSettings.TraderRole);
        foreach (var warning in read.Warnings) warn(warning.ToString());
        if (read.Settings is not { } settings) throw Refused(path, outcome, read.Errors);
        if (settings.Tls is not { } tls) return settings;
        var problems = TlsCheck.Problems(tls, settings.Host, TimeProvider.System.GetUtcNow(), TlsCheck.AkkaVersion);
        foreach (var warning in problems.Where(p => !p.IsError)) warn(warning.ToString());
        return problems.Any(p => p.IsError) ? throw Refused(path, outcome, [.. problems.Where(p => p.IsError)]) : settings;
    }

    private static CliException Refused(string path, string outcome, ImmutableArray<SettingProblem> errors) =>
        new(ExitCode.ConfigInvalid, $"{path}: {outcome}", [.. errors.Select(e => new CliDetail("error", e.Key, path, null, null, e.Message))]);
}
