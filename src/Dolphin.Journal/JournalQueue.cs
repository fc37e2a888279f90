namespace Dolphin.Journal;

/// <summary>
/// The bounded queue in front of the writer thread. The writer takes everything at once, so that whatever gathered while it committed
/// becomes the next transaction. At the bound whoever adds blocks.
/// </summary>
internal sealed class JournalQueue(int bound, TimeSpan patience)
{
    private readonly object _gate = new();
    private List<JournalRequest> _waiting = [];
    private int _weight;
    private int _blocked;
    private bool _writerWaits;
    private bool _closed;

    /// <summary>Adds a request; one that is heavier than the bound by itself is let in when the queue is empty.</summary>
    /// <exception cref="JournalTimeoutException">No room came free in time: the disk hangs.</exception>
    /// <exception cref="JournalException">The journal was closed.</exception>
    public void Add(JournalRequest request)
    {
        lock (_gate)
        {
            while (!_closed && _weight > 0 && _weight + request.Weight > bound)
            {
                _blocked++;
                var room = Monitor.Wait(_gate, patience);
                _blocked--;
                if (!room)
                    throw new JournalTimeoutException(
                        $"The journal's writer took nothing from its full queue ({_weight} of {bound} events) for {patience.TotalSeconds:0.###} s.");
            }

            if (_closed)
                throw new JournalException("The journal is closed; nothing more can be stored in it.");
            _waiting.Add(request);
            _weight += request.Weight;
            if (!_writerWaits)
                return;
            _writerWaits = false; // Once is enough: it takes all that has come until it wakes.
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>
    /// Swaps everything that waits into <paramref name="batch"/>, which must be empty; if nothing waits, waits for something as long as it may,
    /// and then leaves the batch empty.
    /// </summary>
    /// <returns>False if the queue is closed and empty.</returns>
    public bool TakeAll(ref List<JournalRequest> batch, TimeSpan patience)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && patience != TimeSpan.Zero && !_closed)
            {
                _writerWaits = true;
                var woken = Monitor.Wait(_gate, patience);
                _writerWaits = false;
                if (!woken)
                    break;
            }

            (batch, _waiting) = (_waiting, batch);
            _weight = 0;
            if (_blocked > 0)
                Monitor.PulseAll(_gate);
            return batch.Count > 0 || !_closed;
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }
}
