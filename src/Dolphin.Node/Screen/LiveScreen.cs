using System.Text;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Cli;

namespace Dolphin.Node.Screen;

/// <summary>Redraws a run on a terminal until it ends. The terminal gets its old content back, whatever happens.</summary>
internal sealed class LiveScreen(IRunView view, TextWriter output, Func<(int Width, int Height)> size)
{
    // Five pictures a second are more than an eye wants and cost a hundredth of a core.
    private static readonly TimeSpan RedrawEvery = TimeSpan.FromMilliseconds(200);

    private const string Enter = "\e[?1049h\e[?25l"; // The terminal's second screen, without a cursor.
    private const string Leave = "\e[?25h\e[?1049l";
    private const string BeginFrame = "\e[?2026h\e[H"; // Held back until the end where the terminal can, so that nothing flickers.
    private const string EndFrame = "\e[0m\e[J\e[?2026l";

    public static LiveScreen On(Terminal terminal, IRunView view) =>
        new(view, terminal.Out, () => (Console.WindowWidth, Console.WindowHeight));

    /// <summary>Returns when <paramref name="run"/> has ended, well or not; its outcome is not looked at here.</summary>
    public async Task DrawUntilAsync(Task run)
    {
        await output.WriteAsync(Enter);
        try
        {
            using var timer = new PeriodicTimer(RedrawEvery);
            RunSnapshot? drawn = null;
            var drawnSize = (0, 0);
            while (!run.IsCompleted)
            {
                var (now, place) = (view.Snapshot(), size());
                if (!ReferenceEquals(now, drawn) || place != drawnSize)
                {
                    await output.WriteAsync(Frame(now, place.Width, place.Height));
                    await output.FlushAsync();
                    (drawn, drawnSize) = (now, place);
                }
                var tick = timer.WaitForNextTickAsync().AsTask();
                await Task.WhenAny(run, tick);
            }
        }
        finally
        {
            await output.WriteAsync(Leave);
            await output.FlushAsync();
        }
    }

    /// <summary>A whole picture that overwrites the one before, line by line.</summary>
    internal static string Frame(RunSnapshot run, int width, int height)
    {
        var frame = new StringBuilder(BeginFrame);
        var lines = RunScreen.Render(run, width, height, colours: true).TrimEnd('\n').Split('\n');
        for (var i = 0; i < Math.Min(lines.Length, height); i++)
        {
            if (i > 0) frame.Append("\r\n");
            frame.Append(lines[i].TrimEnd('\r')).Append("\e[K");
        }
        return frame.Append(EndFrame).ToString();
    }
}
