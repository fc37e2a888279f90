using Petabridge.Cmd.Cluster;
using Petabridge.Cmd.Cluster.Sharding;
using Petabridge.Cmd.Host;
using Petabridge.Cmd.Remote;

namespace Dolphin.Hosting.Akka.Cmd;

/// <summary>Petabridge.Cmd on this node; where it listens stands in <c>petabridge.cmd</c>, which AkkaConfig derives.</summary>
internal static partial class OperatorDoor
{
    static partial void Open(ActorSystem system, PaletteCommands? commands)
    {
        var cmd = PetabridgeCmd.Get(system);
        cmd.RegisterCommandPalette(ClusterCommands.Instance);
        cmd.RegisterCommandPalette(ClusterShardingCommands.Instance);
        cmd.RegisterCommandPalette(new RemoteCommands());
        if (commands is not null) cmd.RegisterCommandPalette(new Petabridge.DolphinPaletteHandler(commands));
        cmd.Start();
    }
}
