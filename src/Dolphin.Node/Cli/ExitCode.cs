namespace Dolphin.Node.Cli;

/// <summary>What the process tells its caller. Documented in docs/cli.md; a number never changes its meaning.</summary>
public enum ExitCode
{
    /// <summary>Done, or stopped as asked (Ctrl-C, SIGTERM) with everything saved.</summary>
    Ok = 0,
    /// <summary>A fault of the program itself; the log has the details.</summary>
    Fault = 1,
    /// <summary>The command line is wrong. Nothing was touched.</summary>
    Usage = 2,
    /// <summary>The plan is wrong. Nothing was touched.</summary>
    ConfigInvalid = 3,
    /// <summary>A data file is missing or wrong. The state folder is as it was.</summary>
    DataInvalid = 4,
    /// <summary>The state folder is in use by another process, belongs to another run, or cannot be read or written.</summary>
    StateRefused = 5,
    /// <summary>The run ended, but an invariant was violated or an entity halted: read the report before you trust it.</summary>
    Unsound = 6,
    /// <summary>No node runs on this state folder, and the verb needs one; or the folder holds no run.</summary>
    NotRunning = 7,
    /// <summary>The node understood and refused, or knows no such strategy. Nothing was changed.</summary>
    Refused = 8,
    /// <summary>The address given with --http or --listen is in use or cannot be bound.</summary>
    HttpUnavailable = 9,
    /// <summary>The journal could not be written: disk full, I/O error. What was stored is whole; with room, the same command goes on.</summary>
    StorageFailed = 10,
    /// <summary>The venue does not answer, or does not want us: address, secret, protocol. Nothing was traded.</summary>
    VenueUnavailable = 11,
}

public static class ExitCodes
{
    /// <summary>The stable word that goes with the number in JSON errors.</summary>
    public static string Word(this ExitCode code) => code switch
    {
        ExitCode.Ok => "ok",
        ExitCode.Fault => "fault",
        ExitCode.Usage => "usage",
        ExitCode.ConfigInvalid => "config-invalid",
        ExitCode.DataInvalid => "data-invalid",
        ExitCode.StateRefused => "state-refused",
        ExitCode.Unsound => "unsound",
        ExitCode.NotRunning => "not-running",
        ExitCode.Refused => "refused",
        ExitCode.HttpUnavailable => "http-unavailable",
        ExitCode.StorageFailed => "storage-failed",
        ExitCode.VenueUnavailable => "venue-unavailable",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "Not an exit code."),
    };

    /// <summary>One line for the help text.</summary>
    public static string Meaning(this ExitCode code) => code switch
    {
        ExitCode.Ok => "done, or stopped as asked with everything saved",
        ExitCode.Fault => "a fault of the program itself; the log has the details",
        ExitCode.Usage => "the command line is wrong; nothing was touched",
        ExitCode.ConfigInvalid => "the plan is wrong; nothing was touched",
        ExitCode.DataInvalid => "a data file is missing or wrong; the state folder is as it was",
        ExitCode.StateRefused => "the state folder is in use, belongs to another run, or cannot be used",
        ExitCode.Unsound => "the run ended, but an invariant was violated or an entity halted",
        ExitCode.NotRunning => "no node runs on this state folder, or the folder holds no run",
        ExitCode.Refused => "the node refused, or knows no such strategy; nothing was changed",
        ExitCode.HttpUnavailable => "the address given with --http or --listen cannot be bound",
        ExitCode.StorageFailed => "the journal or the report could not be written (disk full, I/O error); nothing stored is lost: make room, run again",
        ExitCode.VenueUnavailable => "the venue does not answer, or does not know our secret; nothing was traded",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "Not an exit code."),
    };
}
