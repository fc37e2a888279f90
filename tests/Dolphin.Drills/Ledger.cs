namespace Dolphin.Drills;

/// <summary>What is compared: the journal with itself, and the books with the venue.</summary>
internal static class Ledger
{
    /// <returns>By persistence id, the newest sequence number.</returns>
    public static async Task<IReadOnlyDictionary<string, long>> NewestAsync(Database database) =>
        (await database.AskAsync("select persistence_id, max(sequence_number) from journal group by 1")).ToDictionary(r => r[0], r => long.Parse(r[1]), StringComparer.Ordinal);

    /// <summary>Events that were there and are not any more, and sequence numbers that are missing between others.</summary>
    public static async Task<long> LostAsync(Database database, IReadOnlyDictionary<string, long> before)
    {
        var holes = long.Parse((await database.AskAsync("select coalesce(sum(m - n), 0) from (select max(sequence_number) - min(sequence_number) + 1 m, count(*) n from journal group by persistence_id) x"))[0][0]);
        var now = await NewestAsync(database);
        return holes + before.Sum(b => Math.Max(0, b.Value - now.GetValueOrDefault(b.Key)));
    }

    /// <summary>Legs whose quantity differs between the node where the asset lives and the venue.</summary>
    public static long DifferentLegs(Sample sample)
    {
        if (sample.Oracle is not { } oracle) return -1;
        var venue = oracle.Books.Positions.ToDictionary(p => (p.Symbol.Name, p.Leg), p => p.Quantity.Base);
        var different = 0L;
        foreach (var run in sample.Nodes.Values)
        {
            if (run?.Cluster is not { } cluster || cluster.Nodes.FirstOrDefault(n => n.Name == cluster.Node) is not { } own) continue;
            foreach (var asset in run.Assets.Where(a => own.Assets.Contains(a.Symbol.Name)))
            {
                if (asset.Legs.Long.Quantity.Base != venue.GetValueOrDefault((asset.Symbol.Name, Domain.Market.PositionSide.Long))) different++;
                if (asset.Legs.Short.Quantity.Base != venue.GetValueOrDefault((asset.Symbol.Name, Domain.Market.PositionSide.Short))) different++;
            }
        }

        return different;
    }
}
