using System.Buffers.Text;

namespace Dolphin.Venues.Binance.Streams;

/// <summary>One message of the venue, taken apart into its fields but not yet into numbers. Valid as long as its text is.</summary>
/// <remarks>Field names are the venue's; what a letter means depends on <see cref="Kind"/>.</remarks>
public ref struct StreamMessage
{
    internal ReadOnlySpan<byte> Text;
    internal JsonToken StreamName, Data;
    internal JsonToken EventName, SymbolName, EventMs, TransactionMs; // e, s, E, T
    internal JsonToken FirstUpdate, LastUpdate, PreviousUpdate; // U, u, pu
    internal JsonToken LowerA, UpperA, LowerB, UpperB; // a, A, b, B
    internal JsonToken LowerP, UpperP, LowerQ, LowerT, LowerF, LowerL, LowerM, LowerI, LowerR; // p, P, q, t, f, l, m, i, r
    internal JsonToken UpperS, AveragePrice, Order; // S, ap, o
    internal JsonToken LastUpdateId, Bids, Asks;
    internal JsonToken Id, Result, Code, Error;

    public MessageKind Kind { get; internal set; }

    /// <summary>As the venue writes it in messages: upper case. Empty where a message names none, as a snapshot.</summary>
    public readonly ReadOnlySpan<byte> Symbol => SymbolName.In(Text);

    /// <summary>The stream's name in a combined connection, such as <c>btcusdt@depth@100ms</c>; else empty.</summary>
    public readonly ReadOnlySpan<byte> Stream => StreamName.In(Text);

    /// <summary>The venue's Unix milliseconds of the event; null where it names none. Spot can be asked for microseconds, which are told by their size.</summary>
    public readonly long? EventTimeMs => EventMs.Kind == JsonKind.Number && TryInt64(EventMs, out var time) ? Milliseconds(time) : null;

    /// <summary>A time that is milliseconds, or microseconds if it would be later than the year 5000.</summary>
    internal static long Milliseconds(long time) => time < 100_000_000_000_000 ? time : time / 1_000;

    /// <summary>Of a reply: the venue says that something went wrong.</summary>
    public readonly bool IsError => Code.Kind != JsonKind.None || Error.Kind != JsonKind.None;

    /// <summary>Of a reply: the number of the request it answers; null if there is none.</summary>
    public readonly long? RequestId => Id.Kind == JsonKind.Number && TryInt64(Id, out var id) ? id : null;

    internal readonly bool TryInt64(JsonToken token, out long value)
    {
        value = 0;
        return token.Kind == JsonKind.Number && Utf8Parser.TryParse(token.In(Text), out value, out var used) && used == token.Length;
    }

    internal readonly MessageFault ReadInt64(JsonToken token, out long value)
    {
        value = 0;
        if (token.Kind == JsonKind.None) return MessageFault.FieldMissing;
        return TryInt64(token, out value) ? MessageFault.None : MessageFault.FieldWrong;
    }
}
