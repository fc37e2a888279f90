namespace Dolphin.Domain.Hermes;

/// <summary>Says why a strategy of the asset could do nothing with its legs as they stand, or null if it could. Pure. Hermes asks before it wishes a
/// hand-over, so that none is begun that cannot end.</summary>
public delegate Refusal? LegObjection(LegHolder heir, in HermesBook book);
