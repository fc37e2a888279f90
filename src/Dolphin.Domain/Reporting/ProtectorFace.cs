using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;

namespace Dolphin.Domain.Reporting;

/// <summary>Where one exposure protector stands; only of those that have held legs.</summary>
public sealed record ProtectorFace(Symbol Symbol, ProtectorReport Report);
