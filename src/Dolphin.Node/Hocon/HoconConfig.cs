namespace Dolphin.Node.Hocon;

/// <summary>Reads HOCON: the one entry to this folder.</summary>
public static class HoconConfig
{
    /// <param name="layers">Files, the weakest first: what a later one says wins, and objects are merged.</param>
    /// <param name="environment">The value of an environment variable, or null; used where a reference finds no key.</param>
    /// <exception cref="HoconException">With the file, line and column of the first mistake.</exception>
    public static HoconObject Load(IReadOnlyList<HoconLayer> layers, Func<string, string?> environment, HoconLimits? limits = null)
    {
        var bounds = limits ?? HoconLimits.Standard;
        return HoconResolver.Resolve([.. layers.Select(l => HoconParser.Parse(Open(l), l.Folder, bounds))], environment, bounds);
    }

    private static HoconFile Open(HoconLayer layer)
    {
        try
        {
            return layer.Folder.Open(layer.FileName, from: "");
        }
        catch (HoconIncludeException e)
        {
            throw new HoconException(new HoconPosition(layer.FileName, 1, 1), e.Message);
        }
    }
}

/// <param name="FileName">Inside <paramref name="Folder"/>.</param>
public sealed record HoconLayer(IHoconFolder Folder, string FileName);
