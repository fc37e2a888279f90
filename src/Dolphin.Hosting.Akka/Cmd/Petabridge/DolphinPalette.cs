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

    public static readonly CommandDefinition Resume = new CommandDefinitionBuilder().WithName("resume")
        .WithDescription("Lets one strategy go on after a stop, a pause or its end.")
        .WithArgument(builder => builder.WithName("strategy").WithDescription("The strategy's name, such as protector-BTCUSDT.").IsMandatory(true).WithSwitch("-s").WithSwitch("-S"))
        .Build();

    public static readonly CommandDefinition AckDrawdown = new CommandDefinitionBuilder().WithName("ack-drawdown")
        .WithDescription("Acknowledges a drawdown, so that the capital layer may recover from below its latch.").Build();

    public static readonly CommandDefinition Hermes = new CommandDefinitionBuilder().WithName("hermes")
        .WithDescription("Who holds which asset's legs, how daring, and why.")
        .WithArgument(builder => builder.WithName("symbol").WithDescription("One asset in full, such as BTCUSDT.").IsMandatory(false).WithSwitch("-s").WithSwitch("-S"))
        .Build();

    public static readonly CommandDefinition HermesOverride = new CommandDefinitionBuilder().WithName("hermes-override")
        .WithDescription("Says whose an asset's legs are to be, whatever Hermes thinks, until it is lifted or its time is over.")
        .WithArgument(builder => builder.WithName("symbol").WithDescription("The asset, such as BTCUSDT.").IsMandatory(true).WithSwitch("-s").WithSwitch("-S"))
        .WithArgument(builder => builder.WithName("holder").WithDescription("hedging, compression, protector or nobody.").IsMandatory(true).WithSwitch("-w").WithSwitch("-W"))
        .WithArgument(builder => builder.WithName("posture").WithDescription("bold, balanced, cautious or defensive.").IsMandatory(false).WithSwitch("-p"))
        .WithArgument(builder => builder.WithName("priority").WithDescription("low, normal, high or urgent.").IsMandatory(false).WithSwitch("-u"))
        .WithArgument(builder => builder.WithName("hours").WithDescription("For how long.").IsMandatory(false).WithSwitch("-f"))
        .WithArgument(builder => builder.WithName("reason").WithDescription("Why, for the journal.").IsMandatory(false).WithSwitch("-r"))
        .Build();

    public static readonly CommandDefinition HermesLift = new CommandDefinitionBuilder().WithName("hermes-lift")
        .WithDescription("Lets Hermes decide on an asset again.")
        .WithArgument(builder => builder.WithName("symbol").WithDescription("The asset, such as BTCUSDT.").IsMandatory(true).WithSwitch("-s").WithSwitch("-S"))
        .WithArgument(builder => builder.WithName("reason").WithDescription("Why, for the journal.").IsMandatory(false).WithSwitch("-r"))
        .Build();

    public static readonly CommandDefinition Signal = new CommandDefinitionBuilder().WithName("signal")
        .WithDescription("Gives the directional strategy of an asset an opinion: long or short, and how sure it is.")
        .WithArgument(builder => builder.WithName("symbol").WithDescription("The asset, such as BTCUSDT.").IsMandatory(true).WithSwitch("-s").WithSwitch("-S"))
        .WithArgument(builder => builder.WithName("side").WithDescription("long or short.").IsMandatory(true).WithSwitch("-d"))
        .WithArgument(builder => builder.WithName("confidence").WithDescription("0 to 1.").IsMandatory(true).WithSwitch("-c"))
        .WithArgument(builder => builder.WithName("id").WithDescription("The same again is the same signal.").IsMandatory(false).WithSwitch("-i"))
        .Build();

    public static readonly CommandPalette Palette = new("dolphin", [Status, Explain, Posture, Exit, Resume, AckDrawdown, Hermes, HermesOverride, HermesLift, Signal]);
}
