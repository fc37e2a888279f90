using System.Collections.Immutable;

namespace Dolphin.Hosting.Akka.Singletons;

/// <summary>Which singletons act in this process. Written by their hosts, read by whoever tells how the node is.</summary>
public sealed class ActingSingletons
{
    private ImmutableSortedSet<string> _names = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    public ImmutableSortedSet<string> Names => Volatile.Read(ref _names);
    internal void Begin(string name) => ImmutableInterlocked.Update(ref _names, static (all, one) => all.Add(one), name);
    internal void End(string name) => ImmutableInterlocked.Update(ref _names, static (all, one) => all.Remove(one), name);
}
