using System.Globalization;
using System.Text;
using Dolphin.Node.Hocon;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Node.Tests.Hocon;

/// <summary>What holds for every text and every tree.</summary>
public sealed class HoconProperties
{
    [Fact(DisplayName = "Any text is read, or refused with a place in it; nothing else happens")]
    public void Total()
    {
        // Pieces of the language, so that much of it is nearly right.
        var pieces = Gen.Elements(
            "a", "b.c", "=", ":", "+=", "{", "}", "[", "]", ",", "\n", " ", "\"", "\"\"\"", "${a}", "${?b}", "$", "#", "//", "include ", "1e+5", "null",
            "\\u", "\r\n", "é", "\0");
        Prop.ForAll(pieces.ArrayOf().Select(string.Concat).ToArbitrary(), text =>
        {
            try
            {
                return HoconStories.Load(text) is not null;
            }
            catch (HoconException e)
            {
                return e.At.Line >= 1 && e.At.Column >= 1 && e.At.Line <= text.Count(c => c == '\n') + 1 && e.Detail.Length > 0;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    [Fact(DisplayName = "A tree that is written and read again is the same tree, in whichever of the many ways it is written")]
    public void Round_trip() => Prop.ForAll(Trees.ToArbitrary(), tree =>
    {
        var written = new StringBuilder();
        for (var i = 0; i < tree.Fields.Length; i++) Write(tree.Fields[i], i, written);
        return Shape(HoconStories.Load(written.ToString())) == Shape(tree);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact(DisplayName = "Durations, sizes and percentages mean the same in every unit")]
    public void Units() => Prop.ForAll(Gen.Choose(0, 1_000_000).ToArbitrary(), n =>
        HoconUnits.TryDuration($"{n}s", out var seconds) && HoconUnits.TryDuration($"{n * 1000L} ms", out var millis) && seconds == millis && seconds.TotalSeconds == n
        && HoconUnits.TrySize($"{n} KiB", out var kib) && kib == n * 1024L && HoconUnits.TrySize($"{n}kB", out var kb) && kb == n * 1000L
        && HoconUnits.TryFraction($"{n} %", out var percent) && percent == n / 100m
        && HoconUnits.TryFraction((n / 100m).ToString(CultureInfo.InvariantCulture), out var part) && part == percent).QuickCheckThrowOnFailure();

    [Fact(DisplayName = "What is not a number, a time or a size with its unit is refused, never guessed")]
    public void No_guessing()
    {
        foreach (var text in (string[])["", "s", "5", "5 parsec", "1e400s", "NaN s", "1,5s", "0.00000001ms", "999999999d"])
            Assert.False(HoconUnits.TryDuration(text, out _), text);
        foreach (var text in (string[])["", "-1", "1.5", "5 apples", "1e30 TB", "NaN"]) Assert.False(HoconUnits.TrySize(text, out _), text);
        foreach (var text in (string[])["", "%", "NaN", "Infinity", "1,000", "0x10", "1 000", "1e99"]) Assert.False(HoconUnits.TryNumber(text, out _), text);
        Assert.False(HoconUnits.TryBoolean("True", out _));
    }

    private abstract record Node;
    private sealed record TextNode(string Text) : Node;
    private sealed record ListNode(Node[] Items) : Node;
    private sealed record ObjectNode((string Name, Node Value)[] Fields) : Node;

    private static Gen<ObjectNode> Trees => Object(3);

    private static Gen<string> Word => Gen.Elements(
        "x", "BTCUSDT", "10 %", "a\"b", "tab\tand\\", "\n", "", "é₿", "null", "${a}", "1e+5", "# no", "//", "a:b", " outer ");

    private static Gen<Node> Any(int depth)
    {
        var text = Word.Select(Node (t) => new TextNode(t));
        if (depth == 0) return text;
        var list = Any(depth - 1).ArrayOf(2).Select(Node (a) => new ListNode(a));
        return Gen.Frequency((3, text), (1, list), (2, Object(depth - 1).Select(Node (o) => o)));
    }

    private static Gen<ObjectNode> Object(int depth) =>
        from names in Gen.SubListOf("alpha", "be-ta", "with blank", "with.dot", "Δ", "include")
        from values in Any(depth).ArrayOf(names.Count)
        select new ObjectNode([.. names.Zip(values)]);

    private static void Write((string Name, Node Value) field, int style, StringBuilder to)
    {
        var separator = (style % 3) switch { 0 => " = ", 1 => ": ", _ when field.Value is ObjectNode => " ", _ => "=" };
        to.Append(Quote(field.Name)).Append(separator);
        WriteValue(field.Value, style, to);
        to.Append(style % 2 == 0 ? "\n" : " , // next\n");
    }

    private static void WriteValue(Node value, int style, StringBuilder to)
    {
        switch (value)
        {
            case TextNode t:
                to.Append(Quote(t.Text));
                break;
            case ListNode l:
                to.Append('[');
                foreach (var item in l.Items)
                {
                    WriteValue(item, style + 1, to);
                    to.Append(style % 2 == 0 ? ", " : "\n");
                }
                to.Append(']');
                break;
            case ObjectNode o:
                to.Append("{\n");
                for (var i = 0; i < o.Fields.Length; i++) Write(o.Fields[i], style + i, to);
                to.Append('}');
                break;
        }
    }

    private static string Quote(string text) =>
        "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal) + "\"";

    private static string Shape(Node node) => node switch
    {
        TextNode t => Quote(t.Text),
        ListNode l => $"[{string.Join(',', l.Items.Select(Shape))}]",
        ObjectNode o => $"{{{string.Join(',', o.Fields.Select(f => $"{Quote(f.Name)}={Shape(f.Value)}"))}}}",
        _ => throw new InvalidOperationException(),
    };

    private static string Shape(HoconValue value) => value switch
    {
        HoconText t => Quote(t.Text),
        HoconArray a => $"[{string.Join(',', a.Items.Select(Shape))}]",
        HoconObject o => $"{{{string.Join(',', o.Names.Select(n => $"{Quote(n)}={(o.TryGet(n, out var v) ? Shape(v) : "?")}"))}}}",
        _ => "null",
    };
}
