using System.Text.Json;

namespace Dolphin.Web;

/// <summary>What a request brings along.</summary>
internal static class JsonBody
{
    /// <returns>The body, or why it is none.</returns>
    public static (T? Body, string? Wrong) Read<T>(string text) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(text, RunJson.Compact) is { } body ? (body, null) : (null, "it is null.");
        }
        catch (JsonException e)
        {
            return (null, e.Message);
        }
    }
}
