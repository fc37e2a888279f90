using Akka.Configuration;
using Dolphin.Actors.Cluster;
using Dolphin.Hosting.Akka.Fencing;
using Dolphin.Hosting.Akka.Settings;
using Dolphin.Hosting.Akka.Singletons;
using Dolphin.Hosting.Akka.Tests.Cluster;
using Dolphin.Hosting.Akka.Tests.Postgres;
using Dolphin.Tests;
using Npgsql;
using JournalSettings = Dolphin.Hosting.Akka.Settings.JournalSettings;

namespace Dolphin.Hosting.Akka.Tests.Traps;

/// <summary>Two nodes of which each believes that it has to run the singleton, over one database: what Akka.NET cannot rule out, the tenure does.</summary>
[Collection(PostgresCollection.Name)]
public sealed class TwoInOfficeStories(PostgresServer server)
{
    [PostgresFact(DisplayName = "Two clusters that each run the singleton take the office from each other; no order of an older tenure comes after one of a newer")]
    public async Task Both_believe()
    {
        var connection = await KeeperNode.DatabaseAsync(server);
        await using var database = NpgsqlDataSource.Create(connection);
        var (venue, tenures) = (new TestVenue(), new PostgresTenures(database));
        var (first, second) = (Founder(connection, tenures, venue), Founder(connection, tenures, venue));
        try
        {
            await KeeperNode.UntilAsync(() =>
            {
                var taken = venue.Taken;
                return taken.Select(t => t.Holder).Distinct(StringComparer.Ordinal).Count() == 2 && taken.Select(t => t.Epoch).Distinct().Count() >= 3
                    && taken.Count(t => t.Epoch == taken[^1].Epoch) >= 20; // Long enough for an order of the one before to come late.
            }, "both have traded, in three tenures", () => $"{string.Join('\n', venue.Taken.Distinct())}\n{string.Join('\n', venue.Refused)}");
        }
        finally
        {
            await Task.WhenAll(first.Terminate(), second.Terminate()).WaitAsync(KeeperNode.Patience);
        }

        var epochs = venue.Taken.Select(t => t.Epoch).ToList();
        Assert.Equal(epochs.Order(), epochs);
        // Each number is one node's alone, and every intent became durable while its number was the newest.
        Assert.All(venue.Taken.Distinct().GroupBy(t => t.Epoch), t => Assert.Single(t));
        var intended = new List<long>();
        await using (var command = database.CreateCommand("SELECT (convert_from(message, 'UTF8')::jsonb ->> 'epoch')::bigint FROM journal WHERE manifest = 'execution.intended.v1' ORDER BY ordering"))
        await using (var row = await command.ExecuteReaderAsync())
            while (await row.ReadAsync()) intended.Add(row.GetInt64(0));
        Assert.Equal(intended.Order(), intended);
        Assert.Empty(epochs.Except(intended));
    }

    [PostgresFact(DisplayName = "Who was overtaken and does not know it yet stores no intent any more; what is stored leaves until its lease is over, which the next one waits for, and not after")]
    public async Task The_loser()
    {
        var connection = await KeeperNode.DatabaseAsync(server);
        await using var database = NpgsqlDataSource.Create(connection);
        var (venue, tenures, clock, acting) = (new TestVenue(), new PostgresTenures(database), new ShiftedClock(), new ActingSingletons());
        // A slow write is not what this story is about: it would end the instance.
        await using var node = new KeeperNode(connection, """
            akka.persistence {
              journal.sql { recovery-event-timeout = 300s, circuit-breaker.call-timeout = 300s }
              snapshot-store.sql { recovery-event-timeout = 300s, circuit-breaker.call-timeout = 300s }
            }
            """);
        // So long that nothing is renewed before the story is over: it ends when the clock is put forward.
        var (lease, waitsOut) = (TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(2));
        var plan = new SingletonPlan(ClusterPort.Gateway, tenure => Props.Create(() => new TestGateway("n1", tenure, venue, null)), "n1", lease, waitsOut, lease);
        var host = node.System.ActorOf(Props.Create(() => new SingletonHostActor(plan, tenures, clock, acting)), "host");
        host.Tell(TestGateway.Trade.Now);
        await KeeperNode.UntilAsync(() => venue.Taken.Count == 1, "it trades");

        var next = await tenures.TakeAsync(ClusterPort.Gateway, "n2", lease, waitsOut, CancellationToken.None);
        Assert.Equal(2, next.Epoch);
        Assert.InRange(next.Wait, lease - KeeperNode.Patience, lease + waitsOut); // So long does the next one send nothing.
        Assert.Contains(ClusterPort.Gateway, acting.Names);
        host.Tell(TestGateway.SendAgain.Now);
        await KeeperNode.UntilAsync(() => venue.Taken.Count == 2, "what was stored in time still leaves");

        clock.Shift = lease;
        host.Tell(TestGateway.SendAgain.Now);
        await KeeperNode.UntilAsync(() => venue.HeldBack.Count == 1, "nothing leaves after the lease");
        host.Tell(TestGateway.Trade.Now);
        await KeeperNode.UntilAsync(() => !venue.Refused.IsEmpty, "the database refuses its intent");
        Assert.Contains("an intent of tenure 1 is refused: tenure 2 acts now", venue.Refused.First(), StringComparison.Ordinal);
        Assert.Equal([("n1", 1L), ("n1", 1L)], venue.Taken);
        Assert.Equal([1L], venue.Stored);
        await KeeperNode.UntilAsync(() => !acting.Names.Contains(ClusterPort.Gateway), "its instance has ended");
    }

    /// <summary>A cluster of one, which founds itself and so has every singleton.</summary>
    private static ActorSystem Founder(string connection, ITenures tenures, TestVenue venue)
    {
        var port = FreePort.Next();
        var settings = TestSettings.Of(port, $"127.0.0.1:{port}") with
        {
            Journal = new JournalSettings(JournalProvider.Postgres, connection),
            // A cluster of one hears nobody, so nobody is ever unreachable: this is how long it leaves the field to another's instance.
            SplitBrain = new SplitBrainSettings(SplitBrainStrategy.KeepMajority, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)),
            Tenure = new TenureSettings(TimeSpan.FromSeconds(1.5), TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(100)),
        };
        var system = ActorSystem.Create(settings.SystemName, ConfigurationFactory.ParseString("akka.stdout-loglevel = OFF").WithFallback(AkkaConfig.Of(settings, ClusterSettings.TraderRole)));
        var cluster = new ClusterPort(system, settings, tenures, TimeProvider.System);
        var holder = cluster.Node;
        cluster.Singleton(system, ClusterPort.Gateway, tenure => Props.Create(() => new TestGateway(holder, tenure, venue, TimeSpan.FromMilliseconds(400))));
        return system;
    }

    /// <summary>The machine's clock, put forward.</summary>
    private sealed class ShiftedClock : TimeProvider
    {
        private long _shift;

        public TimeSpan Shift
        {
            set => Volatile.Write(ref _shift, (long)(value.TotalSeconds * System.TimestampFrequency));
        }

        public override long TimestampFrequency => System.TimestampFrequency;
        public override long GetTimestamp() => System.GetTimestamp() + Volatile.Read(ref _shift);
    }
}
