namespace Dolphin.Drills;

/// <param name="Bar">How long a recorded bar takes on the wall clock.</param>
/// <param name="From">Where the recording is cut; null for its beginning.</param>
/// <param name="Repeat">Of each drill.</param>
/// <param name="Measured">How long the speed of a fleet is measured.</param>
/// <param name="OldNode">A node program built from an earlier commit, for the rolling upgrade; null: that drill is not run.</param>
internal sealed record DrillOptions(
    string Folder, string Data, string Bar, string? From, int Repeat, TimeSpan Measured, NodeVersion Node, NodeVersion? OldNode, string VenueProgram, string LighthouseProgram,
    string Settings, string? Json)
{
    public const string SpeedOfFleets = "speed";

    public TimeSpan BarLength => Bar.EndsWith("ms", StringComparison.Ordinal)
        ? TimeSpan.FromMilliseconds(Number(Bar[..^2]))
        : TimeSpan.FromSeconds(Number(Bar.TrimEnd('s')));

    public const string Usage = """
        Rehearses what a cluster must survive, on this machine, with real processes, and measures it. Needs root, iproute2, curl, PostgreSQL's
        server programs, and both editions built in Release.

          dolphin-drills DRILL... [--repeat N] [--bar 1s] [--data PATH] [--work DIR] [--json OUT.json] [--old-node PATH/dolphin.dll]
          dolphin-drills speed [--bar 50ms] [--seconds 60] [--from 2025-05-08] ...

        A bar is given in ms or s: so long a recorded bar takes; --from cuts the recording. speed compares what one node of the Embedded edition, one of the Cluster edition and
        three of it get through, and how soon after a bar their orders arrive.

        DRILL is one or more of: leave, kill-controller, kill-gateway, partition-2-1, partition-1-1-1, partition-one-way,
        partition-bridged, pause, database, rolling-restart, rolling-upgrade, kill-all; or all. rolling-upgrade needs --old-node: a node program
        (Cluster edition, Release) built from an earlier commit. It gets the settings of the repository that it stands in, or these if it stands in none.
        """;

    private const string OldNodeIsMissing = "rolling-upgrade needs --old-node PATH/dolphin.dll, a node program that was built from an earlier commit";

    /// <returns>Null if something is not understood; it has been said.</returns>
    public static (DrillOptions Options, IReadOnlyList<string> Drills)? Parse(string[] args, TextWriter error)
    {
        var (drills, values) = (new List<string>(), new Dictionary<string, string>(StringComparer.Ordinal));
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal)) drills.Add(args[i]);
            else if (args[i] is "--repeat" or "--bar" or "--seconds" or "--from" or "--data" or "--work" or "--json" or "--old-node" && i + 1 < args.Length) values[args[i]] = args[++i];
            else
            {
                error.WriteLine($"'{args[i]}' is not understood.\n\n{Usage}");
                return null;
            }
        }

        var oldNode = values.GetValueOrDefault("--old-node");
        if (oldNode is not null && (!File.Exists(oldNode) || !string.Equals(Path.GetExtension(oldNode), ".dll", StringComparison.Ordinal)))
        {
            error.WriteLine($"--old-node is '{oldNode}'; expected the path of a dolphin.dll that is there. Nothing was started.");
            return null;
        }

        if (drills is ["all"])
        {
            drills = [.. Drill.Names.Where(d => d != Drill.RollingUpgrade || oldNode is not null)];
            if (oldNode is null) error.WriteLine($"Without {Drill.RollingUpgrade}: {OldNodeIsMissing}.");
        }

        if (drills.Count == 0 || drills.FirstOrDefault(d => !Drill.Names.Contains(d)) is { } && drills is not [SpeedOfFleets])
        {
            error.WriteLine(drills.Count == 0 ? Usage : $"There is no drill '{drills.First(d => !Drill.Names.Contains(d))}'.\n\n{Usage}");
            return null;
        }

        if (drills.Contains(Drill.RollingUpgrade) && oldNode is null)
        {
            error.WriteLine($"{OldNodeIsMissing}. Nothing was started.");
            return null;
        }

        var root = RootOf(AppContext.BaseDirectory) ?? throw new InvalidOperationException("Run it from its place in the repository: the programs that it drills are found from there.");
        var settings = SettingsIn(root);
        string Program(string project, string edition, string name) => Path.Combine(root, "src", project, "bin", edition, "Release", "net10.0", name);
        return (new DrillOptions(
            values.GetValueOrDefault("--work") ?? Directory.CreateTempSubdirectory("dolphin-drills-").FullName,
            values.GetValueOrDefault("--data") ?? Path.Combine(root, "..", "shared", "data", "01_usdm_1m_16sym_2025-05"),
            values.GetValueOrDefault("--bar") ?? "1s", values.GetValueOrDefault("--from"), Number(values.GetValueOrDefault("--repeat") ?? "1"),
            TimeSpan.FromSeconds(Number(values.GetValueOrDefault("--seconds") ?? "60")),
            new NodeVersion(Program("Dolphin.Node", "Cluster", "dolphin.dll"), settings), oldNode is null ? null : Old(Path.GetFullPath(oldNode), settings),
            Program("Dolphin.Node", "Embedded", "dolphin.dll"), Program("Dolphin.Lighthouse", "Cluster", "dolphin-lighthouse.dll"), settings,
            values.GetValueOrDefault("--json")), drills);
    }

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    // A version refuses keys that it does not know, so it gets the settings that it came with.
    private static NodeVersion Old(string program, string settings) =>
        new(program, RootOf(Path.GetDirectoryName(program)!) is { } root && File.Exists(SettingsIn(root)) ? SettingsIn(root) : settings);

    private static string SettingsIn(string root) => Path.Combine(root, "hocon", "cluster", "development.conf");

    private static string? RootOf(string path)
    {
        for (var folder = new DirectoryInfo(path); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Dolphin.Actors.sln"))) return folder.FullName;
        return null;
    }
}

/// <summary>One version of the node.</summary>
/// <param name="Program">Path of its dolphin.dll.</param>
/// <param name="Settings">Of the cluster, as this version reads them.</param>
internal sealed record NodeVersion(string Program, string Settings);
