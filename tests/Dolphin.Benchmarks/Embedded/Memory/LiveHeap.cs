namespace Dolphin.Benchmarks.Memory;

/// <summary>What is still referred to, and nothing that only waits to be collected.</summary>
internal static class LiveHeap
{
    /// <summary>Bytes of all live objects after a full, compacting collection.</summary>
    public static long Bytes()
    {
        // Twice, with what finalizers let go of between: a finished timer or file is only dead after its finalizer.
        for (var pass = 0; pass < 2; pass++)
        {
            GC.Collect(generation: 2, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        GC.Collect(generation: 2, GCCollectionMode.Forced, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: false);
    }
}
