using System.Reflection;

namespace Dolphin.Actors;

/// <summary>Which actor runtime this build stands on.</summary>
public static class Edition
{
    /// <summary>Embedded or Cluster, as the build wrote it into the assembly.</summary>
    public static string Name { get; } = typeof(Edition).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(a => a.Key.Equals("Edition", StringComparison.Ordinal)).Value!;
}
