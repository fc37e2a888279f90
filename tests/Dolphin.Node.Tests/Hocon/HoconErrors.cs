using Dolphin.Node.Hocon;

namespace Dolphin.Node.Tests.Hocon;

/// <summary>What is not HOCON, and what the reader says about it.</summary>
public sealed class HoconErrors
{
    [Fact(DisplayName = "Every mistake is reported with its line and column, what was expected and what came")]
    public void Mistakes()
    {
        Fails("a = 1\nb", 2, 2, "expected '=', ':', '+=' or '{' after the key 'b', found the end of the file");
        Fails("a b = 1", 1, 3, "after the key 'a', found 'b'");
        Fails("a =\n", 2, 1, "expected a value for 'a', found the end of the file");
        Fails("a { b = }", 1, 9, "expected a value for 'b', found '}'");
        Fails("= 1", 1, 1, "expected a key, found '='");
        Fails("a..b = 1", 1, 3, "expected a key, found '.'");
        Fails("[1]", 1, 1, "a configuration is an object");
        Fails("a { b = 1", 1, 10, "expected '}' for the '{' at 1:3, found the end of the file");
        Fails("a = 1 }", 1, 7, "expected ',' or a new line after a value, found '}'");
        Fails("{ a = 1 } b = 2", 1, 11, "expected the end of the file, found 'b'");
        Fails("a = [1, 2", 1, 10, "expected ']' for the '[' at 1:5, found the end of the file");
        Fails("a = [1 }", 1, 8, "expected ',' or a new line or ']' after a value, found '}'");
        Fails("a = 1,, b = 2", 1, 7, "found a second ','");
        Fails("a = http://x", 1, 9, "text with ':' in it needs quotes");
        Fails("a = 12:30", 1, 7, "text with ':' in it needs quotes");
        Fails("a = \"open\nb = 1", 1, 5, "expected a closing '\"' on this line");
        Fails("a = \"\"\"open", 1, 5, "expected a closing '\"\"\"', found the end of the file");
        Fails("a = \"\\x\"", 1, 6, "found '\\x'");
        Fails("a = \"\\u12\"", 1, 6, "expected four hexadecimal digits");
        Fails("a = \"x\u0001\"", 1, 7, "control character U+0001");
        Fails("a = $b", 1, 5, "expected '{' after '$'");
        Fails("a = ${b", 1, 8, "expected '}' at the end of the reference ${b, found the end of the file");
        Fails("a = `x`", 1, 5, "text with '`' in it needs quotes");
        Fails("include file.conf", 1, 9, "expected a file name in quotes");
        Fails("include url(\"http://x\")", 1, 9, "url and classpath includes are not supported");
        Fails("include file(\"x\"", 1, 17, "expected ')'");
        Fails("include \"gone.conf\"", 1, 1, "expected a file at \"gone.conf\", there is none");
        Fails("a = 1\nb = ${nope.x}", 2, 5, "the reference ${nope.x} names nothing");
        Fails("a = [1] x", 1, 5, "found an array next to another kind");
        Fails("a = x { b = 1 }", 1, 7, "found an object next to another kind");
    }

    [Fact(DisplayName = "A reference that leads back to itself is an error and not a loop")]
    public void Circles()
    {
        Fails("a = ${a}", 1, 5, "the reference ${a} leads back to itself");
        Fails("a = ${b}\nb = ${a}", 2, 5, "the reference ${a} leads back to itself");
        Fails("a { b = ${a} }", null, null, "does one refer to an object it is in?");
    }

    [Fact(DisplayName = "Files that include each other in a circle are named")]
    public void Include_circle()
    {
        var folder = new MemoryFolder(("main.conf", "include \"b.conf\""), ("b.conf", "x = 1\ninclude \"main.conf\""));
        var e = Assert.Throws<HoconException>(() => HoconConfig.Load([new HoconLayer(folder, "main.conf")], _ => null));
        Assert.Equal(new HoconPosition("b.conf", 2, 1), e.At);
        Assert.Contains("the file includes itself: main.conf -> b.conf -> main.conf", e.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "An error in an included file names that file")]
    public void In_included_file()
    {
        var folder = new MemoryFolder(("main.conf", "a = 1\ninclude \"b.conf\""), ("b.conf", "x = 1\n y ~ 2"));
        var e = Assert.Throws<HoconException>(() => HoconConfig.Load([new HoconLayer(folder, "main.conf")], _ => null));
        Assert.StartsWith("b.conf:2:4: expected '='", e.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Depth, length, files and values are bounded: a small file cannot ask for a large world")]
    public void Bounds()
    {
        Fails("a = " + new string('[', 65), null, null, "nested more than 64 deep");
        Fails(string.Join('.', Enumerable.Repeat("a", 65)) + " = 1", 1, 1, "the key has 65 levels");
        Fails(new string('#', HoconLimits.Standard.MaxFileChars + 1), 1, 1, "more than the limit");
        var billion = "a0 = [x, x, x, x, x, x, x, x, x, x]\n"
            + string.Join('\n', Enumerable.Range(1, 9).Select(i => $"a{i} = [{string.Join(", ", Enumerable.Repeat($"${{a{i - 1}}}", 10))}]"));
        Fails(billion, null, null, "more than 200000 values");
        var doubling = "a0 = x\n" + string.Join('\n', Enumerable.Range(1, 40).Select(i => $"a{i} = ${{a{i - 1}}}${{a{i - 1}}}"));
        Fails(doubling, null, null, "more than 200000 values");
        Fails("a = ${b0}\n" + string.Join('\n', Enumerable.Range(0, 100).Select(i => $"b{i} = ${{b{i + 1}}}")), null, null, "references lead through more than 64 others");
        var deep = Enumerable.Range(0, 12).Select(i => ($"f{i}.conf", $"include \"f{i + 1}.conf\"")).ToArray();
        var e = Assert.Throws<HoconException>(() => HoconConfig.Load([new HoconLayer(new MemoryFolder(deep), "f0.conf")], _ => null));
        Assert.Contains("files include each other more than 8 deep", e.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "An include cannot leave the folder of the plan: not by path, not by way up, not by link")]
    public void Stays_inside()
    {
        using var place = new TemporaryFolder();
        var plans = Directory.CreateDirectory(Path.Combine(place.Path, "plans")).FullName;
        place.File("secret.conf", "a = 1");
        File.CreateSymbolicLink(Path.Combine(plans, "link.conf"), Path.Combine(place.Path, "secret.conf"));
        Directory.CreateSymbolicLink(Path.Combine(plans, "up"), place.Path);
        foreach (var (include, why) in new[]
        {
            ("../secret.conf", "leads out of"), ("link.conf", "leads out of"), ("up/secret.conf", "leads out of"),
            (Path.Combine(place.Path, "secret.conf"), "relative to the including one"),
        })
        {
            File.WriteAllText(Path.Combine(plans, "main.conf"), $"include \"{include}\"");
            var e = Assert.Throws<HoconException>(() => HoconConfig.Load([new HoconLayer(new HoconDirectory(plans, 1000), "main.conf")], _ => null));
            Assert.Contains(why, e.Message, StringComparison.Ordinal);
        }
        File.WriteAllText(Path.Combine(plans, "part.conf"), "b = 2");
        Directory.CreateDirectory(Path.Combine(plans, "sub"));
        File.WriteAllText(Path.Combine(plans, "sub", "sub.conf"), "include \"../part.conf\"");
        File.WriteAllText(Path.Combine(plans, "main.conf"), "include \"sub/sub.conf\"");
        Assert.NotNull(HoconConfig.Load([new HoconLayer(new HoconDirectory(plans, 1000), "main.conf")], _ => null).Find("b"));
    }

    [Fact(DisplayName = "A file without an end is given up at the limit")]
    public void Endless_file()
    {
        if (!File.Exists("/dev/zero")) return;
        var e = Assert.Throws<HoconException>(() => HoconConfig.Load([new HoconLayer(new HoconDirectory("/dev", 100_000), "zero")], _ => null));
        Assert.Contains("longer than the limit of 100000 characters", e.Message, StringComparison.Ordinal);
    }

    private static void Fails(string text, int? line, int? column, string message)
    {
        var e = Assert.Throws<HoconException>(() => HoconStories.Load(text));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        if (line is not null) Assert.Equal(new HoconPosition("main.conf", line.Value, column!.Value), e.At);
    }
}
