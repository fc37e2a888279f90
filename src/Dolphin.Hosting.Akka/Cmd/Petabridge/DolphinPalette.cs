using Petabridge.Cmd;

namespace Dolphin.Hosting.Akka.Cmd.Petabridge;

/// <summary>What <c>pbm</c> shows and completes under <c>dolphin</c>.</summary>
internal static class DolphinPalette
{
    public static readonly CommandDefinition Status = new CommandDefinitionBuilder().WithName("status")
        .WithDescription("How the node is: risk, money, every strategy, what halted.").Build();

    public static readonly CommandDefinition Explain = new CommandDefinitionBuilder().WithName("explain")
        .WithDescription("Why R_total is what it is: each layer's input, response, damping, and which one binds.").Build();

    public static readonly CommandDefinition Posture = new CommandDefinitionBuilder().WithName("posture")
        .WithDescription("The posture in one line, and its last changes.").Build();

    public static readonly CommandDefinition Exit = new CommandDefinitionBuilder().WithName("exit")
        .WithDescription("Starts the graceful exit of one strategy.")
        .WithArgument(builder => builder.WithName("strategy").WithDescription("The strategy's name, such as hedge-BTCUSDT.").IsMandatory(true).WithSwitch("-s").WithSwitch("-S"))
        .Build();

    public static readonly CommandDefinition AckDrawdown = new CommandDefinitionBuilder().WithName("ack-drawdown")
        .WithDescription("Acknowledges a drawdown, so that the capital layer may recover from below its latch.").Build();

    public static readonly CommandPalette Palette = new("dolphin", [Status, Explain, Posture, Exit, AckDrawdown]);
}
