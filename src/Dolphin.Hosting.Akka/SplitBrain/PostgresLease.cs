using Akka.Coordination;
using Dolphin.Simulation;
using Npgsql;

namespace Dolphin.Hosting.Akka.SplitBrain;

/// <summary>The lease by which one side of a split cluster goes on, as a row in the database.</summary>
/// <remarks>
/// <para>The split-brain resolver takes an error for "another has it", and downs its own side: with the database away, every side would. So only an
/// answer is an answer here. While there is none it is asked for again, once a second, until patience ends; nobody trades meanwhile, because no
/// tenure can be renewed either.</para>
/// <para>The time that counts is the database's; the own clock only decides when not to believe in the lease any more.</para>
/// </remarks>
public sealed class PostgresLease : Lease, IDisposable
{
    /// <summary>For whoever may create tables; running nodes need no such right.</summary>
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS dolphin_lease (
            name text PRIMARY KEY,
            owner text NOT NULL,
            until timestamptz NOT NULL);
        """;

    private const string Take = """
        INSERT INTO dolphin_lease AS l (name, owner, until) VALUES ($1, $2, clock_timestamp() + $3)
        ON CONFLICT (name) DO UPDATE SET owner = $2, until = clock_timestamp() + $3
        WHERE l.owner = $2 OR l.until < clock_timestamp()
        """;

    private const string GiveBack = "UPDATE dolphin_lease SET until = '2000-01-01Z' WHERE name = $1 AND owner = $2";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource _database;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _patience;
    private readonly ILoggingAdapter _log;
    private readonly Lock _lock = new();
    private CancellationTokenSource? _renewing;
    private long _until = long.MinValue;

    /// <summary>As Akka.Coordination makes it.</summary>
    public PostgresLease(LeaseSettings settings, ExtendedActorSystem system)
        : this(settings, Database(settings), SteadyClock.Machine, settings.LeaseConfig.GetTimeSpan("patience"), Logging.GetLogger(system, typeof(PostgresLease))) =>
        system.RegisterOnTermination(Dispose);

    /// <param name="patience">How long a database that does not answer is asked again.</param>
    internal PostgresLease(LeaseSettings settings, NpgsqlDataSource database, TimeProvider clock, TimeSpan patience, ILoggingAdapter log) : base(settings) =>
        (_database, _clock, _patience, _log) = (database, clock, patience, log);

    public override Task<bool> Acquire() => Acquire(static _ => { });

    public override async Task<bool> Acquire(Action<Exception> leaseLostCallback)
    {
        var began = _clock.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (!await TakeAsync()) return false;
                StartRenewing(leaseLostCallback);
                return true;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException)
            {
                var waited = _clock.GetElapsedTime(began);
                if (waited > _patience)
                {
                    throw new InvalidOperationException(
                        $"The database has not said who has the lease '{Settings.LeaseName}' for {waited.TotalSeconds:0} s; this side ends. Start its nodes again when the database answers.", e);
                }
                if (attempt % 10 == 1) _log.Warning("The database does not say who has the lease '{0}': {1} Nobody is taken down before it does; asking again.", Settings.LeaseName, e.Message);
                await Task.Delay(Pause, _clock);
            }
        }
    }

    public override bool CheckLease() => _clock.GetTimestamp() < Volatile.Read(ref _until);

    public override async Task<bool> Release()
    {
        StopRenewing();
        try
        {
            await using var command = Command(GiveBack, Settings.LeaseName, Settings.OwnerName);
            await command.ExecuteNonQueryAsync();
            return true;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            _log.Warning("The lease '{0}' could not be given back: {1} It ends by itself.", Settings.LeaseName, e.Message);
            return false;
        }
    }

    public void Dispose()
    {
        StopRenewing();
        _database.Dispose();
    }

    private async Task<bool> TakeAsync()
    {
        // Counted from before the question, so it never ends later here than there.
        var asked = _clock.GetTimestamp();
        var lasts = Settings.TimeoutSettings.HeartbeatTimeout;
        await using var command = Command(Take, Settings.LeaseName, Settings.OwnerName, lasts);
        if (await command.ExecuteNonQueryAsync() != 1) return false;
        Volatile.Write(ref _until, asked + (long)(lasts.TotalSeconds * _clock.TimestampFrequency));
        return true;
    }

    private void StartRenewing(Action<Exception> lost)
    {
        lock (_lock)
        {
            if (_renewing is not null) return;
            _renewing = new CancellationTokenSource();
            _ = RenewAsync(lost, _renewing.Token);
        }
    }

    private void StopRenewing()
    {
        lock (_lock)
        {
            _renewing?.Cancel();
            _renewing?.Dispose();
            _renewing = null;
        }
        Volatile.Write(ref _until, long.MinValue);
    }

    private async Task RenewAsync(Action<Exception> lost, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Settings.TimeoutSettings.HeartbeatInterval, _clock, stop);
                try
                {
                    if (await TakeAsync()) continue;
                    Volatile.Write(ref _until, long.MinValue);
                    lost(new InvalidOperationException($"Another has the lease '{Settings.LeaseName}' now."));
                    return;
                }
                catch (Exception e) when (e is NpgsqlException or TimeoutException)
                {
                    // It may still be ours: its end decides, not one answer that did not come.
                    if (CheckLease()) continue;
                    lost(e);
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Given back.
        }
    }

    private NpgsqlCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = _database.CreateCommand(sql);
        command.CommandTimeout = Math.Max(1, (int)Math.Ceiling(Settings.TimeoutSettings.OperationTimeout.TotalSeconds));
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    private static NpgsqlDataSource Database(LeaseSettings settings) => NpgsqlDataSource.Create(settings.LeaseConfig.GetString("connection-string"));
}
