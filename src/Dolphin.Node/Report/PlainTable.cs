namespace Dolphin.Node.Report;

/// <summary>Columns of text that keep their width in a file, a pipe and a terminal alike.</summary>
internal sealed class PlainTable(params (string Name, bool Right)[] columns)
{
    private readonly List<string[]> _rows = [];

    public PlainTable Add(params string[] cells)
    {
        if (cells.Length != columns.Length) throw new ArgumentException($"Expected {columns.Length} cells, found {cells.Length}.", nameof(cells));
        _rows.Add(cells);
        return this;
    }

    public void Write(TextWriter output, string indent = "")
    {
        var widths = columns.Select((c, i) => Math.Max(c.Name.Length, _rows.Select(r => r[i].Length).DefaultIfEmpty(0).Max())).ToArray();
        foreach (var row in _rows.Prepend([.. columns.Select(c => c.Name)]))
        {
            var cells = row.Select((cell, i) => columns[i].Right ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
            output.WriteLine((indent + string.Join("  ", cells)).TrimEnd());
        }
    }
}
