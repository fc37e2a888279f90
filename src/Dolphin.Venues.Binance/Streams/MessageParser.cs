using System.Runtime.CompilerServices;

namespace Dolphin.Venues.Binance.Streams;

/// <summary>Takes messages of the venue's public streams and its depth snapshots apart. Allocates nothing and never throws, whatever comes.</summary>
/// <remarks>
/// Combined connections wrap an event as <c>{"stream":..,"data":{..}}</c>, others send it bare; both are read here. The order of fields does not
/// matter, and fields that are not known are passed over. Source: "USDⓈ-M Futures, Websocket Market Streams" and "Spot, WebSocket
/// Streams" of the venue's documentation, and the recordings that docs/benchmarks.md names.
/// </remarks>
public static class MessageParser
{
    /// <summary>Bytes. A snapshot of 5,000 levels a side is 400 kB; nothing the venue sends to a stream comes near this.</summary>
    public const int LongestMessage = 8 << 20;

    /// <summary>Reads one message.</summary>
    /// <param name="message">What it is and where its fields are; of no use if there is a fault.</param>
    public static MessageFault Read(ReadOnlySpan<byte> text, out StreamMessage message)
    {
        var read = new StreamMessage { Text = text };
        var fault = text.Length > LongestMessage ? MessageFault.TooLong : ReadAll(ref read);
        message = read;
        return fault;
    }

    /// <summary>The next event of a <see cref="MessageKind.Batch"/>.</summary>
    /// <param name="at">0 at first; then where the last call left it.</param>
    /// <returns>False after the last one.</returns>
    public static bool TryReadNext(in StreamMessage batch, ref int at, out StreamMessage message, out MessageFault fault)
    {
        message = default;
        fault = MessageFault.None;
        var cursor = new JsonCursor(batch.Data.In(batch.Text), at);
        // The batch was read once already, so it is an array of values with commas between them.
        if (!cursor.TrySkip((byte)(at == 0 ? '[' : ',')) || !cursor.TryReadValue(out var element)) return false;
        at = cursor.At;
        fault = Read(element.In(cursor.Text), out message);
        return true;
    }

    private static MessageFault ReadAll(ref StreamMessage message)
    {
        var cursor = new JsonCursor(message.Text);
        var fault = ReadFields(ref cursor, ref message);
        if (fault != MessageFault.None) return fault;
        return cursor.IsAtEnd ? Classify(ref message) : MessageFault.NotJson;
    }

    private static MessageFault ReadFields(ref JsonCursor cursor, ref StreamMessage message)
    {
        if (!cursor.TrySkip((byte)'{')) return MessageFault.NotJson;
        if (cursor.TrySkip((byte)'}')) return MessageFault.None;
        do
        {
            if (!cursor.TryReadName(out var name)) return MessageFault.NotJson;
            ref var field = ref FieldOf(ref message, name, out var isKnown, out var isLevels);
            if (isKnown && Unsafe.AreSame(ref field, ref message.Data) && cursor.Peek() == '{')
            {
                // The event inside an envelope is read where it stands, not passed over first: its fields are the message's.
                if (field.Kind != JsonKind.None) return MessageFault.FieldTwice;
                field = new(JsonKind.Object, cursor.At, 0);
                var fault = ReadFields(ref cursor, ref message);
                if (fault != MessageFault.None) return fault;
                continue;
            }
            JsonToken token;
            if (!(isLevels ? cursor.TryReadLevels(out token) : cursor.TryReadValue(out token))) return MessageFault.NotJson;
            if (!isKnown) continue;
            if (field.Kind != JsonKind.None) return MessageFault.FieldTwice;
            field = token;
        }
        while (cursor.TrySkip((byte)','));
        return cursor.TrySkip((byte)'}') ? MessageFault.None : MessageFault.NotJson;
    }

    private static ref JsonToken FieldOf(ref StreamMessage message, ReadOnlySpan<byte> name, out bool isKnown, out bool isLevels)
    {
        isKnown = true;
        isLevels = false;
        if (name.Length == 1)
        {
            switch (name[0])
            {
                case (byte)'e': return ref message.EventName;
                case (byte)'E': return ref message.EventMs;
                case (byte)'s': return ref message.SymbolName;
                case (byte)'S': return ref message.UpperS;
                case (byte)'T': return ref message.TransactionMs;
                case (byte)'U': return ref message.FirstUpdate;
                case (byte)'u': return ref message.LastUpdate;
                case (byte)'a': isLevels = true; return ref message.LowerA;
                case (byte)'A': return ref message.UpperA;
                case (byte)'b': isLevels = true; return ref message.LowerB;
                case (byte)'B': return ref message.UpperB;
                case (byte)'p': return ref message.LowerP;
                case (byte)'P': return ref message.UpperP;
                case (byte)'q': return ref message.LowerQ;
                case (byte)'t': return ref message.LowerT;
                case (byte)'f': return ref message.LowerF;
                case (byte)'l': return ref message.LowerL;
                case (byte)'m': return ref message.LowerM;
                case (byte)'i': return ref message.LowerI;
                case (byte)'r': return ref message.LowerR;
                case (byte)'o': return ref message.Order;
            }
        }
        else if (name.SequenceEqual("pu"u8)) return ref message.PreviousUpdate;
        else if (name.SequenceEqual("ap"u8)) return ref message.AveragePrice;
        else if (name.SequenceEqual("data"u8)) return ref message.Data;
        else if (name.SequenceEqual("stream"u8)) return ref message.StreamName;
        else if (name.SequenceEqual("lastUpdateId"u8)) return ref message.LastUpdateId;
        else if (name.SequenceEqual("bids"u8))
        {
            isLevels = true;
            return ref message.Bids;
        }
        else if (name.SequenceEqual("asks"u8))
        {
            isLevels = true;
            return ref message.Asks;
        }
        else if (name.SequenceEqual("symbol"u8)) return ref message.SymbolName;
        else if (name.SequenceEqual("id"u8)) return ref message.Id;
        else if (name.SequenceEqual("result"u8)) return ref message.Result;
        else if (name.SequenceEqual("code"u8)) return ref message.Code;
        else if (name.SequenceEqual("error"u8)) return ref message.Error;
        isKnown = false;
        return ref message.Data;
    }

    private static MessageFault Classify(ref StreamMessage message)
    {
        if (message.Data.Kind == JsonKind.Array)
        {
            message.Kind = MessageKind.Batch;
            return MessageFault.None;
        }
        if (message.Data.Kind is not (JsonKind.None or JsonKind.Object)) return MessageFault.FieldWrong;
        if (message.StreamName.Kind is not (JsonKind.None or JsonKind.Text)) return MessageFault.FieldWrong;
        if (message.SymbolName.Kind is not (JsonKind.None or JsonKind.Text)) return MessageFault.FieldWrong;
        if (message.EventName.Kind is not (JsonKind.None or JsonKind.Text)) return MessageFault.FieldWrong;
        message.Kind = message.EventName.Kind == JsonKind.Text ? KindOf(message.EventName.In(message.Text)) : KindWithoutName(message);
        return MessageFault.None;
    }

    private static MessageKind KindOf(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("depthUpdate"u8)) return MessageKind.DepthDiff;
        if (name.SequenceEqual("bookTicker"u8)) return MessageKind.BookTicker;
        if (name.SequenceEqual("trade"u8)) return MessageKind.Trade;
        if (name.SequenceEqual("aggTrade"u8)) return MessageKind.AggregateTrade;
        if (name.SequenceEqual("markPriceUpdate"u8)) return MessageKind.MarkPrice;
        return name.SequenceEqual("forceOrder"u8) ? MessageKind.ForceOrder : MessageKind.Other;
    }

    private static MessageKind KindWithoutName(in StreamMessage message)
    {
        if (message.LastUpdateId.Kind != JsonKind.None && message.Bids.Kind != JsonKind.None) return MessageKind.DepthSnapshot;
        if (message.LastUpdate.Kind != JsonKind.None && message.UpperB.Kind != JsonKind.None) return MessageKind.BookTicker;
        return message.Result.Kind != JsonKind.None || message.IsError ? MessageKind.Reply : MessageKind.Other;
    }
}
