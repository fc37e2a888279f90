using System.Text.Json;
using Dolphin.Actors.Wire;

namespace Dolphin.Hosting.Akka.Tests.Upgrades;

/// <summary>The wire of a version that is to come: one message more, and one of today's with a field more. Everything else is today's own.</summary>
public sealed class NewerWire(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public const string NewName = "strategy.teleport.v1";
    private const string WidenedName = "strategy.exit.v1";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private readonly WireSerializer _today = new(system);

    public override int Identifier => WireSerializer.Id;

    public override string Manifest(object o) => o switch
    {
        Teleport => NewName,
        NewerExit => WidenedName,
        _ => _today.Manifest(o),
    };

    public override byte[] ToBinary(object obj) => obj is Teleport or NewerExit ? JsonSerializer.SerializeToUtf8Bytes(obj, obj.GetType(), Json) : _today.ToBinary(obj);

    public override object FromBinary(byte[] bytes, string manifest) => manifest switch
    {
        NewName => JsonSerializer.Deserialize<Teleport>(bytes, Json)!,
        WidenedName => JsonSerializer.Deserialize<NewerExit>(bytes, Json)!,
        _ => _today.FromBinary(bytes, manifest),
    };

    /// <summary>Nothing of it is known today.</summary>
    public sealed record Teleport(string StrategyId, int Where);

    /// <summary>Today's StrategyProtocol.Exit with a field more.</summary>
    public sealed record NewerExit(string StrategyId, string By, string? Because = null);
}
