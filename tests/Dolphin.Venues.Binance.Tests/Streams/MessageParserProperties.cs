using System.Text;
using System.Text.Json;
using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Tests;
using Dolphin.Venues.Binance.Streams;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Venues.Binance.Tests.Streams;

/// <summary>The parser beside the runtime's JSON reader, which is the plain way to read the same.</summary>
public sealed class MessageParserProperties
{
    private static readonly SymbolGrid Grid = new(new(8), new(8));

    private static readonly string[] Messages =
    [
        """{"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":1723161256299,"T":1723161256298,"s":"BTCUSDT","U":51,"u":57,"pu":49,"b":[["58710.20","0.014"],["61510.90","0.000"]],"a":[["61800.30","2.510"]]}}""",
        """{"e":"depthUpdate","E":1723161255208,"s":"BTCUSDT","U":1,"u":3,"b":[],"a":[["61837.64000000","1.54700000"]],"new":{"x":[1,-2.5e+3,true,null,"a\u00e9\n"]}}""",
        """ { "lastUpdateId" : 160 , "bids" : [ [ "0.0024" , "10" ] ] , "asks" : [ [ "0.0026" , "100" ] , [ "0.0027" , "1" ] ] } """,
    ];

    // One to three small changes: a byte replaced, taken out, put in, or the rest cut off; mostly with what JSON is made of.
    private static readonly Gen<byte> Byte = Gen.Frequency(
        (6, Gen.Elements("{}[]\",:0123456789.-eE\\ntfu \t"u8.ToArray())), (1, Gen.Choose(0, 255).Select(b => (byte)b)));
    private static readonly Gen<byte[]> Damaged =
        from message in Gen.Elements(Messages)
        from changes in Gen.Choose(0, 3)
        from kinds in Gen.Choose(0, 9).ArrayOf(3)
        from places in Gen.Choose(0, 10_000).ArrayOf(3)
        from bytes in Byte.ArrayOf(3)
        select Damage(Encoding.UTF8.GetBytes(message), changes, kinds, places, bytes);

    private static byte[] Damage(byte[] text, int changes, int[] kinds, int[] places, byte[] bytes)
    {
        for (var i = 0; i < changes && text.Length > 0; i++)
        {
            var at = places[i] % text.Length;
            text = kinds[i] switch
            {
                < 5 => [.. text[..at], bytes[i], .. text[(at + 1)..]],
                < 7 => [.. text[..at], .. text[(at + 1)..]],
                < 9 => [.. text[..at], bytes[i], .. text[at..]],
                _ => text[..at],
            };
        }
        return text;
    }

    [Fact(DisplayName = "Whatever a message is damaged to: what is taken is JSON, and says what the runtime's reader says")]
    public void Takes_only_json() => Prop.ForAll(Damaged.ToArbitrary(), text =>
    {
        var taken = Take(text);
        if (taken is null) return true;
        var plain = Plain(text);
        return plain is not null && plain.Value.Ids == taken.Value.Ids && plain.Value.Bids.SequenceEqual(taken.Value.Bids) && plain.Value.Asks.SequenceEqual(taken.Value.Asks);
    }).Check(Draws.Same(4_000));

    [Fact(DisplayName = "Damage is drawn in every degree: much of it is refused, some is not, and of that some says something else")]
    public void Draws_reach_what_matters()
    {
        var (refused, same, other) = (0, 0, 0);
        var intact = Messages.Select(m => Take(Encoding.UTF8.GetBytes(m))!.Value).ToArray();
        Prop.ForAll(Damaged.ToArbitrary(), text =>
        {
            if (Take(text) is not { } taken) refused++;
            else if (intact.Any(i => i.Ids == taken.Ids && i.Bids.SequenceEqual(taken.Bids) && i.Asks.SequenceEqual(taken.Asks))) same++;
            else other++;
        }).Check(Draws.Same(1_000));
        Assert.True(refused > 250 && same > 100 && other > 15, $"refused {refused}, same {same}, other {other}");
    }

    private static (DiffIds Ids, Level[] Bids, Level[] Asks)? Take(byte[] text)
    {
        if (MessageParser.Read(text, out var message) != MessageFault.None) return null;
        var levels = new LevelScratch();
        var ids = default(DiffIds);
        var fault = message.Kind switch
        {
            MessageKind.DepthDiff => DiffIds.Read(message, out ids) is var f and not MessageFault.None ? f : levels.ReadDiff(message, Grid),
            MessageKind.DepthSnapshot => levels.ReadSnapshot(message, Grid),
            _ => MessageFault.FieldMissing, // Another kind by now, of which nothing is read here.
        };
        return fault == MessageFault.None ? (ids, levels.Bids.ToArray(), levels.Asks.ToArray()) : null;
    }

    private static (DiffIds Ids, Level[] Bids, Level[] Asks)? Plain(byte[] text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (root.TryGetProperty("data", out var data)) root = data;
            if (root.TryGetProperty("bids", out var bids)) return (default, Levels(bids), Levels(root.GetProperty("asks")));
            long? previous = root.TryGetProperty("pu", out var pu) ? pu.GetInt64() : null;
            return (new DiffIds(root.GetProperty("U").GetInt64(), root.GetProperty("u").GetInt64(), previous), Levels(root.GetProperty("b")), Levels(root.GetProperty("a")));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Level[] Levels(JsonElement array) => [.. array.EnumerateArray().Select(l => new Level(Units(l[0].GetString()!), Units(l[1].GetString()!)))];
    private static long Units(string number) => (long)(decimal.Parse(number, System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture) * 100_000_000m);
}
