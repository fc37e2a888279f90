using System.Diagnostics;
using System.Globalization;
using Dolphin.Tests;

namespace Dolphin.Domain.Tests.Forewarning;

/// <summary>LIBSVM's own program, from Debian's libsvm-tools: the oracle of our one-class SVM.</summary>
internal static class LibSvm
{
    private const string Program = "svm-train";

    /// <summary>Why it cannot be asked, or null.</summary>
    public static string? Missing { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(p => File.Exists(Path.Combine(p, Program)))
        ? null
        : $"{Program} is not on the path; apt-get install libsvm-tools brings it. Our one-class SVM is not compared with LIBSVM's.";

    /// <summary>Fits by <c>svm-train -s 2 -t 2</c> and reads the model that it wrote.</summary>
    public static Func<double[], double> Fit(double[][] points, double nu, double gamma, double tolerance)
    {
        var folder = Directory.CreateTempSubdirectory("dolphin-libsvm-").FullName;
        try
        {
            var (data, model) = (Path.Combine(folder, "points"), Path.Combine(folder, "model"));
            File.WriteAllLines(data, points.Select(p => "1 " + string.Join(' ', p.Select((x, d) => $"{d + 1}:{Text(x)}"))));
            var start = new ProcessStartInfo(Program, ["-s", "2", "-t", "2", "-n", Text(nu), "-g", Text(gamma), "-e", Text(tolerance), "-q", data, model]);
            using (var process = Process.Start(start)!)
            {
                process.WaitForExit();
                Assert.Equal(0, process.ExitCode);
            }
            return Read(File.ReadAllLines(model), points[0].Length, gamma);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Func<double[], double> Read(string[] lines, int dimensions, double gamma)
    {
        var rho = Number(lines.Single(l => l.StartsWith("rho ", StringComparison.Ordinal))[4..]);
        var supports = lines.SkipWhile(l => l != "SV").Skip(1).Select(line =>
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var point = new double[dimensions]; // A zero is left out.
            foreach (var word in words[1..]) point[int.Parse(word.Split(':')[0], CultureInfo.InvariantCulture) - 1] = Number(word.Split(':')[1]);
            return (Coefficient: Number(words[0]), Point: point);
        }).ToArray();
        return x => supports.Sum(s => s.Coefficient * Math.Exp(-gamma * s.Point.Zip(x, (a, b) => (a - b) * (a - b)).Sum())) - rho;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>Runs where LIBSVM is installed and the recordings that it names are at hand, else says so.</summary>
public sealed class LibSvmFactAttribute : FactAttribute
{
    /// <param name="recordings">As <see cref="Recordings.PathOf"/> has them.</param>
    public LibSvmFactAttribute(params string[] recordings) => Skip = LibSvm.Missing ?? Recordings.Missing(recordings);
}

/// <inheritdoc cref="LibSvmFactAttribute"/>
public sealed class LibSvmTheoryAttribute : TheoryAttribute
{
    public LibSvmTheoryAttribute() => Skip = LibSvm.Missing;
}
