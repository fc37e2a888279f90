using System.Collections.Immutable;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Reporting;

/// <summary>Looks into a run without touching it. Safe from any thread; a call never waits for the run.</summary>
public interface IRunView
{
    /// <summary>The newest consistent picture; the same object until there is a newer one.</summary>
    RunSnapshot Snapshot();

    /// <summary>Why R_total was what it was.</summary>
    /// <param name="at">Market time; null is now.</param>
    /// <returns>Null if the run has no record of that time.</returns>
    Task<Explanation?> ExplainAsync(DateTimeOffset? at, CancellationToken cancellation);
}

/// <summary>What an operator can ask of a run. Every request is answered, and asking twice does nothing new.</summary>
public interface IRunControl
{
    /// <summary>Starts the graceful exit of one strategy.</summary>
    /// <param name="by">Who asks, for the journal.</param>
    Task<ControlAnswer> ExitAsync(string strategy, string by, CancellationToken cancellation);

    /// <summary>Lets one strategy go on after a stop, a pause or an end.</summary>
    Task<ControlAnswer> ResumeAsync(string strategy, string by, CancellationToken cancellation);

    /// <summary>Lets the capital layer recover from below its latch.</summary>
    Task<ControlAnswer> AcknowledgeDrawdownAsync(string by, CancellationToken cancellation);

    /// <summary>Lets the ledger layer hold again after books and venue differed. Refused while they still do.</summary>
    Task<ControlAnswer> AcknowledgeLedgerAsync(string by, CancellationToken cancellation);

    /// <summary>Says to Hermes whose an asset's legs are to be, or that it decides again. Refused while another such word holds.</summary>
    Task<ControlAnswer> TellHermesAsync(OperatorWord word, string by, CancellationToken cancellation);

    /// <summary>Shows an opinion to the directional strategy of an asset. Done: it is taken, and acted on at the next bar; refused with the strategy's reason.</summary>
    Task<ControlAnswer> SignalAsync(SignalWord word, string by, CancellationToken cancellation);
}

public abstract record ControlAnswer
{
    private ControlAnswer() { }

    /// <param name="What">What happens now, in a sentence.</param>
    public sealed record Done(string What) : ControlAnswer;
    public sealed record Refused(Refusal Refusal) : ControlAnswer;
    public sealed record NoSuchStrategy(ImmutableArray<string> Known) : ControlAnswer;
    public sealed record NoSuchSymbol(ImmutableArray<string> Known) : ControlAnswer;
}
