using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Venues.Binance.Recordings;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Tests.Recordings;

/// <summary>A recorded session, played as a market that goes by.</summary>
public sealed class TickPlayerTests
{
    private sealed class Witness : ITickListener
    {
        public Symbol Symbol { get; private set; }
        public SymbolGrid Grid { get; private set; }
        public long Books { get; private set; }
        public long Broken { get; private set; }
        public long Crossed { get; private set; }
        public long Trades { get; private set; }
        public long OutsideOfBook { get; private set; }
        public DateTimeOffset First { get; private set; } = DateTimeOffset.MaxValue;
        public DateTimeOffset Last { get; private set; }
        private OrderBook? _book;

        public void Begin(Symbol symbol, SymbolGrid grid) => (Symbol, Grid) = (symbol, grid);

        public void Advance(DateTimeOffset at)
        {
            Assert.True(at >= Last, "Time went back.");
            (First, Last) = (at < First ? at : First, at);
        }

        public void OnBook(OrderBook? book, DateTimeOffset at)
        {
            Assert.Equal(Last, at);
            _book = book;
            if (book is null) Broken++;
            else if (book.IsCrossed) Crossed++;
            else Books++;
        }

        public void OnTrade(in Trade trade, DateTimeOffset at)
        {
            Trades++;
            // One order in these minutes swept 40 USDT of book. Half a percent would be another market than the book's.
            if (_book is { } book && (trade.At.Ticks < book.BestBid.Ticks * 0.995 || trade.At.Ticks > book.BestAsk.Ticks * 1.005)) OutsideOfBook++;
        }
    }

    [RecordedFact(DisplayName = "The BTC perpetual of August 2024: every diff, every trade, and a book that is whole from its snapshot on")]
    public void Perpetual()
    {
        var witness = new Witness();
        TickPlayer.Play([RecordedFactAttribute.PathOf("04_l2_usdm_btc_spot_btc_2024-08-08", "usdm_btcusdt_20240808.gz")], null, witness);
        Assert.Equal(new Symbol("BTCUSDT"), witness.Symbol);
        Assert.Equal((0.1m, 0.001m), (witness.Grid.Price.ToDecimal(1), witness.Grid.Quantity.ToDecimal(1)));
        Assert.Equal(6_551 + 1, witness.Books + witness.Broken);
        Assert.True(witness.Broken < 60, "Only before the snapshot, which is line 55.");
        Assert.Equal(0, witness.Crossed);
        Assert.InRange(witness.Trades, 21_000, 21_313); // Some ids are of no trade on the book.
        Assert.Equal(0, witness.OutsideOfBook);
        Assert.InRange((witness.Last - witness.First).TotalSeconds, 340, 346);
    }

    [RecordedFact(DisplayName = "Of a session with several symbols one has to be named")]
    public void Several()
    {
        var path = RecordedFactAttribute.PathOf("07_raw_ws_rest_sessions_cryptofeed");
        var files = Directory.GetFiles(path, "BINANCE_FUTURES.*").Order(StringComparer.Ordinal).ToArray();
        var refusal = Assert.Throws<InvalidDataException>(() => TickPlayer.Play(files, null, new Witness()));
        Assert.Contains("expected messages of one symbol", refusal.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Name one with --symbol", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => TickPlayer.Play(files, new Symbol("NOSUCHUSDT"), new Witness()));
    }
}
