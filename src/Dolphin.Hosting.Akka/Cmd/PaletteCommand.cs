namespace Dolphin.Hosting.Akka.Cmd;

/// <summary>Everything that can be asked of a node with <c>pbm dolphin</c>: plain messages, each answered by one <see cref="PaletteAnswer"/>.</summary>
/// <param name="By">Who asks, for the journal.</param>
public abstract record PaletteCommand(string By)
{
    /// <summary>How the node is: risk, money, every strategy, what halted.</summary>
    public sealed record Status(string By) : PaletteCommand(By);

    /// <summary>Why R_total is what it is.</summary>
    public sealed record Explain(string By) : PaletteCommand(By);

    /// <summary>The posture in one line, and its last changes.</summary>
    public sealed record Posture(string By) : PaletteCommand(By);

    /// <summary>Starts the graceful exit of one strategy.</summary>
    public sealed record Exit(string Strategy, string By) : PaletteCommand(By);

    /// <summary>Lets one strategy go on after a stop, a pause or its end.</summary>
    public sealed record Resume(string Strategy, string By) : PaletteCommand(By);

    /// <summary>Acknowledges a drawdown, so that its layer may recover from below its latch.</summary>
    public sealed record AcknowledgeDrawdown(string By) : PaletteCommand(By);

    /// <summary>Who holds which asset's legs, and why.</summary>
    /// <param name="Symbol">One asset in full; empty: a line for each.</param>
    public sealed record Hermes(string Symbol, string By) : PaletteCommand(By);

    /// <summary>Says whose an asset's legs are to be. Everything as typed; empty is left out.</summary>
    public sealed record HermesOverride(string Symbol, string Strategy, string RiskPosture, string Priority, string Hours, string Reason, string By) : PaletteCommand(By);

    /// <summary>Lets Hermes decide on an asset again.</summary>
    public sealed record HermesLift(string Symbol, string Reason, string By) : PaletteCommand(By);

    /// <summary>Gives the directional strategy of an asset an opinion. Everything as typed; an empty id is left out.</summary>
    public sealed record Signal(string Symbol, string Side, string Confidence, string Id, string By) : PaletteCommand(By);
}

/// <param name="IsError">It was refused, or could not be done; nothing was changed unless the text says that it is not known.</param>
public sealed record PaletteAnswer(bool IsError, string Text);
