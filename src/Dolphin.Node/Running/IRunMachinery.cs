using Dolphin.Domain.Reporting;
using Dolphin.Node.Cli;
using Dolphin.Node.Plan;
using Dolphin.Venues.Remote;
using Serilog;

namespace Dolphin.Node.Running;

/// <summary>What the verbs need from everything below them. The composition root has the real one.</summary>
public interface IRunMachinery
{
    /// <summary>Takes the state folder, reads or checks the data, recovers, and starts.</summary>
    /// <exception cref="CliException">It cannot start: data, state folder. Nothing is left half done.</exception>
    Task<IRunningNode> StartAsync(RunOptions options, TradingPlan plan, ILogger log, CancellationToken cancellation);

    /// <summary>Opens a paper venue that others trade against: takes the state folder, recovers, lets the market catch up, listens.</summary>
    /// <exception cref="CliException">It cannot start: data, state folder, address.</exception>
    Task<IRunningVenue> StartVenueAsync(VenueOptions options, TradingPlan plan, ILogger log, CancellationToken cancellation);

    /// <summary>Copies what a run left in its state folder into the database of a cluster: all of it, or nothing.</summary>
    /// <param name="say">Hears warnings, and how far it is.</param>
    /// <exception cref="CliException">It cannot, or this edition cannot. Nothing was copied.</exception>
    Task<StateCopyReport> CopyStateAsync(CopyOptions options, Action<string> say, CancellationToken cancellation);

    /// <summary>Reads what a run left in its state folder, without a lock and without changing a byte.</summary>
    /// <returns>Null if there is no run in the folder.</returns>
    /// <exception cref="CliException">There is one and it cannot be read.</exception>
    IRunView? OpenState(string stateFolder);
}

/// <summary>A venue in this process.</summary>
public interface IRunningVenue : IAsyncDisposable
{
    /// <summary>For WebSockets, with the port that was really bound.</summary>
    string Url { get; }

    /// <summary>What it has counted, and what its books say.</summary>
    Task<OracleReport> OracleAsync(CancellationToken cancellation);

    /// <summary>Ends after <see cref="Stop"/>, with everything stored. Faults if the venue cannot go on.</summary>
    Task Completion { get; }

    /// <summary>Asks for a graceful stop. Asking twice is asking once.</summary>
    void Stop();
}

/// <summary>A run in this process.</summary>
public interface IRunningNode : IAsyncDisposable
{
    IRunView View { get; }
    IRunControl Control { get; }

    /// <summary>Ends when the market does, or after <see cref="Stop"/>, with everything saved. Faults if the run cannot go on.</summary>
    Task<RunReport> Completion { get; }

    /// <summary>Asks for a graceful stop. Asking twice is asking once.</summary>
    void Stop();
}
