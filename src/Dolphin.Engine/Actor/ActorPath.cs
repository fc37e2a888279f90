using System.Diagnostics.CodeAnalysis;

namespace Dolphin.Engine.Actor;

/// <summary>Where an actor system lives. Local only: no host and no port.</summary>
public sealed record Address(string Protocol, string System)
{
    public override string ToString() => $"{Protocol}://{System}";
}

/// <summary>The place of an actor in the tree, as in <c>akka://trading/user/assets/BTCUSDT</c>.</summary>
/// <remarks>Two incarnations of a name share a path and differ in <see cref="Uid"/>; equality ignores the uid.</remarks>
public sealed class ActorPath : IEquatable<ActorPath>, IComparable<ActorPath>
{
    private readonly string _text;

    private ActorPath(Address address, ActorPath? parent, string name, string text, long uid)
    {
        Address = address;
        Parent = parent ?? this;
        Name = name;
        _text = text;
        Uid = uid;
    }

    public Address Address { get; }
    /// <summary>The parent; the root is its own parent.</summary>
    public ActorPath Parent { get; }
    public ActorPath Root
    {
        get
        {
            var path = this;
            while (!path.IsRoot) path = path.Parent;
            return path;
        }
    }

    public string Name { get; }
    /// <summary>Number of the incarnation, unique in its system; 0 where it is not known.</summary>
    public long Uid { get; }
    private bool IsRoot => ReferenceEquals(Parent, this);

    /// <summary>Names from the root down, without the root itself.</summary>
    public IReadOnlyList<string> Elements => _text.Split('/', StringSplitOptions.RemoveEmptyEntries);

    public static ActorPath RootOf(Address address) => new(address, parent: null, "/", "/", uid: 0);

    public ActorPath Child(string name, long uid) =>
        new(Address, this, name, IsRoot ? "/" + name : _text + "/" + name, uid);

    public ActorPath WithUid(long uid) => IsRoot ? this : new(Address, Parent, Name, _text, uid);

    public static ActorPath operator /(ActorPath path, string name) => path.Child(name, uid: 0);

    /// <summary>True for a name an application may give: letters, digits and -_.*$+:@&amp;=,!~';() but no leading '$'.</summary>
    public static bool IsValidPathElement(string? name)
    {
        if (string.IsNullOrEmpty(name) || name[0] == '$') return false;
        foreach (var c in name)
        {
            if (!(char.IsAsciiLetterOrDigit(c) || "-_.*$+:@&=,!~';()%".Contains(c, StringComparison.Ordinal))) return false;
        }

        return true;
    }

    /// <exception cref="UriFormatException">The text is not <c>protocol://system/name/name</c>.</exception>
    public static ActorPath Parse(string path) => TryParse(path, out var parsed)
        ? parsed
        : throw new UriFormatException($"'{path}' is not an actor path; expected protocol://system/user/name.");

    public static bool TryParse(string path, [NotNullWhen(true)] out ActorPath? actorPath)
    {
        actorPath = null;
        var scheme = path.IndexOf("://", StringComparison.Ordinal);
        if (scheme <= 0) return false;
        var slash = path.IndexOf('/', scheme + 3);
        var system = slash < 0 ? path[(scheme + 3)..] : path[(scheme + 3)..slash];
        if (system.Length == 0) return false;
        actorPath = RootOf(new Address(path[..scheme], system));
        if (slash < 0) return true;
        foreach (var element in path[slash..].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var hash = element.IndexOf('#', StringComparison.Ordinal);
            actorPath = hash < 0
                ? actorPath.Child(element, 0)
                : actorPath.Child(element[..hash], long.TryParse(element[(hash + 1)..], out var uid) ? uid : 0);
        }

        return true;
    }

    public string ToStringWithoutAddress() => _text;
    public string ToStringWithAddress() => Address + _text;
    public string ToStringWithUid() => Uid == 0 ? ToStringWithAddress() : $"{ToStringWithAddress()}#{Uid}";
    public string ToSerializationFormat() => ToStringWithUid();
    public override string ToString() => ToStringWithAddress();

    public bool Equals(ActorPath? other) =>
        other is not null && string.Equals(_text, other._text, StringComparison.Ordinal) && Address == other.Address;

    public override bool Equals(object? obj) => Equals(obj as ActorPath);
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_text);

    public int CompareTo(ActorPath? other)
    {
        if (other is null) return 1;
        var byText = string.CompareOrdinal(_text, other._text);
        return byText != 0 ? byText : string.CompareOrdinal(Address.ToString(), other.Address.ToString());
    }

    public static bool operator ==(ActorPath? a, ActorPath? b) => a is null ? b is null : a.Equals(b);
    public static bool operator !=(ActorPath? a, ActorPath? b) => !(a == b);
}
