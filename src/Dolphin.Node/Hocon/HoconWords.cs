namespace Dolphin.Node.Hocon;

/// <summary>Words that lie in no folder: what a program lays over a plan.</summary>
public sealed class HoconWords(string name, string text) : IHoconFolder
{
    public static HoconLayer Layer(string name, string text) => new(new HoconWords(name, text), name);

    public HoconFile Open(string path, string from) => from.Length == 0
        ? new HoconFile(name, name, text)
        : throw new HoconIncludeException($"\"{name}\" includes nothing, found \"{path}\"");
}
