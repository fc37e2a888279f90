using Dolphin.Hosting.Akka.Settings;

namespace Dolphin.Hosting.Akka.Cmd;

/// <summary>The door for operators beside HTTP: Petabridge.Cmd, in builds that include it.</summary>
public static class CommandDoor
{
    /// <summary>False in a build with <c>-p:PetabridgeCmd=false</c>.</summary>
    public static bool IsIncluded { get; } = Array.Exists(typeof(CommandDoor).Assembly.GetReferencedAssemblies(), a => a.Name is "Petabridge.Cmd.Host");

    /// <summary>Opens it where the settings ask for it; says so in the log where the build has none.</summary>
    /// <param name="commands">Null on a lighthouse, which has nothing of Dolphin to show.</param>
    public static void Open(ActorSystem system, CmdSettings? settings, PaletteCommands? commands)
    {
        if (settings is null) return;
        if (IsIncluded) OperatorDoor.OpenIfIncluded(system, commands);
        else system.Log.Info("This build has no Petabridge.Cmd; dolphin.cluster.cmd does nothing. Operate the node over its HTTP endpoint.");
    }
}

internal static partial class OperatorDoor
{
    static partial void Open(ActorSystem system, PaletteCommands? commands);

    public static void OpenIfIncluded(ActorSystem system, PaletteCommands? commands) => Open(system, commands);
}
