using System.Collections.Immutable;
using Dolphin.Hosting.Akka.Settings;

namespace Dolphin.Hosting.Akka.Tests.Settings;

/// <summary>A node's file and environment become settings, or a list of everything that is wrong with them.</summary>
public sealed class ClusterSettingsStories : IDisposable
{
    private const string Good = """
        dolphin.cluster {
          host = 10.0.0.5
          port = 4054
          seeds = ["10.0.0.1:4053", "10.0.0.2:4053"]
        }
        """;
    private const string Canary = "canary-7f3a";
    private const string Db = $"Host=db;Database=dolphin;Username=dolphin;Password={Canary}";

    private readonly string _folder = Directory.CreateTempSubdirectory("dolphin-settings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(DisplayName = "What a file does not say has the default that reference.conf documents")]
    public void Defaults()
    {
        var settings = Settings(Good, ("DOLPHIN_DB", Db));
        Assert.Equal(("dolphin", "10.0.0.5", "10.0.0.5", 4054, 48), (settings.SystemName, settings.Host, settings.BindHost, settings.Port, settings.Shards));
        Assert.Equal(["10.0.0.1:4053", "10.0.0.2:4053"], settings.Seeds.ToArray());
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1)), (settings.HealthEvery, settings.SnapshotsEvery));
        Assert.Equal(new SplitBrainSettings(SplitBrainStrategy.KeepMajority, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3)), settings.SplitBrain);
        Assert.Equal(new TenureSettings(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1)), settings.Tenure);
        Assert.Null(settings.Tls);
        Assert.Equal(new CmdSettings("127.0.0.1", 9110), settings.Cmd);
    }

    [Fact(DisplayName = "Every key of the file is read")]
    public void Every_key()
    {
        var settings = Settings("""
            dolphin.cluster {
              name = pod, host = a.example, bind-host = 0.0.0.0, port = 1, seeds = ["a.example:1"], shards = 7, health-every = 2s, snapshots-every = 5m
              split-brain { strategy = lease-majority, heartbeat = 400ms, pause = 1500ms, stable-after = 2500ms }
              tenure { lease = 5s, venue-window = 1s, skew = 500ms }
              journal { provider = postgres, connection = "Host=db;Database=d;Username=u" }
              cmd { enabled = on, host = 127.0.0.2, port = 9111 }
            }
            """);
        Assert.Equal(("pod", "a.example", "0.0.0.0", 1, 7), (settings.SystemName, settings.Host, settings.BindHost, settings.Port, settings.Shards));
        Assert.Equal((TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(5)), (settings.HealthEvery, settings.SnapshotsEvery));
        Assert.Equal(new SplitBrainSettings(SplitBrainStrategy.LeaseMajority, TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(1500), TimeSpan.FromMilliseconds(2500)), settings.SplitBrain);
        Assert.Equal(new TenureSettings(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(500)), settings.Tenure);
        Assert.Equal(new CmdSettings("127.0.0.2", 9111), settings.Cmd);
    }

    [Fact(DisplayName = "The environment wins over the file, name by name")]
    public void Environment_wins()
    {
        var settings = Settings(Good, ("DOLPHIN_CLUSTER_NAME", "other"), ("DOLPHIN_CLUSTER_HOST", "node-7"), ("DOLPHIN_CLUSTER_BIND_HOST", "0.0.0.0"),
            ("DOLPHIN_CLUSTER_PORT", "5000"), ("DOLPHIN_CLUSTER_SEEDS", " l0:4053, l1:4053 "), ("DOLPHIN_DB", Db));
        Assert.Equal(("other", "node-7", "0.0.0.0", 5000), (settings.SystemName, settings.Host, settings.BindHost, settings.Port));
        Assert.Equal(["l0:4053", "l1:4053"], settings.Seeds.ToArray());
        Assert.Contains(Canary, settings.Journal.Connection, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "The connection string can stand in a file of its own, and waits for nobody longer than a tenure lasts")]
    public void Connection_from_a_file()
    {
        var settings = Settings(Good, ("DOLPHIN_DB_FILE", Write("db", $"{Db}\n")));
        Assert.Contains(Canary, settings.Journal.Connection, StringComparison.Ordinal);
        Assert.Contains("Timeout=3", settings.Journal.Connection, StringComparison.Ordinal);
        Assert.Contains("Command Timeout=5", settings.Journal.Connection, StringComparison.Ordinal);
        Assert.Contains("Maximum Pool Size=20", settings.Journal.Connection, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "What a connection string says for itself stays")]
    public void Connection_keeps_its_own() =>
        Assert.Contains("Command Timeout=9", Settings(Good, ("DOLPHIN_DB", $"{Db};Command Timeout=9")).Journal.Connection, StringComparison.Ordinal);

    [Fact(DisplayName = "Every mistake is named at once, with its key, what came and what is expected")]
    public void All_mistakes_at_once()
    {
        var read = Read("""
            dolphin.cluster {
              name = "3 dolphins"
              host = 0.0.0.0
              bind-host = "not a host"
              port = 70000
              seeds = [lighthouse, "l1:x"]
              shards = 0
              health-every = 1
              snapshots-every = 5s
              split-brain { strategy = keep-oldest, heartbeat = fast, pause = 10ms, stable-after = 2h }
              tenure { lease = 500ms, venue-window = 6s, skew = -1s }
              journal { provider = oracle }
              tls { password-file = /nowhere }
              cmd { enabled = maybe, host = localhost, port = 0 }
              sharts = 9
            }
            akka.loglevel = DEBUG
            """);
        Assert.Null(read.Settings);
        string[] expected =
        [
            "akka", "dolphin.cluster.bind-host", "dolphin.cluster.cmd.enabled", "dolphin.cluster.cmd.host", "dolphin.cluster.cmd.port",
            "dolphin.cluster.health-every", "dolphin.cluster.host", "dolphin.cluster.journal.connection", "dolphin.cluster.journal.provider", "dolphin.cluster.name",
            "dolphin.cluster.port", "dolphin.cluster.seeds", "dolphin.cluster.seeds", "dolphin.cluster.shards", "dolphin.cluster.sharts", "dolphin.cluster.snapshots-every",
            "dolphin.cluster.split-brain.heartbeat", "dolphin.cluster.split-brain.pause", "dolphin.cluster.split-brain.stable-after", "dolphin.cluster.split-brain.strategy",
            "dolphin.cluster.tenure.lease", "dolphin.cluster.tenure.skew", "dolphin.cluster.tenure.venue-window", "dolphin.cluster.tls.certificate",
        ];
        Assert.Equal(expected, read.Errors.Select(e => e.Key).Order(StringComparer.Ordinal));
        Assert.All(read.Errors, e => Assert.Contains("expected", e.Message, StringComparison.Ordinal));
        Assert.Contains(read.Errors, e => e.ToString() == "error: dolphin.cluster.port: found '70000'; expected a whole number, 0 to 65535 (0 takes a free one: for tests only).");
        Assert.Contains(read.Errors, e => e.ToString() == "error: dolphin.cluster.health-every: found '1'; expected a time with its unit, 200ms to 10s (how often a node tells the others how it is).");
    }

    [Fact(DisplayName = "A mistake in the environment is named by its variable")]
    public void Mistakes_in_the_environment()
    {
        var read = Read(Good, ("DOLPHIN_CLUSTER_PORT", "many"), ("DOLPHIN_CLUSTER_SEEDS", "l0"), ("DOLPHIN_CLUSTER_HOSTS", "x"), ("DOLPHIN_DB", Db), ("DOLPHIN_DB_FILE", "/nowhere"));
        Assert.Equal(["DOLPHIN_CLUSTER_HOSTS", "DOLPHIN_CLUSTER_PORT", "DOLPHIN_CLUSTER_SEEDS", "DOLPHIN_DB_FILE"], read.Errors.Select(e => e.Key).Order(StringComparer.Ordinal));
    }

    [Fact(DisplayName = "A password in the file is refused with the place where it belongs, and is never repeated")]
    public void No_password_in_the_file()
    {
        foreach (var connection in new[] { Db, $"Host=db;Database=d;pwd={Canary}", $"postgres://dolphin:{Canary}@db/d" })
        {
            var read = Read($$"""{{Good}} dolphin.cluster.journal.connection = "{{connection}}" """);
            var error = Assert.Single(read.Errors, e => e.Message.Contains("DOLPHIN_DB_FILE", StringComparison.Ordinal));
            Assert.Equal("dolphin.cluster.journal.connection", error.Key);
            Assert.DoesNotContain(read.Problems, p => p.ToString().Contains(Canary, StringComparison.Ordinal));
        }
    }

    [Fact(DisplayName = "No text that settings make of themselves holds a secret")]
    public void Secrets_are_not_shown()
    {
        var settings = Settings(Good, ("DOLPHIN_DB", Db), ("DOLPHIN_TLS_CERT", Write("node.p12", "x")), ("DOLPHIN_TLS_PASSWORD_FILE", Write("password", Canary)));
        Assert.Equal(Canary, settings.Tls!.Password);
        Assert.DoesNotContain(Canary, $"{settings} {settings.Journal} {settings.Tls}", StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A broken connection string is refused without being shown")]
    public void Broken_connection()
    {
        foreach (var broken in new[] { $"Host=db;;=;{Canary}", $"Database=d;Password={Canary}", $"Host=db;Database=d;Timeout={Canary}" })
        {
            var read = Read(Good, ("DOLPHIN_DB", broken));
            Assert.Equal("DOLPHIN_DB", Assert.Single(read.Errors).Key);
            Assert.DoesNotContain(read.Problems, p => p.ToString().Contains(Canary, StringComparison.Ordinal));
        }
    }

    [Fact(DisplayName = "A certificate needs its password file, and both have to be there")]
    public void Certificate_and_password()
    {
        Assert.Equal(["DOLPHIN_TLS_CERT", "dolphin.cluster.tls.password-file"],
            Read(Good, ("DOLPHIN_DB", Db), ("DOLPHIN_TLS_CERT", "/nowhere.p12")).Errors.Select(e => e.Key).Order(StringComparer.Ordinal));
        Assert.Equal("DOLPHIN_TLS_PASSWORD_FILE",
            Assert.Single(Read(Good, ("DOLPHIN_DB", Db), ("DOLPHIN_TLS_CERT", Write("a.p12", "x")), ("DOLPHIN_TLS_PASSWORD_FILE", "/nowhere")).Errors).Key);
        Assert.Equal("DOLPHIN_TLS_PASSWORD_FILE",
            Assert.Single(Read(Good, ("DOLPHIN_DB", Db), ("DOLPHIN_TLS_CERT", Write("a.p12", "x")), ("DOLPHIN_TLS_PASSWORD_FILE", Write("empty", ""))).Errors).Key);
    }

    [Fact(DisplayName = "A secret's file that everybody can read is warned about")]
    public void Open_secret()
    {
        var file = Write("db", Db);
        Permit(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Contains(Read(Good, ("DOLPHIN_DB_FILE", file)).Warnings, w => w.Key == "DOLPHIN_DB_FILE" && w.Message.Contains("chmod 600", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "A trader needs seeds and a database; a lighthouse needs neither")]
    public void Roles()
    {
        const string alone = "dolphin.cluster.host = 10.0.0.1";
        Assert.Equal(["dolphin.cluster.journal.connection", "dolphin.cluster.seeds"], Read(alone).Errors.Select(e => e.Key).Order(StringComparer.Ordinal));
        Assert.Empty(Read(alone, ClusterSettings.LighthouseRole).Errors);
        Assert.Equal("dolphin.cluster.journal.connection",
            Assert.Single(Read($"{alone}\ndolphin.cluster.split-brain.strategy = lease-majority", ClusterSettings.LighthouseRole).Errors).Key);
    }

    [Fact(DisplayName = "A lighthouse that nobody will ask is warned about")]
    public void Lighthouse_outside_its_seeds()
    {
        Assert.Contains(Read(Good, ClusterSettings.LighthouseRole).Warnings, w => w.Key == "dolphin.cluster.seeds");
        Assert.DoesNotContain(Read(Good, ClusterSettings.LighthouseRole, ("DOLPHIN_CLUSTER_HOST", "10.0.0.1"), ("DOLPHIN_CLUSTER_PORT", "4053")).Warnings, w => w.Key == "dolphin.cluster.seeds");
    }

    [Fact(DisplayName = "A SQLite journal is one node's, which founds its own cluster: not with other seeds, on this machine or another, not with a lease")]
    public void Sqlite_is_for_one()
    {
        const string sqlite = "dolphin.cluster { host = 127.0.0.1, seeds = [\"127.0.0.1:4053\"], journal { provider = sqlite, connection = /var/lib/dolphin/node.db } }";
        Assert.Empty(Read(sqlite).Errors);
        var alone = Read(sqlite.Replace("seeds = [\"127.0.0.1:4053\"], ", "", StringComparison.Ordinal), ("DOLPHIN_CLUSTER_PORT", "4061"));
        Assert.Empty(alone.Errors);
        Assert.Equal(["127.0.0.1:4061"], alone.Settings!.Seeds.ToArray());
        foreach (var other in (string[])["10.0.0.9:4053", "127.0.0.1:4054", "127.0.0.1:4053,127.0.0.1:4054"])
            Assert.Equal("dolphin.cluster.seeds", Assert.Single(Read(sqlite, ("DOLPHIN_CLUSTER_SEEDS", other)).Errors).Key);
        Assert.Equal("dolphin.cluster.split-brain.strategy", Assert.Single(Read($"{sqlite}\ndolphin.cluster.split-brain.strategy = lease-majority").Errors).Key);
    }

    [Fact(DisplayName = "Values that are right alone and wrong together are warned about")]
    public void Wrong_together()
    {
        string[] Warned(string change) => [.. Read($"dolphin.cluster {{ host = 127.0.0.1, seeds = [\"127.0.0.1:4053\"] }}\n{change}", ("DOLPHIN_DB", Db)).Warnings.Select(w => w.Key)];
        Assert.Empty(Warned(""));
        Assert.Equal(["dolphin.cluster.split-brain"], Warned("dolphin.cluster.split-brain.stable-after = 20s"));
        Assert.Equal(["dolphin.cluster.split-brain"], Warned("dolphin.cluster.tenure.lease = 30s"));
        Assert.Equal(["dolphin.cluster.split-brain.pause"], Warned("dolphin.cluster.split-brain.pause = 1s"));
        Assert.Equal(["dolphin.cluster.split-brain.stable-after"], Warned("dolphin.cluster.split-brain.stable-after = 1s"));
        Assert.Equal(["dolphin.cluster.tenure.lease"], Warned("dolphin.cluster.tenure.lease = 2s"));
        Assert.Equal(["dolphin.cluster.cmd.host"], Warned("dolphin.cluster.cmd.host = 0.0.0.0"));
        Assert.Equal(["dolphin.cluster.tls.certificate"], Warned("dolphin.cluster.host = 10.1.1.1"));
    }

    [Fact(DisplayName = "The defaults end a crash within ten seconds")]
    public void Defaults_are_fast() => Assert.True(FailoverBudget.Of(Settings(Good, ("DOLPHIN_DB", Db)).SplitBrain, Settings(Good, ("DOLPHIN_DB", Db)).Tenure) <= FailoverBudget.Target);

    [Fact(DisplayName = "A file that is no HOCON, or not there, is said to be so")]
    public void Unreadable()
    {
        Assert.Contains("HOCON", Assert.Single(Read("dolphin.cluster { name = ${nobody} }").Errors).Message, StringComparison.Ordinal);
        var missing = ClusterSettingsReader.ReadFile(Path.Combine(_folder, "none.conf"), ClusterSettings.TraderRole);
        Assert.Contains("cannot be read", Assert.Single(missing.Errors).Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A file may include another from its own folder")]
    public void Includes()
    {
        Write("common.conf", "dolphin.cluster.seeds = [\"l0:4053\"]");
        var read = ClusterSettingsReader.ReadFile(Write("node.conf", "include \"common.conf\"\ndolphin.cluster.host = l0"), ClusterSettings.LighthouseRole);
        Assert.Empty(read.Errors);
        Assert.Equal(["l0:4053"], read.Settings!.Seeds.ToArray());
    }

    [Fact(DisplayName = "The files that are shipped are right, and only miss what a machine has to say")]
    public void Shipped_files()
    {
        static ImmutableArray<SettingProblem> Errors(string file, string role, params (string, string)[] environment) =>
            Read(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", "cluster", file)), role, environment).Errors;
        Assert.Empty(Errors("development.conf", ClusterSettings.LighthouseRole));
        Assert.Empty(Errors("development.conf", ClusterSettings.TraderRole, ("DOLPHIN_DB", Db)));
        string[] tls = ["dolphin.cluster.tls.certificate", "dolphin.cluster.tls.password-file"];
        Assert.Equal(tls, Errors("lighthouse.conf", ClusterSettings.LighthouseRole).Select(e => e.Key));
        Assert.Equal(tls, Errors("node.conf", ClusterSettings.TraderRole, ("DOLPHIN_DB", Db)).Select(e => e.Key));
        Assert.Equal(["dolphin.cluster.host"], Errors("reference.conf", ClusterSettings.LighthouseRole).Select(e => e.Key));
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        Permit(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    private static void Permit(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
    }

    private static ClusterSettings Settings(string hocon, params (string Name, string Value)[] environment)
    {
        var read = Read(hocon, environment);
        Assert.Empty(read.Errors);
        return read.Settings!;
    }

    private static ClusterSettingsRead Read(string hocon, params (string Name, string Value)[] environment) => Read(hocon, ClusterSettings.TraderRole, environment);

    private static ClusterSettingsRead Read(string hocon, string role, params (string Name, string Value)[] environment) =>
        ClusterSettingsReader.Read(hocon, environment.ToDictionary(e => e.Name, e => e.Value, StringComparer.Ordinal), role);
}
