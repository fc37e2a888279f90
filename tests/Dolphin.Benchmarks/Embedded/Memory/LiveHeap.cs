namespace Dolphin.Benchmarks.Memory;

/// <summary>What is still referred to, and nothing that only waits to be collected.</summary>
internal static class LiveHeap
{
    private const int Looks = 5;

    /// <summary>Bytes of all live objects after full, compacting collections, without what only the stack of the caller refers to.</summary>
    /// <remarks>
    /// What follows an await may run in the frames of the method that was awaited, and what that one worked with is alive as long: once the stored form of every instance.
    /// The thread that came here leaves its frames when the scheduler lets it, so this looks until the heap gets no smaller.
    /// </remarks>
    public static async Task<long> BytesAsync()
    {
        await Task.Yield();
        var bytes = Bytes();
        for (var look = 1; look < Looks; look++)
        {
            var before = bytes;
            await Task.Yield();
            bytes = Bytes();
            if (bytes >= before) return before;
        }

        return bytes;
    }

    /// <summary>The same, for a caller that awaited nothing.</summary>
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
