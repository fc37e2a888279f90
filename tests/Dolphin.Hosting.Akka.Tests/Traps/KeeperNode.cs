using System.Collections.Concurrent;
using System.Text;
using Akka.Configuration;
using Akka.Pattern;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Hosting.Akka.Journal;
using Dolphin.Hosting.Akka.Settings;
using Npgsql;
using JournalSettings = Dolphin.Hosting.Akka.Settings.JournalSettings;

namespace Dolphin.Hosting.Akka.Tests.Traps;

/// <summary>One node's actor system with the journal that AkkaConfig sets up, over a real database, and keepers on it.</summary>
internal sealed class KeeperNode : IAsyncDisposable
{
    /// <summary>How long a test waits for what takes a second or two on an idle machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>So that a test of a bound need not wait for the bounds of production. A machine that is slower than these makes more lives, not other ones.</summary>
    public const string ShortBounds = """
        akka.persistence {
          journal.sql { recovery-event-timeout = 3s, circuit-breaker { call-timeout = 3s, reset-timeout = 1s } }
          snapshot-store.sql { recovery-event-timeout = 3s, circuit-breaker { call-timeout = 3s, reset-timeout = 1s } }
        }
        """;

    private static readonly DateTimeOffset At = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    public ActorSystem System { get; }

    /// <summary>Errors of the system so far, with their causes.</summary>
    public ConcurrentQueue<string> Errors { get; } = new();

    /// <param name="connection">Of a prepared database.</param>
    /// <param name="more">HOCON in place of what AkkaConfig says.</param>
    public KeeperNode(string connection, string more = "")
    {
        var settings = TestSettings.Of(0) with { Journal = new JournalSettings(JournalProvider.Postgres, connection) };
        System = ActorSystem.Create("keepers", ConfigurationFactory.ParseString($$"""
            akka { stdout-loglevel = OFF, actor.provider = local }
            {{more}}
            """).WithFallback(AkkaConfig.Of(settings, ClusterSettings.TraderRole)));
        var errors = Errors;
        System.EventStream.Subscribe(System.ActorOf(Props.Create(() => new LogBook(errors))), typeof(Error));
    }

    /// <returns>The connection string of a new database with the product's tables. Commands on it wait long: only Akka.NET's own bounds are at work.</returns>
    public static async Task<string> DatabaseAsync(Postgres.PostgresServer server)
    {
        var connection = new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync()) { CommandTimeout = 300 }.ConnectionString;
        await using var database = NpgsqlDataSource.Create(connection);
        await PostgresSchema.PrepareAsync(database, "keepers", "plan", CancellationToken.None);
        return connection;
    }

    /// <summary>A keeper that nobody starts again.</summary>
    public IActorRef Start(string id, KeeperNotes notes) => System.ActorOf(Props.Create(() => new Keeper(id, notes)), id);

    /// <summary>A keeper that is started again when it stops, as sharding does with an entity and a host with a singleton.</summary>
    public IActorRef StartSupervised(string id, KeeperNotes notes) => System.ActorOf(BackoffSupervisor.Props(
        Backoff.OnStop(Props.Create(() => new Keeper(id, notes)), id, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1), 0.0, -1)), $"{id}-supervisor");

    public static OperatorProtocol.Asked Ask(string by) => new(OperatorProtocol.Verbs.Exit, "hedge-BTCUSDT", by, At);

    /// <summary>Asks until it is answered: whoever hears nothing asks again by the same id.</summary>
    public static async Task KeepAsync(IActorRef keeper, string by)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                Assert.Equal(by, await keeper.Ask<string>(Ask(by), TimeSpan.FromSeconds(2)));
                return;
            }
            catch (AskTimeoutException)
            {
                if (TimeProvider.System.GetElapsedTime(began) > Patience) Assert.Fail($"'{by}' was not kept within {Patience.TotalSeconds:0} s.");
            }
        }
    }

    /// <returns>What the keeper holds, and the number of its newest event.</returns>
    public static async Task<(string Kept, long Newest)> HeldAsync(IActorRef keeper)
    {
        var stored = await keeper.Ask<DurableProtocol.StoredState>(DurableProtocol.GetStored.Now, Patience);
        return (string.Join(' ', ((OperatorProtocol.Log)stored.State).Requests.Select(r => r.By)), stored.SequenceNumber);
    }

    /// <returns>What the database holds, and the number of the newest row: numbers without a hole, or the test fails.</returns>
    public static async Task<(string Kept, long Newest)> RowsAsync(NpgsqlDataSource database, string id)
    {
        await using var command = database.CreateCommand("SELECT sequence_number, message FROM journal WHERE persistence_id = $1 ORDER BY sequence_number");
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        await using var row = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await row.ReadAsync())
        {
            rows.Add(((OperatorProtocol.Asked)StoredJson.Read((byte[])row.GetValue(1), typeof(OperatorProtocol.Asked))).By);
            Assert.Equal(rows.Count, row.GetInt64(0));
        }

        return (string.Join(' ', rows), rows.Count);
    }

    /// <summary>Looks again every few milliseconds until it is so.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isSo, string what, Func<string>? say = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await isSo())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience) Assert.Fail($"After {Patience.TotalSeconds:0} s it is still not so that {what}. {say?.Invoke()}");
            await look.WaitForNextTickAsync();
        }
    }

    public static Task UntilAsync(Func<bool> isSo, string what, Func<string>? say = null) => UntilAsync(() => Task.FromResult(isSo()), what, say);

    public async ValueTask DisposeAsync() => await System.Terminate().WaitAsync(Patience);

    private sealed class LogBook : ReceiveActor
    {
        public LogBook(ConcurrentQueue<string> said) => Receive<Error>(e => said.Enqueue(new StringBuilder().Append(e.LogSource).Append(": ").Append(e.Message).Append(' ').Append(e.Cause?.Message).ToString()));
    }
}

/// <summary>A lock that a test holds on a table, so that the journal waits for it and does not answer.</summary>
internal sealed class HeldLock : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private HeldLock(NpgsqlConnection connection) => _connection = connection;

    /// <summary>Rows can be read and none written.</summary>
    public static Task<HeldLock> OnWritesAsync(NpgsqlDataSource database, string table) => TakeAsync(database, $"LOCK TABLE {table} IN SHARE MODE");

    /// <summary>Nothing can be read or written.</summary>
    public static Task<HeldLock> OnEverythingAsync(NpgsqlDataSource database, string table) => TakeAsync(database, $"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE");

    private static async Task<HeldLock> TakeAsync(NpgsqlDataSource database, string sql)
    {
        var connection = await database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand($"BEGIN; {sql}", connection);
        await command.ExecuteNonQueryAsync();
        return new HeldLock(connection);
    }

    /// <summary>Until somebody's statement waits for it.</summary>
    public static Task WaitedForAsync(NpgsqlDataSource database) => KeeperNode.UntilAsync(async () =>
    {
        await using var command = database.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
        return (long)(await command.ExecuteScalarAsync())! > 0;
    }, "a statement waits for the lock");

    /// <summary>Lets go. A server that is gone has done so.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await using var command = new NpgsqlCommand("ROLLBACK", _connection);
            await command.ExecuteNonQueryAsync();
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // The connection broke, and the lock with it.
        }

        await _connection.DisposeAsync();
    }
}
