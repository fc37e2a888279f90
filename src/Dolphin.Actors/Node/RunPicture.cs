using System.Collections.Immutable;
using Dolphin.Actors.Divergence;
using Dolphin.Actors.Invariants;
using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;

namespace Dolphin.Actors.Node;

/// <summary>Turns the boards of a process into the picture that screens and answers show.</summary>
public static class RunPicture
{
    public static ImmutableArray<AssetRow> Assets(RunBoard board) => [.. board.Assets.Select(s => Row(s, board.Halted))];

    /// <returns>Null where Hermes decides on no asset; without those that it looks at in another process.</returns>
    public static ImmutableArray<HermesExplanation>? Hermes(RunBoard board) => board.Assets.Any(s => s.IsUnderHermes)
        ? [.. board.Assets.Select(s => s.Hermes?.Explain()).OfType<HermesExplanation>()]
        : null;

    /// <returns>Null where nothing is traded on signals, or not in this process, and before any strategy that is has begun.</returns>
    public static ImmutableArray<DirectionalFace>? Directional(RunBoard board)
    {
        var faces = board.Assets.Select(s => s.Directional).OfType<DirectionalFace>().ToImmutableArray();
        return faces.IsEmpty ? null : faces;
    }

    /// <returns>Null where no compression of this process has held legs.</returns>
    public static ImmutableArray<CompressionFace>? Compression(RunBoard board)
    {
        var faces = board.Assets.Select(s => s.Compression is { } state ? CompressionFace.Of(s.Symbol, state) : null).OfType<CompressionFace>().ToImmutableArray();
        return faces.IsEmpty ? null : faces;
    }

    /// <returns>Null where no protector of this process has held legs.</returns>
    public static ImmutableArray<ProtectorFace>? Protectors(RunBoard board)
    {
        var faces = board.Assets.Select(s => s.Protector?.Face()).OfType<ProtectorFace>().ToImmutableArray();
        return faces.IsEmpty ? null : faces;
    }

    public static MoneyPicture Money(RunBoard board)
    {
        var books = board.Assets.Select(s => s.Book).OfType<HedgedBook>().ToArray();
        var view = board.Account?.View;
        return new MoneyPicture(view?.Equity ?? Domain.Money.Zero, Sum(books, b => b.Realised), view?.UnrealisedPnl ?? Domain.Money.Zero,
            Sum(books, b => b.Fees), Sum(books, b => b.Funding), board.Drawdown.Now, board.Drawdown.Worst);
    }

    /// <returns>Null where no venues are compared.</returns>
    public static DivergencePicture? Divergence(RunBoard board)
    {
        var rows = board.Assets.Select(s => s.Divergence).OfType<SymbolDivergence>()
            .Select(d => new DivergenceRow(d.Symbol, d.Value, d.Leader, d.Without, d.At)).ToImmutableArray();
        return rows.IsEmpty ? null : new DivergencePicture(rows);
    }

    /// <returns>Null where plan and R_total size alone, and before anything has been opened or learned.</returns>
    public static SizingPicture? Sizing(RunBoard board)
    {
        var openings = board.Assets.Where(s => s.Sizing is not null).Select(s => new SizedOpening(s.Symbol, s.Sizing!)).ToImmutableArray();
        return openings.IsEmpty && board.SizeLearning is null ? null : new SizingPicture(openings, board.SizeLearning);
    }

    /// <summary>Of all books, what the venue closed by force included.</summary>
    public static long Fills(RunBoard board) => board.Assets.Sum(s => s.Book?.FillCount ?? 0);

    /// <summary>Of those the ones that no order of ours brought.</summary>
    public static long FillsNotOurs(RunBoard board) => board.Assets.Sum(s => s.Book?.ExternalFills ?? 0);

    public static ImmutableArray<InvariantCount> Counts(InvariantLedger invariants) =>
        [.. invariants.Counts.Select(c => new InvariantCount(c.Name.ToString(), c.Checked, c.Violated))];

    private static AssetRow Row(AssetSlot slot, ImmutableArray<HaltedEntity> halted)
    {
        var book = slot.Book ?? HedgedBook.Empty(slot.Symbol);
        var price = slot.LastPrice > 0 ? Price.Of((decimal)slot.LastPrice) : (Price?)null;
        var halt = halted.FirstOrDefault(h => h.Entity.EndsWith($"-{slot.Symbol}", StringComparison.Ordinal));
        var face = slot.Face;
        return new AssetRow(slot.Symbol, price, face?.StrategyId ?? slot.FirstStrategy, halt is null ? face?.Mode ?? "Waiting" : "Halted",
            face?.Cycle ?? 0, LegsOf(book), book.Legs.Net, book.Realised, price is { } mark ? book.UnrealisedAt(mark) : Domain.Money.Zero,
            book.Fees, book.Funding, halt?.Reason ?? face?.Note ?? "");
    }

    /// <summary>The legs as people read them: quantity and average entry.</summary>
    public static Domain.Reporting.Legs LegsOf(HedgedBook book) => new(
        new Leg(book.Long.Quantity, book.Long.Position.AveragePrice), new Leg(book.Short.Quantity, book.Short.Position.AveragePrice));

    private static Money Sum(HedgedBook[] books, Func<HedgedBook, Money> amount) =>
        books.Aggregate(Domain.Money.Zero, (sum, b) => sum + amount(b));
}
