using System.Globalization;
using System.Net;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Cli;
using Dolphin.Node.Plan;
using Dolphin.Node.Running;
using Dolphin.Node.Tests.Plan;
using Dolphin.Node.Tests.Venue;
using Dolphin.Tests;
using Dolphin.Venues.Remote;
using Microsoft.Data.Sqlite;
using Serilog;

namespace Dolphin.Node.Tests.Cluster;

/// <summary>A node of the Cluster edition that is alone: no lighthouse, no database server.</summary>
public sealed class SqliteNodeStories : IDisposable
{
    private static readonly ILogger Silent = new LoggerConfiguration().CreateLogger();

    // As in the stories of the live run: it opens within seconds at any hour of the week.
    private static readonly TradingPlan Plan = PlanStories.Load("""
        dolphin { universe.symbols = [BTCUSDT, ETHUSDT], hedging { warm-up-bars = 20, gamma1 = 0.0001, max-interval = 365d }, sizing.fraction = 1 % }

        """).Plan!;

    private readonly TemporaryFolder _place = new();

    public void Dispose() => _place.Dispose();

    private string Database => Path.Combine(_place.Path, "node.db");

    [Fact(DisplayName = "A node that is alone trades on a SQLite file; nobody else may have the file; stopped and started again it goes on with what it stored, under the next epoch, and books and venue agree")]
    public async Task Alone()
    {
        var asked = new VenueOptions("plan.hocon", MarketKind.Sim, [], null, null, null, Path.Combine(_place.Path, "venue"), Seed: 3, new IPEndPoint(IPAddress.Loopback, 0), null, Fence: true);
        await using var venue = await new RunMachinery().StartVenueAsync(asked, Plan, Silent, CancellationToken.None);

        IReadOnlyList<string> stored;
        await using (var node = await StartAsync(venue, "state", Settings()))
        {
            await OpenVenue.Until("both legs of both symbols are booked", () => Count("book.fill-booked.v1") >= 4);
            var refused = await Assert.ThrowsAsync<CliException>(() => StartAsync(venue, "other", Settings()));
            Assert.Equal(ExitCode.StateRefused, refused.Code);
            Assert.Contains("two nodes need PostgreSQL", refused.Message, StringComparison.Ordinal);
            node.Stop();
            Sound(await node.Completion);
            stored = Rows();
        }

        await using (var again = await StartAsync(venue, "state", Settings()))
        {
            await OpenVenue.Until("it flies again", () => again.View.Snapshot().Risk?.RTotal > 0);
            again.Stop();
            var report = await again.Completion;
            Sound(report);
            Assert.Equal(stored, Rows().Take(stored.Count));
            Assert.True(Long("SELECT epoch FROM dolphin_tenure WHERE name = 'execution'") >= 2);
            var books = (await venue.OracleAsync(CancellationToken.None)).Books;
            foreach (var strategy in report.Strategies)
            {
                Assert.True(strategy.Legs.Long.Quantity > Quantity.Zero, $"{strategy.Strategy} came back without its position.");
                Assert.Equal(strategy.Legs.Long.Quantity, books.Positions.Single(p => p.Symbol == strategy.Symbol && p.Leg == PositionSide.Long).Quantity);
                Assert.Equal(strategy.Legs.Short.Quantity, books.Positions.Single(p => p.Symbol == strategy.Symbol && p.Leg == PositionSide.Short).Quantity);
            }
        }
    }

    private static void Sound(RunReport report)
    {
        Assert.Empty(report.Halted);
        Assert.All(report.Invariants, i => Assert.True(i.Violated == 0, i.Name));
    }

    private Task<IRunningNode> StartAsync(IRunningVenue venue, string state, string settings) => new RunMachinery().StartAsync(
        new RunOptions("plan.hocon", MarketKind.Remote, [], Speed.Real, null, null, Path.Combine(_place.Path, state), Seed: 3, ReportPath: null, Http: null, NoUi: true, Json: false,
            Venue: venue.Url, Cluster: settings), Plan, Silent, CancellationToken.None);

    // A port of its own for every life: the address of one that has just left may be taken for a while.
    private string Settings() => _place.File("node.conf", string.Create(CultureInfo.InvariantCulture, $$"""
        dolphin.cluster {
          host = 127.0.0.1, port = {{FreePort.Next()}}, cmd.enabled = false, journal { provider = sqlite, connection = "{{Database}}" }
        }
        """));

    private long Count(string manifest) => Long($"SELECT count(*) FROM journal WHERE manifest = '{manifest}'");

    private long Long(string sql) => Query(sql, row => row.GetInt64(0)).Single();

    private IReadOnlyList<string> Rows() =>
        Query("SELECT persistence_id, sequence_number, manifest, hex(message) FROM journal ORDER BY ordering", row => $"{row.GetString(0)} {row.GetInt64(1)} {row.GetString(2)} {row.GetString(3)}");

    private List<T> Query<T>(string sql, Func<SqliteDataReader, T> read)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Database, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var row = command.ExecuteReader();
        var all = new List<T>();
        while (row.Read()) all.Add(read(row));
        return all;
    }
}
