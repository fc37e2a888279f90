namespace Dolphin.Domain.Books;

/// <summary>Decimals are exact until they run out of digits, and then they round without a word. This asks first.</summary>
internal static class Exact
{
    /// <summary>True if the product of two decimals is held to its last digit.</summary>
    // A product has the sum of both scales; when it must be rounded to fit 96 bits, its scale is smaller.
    public static bool Product(decimal a, decimal b)
    {
        (a, b) = (Canonical(a), Canonical(b));
        return (a * b).Scale == a.Scale + b.Scale;
    }

    /// <summary>The same number with no trailing zeros and no negative zero, so that equal numbers have the same bits.</summary>
    // Dividing by one with the largest scale lets the division choose the smallest scale that is exact.
    public static decimal Canonical(decimal value) => value == 0m ? 0m : value / 1.0000000000000000000000000000m;
}
