using Dolphin.Domain;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests;

public sealed class ChanceTests
{
    [Fact(DisplayName = "The generator is xoshiro256**: from state 1, 2, 3, 4 come its published numbers")]
    public void Published_numbers()
    {
        var chance = new Chance(new ChanceState(1, 2, 3, 4));
        ulong[] published =
        [
            11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600,
            16172922978634559625, 8476171486693032832, 10595114339597558777, 2904607092377533576,
        ];
        Assert.All(published, right => Assert.Equal(right, chance.NextBits()));
    }

    [Fact(DisplayName = "A seed becomes a state by splitmix64: from 1234567 come its published numbers")]
    public void Published_seeding() => Assert.Equal(
        new ChanceState(6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431), new Chance(1234567).Capture());

    [Fact(DisplayName = "A captured state goes on with the same numbers")]
    public void Restored()
    {
        var chance = new Chance(7);
        for (var i = 0; i < 100; i++)
            chance.NextNormals();
        var restored = new Chance(chance.Capture());
        for (var i = 0; i < 100; i++)
            Assert.Equal((chance.NextBits(), chance.NextNormal(), chance.NextInt(10)), (restored.NextBits(), restored.NextNormal(), restored.NextInt(10)));
        Assert.Throws<ArgumentException>(() => new Chance(default(ChanceState)));
    }

    [Fact(DisplayName = "Uniform numbers fill [0, 1) and (0, 1] evenly")]
    public void Uniform()
    {
        var chance = new Chance(11);
        var (counts, lowest, highest) = (new int[20], 1.0, 0.0);
        for (var i = 0; i < 200_000; i++)
        {
            var unit = chance.NextUnit();
            Assert.InRange(unit, 0, 1 - double.Epsilon);
            counts[(int)(unit * counts.Length)]++;
            var positive = chance.NextPositiveUnit();
            (lowest, highest) = (Math.Min(lowest, positive), Math.Max(highest, positive));
        }
        Assert.All(counts, c => Assert.InRange(c, 9_500, 10_500)); // Five deviations of 97.
        Assert.True(lowest > 0 && highest <= 1);
    }

    [Fact(DisplayName = "Integers below a bound are all as likely, and never the bound")]
    public void Integers()
    {
        var chance = new Chance(12);
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++)
            counts[chance.NextInt(7)]++;
        Assert.All(counts, c => Assert.InRange(c, 9_500, 10_500));
        Assert.Equal(0, chance.NextInt(1));
        Assert.InRange(chance.NextInt(int.MaxValue), 0, int.MaxValue - 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => chance.NextInt(0));
    }

    [Fact(DisplayName = "Normal numbers have mean 0, variance 1, skew 0, kurtosis 3, and pairs are independent")]
    public void Normal()
    {
        var chance = new Chance(13);
        const int count = 200_000;
        double m1 = 0, m2 = 0, m3 = 0, m4 = 0, product = 0;
        for (var i = 0; i < count; i++)
        {
            var (x, y) = chance.NextNormals();
            (m1, m2, m3, m4, product) = (m1 + x, m2 + x * x, m3 + x * x * x, m4 + x * x * x * x, product + x * y);
        }
        Assert.InRange(m1 / count, -0.012, 0.012);
        Assert.InRange(m2 / count, 0.983, 1.017);
        Assert.InRange(m3 / count, -0.05, 0.05);
        Assert.InRange(m4 / count, 2.88, 3.12);
        Assert.InRange(product / count, -0.012, 0.012);
    }

    [Fact(DisplayName = "Certain and impossible are exactly that")]
    public void Probabilities()
    {
        var chance = new Chance(14);
        for (var i = 0; i < 10_000; i++)
            Assert.True(chance.NextBool(1) && !chance.NextBool(0));
    }
}

public sealed class PortableMathTests
{
    private static void Near(double right, double came) =>
        Assert.True(Math.Abs(came - right) <= Math.Abs(right) * 1.5e-15, $"{came:R} is not {right:R}");

    [Fact(DisplayName = "The logarithm agrees with the platform's to the last digits, over all doubles")]
    public void Logarithm() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(5000), Prop.ForAll(
        ArbMap.Default.GeneratorFor<ulong>().Select(b => Math.Abs(BitConverter.UInt64BitsToDouble(b * 0x9e3779b97f4a7c15))).Where(x => double.IsFinite(x) && x > 0).ToArbitrary(),
        x => Near(Math.Log(x), PortableMath.Log(x))));

    [Fact(DisplayName = "So it does near one, where it is near zero, and the exponential does over its range")]
    public void Near_one_and_exponential() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(5000), Prop.ForAll(
        Gen.Choose(-1_000_000, 1_000_000).Select(i => i / 1e6).ToArbitrary(),
        x =>
        {
            Near(Math.Log(1 + x * x * x * 0.5), PortableMath.Log(1 + x * x * x * 0.5));
            Near(Math.Exp(x * 700), PortableMath.Exp(x * 700));
            Near(Math.Exp(x), PortableMath.Exp(x));
        }));

    [Fact(DisplayName = "The ends are defined")]
    public void Ends()
    {
        Assert.Equal(0, PortableMath.Log(1));
        Assert.Equal(1, PortableMath.Exp(0));
        Assert.True(double.IsNaN(PortableMath.Log(0)) && double.IsNaN(PortableMath.Log(-1)) && double.IsNaN(PortableMath.Log(double.NaN)) && double.IsNaN(PortableMath.Log(double.PositiveInfinity)));
        Assert.Equal(double.PositiveInfinity, PortableMath.Exp(710));
        Assert.Equal(0, PortableMath.Exp(-710));
        Assert.True(double.IsNaN(PortableMath.Exp(double.NaN)));
        Near(Math.Log(double.Epsilon), PortableMath.Log(double.Epsilon));
        Near(Math.Log(double.MaxValue), PortableMath.Log(double.MaxValue));
    }
}
