namespace Dolphin.Venues.Binance.Tests;

/// <summary>As <see cref="RecordedFactAttribute"/>, with several cases.</summary>
public sealed class RecordedTheoryAttribute : TheoryAttribute
{
    public RecordedTheoryAttribute() => Skip = new RecordedFactAttribute().Skip;
}
