using System.Text;
using Dolphin.Actors.Journal;

namespace Dolphin.Scenarios.Stage;

/// <summary>Stored things as the text that lies in the file.</summary>
internal static class StateText
{
    public static string Of(object stored) => Encoding.UTF8.GetString(StoredJson.Write(stored));
    public static string Of(DurableProtocol.StoredState state) => $"{state.PersistenceId} {state.SequenceNumber} {Of(state.State)}";

    /// <returns>Where two texts part, with what stands around it in each.</returns>
    public static string Difference(string expected, string came)
    {
        var at = expected.AsSpan().CommonPrefixLength(came);
        return $"{expected[..Math.Min(30, expected.Length)]}... at {at}:{Environment.NewLine}  expected {Around(expected, at)}{Environment.NewLine}  came     {Around(came, at)}";
    }

    /// <returns>All durable actors whose stored states differ, and where.</returns>
    public static string Difference(IEnumerable<DurableProtocol.StoredState> expected, IEnumerable<DurableProtocol.StoredState> came) =>
        string.Join("; ", expected.Zip(came, (a, b) => (Expected: Of(a), Came: Of(b)))
            .Where(pair => !pair.Expected.Equals(pair.Came, StringComparison.Ordinal)).Select(pair => Difference(pair.Expected, pair.Came)));

    private static string Around(string text, int at) => text[Math.Max(0, at - 120)..Math.Min(text.Length, at + 120)];
}
