namespace Dolphin.Domain.Compression;

public enum Swing { None, Down, Up }

/// <summary>
/// Alternating reversals of a price. A swing is a move of at least the bounce; it has ended when the price has come back by the bounce from its far end.
/// So an end is known one bounce late, a price that only rises or only falls never ends a swing, and ends of down-swings and of up-swings alternate.
/// <c>default</c> has seen nothing.
/// </summary>
/// <param name="Under">The swing under way; None until the price has first moved by the bounce.</param>
/// <param name="High">Highest price of an up-swing under way, or of everything seen while none is; null before the first price.</param>
/// <param name="Low">Lowest price, in the same way.</param>
/// <param name="Ended">The swing that ended at the newest price, nearly always None.</param>
public readonly record struct SwingDetector(Swing Under, Price? High, Price? Low, Swing Ended)
{
    /// <summary>Takes one price.</summary>
    /// <param name="bounce">Relative, above 0.</param>
    public SwingDetector Next(Price price, decimal bounce)
    {
        if (High is not { } high || Low is not { } low) return new SwingDetector(Swing.None, price, price, Swing.None);
        if (price > high) high = price;
        if (price < low) low = price;
        var up = price.QuotePerBase >= low.QuotePerBase * (1m + bounce);
        var down = price.QuotePerBase <= high.QuotePerBase * (1m - bounce);
        return Under switch
        {
            Swing.None when up => new SwingDetector(Swing.Up, price, low, Swing.None),
            Swing.None when down => new SwingDetector(Swing.Down, high, price, Swing.None),
            // The far end of the swing that is over stays beside the beginning of the next one.
            Swing.Up when down => new SwingDetector(Swing.Down, high, price, Swing.Up),
            Swing.Down when up => new SwingDetector(Swing.Up, price, low, Swing.Down),
            _ => new SwingDetector(Under, high, low, Swing.None),
        };
    }

    /// <summary>The far end of the swing that has just ended, or null if none has.</summary>
    public Price? Turn => Ended switch { Swing.Up => High, Swing.Down => Low, _ => null };
}
