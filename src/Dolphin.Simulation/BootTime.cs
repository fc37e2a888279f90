using System.Runtime.InteropServices;

namespace Dolphin.Simulation;

/// <summary>The machine's clocks, with timestamps that go on while it sleeps: CLOCK_BOOTTIME of Linux.</summary>
/// <remarks>
/// The runtime's own timestamps are CLOCK_MONOTONIC there, which stands still meanwhile. Both are slewed by NTP and moved by nobody. Timers are the
/// runtime's: one that was waited for while the machine slept comes late by less than what was left of it.
/// </remarks>
internal sealed class BootTime : TimeProvider
{
    private const int Clock = 7; // CLOCK_BOOTTIME of Linux.
    private const long PerSecond = 1_000_000_000;

    /// <summary>Whether this machine has such a clock. On another system the runtime's timestamps have to do; those of Windows count sleep too.</summary>
    public static bool IsThere { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess && ClockGetTime(Clock, out _) == 0;

    public override long TimestampFrequency => PerSecond;

    public override long GetTimestamp() => ClockGetTime(Clock, out var time) == 0
        ? time.Seconds * PerSecond + time.Nanoseconds
        : throw new InvalidOperationException("CLOCK_BOOTTIME was there at the start and cannot be read any more.");

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [SuppressGCTransition] // It takes some ten nanoseconds and never waits.
    private static extern int ClockGetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
