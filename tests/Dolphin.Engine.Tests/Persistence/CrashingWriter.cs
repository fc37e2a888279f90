using System.Globalization;

namespace Dolphin.EngineTests.Persistence;

/// <summary>
/// The entry point of this assembly when it is run as a program: writes to a state folder until it is killed. The test runner loads the
/// assembly as a library and never comes here.
/// </summary>
internal static class CrashingWriter
{
    public static int Main(string[] args)
    {
        if (args is not [var mode, var path])
        {
            Console.Error.WriteLine("expected: durable|write-behind <state folder>");
            return 64;
        }

        using var held = StateFolderLock.Acquire(path);
        var settings = new JournalSettings
        {
            Directory = path,
            Files = [new("node", "journal.db"), new("venue", "venue.db")],
            Mode = mode == "durable" ? DurabilityMode.Durable : DurabilityMode.WriteBehind,
            QueueBound = 500,
        };
        using var journal = JournalSet.Open(settings, new Dolphin.Engine.Serialization.Serialization(TestSerializer.Bindings(null!)), "crash", Console.Error.WriteLine);
        if (mode == "durable")
            WriteDurably(journal);
        else
            WriteBehind(journal);
        return 0;
    }

    /// <summary>Says a number on the console as soon as all events up to it are acknowledged.</summary>
    private static void WriteDurably(JournalSet journal)
    {
        for (var i = 1; ; i++)
        {
            journal.Store("a", i, $"a{i}");
            journal.Store("b", i, $"b{i}");
            if (i % 5 != 0)
                continue;
            journal.Flush();
            Say(i);
        }
    }

    /// <summary>For every order of the venue there is an intent of the node, persisted before it.</summary>
    private static void WriteBehind(JournalSet journal)
    {
        for (var i = 1; ; i++)
        {
            journal.Take("intents", i, $"intent {i}");
            journal.Take("orders", i, $"order {i}", "venue");
            if (i % 100 == 0)
                Say(i);
        }
    }

    private static void Say(int number)
    {
        Console.Out.WriteLine(number.ToString(CultureInfo.InvariantCulture));
        Console.Out.Flush();
    }
}
