using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Dolphin.Benchmarks;

/// <summary>How long the calling thread has been at work. What else the machine does is not in it, but for the caches it takes.</summary>
internal static class ProcessorTime
{
    private const int ThreadClock = 3; // CLOCK_THREAD_CPUTIME_ID of Linux.

    /// <summary>Seconds since some beginning; on other systems than Linux by the wall clock.</summary>
    public static double OfThread() => OperatingSystem.IsLinux() && ClockGetTime(ThreadClock, out var time) == 0
        ? time.Seconds + time.Nanoseconds * 1e-9
        : Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ClockGetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
