using Dolphin.Node.Cli;
using Dolphin.Node.Running;

namespace Dolphin.Node.Tests.Embedded;

/// <summary>What the Embedded edition says of a cluster.</summary>
public sealed class CopyStateStories
{
    [Fact(DisplayName = "The Embedded edition has copy-state in its help, and says which build can do it")]
    public async Task Refused()
    {
        using var place = new TemporaryFolder();
        var (said, wrong) = (new StringWriter(), new StringWriter());
        var terminal = new Terminal(said, wrong, IsLive: false, Width: 120);
        Assert.Equal((int)ExitCode.Ok, await DolphinCli.RunAsync(["copy-state", "--help"], new RunMachinery(), terminal));
        Assert.Contains("Needs the Cluster edition", said.ToString().ReplaceLineEndings(" "), StringComparison.Ordinal);

        var state = Path.Combine(place.Path, "state");
        Assert.Equal((int)ExitCode.Usage, await DolphinCli.RunAsync(["copy-state", "--state", state, "--cluster", "node.conf"], new RunMachinery(), terminal));
        Assert.Contains("-p:Edition=Cluster", wrong.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(state));
    }
}
