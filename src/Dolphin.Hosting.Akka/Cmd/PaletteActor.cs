namespace Dolphin.Hosting.Akka.Cmd;

/// <summary>Hears the commands of the palette and answers each once, late failures included.</summary>
public sealed class PaletteActor : ReceiveActor
{
    /// <summary>Longer than an operator's request waits for its answer (10 s), so that its own words arrive.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public PaletteActor(PaletteCommands commands) => Receive<PaletteCommand>(command =>
    {
        var asker = Sender;
        _ = AnswerAsync(commands, command).PipeTo(asker, Self, failure: cause => new PaletteAnswer(IsError: true, $"It failed: {cause.Message} Whether it was done is not known; look with dolphin status."));
    });

    private static async Task<PaletteAnswer> AnswerAsync(PaletteCommands commands, PaletteCommand command)
    {
        using var patience = new CancellationTokenSource(Patience);
        return await commands.AnswerAsync(command, patience.Token).WaitAsync(Patience);
    }
}
