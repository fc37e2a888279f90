namespace Dolphin.Venues.Binance.Streams;

/// <summary>What a message of the venue is.</summary>
public enum MessageKind
{
    /// <summary>Sound JSON of a kind that is not used here, such as a candle.</summary>
    Other,
    /// <summary><c>depthUpdate</c>: levels that changed.</summary>
    DepthDiff,
    /// <summary><c>bookTicker</c>, which spot sends without saying so.</summary>
    BookTicker,
    /// <summary><c>trade</c>.</summary>
    Trade,
    /// <summary><c>aggTrade</c>.</summary>
    AggregateTrade,
    /// <summary><c>markPriceUpdate</c>.</summary>
    MarkPrice,
    /// <summary><c>forceOrder</c>: a liquidation.</summary>
    ForceOrder,
    /// <summary>The answer of REST to a request for depth.</summary>
    DepthSnapshot,
    /// <summary>Several events in one message, as <c>!markPrice@arr</c> sends them.</summary>
    Batch,
    /// <summary>The answer to a subscription, or an error the venue tells.</summary>
    Reply,
}

/// <summary>Why a message is refused. It is dropped and counted; nothing of it is used.</summary>
public enum MessageFault
{
    None,
    /// <summary>Longer than <see cref="MessageParser.LongestMessage"/>.</summary>
    TooLong,
    /// <summary>Not one JSON object and nothing after it: cut off, damaged, nested too deeply.</summary>
    NotJson,
    /// <summary>A field that the kind of message has to have is missing.</summary>
    FieldMissing,
    /// <summary>A field stands twice: which one holds is anybody's guess.</summary>
    FieldTwice,
    /// <summary>A field is of another type than it has to be, or a whole number does not fit 64 bits.</summary>
    FieldWrong,
    /// <summary>A price or a quantity is not a plain decimal number: empty, negative, NaN, with an exponent.</summary>
    NumberNotPlain,
    /// <summary>A price or a quantity is larger than any market has.</summary>
    NumberTooLarge,
    /// <summary>A price or a quantity lies between two steps of the symbol's grid: its filters have changed.</summary>
    NumberOffGrid,
    /// <summary>A price is zero.</summary>
    PriceNotPositive,
    /// <summary>More levels in one message than <see cref="LevelScratch.MostLevels"/>.</summary>
    TooManyLevels,
    /// <summary>A symbol that nobody asked for.</summary>
    UnknownSymbol,
}

public static class MessageWords
{
    /// <summary>What the venue calls it.</summary>
    public static string Word(this MessageKind kind) => kind switch
    {
        MessageKind.Other => "other",
        MessageKind.DepthDiff => "depthUpdate",
        MessageKind.BookTicker => "bookTicker",
        MessageKind.Trade => "trade",
        MessageKind.AggregateTrade => "aggTrade",
        MessageKind.MarkPrice => "markPriceUpdate",
        MessageKind.ForceOrder => "forceOrder",
        MessageKind.DepthSnapshot => "snapshot",
        MessageKind.Batch => "batch",
        MessageKind.Reply => "reply",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of message."),
    };

    /// <summary>Why a message was refused, for a sentence.</summary>
    public static string Words(this MessageFault fault) => fault switch
    {
        MessageFault.None => "nothing is wrong",
        MessageFault.TooLong => "longer than a message may be",
        MessageFault.NotJson => "not one whole JSON object",
        MessageFault.FieldMissing => "a field is missing",
        MessageFault.FieldTwice => "a field stands twice",
        MessageFault.FieldWrong => "a field is of another type than it has to be",
        MessageFault.NumberNotPlain => "a price or a quantity is not a plain number of zero or more",
        MessageFault.NumberTooLarge => "a price or a quantity is larger than any market has",
        MessageFault.NumberOffGrid => "a price or a quantity lies between two steps of its symbol's grid",
        MessageFault.PriceNotPositive => "a price is zero",
        MessageFault.TooManyLevels => "more levels than a message may have",
        MessageFault.UnknownSymbol => "a symbol that is not expected",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "Not a fault."),
    };
}
