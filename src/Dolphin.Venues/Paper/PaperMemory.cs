using System.Buffers.Binary;
using Dolphin.Domain.Market;

namespace Dolphin.Venues.Paper;

/// <summary>The newest closed and refused orders; at the bound the oldest is forgotten.</summary>
internal sealed class ClosedOrders(int kept)
{
    private readonly Queue<PaperOrder> _orders = new();
    private readonly Dictionary<ClientOrderId, PaperOrder> _byId = [];

    public PaperOrder? Find(ClientOrderId id) => _byId.GetValueOrDefault(id);

    public void Add(PaperOrder order)
    {
        _orders.Enqueue(order);
        _byId[order.Order.Id] = order;
        if (_orders.Count <= kept) return;
        var oldest = _orders.Dequeue();
        if (ReferenceEquals(_byId[oldest.Order.Id], oldest)) _byId.Remove(oldest.Order.Id);
    }

    public IEnumerable<PaperOrder> OldestFirst => _orders;
}

/// <summary>The newest client order ids, as 64-bit hashes; at the bound the oldest is forgotten.</summary>
/// <remarks>Eight bytes an id. With 65 536 kept, the chance that a new id is wrongly taken for an old one is below 4e-15.</remarks>
internal sealed class KnownIds(int kept)
{
    private readonly Queue<ulong> _order = new();
    private readonly HashSet<ulong> _hashes = [];

    public bool Contains(ClientOrderId id) => _hashes.Contains(StableHash.Of(id.Value));

    public void Add(ClientOrderId id) => Add(StableHash.Of(id.Value));

    private void Add(ulong hash)
    {
        if (!_hashes.Add(hash)) return;
        _order.Enqueue(hash);
        if (_order.Count > kept) _hashes.Remove(_order.Dequeue());
    }

    public string Capture()
    {
        var bytes = new byte[_order.Count * sizeof(ulong)];
        var at = 0;
        foreach (var hash in _order)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), hash);
            at += sizeof(ulong);
        }
        return Convert.ToBase64String(bytes);
    }

    public void Restore(string captured)
    {
        var bytes = Convert.FromBase64String(captured);
        for (var at = 0; at < bytes.Length; at += sizeof(ulong)) Add(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at)));
    }
}
