using Dolphin.Domain.Market;

namespace Dolphin.Domain.External;

/// <summary>Makes funding of what was settled: a rate of one settlement is the factor only where funding is paid every eight hours.</summary>
public static class SettledFunding
{
    /// <summary>Turns the rates of single settlements into those of eight hours, where they stand.</summary>
    /// <remarks>The interval of a settlement is its distance from the one before. The first of a symbol, and one after a gap, has that of its neighbour; one that is alone has the venue's usual one.</remarks>
    /// <param name="values">In any order.</param>
    /// <param name="settled">Where in it settlements are; each of an asset.</param>
    public static void Normalise(List<FactorValue> values, IEnumerable<int> settled)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var ofAsset in settled.GroupBy(i => values[i].Asset!.Value))
        {
            int[] inOrder = [.. ofAsset.OrderBy(i => values[i].At)];
            var distances = inOrder.Zip(inOrder.Skip(1), (a, b) => FundingInterval.Between(values[a].At, values[b].At)).ToArray();
            var interval = distances.FirstOrDefault(d => d is not null) ?? FundingInterval.Usual;
            for (var i = 0; i < inOrder.Length; i++)
            {
                if (i > 0 && distances[i - 1] is { } distance) interval = distance;
                values[inOrder[i]] = values[inOrder[i]] with { Value = FundingInterval.PerEightHours(values[inOrder[i]].Value, interval) };
            }
        }
    }
}
