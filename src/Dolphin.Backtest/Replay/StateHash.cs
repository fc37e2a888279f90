using System.Security.Cryptography;
using System.Text;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Sensors;

namespace Dolphin.Backtest.Replay;

/// <summary>One number for everything that every durable actor knows, but for one that only watches: a run is the same run whether it is watched or not.</summary>
public static class StateHash
{
    /// <summary>SHA-256, lower-case hex, over id, sequence number and stored bytes of each, in ordinal order of id.</summary>
    public static string Of(IEnumerable<DurableProtocol.StoredState> states)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var state in states.OrderBy(s => s.PersistenceId, StringComparer.Ordinal))
        {
            if (state.State is EsofState { Acts: false }) continue;
            hash.AppendData(Encoding.UTF8.GetBytes($"{state.PersistenceId}\n{state.SequenceNumber}\n"));
            hash.AppendData(StoredJson.Write(state.State));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
