namespace Dolphin.Drills;

/// <param name="Bar">How long a recorded bar takes on the wall clock.</param>
/// <param name="Repeat">Of each drill.</param>
/// <param name="Measured">How long the speed of a fleet is measured.</param>
internal sealed record DrillOptions(
    string Folder, string Data, string Bar, int Repeat, TimeSpan Measured, string NodeProgram, string VenueProgram, string LighthouseProgram, string Settings, string? Json)
{
    public const string SpeedOfFleets = "speed";

    public TimeSpan BarLength => Bar.EndsWith("ms", StringComparison.Ordinal)
        ? TimeSpan.FromMilliseconds(Number(Bar[..^2]))
        : TimeSpan.FromSeconds(Number(Bar.TrimEnd('s')));

    public const string Usage = """
        Rehearses what a cluster must survive, on this machine, with real processes, and measures it. Needs root, iproute2, curl, PostgreSQL's
        server programs, and both editions built in Release.

          dolphin-drills DRILL... [--repeat N] [--bar 1s] [--data PATH] [--work DIR] [--json OUT.json]
          dolphin-drills speed [--bar 50ms] [--seconds 60] ...

        A bar is given in ms or s: so long a recorded bar takes. speed compares what one node of the Embedded edition, one of the Cluster edition and
        three of it get through, and how soon after a bar their orders arrive.

        DRILL is one or more of: leave, kill-controller, kill-gateway, partition-2-1, partition-1-1-1, partition-one-way,
        partition-bridged, pause, database, rolling-restart, kill-all; or all.
        """;

    /// <returns>Null if something is not understood; it has been said.</returns>
    public static (DrillOptions Options, IReadOnlyList<string> Drills)? Parse(string[] args, TextWriter error)
    {
        var (drills, values) = (new List<string>(), new Dictionary<string, string>(StringComparer.Ordinal));
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal)) drills.Add(args[i]);
            else if (args[i] is "--repeat" or "--bar" or "--seconds" or "--data" or "--work" or "--json" && i + 1 < args.Length) values[args[i]] = args[++i];
            else
            {
                error.WriteLine($"'{args[i]}' is not understood.\n\n{Usage}");
                return null;
            }
        }

        if (drills is ["all"]) drills = [.. Drill.Names];
        if (drills.Count == 0 || drills.FirstOrDefault(d => !Drill.Names.Contains(d)) is { } && drills is not [SpeedOfFleets])
        {
            error.WriteLine(drills.Count == 0 ? Usage : $"There is no drill '{drills.First(d => !Drill.Names.Contains(d))}'.\n\n{Usage}");
            return null;
        }

        var root = Root();
        string Program(string project, string edition, string name) => Path.Combine(root, "src", project, "bin", edition, "Release", "net10.0", name);
        return (new DrillOptions(
            values.GetValueOrDefault("--work") ?? Directory.CreateTempSubdirectory("dolphin-drills-").FullName,
            values.GetValueOrDefault("--data") ?? Path.Combine(root, "..", "shared", "data", "01_usdm_1m_16sym_2025-05"),
            values.GetValueOrDefault("--bar") ?? "1s", Number(values.GetValueOrDefault("--repeat") ?? "1"),
            TimeSpan.FromSeconds(Number(values.GetValueOrDefault("--seconds") ?? "60")),
            Program("Dolphin.Node", "Cluster", "dolphin.dll"), Program("Dolphin.Node", "Embedded", "dolphin.dll"),
            Program("Dolphin.Lighthouse", "Cluster", "dolphin-lighthouse.dll"), Path.Combine(root, "hocon", "cluster", "development.conf"),
            values.GetValueOrDefault("--json")), drills);
    }

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Dolphin.Actors.sln"))) return folder.FullName;
        throw new InvalidOperationException("Run it from its place in the repository: the programs that it drills are found from there.");
    }
}
