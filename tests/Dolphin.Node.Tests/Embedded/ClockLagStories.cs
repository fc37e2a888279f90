using Dolphin.Actors.Node;
using Dolphin.Backtest;
using Dolphin.Domain.Hermes;
using Dolphin.Node.Running;
using Dolphin.Node.Tests.Live;
using Serilog;

namespace Dolphin.Node.Tests.Embedded;

/// <summary>A start on a folder that was stored after now.</summary>
public sealed class ClockLagStories
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 12, 0, 0, 400, TimeSpan.Zero);

    [Fact(DisplayName = "A start waits until nothing that is stored is younger than now, and not where nothing is, or nothing is stored")]
    public async Task Waits_at_the_start()
    {
        var machine = new HeldClock(Start);
        var clock = new SteadyClock(machine);
        var folder = new StateFolder(Path.Combine(Path.GetTempPath(), "dolphin-clock-" + Path.GetRandomFileName()));
        Directory.CreateDirectory(folder.Path);
        var log = new LoggerConfiguration().CreateLogger();
        try
        {
            await ClockLag.EndAsync(folder, clock, log, CancellationToken.None);

            var settings = EngineSettings.RealTime with { Clock = new SteadyClock(new Ahead()) };
            using (var earlier = ActorSystem.Create("earlier", settings.StoredIn(folder, new JournalSettings(), DurabilityMode.Durable)))
            {
                var diary = earlier.ActorOf(Props.Create(() => new Diary()), "diary");
                Assert.Equal("stored", await diary.Ask<string>(new HermesEvent.OverrideLifted(1, "ada", "it is over", Start), TimeSpan.FromMinutes(1)));
            }

            var start = ClockLag.EndAsync(folder, clock, log, CancellationToken.None);
            machine.SetWall(TimeSpan.FromHours(1)); // What passes counts.
            machine.Pass(TimeSpan.FromSeconds(119.9));
            Assert.False(start.IsCompleted);
            machine.Pass(TimeSpan.FromHours(1)); // It was stored a little after it was ahead.
            await start;
            Assert.True(ClockLag.EndAsync(folder, clock, log, CancellationToken.None).IsCompleted);
        }
        finally
        {
            Directory.Delete(folder.Path, recursive: true);
        }
    }

    /// <summary>A machine whose clock is two minutes ahead, and goes.</summary>
    private sealed class Ahead : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Start.AddMinutes(2);
    }

    /// <summary>Somebody who stores something.</summary>
    private sealed class Diary : ReceivePersistentActor
    {
        public override string PersistenceId => "diary";

        public Diary() => Command<HermesEvent>(e =>
        {
            var asker = Sender;
            Persist(e, _ => asker.Tell("stored"));
        });
    }
}
