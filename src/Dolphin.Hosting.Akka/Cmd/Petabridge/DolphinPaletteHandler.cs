using Petabridge.Cmd;
using Petabridge.Cmd.Host;

namespace Dolphin.Hosting.Akka.Cmd.Petabridge;

/// <summary>Turns what <c>pbm</c> sends into plain messages, and the answers back.</summary>
internal sealed class DolphinPaletteHandler(PaletteCommands commands) : CommandPaletteHandler(DolphinPalette.Palette)
{
    private Props? _handler;

    public override Props HandlerProps => _handler!;

    public override void OnRegister(PetabridgeCmd plugin)
    {
        var palette = plugin.Sys.ActorOf(Props.Create(() => new PaletteActor(commands)), "palette");
        _handler = Props.Create(() => new DolphinCommandActor(palette)); // One for each connection.
        base.OnRegister(plugin);
    }
}

internal sealed class DolphinCommandActor : CommandHandlerActor
{
    private const string By = "pbm";
    private readonly IActorRef _palette;

    public DolphinCommandActor(IActorRef palette) : base(DolphinPalette.Palette)
    {
        _palette = palette;
        Process(DolphinPalette.Status.Name, _ => Ask(new PaletteCommand.Status(By)));
        Process(DolphinPalette.Explain.Name, _ => Ask(new PaletteCommand.Explain(By)));
        Process(DolphinPalette.Posture.Name, _ => Ask(new PaletteCommand.Posture(By)));
        Process(DolphinPalette.AckDrawdown.Name, _ => Ask(new PaletteCommand.AcknowledgeDrawdown(By)));
        Process(DolphinPalette.Exit.Name, command => Ask(new PaletteCommand.Exit(
            command.Arguments.SingleOrDefault(a => DolphinPalette.Exit.ArgumentsByName["strategy"].Switch.Contains(a.Item1))?.Item2 ?? "", By)));
        Process(DolphinPalette.Resume.Name, command => Ask(new PaletteCommand.Resume(
            command.Arguments.SingleOrDefault(a => DolphinPalette.Resume.ArgumentsByName["strategy"].Switch.Contains(a.Item1))?.Item2 ?? "", By)));
        Process(DolphinPalette.Hermes.Name, command => Ask(new PaletteCommand.Hermes(
            command.Arguments.SingleOrDefault(a => DolphinPalette.Hermes.ArgumentsByName["symbol"].Switch.Contains(a.Item1))?.Item2 ?? "", By)));
        Process(DolphinPalette.HermesOverride.Name, command =>
        {
            string Of(string name) => command.Arguments.SingleOrDefault(a => DolphinPalette.HermesOverride.ArgumentsByName[name].Switch.Contains(a.Item1))?.Item2 ?? "";
            Ask(new PaletteCommand.HermesOverride(Of("symbol"), Of("holder"), Of("posture"), Of("priority"), Of("hours"), Of("reason"), By));
        });
        Process(DolphinPalette.Signal.Name, command =>
        {
            string Of(string name) => command.Arguments.SingleOrDefault(a => DolphinPalette.Signal.ArgumentsByName[name].Switch.Contains(a.Item1))?.Item2 ?? "";
            Ask(new PaletteCommand.Signal(Of("symbol"), Of("side"), Of("confidence"), Of("id"), By));
        });
        Process(DolphinPalette.HermesLift.Name, command =>
        {
            string Of(string name) => command.Arguments.SingleOrDefault(a => DolphinPalette.HermesLift.ArgumentsByName[name].Switch.Contains(a.Item1))?.Item2 ?? "";
            Ask(new PaletteCommand.HermesLift(Of("symbol"), Of("reason"), By));
        });
    }

    private void Ask(PaletteCommand command)
    {
        var client = Sender;
        _ = _palette.Ask<PaletteAnswer>(command, PaletteActor.Patience + TimeSpan.FromSeconds(1)).PipeTo(client, Self,
            success: answer => answer.IsError ? new ErroredCommandResponse(answer.Text) : new CommandResponse(answer.Text),
            failure: cause => new ErroredCommandResponse(cause.Message));
    }
}
