namespace Dolphin.Node.Cli;

/// <summary>Where a verb writes. Results go to <see cref="Out"/>, everything that is about the command itself to <see cref="Error"/>.</summary>
/// <param name="IsLive">Whether <see cref="Out"/> is a screen that can be redrawn.</param>
public sealed record Terminal(TextWriter Out, TextWriter Error, bool IsLive, int Width)
{
    public static Terminal OfProcess()
    {
        var live = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";
        return new Terminal(Console.Out, Console.Error, live, live ? Console.WindowWidth : 120);
    }
}
