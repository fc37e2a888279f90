namespace Dolphin.Venues.Paper;

/// <summary>What an <see cref="PaperExchange.Advance"/> brought about, in order. Exactly one of the two is present.</summary>
/// <param name="Fact">To be stored before any later output is acted on.</param>
/// <param name="Delivery">Reaches the client now. The facts it tells of came earlier, in this list or before.</param>
public readonly record struct PaperOutput(PaperFact? Fact, VenueEvent? Delivery);
