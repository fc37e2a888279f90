using System.Text.Json;
using System.Text.RegularExpressions;
using Dolphin.Hosting.Akka.Settings;
using Dolphin.Lighthouse;

namespace Dolphin.Hosting.Akka.Tests.Deploy;

/// <summary>What stands in deploy/ says the same as the program, and holds no secret.</summary>
public sealed partial class ManifestStories
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "deploy");
    private static readonly string[] Variables =
    [
        "DOLPHIN_CLUSTER_HOST", "DOLPHIN_CLUSTER_BIND_HOST", "DOLPHIN_CLUSTER_SEEDS", "DOLPHIN_CLUSTER_PORT", "DOLPHIN_TLS_CERT", "DOLPHIN_TLS_PASSWORD_FILE", "DOLPHIN_DB_FILE",
    ];

    [Fact(DisplayName = "Every variable that a manifest or unit sets is one that settings read")]
    public void Variables_are_known()
    {
        var used = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in Files("*.yaml", "*.service"))
        {
            foreach (Match match in Variable().Matches(File.ReadAllText(file))) used.Add(match.Value);
        }
        Assert.NotEmpty(used);
        Assert.Empty(used.Except(Variables, StringComparer.Ordinal));
    }

    [Fact(DisplayName = "The settings beside the manifests are right once the manifests' variables are set")]
    public void Settings_are_right()
    {
        foreach (var (file, role) in new[] { ("lighthouse.conf", ClusterSettings.LighthouseRole), ("node.conf", ClusterSettings.TraderRole) })
        {
            foreach (var place in new[] { "compose", "k8s" })
            {
                var environment = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["DOLPHIN_CLUSTER_HOST"] = "lighthouse-0", ["DOLPHIN_CLUSTER_BIND_HOST"] = "0.0.0.0", ["DOLPHIN_DB"] = "Host=postgres;Database=dolphin;Username=dolphin;Password=x",
                };
                if (place == "compose") environment["DOLPHIN_CLUSTER_SEEDS"] = Seeds().Match(File.ReadAllText(Path.Combine(Folder, place, "compose.yaml"))).Groups["seeds"].Value;
                var read = ClusterSettingsReader.Read(File.ReadAllText(Path.Combine(Folder, place, file)), environment, role);
                Assert.Empty(read.Errors);
                Assert.Equal(2, read.Settings!.Seeds.Length);
                // The port that the manifests name, and the seeds' port, are the ones that the settings have.
                Assert.Equal(role == ClusterSettings.LighthouseRole ? 4053 : 4054, read.Settings.Port);
                Assert.All(read.Settings.Seeds, s => Assert.EndsWith(":4053", s, StringComparison.Ordinal));
            }
        }
    }

    [Fact(DisplayName = "No key, certificate or password stands in deploy/")]
    public void No_secret()
    {
        Assert.Empty(Files("*.p12", "*.pfx", "*.key", "*.pem"));
        foreach (var file in Files("*.yaml", "*.conf", "*.service"))
            Assert.DoesNotMatch(@"(?i)(password|pwd)\s*[:=]\s*[^\s{/#$]*[a-z0-9]{6}", File.ReadAllText(file).Replace("Password=$(cat", "", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "Validation of certificates is never switched off, and nobody runs as root who trades")]
    public void Hardened()
    {
        foreach (var file in Files("*"))
        {
            var text = File.ReadAllText(file);
            Assert.DoesNotContain("suppress-validation", text, StringComparison.Ordinal);
            Assert.DoesNotContain("hostNetwork", text, StringComparison.Ordinal);
            Assert.DoesNotContain("privileged: true", text, StringComparison.Ordinal);
        }
        foreach (var manifest in new[] { "lighthouse.yaml", "node.yaml", "venue.yaml" }) Assert.Contains("runAsNonRoot: true", File.ReadAllText(Path.Combine(Folder, "k8s", manifest)), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "The folder of the images ends with a slash, or their entry point would name no file")]
    public void Entry_point()
    {
        // The SDK writes the entry point as this folder and the program's name with nothing between.
        var folder = WorkingDirectory().Match(Text("images.sh")).Groups["folder"].Value;
        Assert.Matches("^/[a-z]+/$", folder);
        Assert.Contains($"exec node-0 dotnet {folder}dolphin.dll status", Text("compose", "compose.yaml"), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Every image that a manifest asks for, PostgreSQL's aside, is one that images.sh makes, with its tag")]
    public void Images_exist()
    {
        var script = Text("images.sh");
        var tag = DefaultTag().Match(script).Groups["tag"].Value;
        var made = MadeImage().Matches(script).Select(m => $"{m.Groups["image"].Value}:{tag}").ToArray();
        Assert.Equal([$"dolphin:{tag}", $"dolphin-lighthouse:{tag}"], made);
        var asked = Files("*.yaml").SelectMany(f => AskedImage().Matches(File.ReadAllText(f))).Select(m => m.Groups["image"].Value).Where(i => !i.StartsWith("postgres:", StringComparison.Ordinal)).ToArray();
        Assert.Equal(7, asked.Length); // lighthouse, node, venue, and who hands over the volumes; lighthouse, node, venue in Kubernetes.
        Assert.All(asked, i => Assert.Contains(i, made));
    }

    [Fact(DisplayName = "A lighthouse understands the command line that compose and Kubernetes give it")]
    public void Lighthouse_arguments()
    {
        foreach (var file in new[] { Text("compose", "compose.yaml"), Text("k8s", "lighthouse.yaml") })
        {
            var arguments = JsonSerializer.Deserialize<string[]>(LighthouseArguments().Match(file).Groups["list"].Value)!;
            var (options, mistake) = LighthouseOptions.Parse(arguments);
            Assert.Null(mistake);
            Assert.Equal("/etc/dolphin/lighthouse.conf", options!.Config);
            Assert.False(options.CheckOnly);
        }
    }

    [Fact(DisplayName = "Health checks ask where the health endpoint listens")]
    public void Health_ports()
    {
        foreach (var file in new[] { Text("compose", "compose.yaml"), Text("k8s", "lighthouse.yaml"), Text("k8s", "node.yaml") })
        {
            var opened = OpenedPort().Matches(file).Select(m => m.Groups["port"].Value).ToArray();
            var asked = AskedPort().Matches(file).Select(m => m.Groups["port"].Value).ToArray();
            Assert.NotEmpty(opened);
            Assert.Equal(opened.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), asked.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        }
    }

    [Fact(DisplayName = "The commands above compose.yaml write no secret that everybody can read: venue and node would refuse it")]
    public void Secrets_are_closed()
    {
        var compose = Text("compose", "compose.yaml");
        var closed = compose.IndexOf("umask 077", StringComparison.Ordinal);
        Assert.InRange(closed, 0, compose.IndexOf("> deploy/compose/secrets", StringComparison.Ordinal));
    }

    private static string Text(params string[] path) => File.ReadAllText(Path.Combine([Folder, .. path]));

    private static IEnumerable<string> Files(params string[] patterns) =>
        patterns.SelectMany(p => Directory.EnumerateFiles(Folder, p, SearchOption.AllDirectories)).Where(f => !f.Contains($"{Path.DirectorySeparatorChar}secrets{Path.DirectorySeparatorChar}", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    [GeneratedRegex("DOLPHIN_[A-Z_]*[A-Z]", RegexOptions.None, 1_000)]
    private static partial Regex Variable();

    [GeneratedRegex("DOLPHIN_CLUSTER_SEEDS: (?<seeds>\\S+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Seeds();

    [GeneratedRegex("ContainerWorkingDirectory=(?<folder>\\S+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex WorkingDirectory();

    [GeneratedRegex("TAG:-(?<tag>[0-9.]+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex DefaultTag();

    [GeneratedRegex("(?<image>dolphin[a-z-]*):src/", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex MadeImage();

    [GeneratedRegex("^ *image: (?<image>\\S+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1_000)]
    private static partial Regex AskedImage();

    [GeneratedRegex("(command|args): (?<list>\\[\"--config\"[^\\]]*\\])", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex LighthouseArguments();

    [GeneratedRegex("\"--http\", \"127\\.0\\.0\\.1:(?<port>[0-9]+)\"", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex OpenedPort();

    [GeneratedRegex("/dev/tcp/127\\.0\\.0\\.1/(?<port>[0-9]+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex AskedPort();
}
