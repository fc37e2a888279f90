using System.Text;
using System.Text.Json;
using Dolphin.Domain.Reporting;
using Dolphin.Web;

namespace Dolphin.Node.Report;

/// <summary>The report of a run as JSON: for scripts, and to be kept.</summary>
internal static class ReportFile
{
    public static string ToJson(RunReport report) => JsonSerializer.Serialize(report, RunJson.Indented);

    /// <summary>Whole or not at all: who reads while it is written sees the old report.</summary>
    public static void Write(RunReport report, string path)
    {
        var full = Path.GetFullPath(path);
        var draft = full + ".new";
        File.WriteAllText(draft, ToJson(report) + "\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        File.Move(draft, full, overwrite: true);
    }
}
