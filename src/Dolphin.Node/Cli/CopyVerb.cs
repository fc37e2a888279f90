using System.Globalization;
using System.Text.Json;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Running;
using Dolphin.Web;

namespace Dolphin.Node.Cli;

/// <summary>Copies a state folder into the database of a cluster, and says what came of it.</summary>
internal sealed class CopyVerb(IRunMachinery machinery, Terminal terminal)
{
    public async Task<int> RunAsync(CopyOptions options, bool json, CancellationToken cancellation)
    {
        var report = await machinery.CopyStateAsync(options, json ? static _ => { } : terminal.Error.WriteLine, cancellation);
        if (json) terminal.Out.WriteLine(JsonSerializer.Serialize(report, RunJson.Indented));
        else Write(report);
        return (int)ExitCode.Ok;
    }

    private void Write(StateCopyReport report)
    {
        var text = CultureInfo.InvariantCulture;
        terminal.Out.WriteLine(string.Create(text,
            $"Copied {report.Folder} into the database of cluster '{report.Cluster}': {report.Events:#,##0} events and {report.Snapshots:#,##0} snapshots of {report.Entities.Length} entities, read back and equal in every byte."));
        terminal.Out.WriteLine(string.Create(text, $"The database belongs to plan {report.Plan} and venue {report.Venue}. The next gateway's epoch is above {report.Epoch}."));
        foreach (var left in report.LeftOut) terminal.Out.WriteLine(string.Create(text, $"Left out: {left.What}, {left.Rows:#,##0} rows. {left.Why}"));
        foreach (var note in report.Notes) terminal.Out.WriteLine(note);
        terminal.Out.WriteLine("The folder is as it was. From now on only one of the two may trade: never start a node on the folder again.");
    }
}
