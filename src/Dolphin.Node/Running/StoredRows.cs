using Dolphin.Actors.Journal;

namespace Dolphin.Node.Running;

internal static class StoredRows
{
    /// <summary>What a row holds, read by the manifest that it carries.</summary>
    /// <exception cref="System.Text.Json.JsonException">The bytes are not what the manifest says.</exception>
    public static T As<T>(this StoredRow row) => (T)StoredJson.Read(row.Bytes, StoredTypes.TypeOf(row.Manifest));
}
