namespace Dolphin.Benchmarks.Tell;

/// <summary>The trial on Dolphin.Engine, for a program whose own actors are of another runtime.</summary>
public sealed class EngineTellTrial : IAsyncDisposable
{
    private readonly TellTrial _trial = new();

    /// <summary>Messages handled per second by all pairs together.</summary>
    public Task<double> MeasureAsync(int pairs, int inFlight, bool fresh, long messages) => _trial.MeasureAsync(new TellCell(pairs, inFlight, fresh), messages);

    public ValueTask DisposeAsync() => _trial.DisposeAsync();
}
