using System.Buffers;
using System.Text.Json;
using Dolphin.Actors.Books;
using Dolphin.Actors.Execution;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;
using Dolphin.Venues;
using Dolphin.Venues.Paper;

namespace Dolphin.Actors.Journal;

/// <summary>
/// Writes the few events of which nearly all of a journal consists, field by field: the same bytes as <see cref="StoredJsonContext"/> makes of them,
/// without its search for how each is made. Everything else is left to that.
/// </summary>
internal static class FrequentJson
{
    // A frequent event is below a kilobyte; one with a long reason makes the buffer of its thread as large as itself.
    private const int Capacity = 4096;

    private static readonly JsonEncodedText[]
        Legs = WordsOf<PositionSide>(), Sides = WordsOf<OrderSide>(), Types = WordsOf<OrderType>(), TimesInForce = WordsOf<TimeInForce>(),
        States = WordsOf<OrderState>(), Postures = WordsOf<RiskPosture>(), Priorities = WordsOf<HolderPriority>();

    [ThreadStatic] private static ArrayBufferWriter<byte>? t_bytes;
    [ThreadStatic] private static Utf8JsonWriter? t_json;

    /// <returns>Null where the value is none of the frequent ones.</returns>
    public static byte[]? Write(object value)
    {
        var bytes = t_bytes ??= new ArrayBufferWriter<byte>(Capacity);
        var json = t_json ??= new Utf8JsonWriter(bytes, new JsonWriterOptions { SkipValidation = true });
        bytes.ResetWrittenCount();
        json.Reset();
        if (!TryWrite(json, value)) return null;
        json.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    private static bool TryWrite(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case HedgeEvent.ReferenceMoved e: Write(json, e); return true;
            case HedgeEvent.Rebalanced e: Write(json, e); return true;
            case HedgeEvent.FillBooked e: Write(json, e); return true;
            case BookEvent.FillBooked e: Write(json, e); return true;
            case ExecutionEvent.Intended e: Write(json, e); return true;
            case ExecutionEvent.Finished e: Write(json, e); return true;
            case HermesEvent.StanceChanged e: Write(json, e); return true;
            case PaperFact.OrderAccepted e: Write(json, e); return true;
            case PaperFact.OrderFilled e: Write(json, e); return true;
            default: return false;
        }
    }

    private static void Write(Utf8JsonWriter json, HedgeEvent.ReferenceMoved e)
    {
        json.WriteStartObject();
        json.WriteNumber("from"u8, e.From.QuotePerBase);
        json.WriteNumber("to"u8, e.To.QuotePerBase);
        json.WriteNumber("profit"u8, e.Profit.Quote);
        json.WriteNumber("roundTripFee"u8, e.RoundTripFee.Quote);
        json.WriteString("at"u8, e.At);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, HedgeEvent.Rebalanced e)
    {
        json.WriteStartObject();
        Write(json, "targets"u8, e.Targets);
        json.WriteWord("winner"u8, Legs, (int)e.Winner);
        json.WriteNumber("profit"u8, e.Profit.Quote);
        json.WriteNumber("repair"u8, e.Repair.Base);
        json.WriteNumber("rebuild"u8, e.Rebuild.Base);
        json.WriteNumber("rebuildDropped"u8, e.RebuildDropped.Base);
        json.WriteNumber("carryLong"u8, e.CarryLong.Base);
        json.WriteNumber("carryShort"u8, e.CarryShort.Base);
        json.WriteBoolean("endsCycle"u8, e.EndsCycle);
        json.WriteString("at"u8, e.At);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, HedgeEvent.FillBooked e)
    {
        json.WriteStartObject();
        json.WriteNumber("sequence"u8, e.Sequence);
        Write(json, "fill"u8, e.Fill);
        json.WriteString("at"u8, e.At);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, BookEvent.FillBooked e)
    {
        json.WriteStartObject();
        Write(json, "fill"u8, e.Fill);
        json.WriteBoolean("isExternal"u8, e.IsExternal);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ExecutionEvent.Intended e)
    {
        json.WriteStartObject();
        json.WriteString("strategyId"u8, e.StrategyId);
        json.WriteNumber("sequence"u8, e.Sequence);
        Write(json, "order"u8, e.Order);
        json.WriteNumber("decisionPrice"u8, e.DecisionPrice.QuotePerBase);
        json.WriteString("at"u8, e.At);
        if (e.Epoch != 0) json.WriteNumber("epoch"u8, e.Epoch);
        if (e.Part != 0) json.WriteNumber("part"u8, e.Part);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ExecutionEvent.Finished e)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, e.Id.Value);
        json.WriteWord("state"u8, States, (int)e.State);
        json.WriteNumber("cumulative"u8, e.Cumulative.Base);
        json.WriteString("reason"u8, e.Reason);
        json.WriteString("at"u8, e.At);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, HermesEvent.StanceChanged e)
    {
        json.WriteStartObject();
        json.WriteWord("posture"u8, Postures, (int)e.Posture);
        json.WriteWord("priority"u8, Priorities, (int)e.Priority);
        json.WriteString("why"u8, e.Why);
        json.WriteString("at"u8, e.At);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, PaperFact.OrderAccepted e)
    {
        json.WriteStartObject();
        Write(json, "order"u8, e.Order);
        json.WriteString("sentAt"u8, e.SentAt);
        json.WriteNumber("sentIndex"u8, e.SentIndex);
        json.WriteNumber("sequence"u8, e.Sequence);
        json.WriteString("at"u8, e.At);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, PaperFact.OrderFilled e)
    {
        json.WriteStartObject();
        Write(json, "fill"u8, e.Fill);
        json.WriteNumber("sequence"u8, e.Sequence);
        json.WriteString("at"u8, e.At);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, Fill fill)
    {
        json.WriteStartObject(name);
        json.WriteString("order"u8, fill.Order.Value);
        json.WriteNumber("tradeId"u8, fill.TradeId);
        json.WriteString("symbol"u8, fill.Symbol.Name);
        json.WriteWord("leg"u8, Legs, (int)fill.Leg);
        json.WriteWord("side"u8, Sides, (int)fill.Side);
        json.WriteNumber("price"u8, fill.Price.QuotePerBase);
        json.WriteNumber("quantity"u8, fill.Quantity.Base);
        json.WriteNumber("fee"u8, fill.Fee.Quote);
        json.WriteBoolean("isMaker"u8, fill.IsMaker);
        json.WriteNumber("cumulative"u8, fill.Cumulative.Base);
        json.WriteString("at"u8, fill.At);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, NewOrder order)
    {
        json.WriteStartObject(name);
        json.WriteString("id"u8, order.Id.Value);
        json.WriteString("symbol"u8, order.Symbol.Name);
        json.WriteWord("leg"u8, Legs, (int)order.Leg);
        json.WriteWord("side"u8, Sides, (int)order.Side);
        json.WriteWord("type"u8, Types, (int)order.Type);
        json.WriteWord("timeInForce"u8, TimesInForce, (int)order.TimeInForce);
        json.WriteNumber("quantity"u8, order.Quantity.Base);
        if (order.LimitPrice is { } limit) json.WriteNumber("limitPrice"u8, limit.QuotePerBase);
        else json.WriteNull("limitPrice"u8);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, LegTargets targets)
    {
        json.WriteStartObject(name);
        json.WriteNumber("sequence"u8, targets.Sequence);
        Write(json, "from"u8, targets.From);
        Write(json, "to"u8, targets.To);
        json.WriteNumber("decisionPrice"u8, targets.DecisionPrice.QuotePerBase);
        if (targets.Limit is { } limit) json.WriteNumber("limit"u8, limit.QuotePerBase);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, Legs legs)
    {
        json.WriteStartObject(name);
        json.WriteNumber("long"u8, legs.Long.Base);
        json.WriteNumber("short"u8, legs.Short.Base);
        json.WriteEndObject();
    }

    /// <summary>An enum by its name, as people read it; one without a name by its number.</summary>
    private static void WriteWord(this Utf8JsonWriter json, ReadOnlySpan<byte> name, JsonEncodedText[] words, int value)
    {
        if ((uint)value < (uint)words.Length) json.WriteString(name, words[value]);
        else json.WriteNumber(name, value);
    }

    // All of these count from zero without a gap.
    private static JsonEncodedText[] WordsOf<T>() where T : struct, Enum => [.. Enum.GetNames<T>().Select(n => JsonEncodedText.Encode(n))];
}
