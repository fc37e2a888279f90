using System.Diagnostics;
using System.Globalization;

namespace Dolphin.EngineTests.Persistence;

/// <summary>kill -9 of a process that writes, and what its successor finds.</summary>
public sealed class CrashStories
{
    [Fact(DisplayName = "After kill -9 everything acknowledged is there, nothing is damaged, and the state folder is free")]
    public async Task Durable()
    {
        using var folder = new StateFolder();
        var acknowledged = await WriteAndKill("durable", folder, until: 200);
        StateFolderLock.Acquire(folder.Path).Dispose();
        using var journal = folder.Open();
        Assert.Empty(journal.Damage);
        foreach (var id in new[] { "a", "b" })
        {
            var found = journal.Read(id).Events;
            Assert.True(found.Count >= acknowledged, $"'{id}': {acknowledged} events were acknowledged, {found.Count} are there.");
            Assert.Equal(Enumerable.Range(1, found.Count).Select(i => $"{i} {id}{i}"), found); // A prefix: no hole, no order lost.
        }
    }

    [Fact(DisplayName = "After kill -9 in write-behind mode the venue knows no order whose intent is not durable")]
    public async Task Write_behind()
    {
        using var folder = new StateFolder();
        await WriteAndKill("write-behind", folder, until: 40_000);
        using var journal = folder.Open();
        Assert.Empty(journal.Damage);
        var intents = journal.Read("intents").Events;
        var orders = journal.Read("orders", plugin: "venue").Events;
        Assert.NotEmpty(orders);
        Assert.True(intents.Count >= orders.Count, $"{orders.Count} orders at the venue, but only {intents.Count} intents.");
        Assert.Equal(Enumerable.Range(1, orders.Count).Select(i => $"{i} order {i}"), orders);
        Assert.Equal(Enumerable.Range(1, intents.Count).Select(i => $"{i} intent {i}"), intents);
    }

    [Fact(DisplayName = "While it lives, a second process is refused")]
    public async Task Second_process()
    {
        using var folder = new StateFolder();
        using var writer = Start("durable", folder);
        Assert.NotNull(await writer.StandardOutput.ReadLineAsync());
        var refused = Assert.Throws<StateFolderInUseException>(() => StateFolderLock.Acquire(folder.Path));
        Assert.Contains($"(pid {writer.Id}, started ", refused.Message, StringComparison.Ordinal);
        writer.Kill();
        await writer.WaitForExitAsync();
    }

    /// <returns>The last number that the process said before it was killed.</returns>
    private static async Task<int> WriteAndKill(string mode, StateFolder folder, int until)
    {
        using var writer = Start(mode, folder);
        var last = 0;
        while (last < until)
        {
            var line = await writer.StandardOutput.ReadLineAsync();
            if (line is null)
                Assert.Fail($"The writer ended by itself: {await writer.StandardError.ReadToEndAsync()}");
            last = int.Parse(line, CultureInfo.InvariantCulture);
        }

        writer.Kill();
        await writer.WaitForExitAsync();
        // What it said between the last line read and its death counts too: it was acknowledged.
        while (await writer.StandardOutput.ReadLineAsync() is { } rest)
        {
            if (int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out var more) && more > last)
                last = more;
        }

        return last;
    }

    private static Process Start(string mode, StateFolder folder)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "exec", typeof(CrashingWriter).Assembly.Location, mode, folder.Path },
        };
        return Process.Start(start) ?? throw new InvalidOperationException("dotnet could not be started.");
    }
}
