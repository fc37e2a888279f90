using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Dolphin.Node.Running;
using Dolphin.Web;

namespace Dolphin.Node.Cli;

/// <summary>The command line from arguments to exit code. Errors leave here and nowhere else: as sentences, or as JSON with --json.</summary>
public static class DolphinCli
{
    public static async Task<int> RunAsync(string[] args, IRunMachinery machinery, Terminal terminal, CancellationToken cancellation = default)
    {
        var json = args.Contains("--json", StringComparer.Ordinal);
        try
        {
            var tree = new CommandTree(new Verbs(machinery, terminal));
            var parsed = tree.Root.Parse(CommandTree.MeansRun(args) ? ["run", .. args] : args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parsed.Errors.Count > 0 && parsed.Action is not TeachingHelp)
            {
                throw CommandTree.NotUnderstood(Typed(parsed.CommandResult), parsed.Errors.Select(e => e.Message));
            }
            return await parsed.InvokeAsync(
                new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, cancellation);
        }
        catch (CliException e)
        {
            return Fail(terminal, json, e);
        }
        catch (OperationCanceledException)
        {
            return Fail(terminal, json, new CliException(ExitCode.Fault, "Interrupted before it was done."));
        }
#pragma warning disable CA1031 // The last line of defence: a fault still has an exit code and a sentence, and its details for a bug report.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Fail(terminal, json, new CliException(ExitCode.Fault, $"A fault of the program: {Logging.Redactor.Redact(e.ToString())}"));
        }
    }

    // A verb's own parent is all that Command.Parents has.
    private static string Typed(CommandResult verb) =>
        verb.Parent is CommandResult above ? $"{Typed(above)} {verb.Command.Name}" : "dolphin";

    private static int Fail(Terminal terminal, bool json, CliException error)
    {
        if (json)
        {
            terminal.Error.WriteLine(JsonSerializer.Serialize(
                new { error = new { code = error.Code.Word(), exitCode = (int)error.Code, message = error.Message, details = error.Details } }, RunJson.Indented));
        }
        else
        {
            foreach (var detail in error.Details) terminal.Error.WriteLine(detail);
            terminal.Error.WriteLine($"dolphin: {error.Message}");
        }
        return (int)error.Code;
    }
}
