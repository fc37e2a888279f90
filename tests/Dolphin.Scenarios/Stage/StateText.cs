using System.Text;
using Dolphin.Actors.Journal;

namespace Dolphin.Scenarios.Stage;

/// <summary>Stored things as the text that lies in the file.</summary>
internal static class StateText
{
    public static string Of(object stored) => Encoding.UTF8.GetString(StoredJson.Write(stored));
    public static string Of(DurableProtocol.StoredState state) => $"{state.PersistenceId} {state.SequenceNumber} {Of(state.State)}";
}
