using System.Text.RegularExpressions;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;
using Dolphin.Node.Screen;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Node.Tests.Screen;

/// <summary>What the live view shows, as text.</summary>
public sealed class RunScreenStories
{
    [Fact(DisplayName = "100 by 30 shows sixteen assets, every layer, money, progress and posture")]
    public void Standard()
    {
        var lines = Lines(Pictures.Replay(), 100, 30);
        Assert.True(lines.Length <= 30, $"{lines.Length} lines");
        var text = string.Join('\n', lines);
        Assert.All(Pictures.Replay().Assets, a => Assert.Contains(a.Symbol.Name, text, StringComparison.Ordinal));
        Assert.All(Pictures.Replay().Risk!.Layers, l => Assert.Contains(l.Layer.Name[..9], text, StringComparison.Ordinal));
        foreach (var shown in (string[])["43.0 %", "304,440/708,000 bars", "512k bars/s", "STALKER", "by L7_EXF_SERVICE", "realised +4,321.09", "fees 912.44", "funding -33.08", "invariants hold", "absent", "◄"])
            Assert.Contains(shown, text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Whatever the size of the terminal and of the universe, the picture fits")]
    public void Fits()
    {
        var cases = from width in Gen.Choose(1, 250)
                    from height in Gen.Choose(1, 80)
                    from assets in Gen.Elements(0, 1, 16, 17, 450)
                    from failed in Gen.Elements<string?>(null, "row 17 of node.db fails its checksum [see the log]")
                    select (width, height, assets, failed);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var lines = Lines(Pictures.Replay(0.5, c.failed, c.assets), c.width, c.height);
            return lines.Length <= Math.Max(c.height, 8) && lines.All(l => l.Length <= Math.Max(c.width, 40));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Fact(DisplayName = "More assets than lines: those that need attention stay, the others are counted")]
    public void Crowd()
    {
        var text = string.Join('\n', Lines(Pictures.Replay(0.5, null, 450), 100, 30));
        Assert.Contains("LAYERUSDT", text, StringComparison.Ordinal);
        Assert.Matches(@"\+ \d+ more; `dolphin status` shows them all", text);
    }

    [Fact(DisplayName = "A violated invariant and a halted entity cannot be overlooked, not even on the smallest screen")]
    public void Alarm()
    {
        foreach (var (width, height) in ((int, int)[])[(100, 30), (60, 20)])
        {
            var text = string.Join('\n', Lines(Pictures.Replay(0.5, "row 17 fails its checksum"), width, height));
            Assert.Contains("invariants violated 1 times", text, StringComparison.Ordinal);
            Assert.Contains("HALTED book-ltcusdt: row 17", text, StringComparison.Ordinal);
            Assert.Contains("HIBERNATE", text, StringComparison.Ordinal);
        }
    }

    [Fact(DisplayName = "Before the first bar the picture says so")]
    public void Nothing_yet()
    {
        var picture = Pictures.Replay(0, null, 0) with { At = null, Risk = null, Phase = RunPhase.Recovering, Progress = new RunProgress(0, null, 0, 0) };
        var text = string.Join('\n', Lines(picture, 100, 30));
        Assert.Contains("recovering", text, StringComparison.Ordinal);
        Assert.Contains("no bar yet", text, StringComparison.Ordinal);
        Assert.Contains("R_total not known yet", text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Text from outside is shown as text: brackets are no markup and end nothing")]
    public void Hostile_text()
    {
        var picture = Pictures.Replay() with { Notable = [new NotableEvent(Pictures.Start.AddDays(9), NotableKind.Info, "[red]x", "[/] [bold]{0}%s")], Postures = [] };
        Assert.Contains("[red]x [/] [bold]{0}%s", string.Join('\n', Lines(picture, 100, 40)), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A line that is cut ends with a mark, for half a number is another number; one that fits has none")]
    public void Cut()
    {
        var lines = Lines(Pictures.Replay(), 60, 30);
        var counts = Assert.Single(lines, l => l.StartsWith("invariants hold", StringComparison.Ordinal));
        Assert.Equal(60, counts.Length);
        Assert.EndsWith("…", counts, StringComparison.Ordinal);
        Assert.DoesNotContain("…", Assert.Single(Lines(Pictures.Replay(), 100, 30), l => l.StartsWith("invariants hold", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A factor below one is never shown as one")]
    public void No_rounding_up()
    {
        Assert.Equal("1.000", Figures.Factor(1.0));
        Assert.Equal("0.999", Figures.Factor(0.99999));
        Assert.Equal("0.000", Figures.Factor(0));
    }

    [Fact(DisplayName = "The screen is taken while a run lives, and given back even if the picture cannot be drawn")]
    public async Task Gives_back()
    {
        var drawn = new StringWriter();
        var run = new TaskCompletionSource();
        var view = new FakeRun();
        var screen = new LiveScreen(view, drawn, () =>
        {
            run.TrySetResult(); // The run ends while the first picture is being drawn.
            return (100, 30);
        });
        await screen.DrawUntilAsync(run.Task);
        Assert.StartsWith("\e[?1049h", drawn.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("\e[?25h\e[?1049l", drawn.ToString(), StringComparison.Ordinal);
        Assert.Contains("BTCUSDT", drawn.ToString(), StringComparison.Ordinal);

        var broken = new StringWriter();
        await Assert.ThrowsAsync<IOException>(() => new LiveScreen(view, broken, () => throw new IOException("no terminal")).DrawUntilAsync(new TaskCompletionSource().Task));
        Assert.EndsWith("\e[?25h\e[?1049l", broken.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A frame overwrites the one before: it starts at the top, clears each line's rest, and never scrolls")]
    public void Frame()
    {
        var frame = LiveScreen.Frame(Pictures.Replay(), 100, 30);
        Assert.Contains("\e[H", frame, StringComparison.Ordinal);
        Assert.True(Regex.Count(frame, "\n") < 30);
        Assert.Equal(Regex.Count(frame, "\r\n"), Regex.Count(frame, "\n"));
        Assert.Contains("\e[K", frame, StringComparison.Ordinal);
    }

    private static string[] Lines(RunSnapshot run, int width, int height) =>
        RunScreen.Render(run, width, height, colours: false).TrimEnd('\n').Split('\n').Select(l => l.TrimEnd()).ToArray();
}
