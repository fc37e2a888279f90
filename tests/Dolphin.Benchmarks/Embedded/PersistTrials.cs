using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Dolphin.Benchmarks;

/// <summary>
/// Single-event persists per second at full durability: each actor persists one event, hears that it is on disk, and persists the next. Beside it, how
/// often the disk itself makes a small write durable.
/// </summary>
internal static class PersistTrials
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private const int Rounds = 3;

    private static readonly (int Actors, int AtMostEach, double Target)[] Cases = [(1, 10_000, 3_000), (100, 4_000, 100_000)];

    public static async Task<int> RunAsync(string[] args, TextWriter output)
    {
        if (args is not ([] or ["--folder", _]))
        {
            await output.WriteLineAsync("Expected: persist [--folder DIRECTORY], a directory on the disk to be measured.");
            return 2;
        }

        await output.WriteLineAsync(Machine.Describe());
        var folder = args is [_, var parent] ? Directory.CreateDirectory(Path.Combine(parent, $"dolphin-persist-{Environment.ProcessId}")) : Directory.CreateTempSubdirectory("dolphin-persist-");
        try
        {
            var disk = Enumerable.Range(0, Rounds).Select(i => SynchronisedWrites(Path.Combine(folder.FullName, $"disk-{i}"))).Order().ToArray();
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"the disk: {disk[^1]:0} synchronised writes of 4 KiB a second, median {disk[Rounds / 2]:0}"));
            foreach (var (actors, atMostEach, target) in Cases)
            {
                var each = (int)Math.Clamp(disk[Rounds / 2], 400, atMostEach); // About a second of commits, also on a slow disk.
                await MeasureAsync(Path.Combine(folder.FullName, $"warm-{actors}"), actors, each / 10);
                var results = new List<(double Rate, double Commits, double Cpu)>();
                for (var round = 0; round < Rounds; round++)
                    results.Add(await MeasureAsync(Path.Combine(folder.FullName, $"{actors}-{round}"), actors, each));
                var sorted = results.Select(static r => r.Rate).Order().ToArray();
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                    $"{actors} actor{(actors == 1 ? "" : "s together")}: best {sorted[^1]:0}/s, median {sorted[Rounds / 2]:0}/s of {Rounds} rounds of {actors * each} events, {results.Average(static r => r.Commits):0.0} events a commit, {results.Min(static r => r.Cpu):0.0} us of processor an event; target {target:0}/s"));
            }

            await output.WriteLineAsync(Machine.Load());
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>How often a second a write of one page reaches the disk, one after the other, into a file that has its size already, as a used WAL has.</summary>
    private static double SynchronisedWrites(string path)
    {
        const int Writes = 1_000;
        var page = new byte[4096];
        using SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        for (var i = 0; i < Writes; i++) RandomAccess.Write(file, page, (long)i * page.Length);
        RandomAccess.FlushToDisk(file);
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < Writes; i++)
        {
            RandomAccess.Write(file, page, (long)i * page.Length);
            RandomAccess.FlushToDisk(file);
        }

        return Writes / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task<(double Rate, double EventsPerCommit, double CpuMicroseconds)> MeasureAsync(string folder, int actors, int each)
    {
        using var system = ActorSystem.Create("persist", EngineSettings.RealTime with
        {
            Serializers = extended => [new SerializerBinding(typeof(Counted), new CountedSerializer(extended))],
            Persistence = new JournalSettings { Directory = folder },
        });
        var left = actors;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void ActorDone()
        {
            if (Interlocked.Decrement(ref left) == 0) done.SetResult();
        }

        var (quota, finished) = (each, (Action)ActorDone);
        var counters = Enumerable.Range(0, actors).Select(i => $"counter-{i}")
            .Select(id => system.ActorOf(Props.Create(() => new Counter(id, quota, finished)), id)).ToList();
        foreach (var counter in counters) await counter.Ask<Ready>(Ready.Instance, Patience);
        var journal = system.Journal()!;
        var (rows, commits) = (journal.RowsWritten, journal.Commits);
        var cpu = Environment.CpuUsage.TotalTime;
        var began = Stopwatch.GetTimestamp();
        foreach (var counter in counters) counter.Tell(Go.Instance, ActorRefs.NoSender);
        await done.Task.WaitAsync(Patience);
        var elapsed = Stopwatch.GetElapsedTime(began);
        var result = (actors * (double)each / elapsed.TotalSeconds, (double)(journal.RowsWritten - rows) / (journal.Commits - commits), (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / actors / each);
        await system.Terminate().WaitAsync(Patience);
        return result;
    }

    private sealed record Counted(int Number);

    private sealed class Go
    {
        public static readonly Go Instance = new();
    }

    private sealed class Ready
    {
        public static readonly Ready Instance = new();
    }

    private sealed class Counter : ReceivePersistentActor
    {
        private readonly int _quota;
        private readonly Action _finished;
        private int _count;

        public override string PersistenceId { get; }

        public Counter(string id, int quota, Action finished)
        {
            (PersistenceId, _quota, _finished) = (id, quota, finished);
            Recover<Counted>(counted => _count = counted.Number);
            Command<Go>(_ => Persist(new Counted(_count + 1), Stored));
            Command<Ready>(ready => Sender.Tell(ready));
        }

        // A message to itself, as a command would come: the next event is not part of this one's batch.
        private void Stored(Counted counted)
        {
            _count = counted.Number;
            if (_count == _quota) _finished();
            else Self.Tell(Go.Instance, ActorRefs.NoSender);
        }
    }

    /// <summary>An event of ordinary size: an order's intent as JSON has about 100 bytes.</summary>
    private sealed class CountedSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        private const int Size = 100;
        public override int Identifier => 902;
        public override string Manifest(object o) => "counted.v1";

        public override byte[] ToBinary(object obj)
        {
            var bytes = new byte[Size];
            System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(bytes, ((Counted)obj).Number);
            return bytes;
        }

        public override object FromBinary(byte[] bytes, string manifest) => new Counted(System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(bytes));
    }
}
