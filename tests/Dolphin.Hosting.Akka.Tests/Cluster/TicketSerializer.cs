using System.Collections.Concurrent;
using Dolphin.Actors.Wire;

namespace Dolphin.Hosting.Akka.Tests.Cluster;

/// <summary>Stands where the wire's serializer stands while every message, local ones too, has to be written and read.</summary>
/// <remarks>
/// What has a name is written by the wire's own rules. Akka.NET also says things to itself that never leave a process and have no form: for such a thing a
/// ticket is written, which only the system that wrote it can turn back. So one that did leave is found, and so is anything else without a name.
/// </remarks>
public sealed class TicketSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string Ticket = "ticket";
    private static readonly ConcurrentDictionary<Guid, (ActorSystem Home, object Thing)> Tickets = new();
    private readonly WireSerializer _wire = new(system);

    public override int Identifier => 7_999;

    public override string Manifest(object o) => IsNamed(o) ? _wire.Manifest(o) : Ticket;

    public override byte[] ToBinary(object obj)
    {
        if (IsNamed(obj)) return _wire.ToBinary(obj);
        if (!obj.GetType().Assembly.GetName().Name!.StartsWith("Akka", StringComparison.Ordinal)) throw new ArgumentException($"{obj.GetType()} has no name in WireTypes.", nameof(obj));
        var number = Guid.NewGuid();
        Tickets[number] = (system, obj);
        return number.ToByteArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (manifest != Ticket) return _wire.FromBinary(bytes, manifest);
        var number = new Guid(bytes);
        if (!Tickets.TryGetValue(number, out var ticket)) throw new ArgumentException($"A ticket of nobody's: {number}.", nameof(bytes));
        return ticket.Home == system
            ? ticket.Thing
            : throw new ArgumentException($"A ticket of another node: {ticket.Thing.GetType()}, which has no name, crossed from {Address(ticket.Home)} to {Address(system)}.", nameof(bytes));
    }

    private static Address Address(ActorSystem of) => ((ExtendedActorSystem)of).Provider.DefaultAddress;

    private static bool IsNamed(object o) => WireTypes.Table.Any(t => t.Type == o.GetType());
}
