using System.Data.Common;
using System.Globalization;
using System.Text;

namespace Dolphin.Hosting.Akka.Copying;

/// <summary>Inserts rows many at a time, in the words that every database understands.</summary>
/// <remarks>Holds at most <see cref="Rows"/> rows. Whoever added the last one calls <see cref="FlushAsync"/>.</remarks>
internal sealed class RowInserter(DbTransaction transaction, string table, params string[] columns) : IAsyncDisposable
{
    // With eight columns 800 parameters: SQLite before 3.32 takes 999 at most.
    private const int Rows = 100;
    // For a hundred rows: a disk that takes longer is not one to trade on.
    internal const int PatienceSeconds = 60;

    private readonly List<object[]> _waiting = [];
    private DbCommand? _full;

    public async ValueTask AddAsync(object[] row, CancellationToken cancellation)
    {
        _waiting.Add(row);
        if (_waiting.Count < Rows) return;
        _full ??= Command(Rows);
        await RunAsync(_full, cancellation);
    }

    public async Task FlushAsync(CancellationToken cancellation)
    {
        if (_waiting.Count == 0) return;
        await using var rest = Command(_waiting.Count);
        await RunAsync(rest, cancellation);
    }

    public ValueTask DisposeAsync() => _full?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task RunAsync(DbCommand command, CancellationToken cancellation)
    {
        for (var i = 0; i < _waiting.Count; i++)
        {
            for (var c = 0; c < columns.Length; c++) command.Parameters[(i * columns.Length) + c].Value = _waiting[i][c];
        }
        await command.ExecuteNonQueryAsync(cancellation);
        _waiting.Clear();
    }

    private DbCommand Command(int rows)
    {
        var command = transaction.Connection!.CreateCommand();
        (command.Transaction, command.CommandTimeout) = (transaction, PatienceSeconds);
        var sql = new StringBuilder().Append(CultureInfo.InvariantCulture, $"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ");
        for (var i = 0; i < rows; i++)
        {
            sql.Append(i == 0 ? "(" : ", (");
            for (var c = 0; c < columns.Length; c++)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = string.Create(CultureInfo.InvariantCulture, $"@p{(i * columns.Length) + c}");
                command.Parameters.Add(parameter);
                sql.Append(c == 0 ? "" : ", ").Append(parameter.ParameterName);
            }
            sql.Append(')');
        }
#pragma warning disable CA2100 // Names of our own tables and columns; what is stored goes by parameters.
        command.CommandText = sql.ToString();
#pragma warning restore CA2100
        return command;
    }
}
