using Dolphin.Actors.Node;
using Dolphin.Backtest.Tests.Stage;
using Microsoft.Data.Sqlite;

namespace Dolphin.Hosting.Akka.Tests.Copying;

/// <summary>A small market played to its end by the real actors into a state folder; every story that changes something takes a copy.</summary>
public sealed class PlayedFolder : IDisposable
{
    private readonly RunFolder _folder = new();
    private readonly DirectoryInfo _beside = Directory.CreateTempSubdirectory("dolphin-copy-");
    private int _places;

    public PlayedFolder() => Life = _folder.Live(600);

    internal Life Life { get; }
    internal IReadOnlyList<string> Contents() => _folder.Contents();
    internal string Path => _folder.Path;

    public void Dispose()
    {
        _folder.Dispose();
        _beside.Delete(recursive: true);
    }

    /// <returns>The path of an empty folder that goes when this one goes.</returns>
    internal string Empty() => _beside.CreateSubdirectory($"{Interlocked.Increment(ref _places)}").FullName;

    /// <returns>The path of a folder with the same files, after some SQL on its journal.</returns>
    internal string Changed(string sql)
    {
        var copy = Empty();
        foreach (var file in Directory.GetFiles(_folder.Path)) File.Copy(file, System.IO.Path.Combine(copy, System.IO.Path.GetFileName(file)));
        Run(System.IO.Path.Combine(copy, StateFolder.NodeJournal), sql);
        return copy;
    }

    private static void Run(string file, string sql)
    {
        SQLitePCL.Batteries_V2.Init();
        using var database = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ConnectionString);
        database.Open();
        using var command = database.CreateCommand();
        command.CommandText = sql;
        Assert.True(command.ExecuteNonQuery() > 0, sql);
    }
}
