using System.Collections.Immutable;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Paper;

namespace Dolphin.Node.Running;

/// <summary>What the world outside last stored, venue and market: for those who look at a run that no process plays.</summary>
/// <param name="Marks">The newest price that the venue has on record of each symbol.</param>
/// <param name="At">When it stored last; null if it never did.</param>
/// <param name="Market">Where a live market stood when it was last stored; null if it never was, and for a replay.</param>
internal sealed record StoredVenue(ImmutableDictionary<Symbol, Price> Marks, DateTimeOffset? At, WorldMemory? Market, long Events)
{
    /// <summary>Of a folder in which there is no file.</summary>
    public static StoredVenue Nothing { get; } = new(ImmutableDictionary<Symbol, Price>.Empty, null, null, 0);

    /// <exception cref="JournalException">There is a file, and it is no journal.</exception>
    public static StoredVenue Read(StateFolder folder)
    {
        var file = Path.Combine(folder.Path, StateFolder.VenueJournal);
        if (!File.Exists(file)) return Nothing; // A crash between the making of the two files.
        using var journal = new JournalReader(file);
        var snapshots = journal.NewestSnapshots().ToDictionary(r => r.PersistenceId, StringComparer.Ordinal);
        var marks = ImmutableDictionary.CreateBuilder<Symbol, Price>();
        var (at, after) = ((DateTimeOffset?)null, 0L);
        if (snapshots.TryGetValue("paper-venue", out var row))
        {
            (at, after) = (row.Created, row.SequenceNr);
            var world = row.As<PaperState>().World;
            foreach (var bar in world.Bars) marks[bar.Symbol] = MarkOf(bar.Bar, world);
        }

        foreach (var stored in journal.Events("paper-venue", after))
        {
            at = stored.Created;
            switch (stored.As<object>())
            {
                case PaperFact.OrderFilled e:
                    marks[e.Fill.Symbol] = e.Fill.Price;
                    break;
                case PaperFact.LegLiquidated e:
                    marks[e.Fill.Symbol] = e.Fill.Price;
                    break;
                case PaperFact.LegSettled e:
                    marks[e.Fill.Symbol] = e.Fill.Price;
                    break;
                case PaperFact.FundingSettled e:
                    foreach (var line in e.Lines) marks[line.Symbol] = line.Mark;
                    break;
                default: // Says nothing of a price.
                    break;
            }
        }

        var market = snapshots.TryGetValue("world", out var place) ? place.As<WorldMemory>() : null;
        return new StoredVenue(marks.ToImmutable(), at, market, journal.CountEvents());
    }

    // As the venue marks: inside the newest bar where the path is, else the last close.
    private static Price MarkOf(in Bar bar, PaperWorld world) => bar.OpenTimeMs == world.SliceOpenMs
        ? IntrabarPath.PriceAt(bar, (long)world.SliceInterval.TotalMilliseconds, world.ClockMs)
        : bar.Close;
}
