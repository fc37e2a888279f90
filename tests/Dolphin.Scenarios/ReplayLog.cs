using System.Collections.Concurrent;
using Dolphin.Actors.Strategies;
using Dolphin.Backtest.Replay;
using Dolphin.Scenarios.Stage;

namespace Dolphin.Scenarios;

/// <summary>What actors and their engine log during a replay is heard by whoever runs it.</summary>
public sealed class ReplayLog
{
    [Fact(DisplayName = "A damaged row is logged while the journal is opened, and the strategy that cannot recover from it is logged when it stops")]
    public void Is_heard()
    {
        const string entity = "hedge-CCCUSDT";
        using var folder = new ReplayFolder();
        var unharmed = Lines(folder);
        Assert.DoesNotContain(unharmed, line => line.Level >= LogLevel.WarningLevel);
        JournalDamage.FlipOneByte(folder.NodeJournal, StrategyIds.PersistenceIdOf(entity), 2);

        var damaged = Lines(folder);

        Assert.Contains(damaged, line => line.Level == LogLevel.ErrorLevel && line.Text.Contains(folder.NodeJournal, StringComparison.Ordinal)
            && line.Text.Contains("will not recover", StringComparison.Ordinal));
        Assert.Contains(damaged, line => line.Level == LogLevel.ErrorLevel && line.Source.EndsWith("strategy", StringComparison.Ordinal));
    }

    private static IReadOnlyList<(LogLevel Level, string Source, string Text)> Lines(ReplayFolder folder)
    {
        var lines = new ConcurrentQueue<(LogLevel, string, string)>();
        using (var run = new ReplayRun(Plans.Replay(folder.Path, seed: 41, bars: 60), Props.Create(() => new Listener(lines))))
        {
            run.Start();
            run.Run(CancellationToken.None);
        }

        return [.. lines];
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(ConcurrentQueue<(LogLevel, string, string)> lines) =>
            Receive<LogEvent>(said => lines.Enqueue((said.LogLevel(), said.LogSource, said.Message.ToString() ?? "")));
    }
}
