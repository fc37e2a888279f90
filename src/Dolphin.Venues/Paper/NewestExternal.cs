namespace Dolphin.Venues.Paper;

/// <summary>The newest facts that a client cannot ask for by an id: what it is told again when it opens. At <see cref="IVenue.ToldAgain"/> the oldest is forgotten.</summary>
public sealed class NewestExternal
{
    private readonly Queue<PaperFact> _facts = new();

    /// <summary>Takes every fact of the venue, in order, and keeps those that matter.</summary>
    public void Note(PaperFact fact)
    {
        if (!PaperFact.ToldAgain(fact).Any()) return;
        _facts.Enqueue(fact);
        if (_facts.Count > IVenue.ToldAgain) _facts.Dequeue();
    }

    public IEnumerable<PaperFact> OldestFirst => _facts;
    public IEnumerable<VenueEvent> ToldAgain => _facts.SelectMany(PaperFact.ToldAgain);
}
