using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Dolphin.Node.Hocon;

/// <summary>Turns the text of one file, and of those it includes, into syntax. Reads each character once; keeps no other state.</summary>
/// <remarks>
/// The language is HOCON as its public specification describes it, with three restrictions that turn silent surprises into errors:
/// a key has no blanks unless quoted, an included file must exist, and a quoted text ends on its own line.
/// </remarks>
internal sealed class HoconParser
{
    /// <summary>Characters that cannot stand in unquoted text, as the specification lists them.</summary>
    private const string Reserved = "$\"{}[]:=,+#`^?!@*&\\";
    private const char End = '\0';

    private readonly HoconFile _file;
    private readonly string _text;
    private readonly IHoconFolder _folder;
    private readonly HoconLimits _limits;
    private readonly ImmutableArray<string> _openFiles;
    private readonly Counter _files;
    private int _index;
    private int _line = 1;
    private int _column = 1;
    private int _depth;

    private sealed class Counter { public int Value; }

    private HoconParser(HoconFile file, IHoconFolder folder, HoconLimits limits, ImmutableArray<string> openFiles, Counter files)
    {
        (_file, _text, _folder, _limits, _openFiles, _files) = (file, file.Text, folder, limits, openFiles.Add(file.Name), files);
        if (_text.Length > limits.MaxFileChars)
            throw Error(Here, $"the file has {_text.Length} characters, more than the limit of {limits.MaxFileChars}");
        if (++_files.Value > limits.MaxFiles)
            throw Error(Here, $"this is file number {_files.Value}, more than the limit of {limits.MaxFiles} for one configuration");
    }

    /// <exception cref="HoconException">The text is not HOCON, or beyond <paramref name="limits"/>.</exception>
    public static ObjectSyntax Parse(HoconFile file, IHoconFolder folder, HoconLimits limits) =>
        new HoconParser(file, folder, limits, [], new Counter()).ParseFile([]);

    private ObjectSyntax ParseFile(ImmutableArray<string> at)
    {
        SkipBlankLines();
        var start = Here;
        ObjectSyntax root;
        if (Peek == '[') throw Error(start, "expected a key or '{', found '['; a configuration is an object, not an array");
        if (Peek == '{')
        {
            root = ParseBracedObject(at);
        }
        else
        {
            root = new ObjectSyntax(start);
            ParseFields(root, at, closing: End);
        }
        SkipBlankLines();
        if (!AtEnd) throw Error(Here, $"expected the end of the file, found {Found()}");
        return root;
    }

    private ObjectSyntax ParseBracedObject(ImmutableArray<string> at)
    {
        var open = Here;
        Enter(open);
        Take();
        var result = new ObjectSyntax(open);
        ParseFields(result, at, closing: '}');
        if (AtEnd) throw Error(Here, $"expected '}}' for the '{{' at {open.Line}:{open.Column}, found the end of the file");
        Take();
        _depth--;
        return result;
    }

    private void ParseFields(ObjectSyntax into, ImmutableArray<string> at, char closing)
    {
        SkipBlankLines();
        while (!AtEnd && Peek != closing)
        {
            if (TryParseInclude(out var included, at)) into.AddAll(included);
            else ParseField(into, at);
            ParseSeparator(closing);
        }
    }

    private void ParseField(ObjectSyntax into, ImmutableArray<string> at)
    {
        var start = Here;
        var path = ParseKey();
        var full = at.AddRange(path);
        if (full.Length > _limits.MaxDepth) throw Error(start, $"the key has {full.Length} levels, more than the limit of {_limits.MaxDepth}");
        SkipBlanks();
        var append = false;
        if (Peek == '+' && PeekAt(1) == '=')
        {
            append = true;
            Take();
            Take();
        }
        else if (Peek is '=' or ':')
        {
            Take();
        }
        else if (Peek != '{')
        {
            throw Error(Here, $"expected '=', ':', '+=' or '{{' after the key '{string.Join('.', path)}', found {Found()}");
        }

        SkipBlankLines();
        if (IsEndOfValue) throw Error(Here, $"expected a value for '{string.Join('.', path)}', found {Found()}");
        var value = ParseValue(full);
        if (append)
        {
            // What the specification says `+=` means: the old array, if there is one, and one item more.
            var old = new SubstitutionSyntax(value.At, full, [], optional: true);
            value = new ConcatSyntax(value.At, [old, new ArraySyntax(value.At, [value])]);
        }

        for (var i = path.Length - 1; i > 0; i--)
        {
            var outer = new ObjectSyntax(start);
            outer.Add(path[i], value);
            value = outer;
        }
        into.Add(path[0], value);
    }

    private ImmutableArray<string> ParseKey()
    {
        var path = ImmutableArray.CreateBuilder<string>();
        while (true)
        {
            if (Peek == '"')
            {
                path.Add(ParseQuoted());
            }
            else
            {
                var start = Here;
                var segment = TakeWhile(c => !Reserved.Contains(c, StringComparison.Ordinal) && c != '.' && !char.IsWhiteSpace(c));
                if (segment.Length == 0) throw Error(start, $"expected a key, found {Found()}");
                path.Add(segment);
            }
            if (Peek != '.') return path.ToImmutable();
            Take();
        }
    }

    /// <summary>Between two fields or items: one comma, or at least one line end, or nothing before the closing bracket.</summary>
    private void ParseSeparator(char closing)
    {
        var newLine = SkipBlankLines();
        if (AtEnd || Peek == closing) return;
        if (Peek == ',')
        {
            Take();
            SkipBlankLines();
            if (Peek == ',') throw Error(Here, "expected a value or a key after ',', found a second ','");
            return;
        }
        if (!newLine)
        {
            var hint = Peek == ':' ? "; text with ':' in it needs quotes" : "";
            throw Error(Here, $"expected ',' or a new line{(closing == End ? "" : $" or '{closing}'")} after a value, found {Found()}{hint}");
        }
    }

    /// <param name="at">The path of the field this value belongs to; empty inside an array.</param>
    private HoconSyntax ParseValue(ImmutableArray<string> at)
    {
        var start = Here;
        var pieces = ImmutableArray.CreateBuilder<HoconSyntax>();
        while (true)
        {
            var blankFrom = _index;
            var blankAt = Here;
            SkipBlanks();
            if (IsEndOfValue) break;
            if (_index > blankFrom && pieces.Count > 0)
                pieces.Add(new TextSyntax(blankAt, _text[blankFrom.._index], quoted: false)); // Inner blanks belong to joined text.
            pieces.Add(ParsePiece(at));
        }
        if (pieces.Count == 1) return pieces[0];
        return new ConcatSyntax(start, pieces.ToImmutable());
    }

    private HoconSyntax ParsePiece(ImmutableArray<string> at)
    {
        var start = Here;
        switch (Peek)
        {
            case '{': return ParseBracedObject(at);
            case '[': return ParseArray();
            case '"':
                return PeekAt(1) == '"' && PeekAt(2) == '"'
                    ? new TextSyntax(start, ParseTripleQuoted(), quoted: true)
                    : new TextSyntax(start, ParseQuoted(), quoted: true);
            case '$': return ParseSubstitution();
            default:
                var text = ParseUnquoted();
                if (text.Length == 0) throw Error(start, $"expected a value, found {Found()}; text with '{Peek}' in it needs quotes");
                return new TextSyntax(start, text, quoted: false);
        }
    }

    private ArraySyntax ParseArray()
    {
        var open = Here;
        Enter(open);
        Take();
        var items = ImmutableArray.CreateBuilder<HoconSyntax>();
        SkipBlankLines();
        while (!AtEnd && Peek != ']')
        {
            if (IsEndOfValue) throw Error(Here, $"expected a value or ']', found {Found()}");
            items.Add(ParseValue([]));
            ParseSeparator(']');
        }
        if (AtEnd) throw Error(Here, $"expected ']' for the '[' at {open.Line}:{open.Column}, found the end of the file");
        Take();
        _depth--;
        return new ArraySyntax(open, items.ToImmutable());
    }

    private SubstitutionSyntax ParseSubstitution()
    {
        var start = Here;
        Take();
        if (Peek != '{') throw Error(start, "expected '{' after '$'; a reference is written ${path}, and text with '$' in it needs quotes");
        Take();
        var optional = Peek == '?';
        if (optional) Take();
        SkipBlanks();
        var path = ParseKey();
        SkipBlanks();
        if (Peek != '}') throw Error(Here, $"expected '}}' at the end of the reference ${{{string.Join('.', path)}, found {Found()}");
        Take();
        return new SubstitutionSyntax(start, path, _includedAt, optional);
    }

    private ImmutableArray<string> _includedAt = [];

    private string ParseUnquoted()
    {
        var from = _index;
        while (!AtEnd && !char.IsWhiteSpace(Peek) && !StartsComment)
        {
            // A plus sign belongs to an exponent (1e+5) and to nothing else that is unquoted.
            if (Reserved.Contains(Peek, StringComparison.Ordinal) && !(Peek == '+' && IsExponent(_text.AsSpan(from, _index - from)))) break;
            Take();
        }
        return _text[from.._index];
    }

    private static bool IsExponent(ReadOnlySpan<char> before) =>
        before.Length > 1 && before[^1] is 'e' or 'E'
        && decimal.TryParse(before[..^1], NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    private string ParseQuoted()
    {
        var open = Here;
        Take();
        var result = new StringBuilder();
        while (true)
        {
            if (AtEnd || Peek is '\n' or '\r') throw Error(open, "expected a closing '\"' on this line; use \"\"\" for text of several lines");
            var at = Here;
            var c = Take();
            if (c == '"') return result.ToString();
            if (c != '\\')
            {
                if (char.IsControl(c) && c != '\t') throw Error(at, $"the control character U+{(int)c:X4} must be written as an escape inside quotes");
                result.Append(c);
                continue;
            }
            var escaped = AtEnd ? End : Take();
            result.Append(escaped switch
            {
                '"' or '\\' or '/' => escaped,
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => ParseUnicode(at),
                _ => throw Error(at, $"expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX, found '\\{escaped}'"),
            });
        }
    }

    private char ParseUnicode(HoconPosition at)
    {
        if (_index + 4 > _text.Length || !ushort.TryParse(_text.AsSpan(_index, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            throw Error(at, "expected four hexadecimal digits after \\u");
        for (var i = 0; i < 4; i++) Take();
        return (char)code;
    }

    private string ParseTripleQuoted()
    {
        var open = Here;
        for (var i = 0; i < 3; i++) Take();
        var from = _index;
        while (!(Peek == '"' && PeekAt(1) == '"' && PeekAt(2) == '"' && PeekAt(3) != '"')) // Quotes before the last three are text.
        {
            if (AtEnd) throw Error(open, "expected a closing '\"\"\"', found the end of the file");
            Take();
        }
        var text = _text[from.._index];
        for (var i = 0; i < 3; i++) Take();
        return text;
    }

    private bool TryParseInclude(out ObjectSyntax included, ImmutableArray<string> at)
    {
        const string word = "include";
        included = null!;
        if (!_text.AsSpan(_index).StartsWith(word, StringComparison.Ordinal)) return false;
        // `include` may also be a key: it is a statement only if a name in quotes, or one of the four forms, follows.
        var after = _index + word.Length;
        while (after < _text.Length && IsBlank(_text[after])) after++;
        if (after == _index + word.Length || after >= _text.Length || _text[after] is '=' or ':' or '{' or '+') return false;

        var start = Here;
        while (_index < after) Take();
        var closers = 0;
        foreach (var form in (ReadOnlySpan<string>)["required(", "file("])
        {
            if (!_text.AsSpan(_index).StartsWith(form, StringComparison.Ordinal)) continue;
            for (var i = 0; i < form.Length; i++) Take();
            SkipBlanks();
            closers++;
        }
        if (Peek != '"') throw Error(Here, $"expected a file name in quotes after 'include' (url and classpath includes are not supported), found {Found()}");
        var path = ParseQuoted();
        for (; closers > 0; closers--)
        {
            SkipBlanks();
            if (Peek != ')') throw Error(Here, $"expected ')' after the included file's name, found {Found()}");
            Take();
        }
        included = Include(start, path, at);
        return true;
    }

    private ObjectSyntax Include(HoconPosition start, string path, ImmutableArray<string> at)
    {
        if (_openFiles.Length >= _limits.MaxIncludeDepth)
            throw Error(start, $"files include each other more than {_limits.MaxIncludeDepth} deep: {string.Join(" -> ", _openFiles)} -> {path}");
        HoconFile file;
        try
        {
            file = _folder.Open(path, _file.Name);
        }
        catch (HoconIncludeException e)
        {
            throw Error(start, e.Message);
        }
        if (_openFiles.Contains(file.Name, StringComparer.Ordinal))
            throw Error(start, $"the file includes itself: {string.Join(" -> ", _openFiles)} -> {file.Name}");
        return new HoconParser(file, _folder, _limits, _openFiles, _files) { _includedAt = at, _depth = _depth }.ParseFile(at);
    }

    private void Enter(HoconPosition open)
    {
        if (++_depth > _limits.MaxDepth) throw Error(open, $"brackets are nested more than {_limits.MaxDepth} deep");
    }

    private HoconPosition Here => new(_file.Shown, _line, _column);
    private bool AtEnd => _index >= _text.Length;
    private char Peek => AtEnd ? End : _text[_index];
    private char PeekAt(int ahead) => _index + ahead < _text.Length ? _text[_index + ahead] : End;
    private bool StartsComment => Peek == '#' || (Peek == '/' && PeekAt(1) == '/');
    private bool IsEndOfValue => AtEnd || Peek is '\n' or ',' or '}' or ']' || StartsComment;
    private static bool IsBlank(char c) => c != '\n' && (char.IsWhiteSpace(c) || c == '\uFEFF');

    private char Take()
    {
        var c = _text[_index++];
        if (c == '\n') (_line, _column) = (_line + 1, 1);
        else _column++;
        return c;
    }

    private string TakeWhile(Func<char, bool> belongs)
    {
        var from = _index;
        while (!AtEnd && belongs(Peek) && !StartsComment) Take();
        return _text[from.._index];
    }

    private void SkipBlanks()
    {
        while (!AtEnd && IsBlank(Peek)) Take();
    }

    /// <summary>Skips blanks, comments and line ends.</summary>
    /// <returns>Whether a line ended.</returns>
    private bool SkipBlankLines()
    {
        var newLine = false;
        while (true)
        {
            SkipBlanks();
            if (StartsComment)
            {
                while (!AtEnd && Peek != '\n') Take();
            }
            if (AtEnd || Peek != '\n') return newLine;
            Take();
            newLine = true;
        }
    }

    private string Found() => AtEnd ? "the end of the file" : Peek switch
    {
        '\n' => "the end of the line",
        var c when char.IsControl(c) => $"the control character U+{(int)c:X4}",
        var c => $"'{c}'",
    };

    private static HoconException Error(HoconPosition at, string detail) => new(at, detail);
}
