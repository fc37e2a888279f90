using Dolphin.Domain.Scan;

namespace Dolphin.Domain.Tests.Scan;

public sealed class SymmetricEigenStories
{
    [Theory(DisplayName = "Values and vectors are those of Jacobi's rotations, at every order around a row of lanes")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(31)]
    [InlineData(49)]
    [InlineData(90)]
    public void Oracle(int n)
    {
        var matrix = n == 1 ? [1.0] : ScanStage.Correlations(ScanStage.Closes(n, 3 * n + 2, 7), 3 * n + 1);
        var (values, vectors) = ScanStage.Jacobi(matrix, n);
        var eigen = Solved(matrix, n);
        Assert.Equal(n, eigen.Rank);
        Assert.False(eigen.WasSlow);
        var vector = new double[n];
        for (var k = 0; k < n; k++)
        {
            Assert.Equal(values[k], eigen.Values[k], 1e-13 * n);
            eigen.CopyVector(k, vector);
            Assert.Equal(1, Math.Abs(vector.Zip(vectors[k], (a, b) => a * b).Sum()), 1e-11);
        }
    }

    [Theory(DisplayName = "Whatever the spectrum: A v = lambda v, vectors are orthogonal, and values add up to the trace")]
    [InlineData("ranked", 60)]      // More than half of the values are nothing.
    [InlineData("equal", 60)]       // All but one are the same.
    [InlineData("identity", 40)]
    [InlineData("zero", 12)]
    [InlineData("wilkinson", 41)]   // Pairs that differ by less than rounding, in one block.
    [InlineData("duplicates", 80)]
    [InlineData("blocks", 80)]      // Each value twice.
    [InlineData("diagonal", 33)]
    [InlineData("tiny", 30)]
    public void Any(string kind, int n)
    {
        var matrix = Matrix(kind, n);
        var eigen = Solved(matrix, n);
        var largest = Math.Max(eigen.Values[0], double.Epsilon);
        Assert.Equal(Enumerable.Range(0, n).Sum(i => matrix[i * n + i]) / largest, eigen.Values.ToArray().Sum() / largest, 1e-12 * n);
        var vectors = Enumerable.Range(0, eigen.Rank).Select(k => VectorOf(eigen, k, n)).ToArray();
        for (var k = 0; k < vectors.Length; k++)
        {
            for (var i = 0; i < n; i++)
            {
                var image = 0.0;
                for (var j = 0; j < n; j++) image += matrix[i * n + j] * vectors[k][j];
                Assert.Equal(eigen.Values[k] * vectors[k][i] / largest, image / largest, 1e-13 * n);
            }
            for (var l = 0; l <= k; l++) Assert.Equal(l == k ? 1 : 0, vectors[k].Zip(vectors[l], (a, b) => a * b).Sum(), 2 * TridiagonalSpectrum.MostOverlap);
        }
    }

    [Theory(DisplayName = "Values and vectors are the same bits on every machine and in every version: stored runs hold them")]
    [InlineData(2, 0x1e2d2309ce062098UL, 0x80d5efe0a7c1ecf6UL)]
    [InlineData(3, 0xc568ee45469e6761UL, 0x23634593c03e25acUL)]
    [InlineData(9, 0xb5fc1847349ea11bUL, 0x4531a2b0b45d3780UL)]
    [InlineData(37, 0xd8575a1b1cc5264cUL, 0xafb95d0c619e8090UL)]
    [InlineData(64, 0x5fa9b30fd74fc963UL, 0x79e75212be6972edUL)]
    [InlineData(150, 0x893976e2d7cf7d96UL, 0xa21f2445cd951a78UL)]
    public void Same_bits(int n, ulong values, ulong pairs)
    {
        var chance = new Chance(11); // And nothing but sums and products: no library's logarithm has a say.
        double[] market = [.. Enumerable.Range(0, n + 5).Select(_ => chance.NextUnit() - 0.5)];
        double[][] rows = [.. Enumerable.Range(0, n).Select(_ => (double[])[.. market.Select(m => m + chance.NextUnit() - 0.5)])];
        var matrix = new double[n * n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
                for (var t = 0; t < n + 5; t++) matrix[i * n + j] += rows[i][t] * rows[j][t];
        var eigen = new SymmetricEigen(n + 5);
        eigen.Solve(matrix, n);
        Assert.Equal(values, Hash(eigen.Values));
        eigen.SolveVectors();
        var hash = Enumerable.Range(0, eigen.Rank).Aggregate(0UL, (sum, k) => sum * 31 + Hash(VectorOf(eigen, k, n)));
        Assert.Equal(pairs, hash * 31 + Hash(eigen.Values));
    }

    /// <summary>FNV-1a over whole numbers.</summary>
    private static ulong Hash(ReadOnlySpan<double> numbers)
    {
        var hash = 14695981039346656037UL;
        foreach (var one in numbers) hash = (hash ^ BitConverter.DoubleToUInt64Bits(one)) * 1099511628211UL;
        return hash;
    }

    [Fact(DisplayName = "The slow way is taken where values are too close to part their vectors, and only there")]
    public void Slow()
    {
        Assert.True(Solved(Matrix("wilkinson", 41), 41).WasSlow);
        Assert.False(Solved(Matrix("ranked", 60), 60).WasSlow);
    }

    [Fact(DisplayName = "Solving allocates nothing")]
    public void Allocates_nothing()
    {
        var (matrix, eigen) = (Matrix("ranked", 64), new SymmetricEigen(64));
        void Once()
        {
            eigen.Solve(matrix, 64);
            eigen.SolveVectors();
        }
        for (var i = 0; i < 3; i++) Once();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Once();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static SymmetricEigen Solved(double[] matrix, int n)
    {
        var eigen = new SymmetricEigen(n + 5);
        eigen.Solve(matrix, n);
        eigen.SolveVectors();
        return eigen;
    }

    private static double[] VectorOf(SymmetricEigen eigen, int k, int n)
    {
        var vector = new double[n];
        eigen.CopyVector(k, vector);
        return vector;
    }

    private static double[] Matrix(string kind, int n)
    {
        double Of(Func<int, int, double> element, int i, int j) => element(i, j);
        double[] Fill(Func<int, int, double> element) => [.. Enumerable.Range(0, n * n).Select(k => Of(element, k / n, k % n))];
        var half = n / 2;
        var small = ScanStage.Correlations(ScanStage.Closes(half, 3 * half, 5), 3 * half - 1);
        return kind switch
        {
            "ranked" => ScanStage.Correlations(ScanStage.Closes(n, 22, 5), 21),
            "equal" => Fill((i, j) => i == j ? 1 : 0.5),
            "identity" => Fill((i, j) => i == j ? 1 : 0),
            "zero" => Fill((_, _) => 0),
            "wilkinson" => Fill((i, j) => i == j ? 20 + Math.Abs(i - n / 2) : Math.Abs(i - j) == 1 ? 1 : 0),
            "duplicates" => Fill((i, j) => small[i % half * half + j % half]),
            "blocks" => Fill((i, j) => i / half == j / half ? small[i % half * half + j % half] : 0),
            "diagonal" => Fill((i, j) => i == j ? 1 + i % 7 : 0),
            "tiny" => [.. ScanStage.Correlations(ScanStage.Closes(n, 3 * n, 5), 3 * n - 1).Select(x => x * 1e-150)],
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of matrix."),
        };
    }
}
