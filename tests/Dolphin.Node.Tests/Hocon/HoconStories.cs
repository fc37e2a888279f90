using Dolphin.Node.Hocon;

namespace Dolphin.Node.Tests.Hocon;

/// <summary>What HOCON text means.</summary>
public sealed class HoconStories
{
    [Fact(DisplayName = "Dotted keys, nested objects and a bare brace are three ways to write one thing")]
    public void Keys()
    {
        Assert.Equal("1", Text("a.b.c = 1", "a.b.c"));
        Assert.Equal("1", Text("a { b { c = 1 } }", "a.b.c"));
        Assert.Equal("1", Text("a { b.c : 1 }", "a.b.c"));
        Assert.Equal("1", Text("{ a.b : { \"c\" = 1 } }", "a.b.c"));
    }

    [Fact(DisplayName = "A quoted key keeps its dots and blanks")]
    public void Quoted_key() => Assert.Equal("a.b c", Assert.Single(Load("\"a.b c\" = 1").Names));

    [Fact(DisplayName = "Objects merge, anything else replaces, and the later one wins")]
    public void Merging()
    {
        var root = Load("a { x = 1, y = 2 }\na { y = 3 }\nb = { x = 1 }\nb = 5\nb { z = 1 }");
        Assert.Equal("1", Read(root, "a.x"));
        Assert.Equal("3", Read(root, "a.y"));
        Assert.Equal("z", Assert.Single(((HoconObject)root.Find("b")!).Names));
    }

    [Fact(DisplayName = "Commas, line ends, comments and blank lines separate; a last comma is allowed")]
    public void Separators()
    {
        var root = Load("# one\na = 1, b = 2 // two\n\n  c = [1, 2\n 3,]\n d = { e = 4, }\n// end");
        Assert.Equal("1", Read(root, "a"));
        Assert.Equal("2", Read(root, "b"));
        Assert.Equal(["1", "2", "3"], Items(root, "c"));
        Assert.Equal("4", Read(root, "d.e"));
    }

    [Fact(DisplayName = "Unquoted text keeps its inner blanks and loses the outer ones")]
    public void Unquoted() => Assert.Equal("10 % of it", Text("a =   10 % of it   # really", "a"));

    [Fact(DisplayName = "Quotes take escapes, and keep what would otherwise end the value")]
    public void Quoted() => Assert.Equal("a\t\"b\" {,} # é // \\", Text("""a = "a\t\"b\" {,} # \u00e9 // \\" """, "a"));

    [Fact(DisplayName = "Three quotes keep everything as it stands, line ends and quotes too")]
    public void Triple_quoted()
    {
        const string q = "\"\"\"";
        Assert.Equal("one \\n\n\"two\"", Text($"a = {q}one \\n\n\"two\"{q}", "a"));
    }

    [Fact(DisplayName = "A number keeps its exponent's sign")]
    public void Exponent() => Assert.Equal("1e+5", Text("a = 1e+5", "a"));

    [Fact(DisplayName = "Pieces on one line join: texts to a text, arrays to an array, objects to an object")]
    public void Concatenation()
    {
        var root = Load("x = 1\na = before ${x} \"after\"\nb = [1] [2, 3]\nc = { p = 1 } { q = 2 }");
        Assert.Equal("before 1 after", Read(root, "a"));
        Assert.Equal(["1", "2", "3"], Items(root, "b"));
        Assert.Equal(["p", "q"], ((HoconObject)root.Find("c")!).Names.ToArray());
    }

    [Fact(DisplayName = "+= appends, and makes the array where there was none")]
    public void Append()
    {
        var root = Load("a += 1\na += 2\nb = [0]\nb += 1");
        Assert.Equal(["1", "2"], Items(root, "a"));
        Assert.Equal(["0", "1"], Items(root, "b"));
    }

    [Fact(DisplayName = "A reference sees the final value, wherever it stands")]
    public void Late_binding() => Assert.Equal("2", Text("a = ${b}\nb = 1\nb = 2", "a"));

    [Fact(DisplayName = "A value that names itself means what it was before")]
    public void Self_reference()
    {
        var root = Load("path = /bin\npath = ${path}\":/usr/bin\"\nbase { x = 1 }\nbase.x = ${base.x}s\nother = ${base} { y = 2 }");
        Assert.Equal("/bin:/usr/bin", Read(root, "path"));
        Assert.Equal("1s", Read(root, "other.x"));
        Assert.Equal("2", Read(root, "other.y"));
    }

    [Fact(DisplayName = "An optional reference to nothing leaves the field as it was, or out")]
    public void Optional()
    {
        var root = Load("a = 1\na = ${?NOPE}\nb = ${?NOPE}\nc = [1, ${?NOPE}, 2]");
        Assert.Equal("1", Read(root, "a"));
        Assert.Null(root.Find("b"));
        Assert.Equal(["1", "2"], Items(root, "c"));
    }

    [Fact(DisplayName = "A reference that no key answers asks the environment; a key comes first")]
    public void Environment_fallback()
    {
        var root = HoconConfig.Load([Layer("a = ${HOME_PORT}\nb = ${x}\nx = key")], n => n switch { "HOME_PORT" => "99", "x" => "environment", _ => null });
        Assert.Equal("99", Read(root, "a"));
        Assert.Equal("key", Read(root, "b"));
    }

    [Fact(DisplayName = "A plan over the defaults: references in the defaults see what the plan says")]
    public void Layers()
    {
        var root = HoconConfig.Load([Layer("fee = 1\nstrategy { fee = ${fee}, k = 8 }"), Layer("fee = 2\nstrategy.k = 9")], _ => null);
        Assert.Equal("2", Read(root, "strategy.fee"));
        Assert.Equal("9", Read(root, "strategy.k"));
    }

    [Fact(DisplayName = "null is a value of its own, and quoted it is text")]
    public void Null()
    {
        var root = Load("a = null\nb = \"null\"");
        Assert.IsType<HoconNull>(root.Find("a"));
        Assert.IsType<HoconText>(root.Find("b"));
    }

    [Fact(DisplayName = "An included file stands where it is included, and its references look near it first")]
    public void Include()
    {
        var folder = new MemoryFolder(
            ("main.conf", "x = outer\npart { include \"sub/part.conf\" }\ninclude required(file(\"top.conf\"))"),
            ("sub/part.conf", "x = inner\ny = ${x}\nz = ${top}"), ("top.conf", "top = 7"));
        var root = HoconConfig.Load([new HoconLayer(folder, "main.conf")], _ => null);
        Assert.Equal("inner", Read(root, "part.y"));
        Assert.Equal("7", Read(root, "part.z"));
    }

    [Fact(DisplayName = "`include` may also be a key")]
    public void Include_as_key() => Assert.Equal("1", Text("include = 1", "include"));

    [Fact(DisplayName = "Every value remembers the file, line and column that decided it")]
    public void Positions()
    {
        var root = Load("a = 1\nb {\n  c = [x, y]\n}\n  a = 22\r\nd = ${a}");
        Assert.Equal(new HoconPosition("main.conf", 5, 7), root.Find("a")!.At);
        Assert.Equal(new HoconPosition("main.conf", 3, 11), ((HoconArray)root.Find("b.c")!).Items[1].At);
        Assert.Equal(new HoconPosition("main.conf", 5, 7), root.Find("d")!.At);
    }

    [Fact(DisplayName = "A byte order mark and Windows line ends change nothing")]
    public void Windows()
    {
        var root = Load("\uFEFFa = 1\r\nb = two words\r\n");
        Assert.Equal("1", Read(root, "a"));
        Assert.Equal("two words", Read(root, "b"));
    }

    internal static HoconObject Load(string text) => HoconConfig.Load([Layer(text)], _ => null);
    internal static HoconLayer Layer(string text) => new(new MemoryFolder(("main.conf", text)), "main.conf");
    private static string Text(string text, string path) => Read(Load(text), path);
    private static string Read(HoconObject root, string path) => Assert.IsType<HoconText>(root.Find(path)).Text;
    private static string[] Items(HoconObject root, string path) =>
        [.. Assert.IsType<HoconArray>(root.Find(path)).Items.Select(i => Assert.IsType<HoconText>(i).Text)];
}

/// <summary>Files that are only there for a test.</summary>
internal sealed class MemoryFolder(params (string Name, string Text)[] files) : IHoconFolder
{
    public HoconFile Open(string path, string from)
    {
        var folder = Path.GetDirectoryName(from);
        var name = string.IsNullOrEmpty(folder) ? path : $"{folder}/{path}";
        foreach (var file in files)
        {
            if (file.Name == name) return new HoconFile(name, name, file.Text);
        }
        throw new HoconIncludeException($"expected a file at \"{name}\", there is none");
    }
}
