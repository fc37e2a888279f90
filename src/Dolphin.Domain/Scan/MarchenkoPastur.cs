namespace Dolphin.Domain.Scan;

/// <summary>How large eigenvalues of a correlation matrix get by chance alone.</summary>
/// <remarks>
/// V. A. Marchenko and L. A. Pastur, Distribution of Eigenvalues for Some Sets of Random Matrices, Mathematics of the USSR-Sbornik 1 (1967); for returns L. Laloux et al.,
/// Noise Dressing of Financial Correlation Matrices, Physical Review Letters 83 (1999).
/// </remarks>
public static class MarchenkoPastur
{
    /// <summary>(1 + sqrt(N / w))^2: of assets that have nothing to do with each other hardly a value is above it.</summary>
    public static double Edge(int assets, int window)
    {
        var root = 1 + Math.Sqrt((double)assets / window);
        return root * root;
    }
}
