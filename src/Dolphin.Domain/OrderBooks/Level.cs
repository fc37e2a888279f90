namespace Dolphin.Domain.OrderBooks;

/// <summary>One price level of an order book, or what it changes to.</summary>
/// <param name="Ticks">Price in steps of the symbol's price grid, 1 to <see cref="MostTicks"/>.</param>
/// <param name="Lots">Quantity in steps of its quantity grid; zero takes the level away.</param>
public readonly record struct Level(long Ticks, long Lots)
{
    /// <summary>Far above any price in ticks, and low enough that no arithmetic on it leaves 64 bits.</summary>
    public const long MostTicks = 1L << 52;
}
