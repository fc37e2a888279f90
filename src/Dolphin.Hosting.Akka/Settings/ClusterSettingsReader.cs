using System.Collections.Immutable;
using System.Net;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Npgsql;

namespace Dolphin.Hosting.Akka.Settings;

/// <param name="Settings">Null if there is an error among the problems.</param>
public sealed record ClusterSettingsRead(ClusterSettings? Settings, ImmutableArray<SettingProblem> Problems)
{
    public ImmutableArray<SettingProblem> Errors => [.. Problems.Where(p => p.IsError)];
    public ImmutableArray<SettingProblem> Warnings => [.. Problems.Where(p => !p.IsError)];
}

/// <summary>Reads <c>dolphin.cluster</c> and the environment into <see cref="ClusterSettings"/>, naming every mistake at once.</summary>
/// <remarks>Secrets come from the environment or from files it names. One that stands in HOCON is refused, and none is ever part of a problem.</remarks>
public static class ClusterSettingsReader
{
    private const string Root = "dolphin.cluster";
    private static readonly ImmutableArray<string> Variables =
    [
        "DOLPHIN_CLUSTER_NAME", "DOLPHIN_CLUSTER_HOST", "DOLPHIN_CLUSTER_BIND_HOST", "DOLPHIN_CLUSTER_PORT", "DOLPHIN_CLUSTER_SEEDS",
    ];

    /// <summary>The file and the process's environment.</summary>
    /// <param name="role">A lighthouse needs no journal, unless it has to take part in deciding a split by lease.</param>
    public static ClusterSettingsRead ReadFile(string path, string role)
    {
        var environment = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables()) environment[(string)variable.Key] = (string?)variable.Value ?? "";
        try
        {
            return Read(File.ReadAllText(path), environment, role, name => File.ReadAllText(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, name)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ClusterSettingsRead(null, [new SettingProblem(IsError: true, path, $"cannot be read: {e.Message}")]);
        }
    }

    /// <param name="hocon">Text of the file.</param>
    /// <param name="include">Text of a file that it includes, by the name it is included by.</param>
    public static ClusterSettingsRead Read(string hocon, IReadOnlyDictionary<string, string> environment, string role, Func<string, string>? include = null)
    {
        var problems = new List<SettingProblem>();
        if (Parse(hocon, include, problems) is not { } file) return new ClusterSettingsRead(null, [.. problems]);
        OnlyCluster(file, problems);
        var reference = ConfigurationFactory.ParseString(Reference).GetValue(Root);
        var all = new SettingsSection(Root, file.IsEmpty ? null : file.GetValue(Root), reference, problems);
        foreach (var unknown in environment.Keys.Where(k => k.StartsWith("DOLPHIN_CLUSTER_", StringComparison.Ordinal) && !Variables.Contains(k)).Order(StringComparer.Ordinal))
            problems.Add(new SettingProblem(IsError: true, unknown, $"is not a variable that is read; expected one of {string.Join(", ", Variables)}."));

        var splitBrain = SplitBrain(all.Section("split-brain"));
        var needsJournal = role != ClusterSettings.LighthouseRole || splitBrain.Strategy == SplitBrainStrategy.LeaseMajority;
        var tenure = Tenure(all.Section("tenure"));
        var (host, bindHost) = Hosts(all, environment);
        var port = all.Whole("port", 0, 65_535, "0 takes a free one: for tests only", Over(environment, "DOLPHIN_CLUSTER_PORT"));
        var journal = Journal(all.Section("journal"), environment, needsJournal, problems);
        // A node that is alone founds its own cluster, without a lighthouse.
        var isAlone = role != ClusterSettings.LighthouseRole && journal.Provider == JournalProvider.Sqlite;
        var seeds = Seeds(all, environment, mayBeNone: isAlone || role == ClusterSettings.LighthouseRole);
        if (isAlone && seeds.IsEmpty) seeds = [string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{host}:{port}")];
        var settings = new ClusterSettings(
            Name(all, environment), host, bindHost, port, seeds,
            all.Whole("shards", 1, 1_000, "the same on every node, for ever"),
            all.Time("health-every", TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10), "how often a node tells the others how it is"),
            all.Time("snapshots-every", TimeSpan.FromSeconds(10), TimeSpan.FromHours(1), "how often every durable actor stores what it is"),
            splitBrain, tenure, journal, Tls(all.Section("tls"), environment, problems), Cmd(all.Section("cmd")));
        WhatCannotWorkTogether(settings, role, problems);
        return new ClusterSettingsRead(problems.Exists(p => p.IsError) ? null : settings, [.. problems]);
    }

    /// <summary>hocon/cluster/reference.conf, compiled in: a missing file never changes what a node does.</summary>
    internal static string Reference
    {
        get
        {
            using var stream = typeof(ClusterSettingsReader).Assembly.GetManifestResourceStream("hocon/cluster/reference.conf")!;
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
    }

    private static Config? Parse(string hocon, Func<string, string>? include, List<SettingProblem> problems)
    {
        try
        {
            return ConfigurationFactory.ParseString(hocon, name => Parser.Parse(
                include is null ? throw new ConfigurationException($"includes '{name}', which is not allowed here.") : include(name),
                inner => throw new ConfigurationException($"'{name}' includes '{inner}'; one level of includes is read.")));
        }
#pragma warning disable CA1031 // The parser throws what it happens to meet: a format, an index, a null.
        catch (Exception e)
#pragma warning restore CA1031
        {
            problems.Add(new SettingProblem(IsError: true, Root, $"the file cannot be read as HOCON: {e.Message}"));
            return null;
        }
    }

    private static void OnlyCluster(Config file, List<SettingProblem> problems)
    {
        if (file.IsEmpty || !file.Root.IsObject()) return;
        foreach (var (key, value) in file.Root.GetObject().Items.OrderBy(i => i.Key, StringComparer.Ordinal))
        {
            if (key != "dolphin") problems.Add(new SettingProblem(IsError: true, key, $"is not read from this file; expected only {Root}. What Akka.NET is told is derived from it."));
            else if (value.IsObject())
                problems.AddRange(value.GetObject().Items.Keys.Where(k => k != "cluster").Order(StringComparer.Ordinal)
                    .Select(k => new SettingProblem(IsError: true, $"dolphin.{k}", $"is not read from this file; expected only {Root}. A plan is another file.")));
        }
    }

    private static string Name(SettingsSection all, IReadOnlyDictionary<string, string> environment)
    {
        var over = Over(environment, "DOLPHIN_CLUSTER_NAME");
        var name = all.Text("name", over);
        if (name.Length is 0 or > 40 || !char.IsAsciiLetter(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            all.Wrong("name", over, $"'{name}'", "1 to 40 letters, digits, '-' and '_', a letter first: it is a part of every address");
        return name;
    }

    private static (string Host, string BindHost) Hosts(SettingsSection all, IReadOnlyDictionary<string, string> environment)
    {
        var over = Over(environment, "DOLPHIN_CLUSTER_HOST");
        var host = all.Text("host", over);
        if (!IsHost(host) || host is "0.0.0.0" or "::")
            all.Wrong("host", over, $"'{host}'", "the name or address under which the other nodes reach this one, such as 10.0.0.5; or set DOLPHIN_CLUSTER_HOST");
        var bindOver = Over(environment, "DOLPHIN_CLUSTER_BIND_HOST");
        var bind = all.Text("bind-host", bindOver);
        if (bind.Length == 0) bind = host;
        else if (!IsHost(bind)) all.Wrong("bind-host", bindOver, $"'{bind}'", "an address of this machine, 0.0.0.0 for all of them, or nothing for the same as host");
        return (host, bind);
    }

    private static bool IsHost(string host) => Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6;

    private static ImmutableArray<string> Seeds(SettingsSection all, IReadOnlyDictionary<string, string> environment, bool mayBeNone)
    {
        var over = Over(environment, "DOLPHIN_CLUSTER_SEEDS");
        var seeds = all.Texts("seeds", "host:port", over);
        foreach (var seed in seeds)
        {
            if (!TrySeed(seed, out _, out _)) all.Wrong("seeds", over, $"'{seed}'", "host:port of a lighthouse, such as lighthouse-0:4053");
        }
        if (seeds.Length > 9) all.Wrong("seeds", over, $"{seeds.Length} of them", "at most 9; two or three lighthouses are enough");
        if (seeds.IsEmpty && !mayBeNone)
            all.Wrong("seeds", over, "none", "host:port of at least one lighthouse; or set DOLPHIN_CLUSTER_SEEDS to them, separated by commas");
        foreach (var twice in seeds.GroupBy(s => s, StringComparer.OrdinalIgnoreCase).Where(g => g.Skip(1).Any()))
            all.Warn("seeds", $"'{twice.Key}' stands there more than once.");
        return seeds;
    }

    /// <summary>Takes <c>host:port</c> apart.</summary>
    internal static bool TrySeed(string seed, out string host, out int port)
    {
        var colon = seed.LastIndexOf(':');
        host = colon > 0 ? seed[..colon].Trim('[', ']') : "";
        port = 0;
        return colon > 0 && IsHost(host) && int.TryParse(seed[(colon + 1)..], out port) && port is > 0 and <= 65_535;
    }

    private static SplitBrainSettings SplitBrain(SettingsSection s) => new(
        s.Choice("strategy", ("keep-majority", SplitBrainStrategy.KeepMajority), ("lease-majority", SplitBrainStrategy.LeaseMajority)),
        s.Time("heartbeat", TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), "between two heartbeats of a neighbour"),
        s.Time("pause", TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(60), "how long a neighbour may be silent"),
        s.Time("stable-after", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), "how long the picture stands still before a side is taken down"));

    private static TenureSettings Tenure(SettingsSection s) => new(
        s.Time("lease", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), "how long a singleton may act after it last renewed"),
        s.Time("venue-window", TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), "recvWindow of its orders; what arrives later is refused by the venue"),
        s.Time("skew", TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10), "how far the venue's clock and ours may differ"));

    private static JournalSettings Journal(SettingsSection s, IReadOnlyDictionary<string, string> environment, bool needed, List<SettingProblem> problems)
    {
        var provider = s.Choice("provider", ("postgres", JournalProvider.Postgres), ("sqlite", JournalProvider.Sqlite));
        var written = s.Text("connection");
        if (Secrets.HasPassword(written))
            s.Wrong("connection", null, "a password in the file (not shown)", "no secret here: give the whole connection string in DOLPHIN_DB, or in a file of mode 0600 that DOLPHIN_DB_FILE names");
        var connection = Overridden(written, environment, problems);
        if (!needed && connection.Length == 0) return new JournalSettings(provider, "");
        if (connection.Length == 0)
            s.Wrong("connection", null, "nothing", provider == JournalProvider.Postgres
                ? "a PostgreSQL connection string in DOLPHIN_DB, or in a file that DOLPHIN_DB_FILE names"
                : "the path of the database file, such as /var/lib/dolphin/node.db");
        else if (provider == JournalProvider.Postgres) connection = Postgres(s, connection, environment);
        else if (connection.Contains('=', StringComparison.Ordinal))
            s.Wrong("connection", null, "a connection string", "the path of the SQLite file, nothing else");
        return new JournalSettings(provider, connection);
    }

    private static string Overridden(string written, IReadOnlyDictionary<string, string> environment, List<SettingProblem> problems)
    {
        var direct = Over(environment, "DOLPHIN_DB");
        var file = Over(environment, "DOLPHIN_DB_FILE");
        if (direct is not null && file is not null)
            problems.Add(new SettingProblem(IsError: true, "DOLPHIN_DB_FILE", "found together with DOLPHIN_DB; expected one of them."));
        return direct?.Value ?? (file is { } f ? FromFile(f, problems) : written);
    }

    // What Npgsql would wait for ever, or for longer than a tenure lasts, is bounded unless the connection string says otherwise.
    private static string Postgres(SettingsSection s, string connection, IReadOnlyDictionary<string, string> environment)
    {
        var over = Over(environment, "DOLPHIN_DB") ?? Over(environment, "DOLPHIN_DB_FILE");
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(connection);
            if (string.IsNullOrEmpty(parts.Host) || string.IsNullOrEmpty(parts.Database))
            {
                s.Wrong("connection", over, "no host or no database in it (not shown)", "Host=...;Database=...;Username=...");
                return "";
            }
            var named = new System.Data.Common.DbConnectionStringBuilder { ConnectionString = connection };
            if (!named.ContainsKey("Timeout")) parts.Timeout = 3;
            if (!named.ContainsKey("Command Timeout") && !named.ContainsKey("CommandTimeout")) parts.CommandTimeout = 5;
            if (!named.ContainsKey("Maximum Pool Size") && !named.ContainsKey("MaxPoolSize")) parts.MaxPoolSize = 20;
            if (!named.ContainsKey("Application Name") && !named.ContainsKey("ApplicationName")) parts.ApplicationName = "dolphin";
            return parts.ConnectionString;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException)
        {
            s.Wrong("connection", over, "something that is not a PostgreSQL connection string (not shown)", "Host=...;Database=...;Username=...;Password=...");
            return "";
        }
    }

    private static TlsSettings? Tls(SettingsSection s, IReadOnlyDictionary<string, string> environment, List<SettingProblem> problems)
    {
        var certificate = s.Text("certificate", Over(environment, "DOLPHIN_TLS_CERT"));
        var passwordOver = Over(environment, "DOLPHIN_TLS_PASSWORD_FILE");
        var passwordFile = s.Text("password-file", passwordOver);
        if (certificate.Length == 0)
        {
            if (passwordFile.Length > 0) s.Wrong("certificate", null, "nothing, beside a password file", "the path of a PKCS#12 file; or no password file");
            return null;
        }
        if (!File.Exists(certificate)) s.Wrong("certificate", Over(environment, "DOLPHIN_TLS_CERT"), $"'{certificate}', where there is no file", "the path of a PKCS#12 file with certificate and private key");
        if (passwordFile.Length == 0)
        {
            s.Wrong("password-file", null, "nothing", "the path of a file with the certificate's password; or set DOLPHIN_TLS_PASSWORD_FILE");
            return null;
        }
        return new TlsSettings(certificate, FromFile(passwordOver ?? new Override($"{Root}.tls.password-file", passwordFile), problems));
    }

    private static string FromFile(Override named, List<SettingProblem> problems)
    {
        try
        {
            var secret = Secrets.FromFile(named.Value);
            if (secret.Length == 0) problems.Add(new SettingProblem(IsError: true, named.Name, $"'{named.Value}' is empty; expected the secret in its first line."));
            if (Secrets.IsOpenToAll(named.Value)) problems.Add(new SettingProblem(IsError: false, named.Name, $"'{named.Value}' can be read by every user of this machine; chmod 600."));
            return secret;
        }
        catch (IOException e)
        {
            problems.Add(new SettingProblem(IsError: true, named.Name, $"'{named.Value}' cannot be read: {e.Message}"));
            return "";
        }
    }

    private static CmdSettings? Cmd(SettingsSection s)
    {
        var enabled = s.Flag("enabled");
        var host = s.Text("host");
        if (!IPAddress.TryParse(host, out var address)) s.Wrong("host", null, $"'{host}'", "an address of this machine, such as 127.0.0.1");
        else if (enabled && !IPAddress.IsLoopback(address)) s.Warn("host", $"{host} is not loopback: whoever reaches it can take this node out of the cluster, for Petabridge.Cmd asks for no password.");
        var port = s.Whole("port", 1, 65_535, "where Petabridge.Cmd listens");
        return enabled ? new CmdSettings(host, port) : null;
    }

    private static void WhatCannotWorkTogether(ClusterSettings c, string role, List<SettingProblem> problems)
    {
        void Warn(string key, string message) => problems.Add(new SettingProblem(IsError: false, $"{Root}.{key}", message));
        var failover = FailoverBudget.Of(c.SplitBrain, c.Tenure);
        if (failover > FailoverBudget.Target)
            Warn("split-brain", $"a crash leaves the cluster without a controller for up to {Durations.Show(failover)} (membership {Durations.Show(FailoverBudget.Membership(c.SplitBrain))}, tenure {Durations.Show(FailoverBudget.Tenure(c.Tenure))}); expected at most {Durations.Show(FailoverBudget.Target)}.");
        if (c.SplitBrain.Pause < 3 * c.SplitBrain.Heartbeat)
            Warn("split-brain.pause", $"{Durations.Show(c.SplitBrain.Pause)} is less than three heartbeats; one lost packet makes a healthy node unreachable.");
        if (c.SplitBrain.StableAfter < 6 * FailoverBudget.Turn)
            Warn("split-brain.stable-after", $"{Durations.Show(c.SplitBrain.StableAfter)} is less than six rounds of gossip; two sides of a partition may decide by different pictures.");
        if (c.Tenure.Lease < 3 * FailoverBudget.SlowRoundTrip)
            Warn("tenure.lease", $"{Durations.Show(c.Tenure.Lease)} is shorter than three round trips of {Durations.Show(FailoverBudget.SlowRoundTrip)}; one slow answer of the database ends a healthy tenure.");
        if (c.Tls is null && !IsLoopback(c.Host))
            Warn("tls.certificate", $"is empty, and {c.Host} is not loopback: whoever reaches port {c.Port} can send orders. Give every node a certificate, or keep the port on a private network.");
        if (c.Journal.Provider == JournalProvider.Sqlite && c.Seeds.FirstOrDefault(s => !IsSelf(s, c)) is { } other)
            problems.Add(new SettingProblem(IsError: true, $"{Root}.seeds", $"found {other} with a SQLite journal; expected none, or {c.Host}:{c.Port}, this node itself. A SQLite file is one node's, and no other node could bring its entities back: for two take postgres."));
        if (c.Journal.Provider == JournalProvider.Sqlite && c.SplitBrain.Strategy == SplitBrainStrategy.LeaseMajority)
            problems.Add(new SettingProblem(IsError: true, $"{Root}.split-brain.strategy", "found 'lease-majority' with a SQLite journal; expected keep-majority. The lease stands in PostgreSQL."));
        if (role == ClusterSettings.LighthouseRole && !c.Seeds.IsEmpty && c.Port != 0 && !c.Seeds.Any(s => IsSelf(s, c)))
            Warn("seeds", $"{c.Host}:{c.Port}, this lighthouse, is not among {string.Join(", ", c.Seeds)}: it joins them, and nobody will ask it. The same list stands on every node.");
    }

    internal static bool IsSelf(string seed, ClusterSettings c) => TrySeed(seed, out var host, out var port) && port == c.Port && string.Equals(host, c.Host, StringComparison.OrdinalIgnoreCase);

    internal static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static Override? Over(IReadOnlyDictionary<string, string> environment, string name) =>
        environment.TryGetValue(name, out var value) && value.Length > 0 ? new Override(name, value) : null;
}
