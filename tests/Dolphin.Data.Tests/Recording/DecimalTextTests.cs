using System.Globalization;
using System.Text;
using Dolphin.Data.Recording;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Data.Tests.Recording;

public sealed class DecimalTextTests
{
    private static decimal? Parsed(string text) =>
        DecimalText.TryParse(Encoding.UTF8.GetBytes(text), out var value) == NumberFault.None ? value : null;

    private static decimal? Plain(string text)
    {
        var at = 0;
        var bytes = Encoding.UTF8.GetBytes(text + ",next");
        return DecimalText.TryReadPlain(bytes, ref at, out var value) && at == text.Length + 1 ? value.ToDecimal() : null;
    }

    /// <summary>Digits before and after the point, of every length that fits a decimal, zeros included.</summary>
    private static readonly Gen<string> Numbers =
        from whole in Gen.Choose(1, 15)
        from part in Gen.Choose(0, 13)
        from digits in Gen.Choose(0, 9).ArrayOf(whole + part)
        from zeros in Gen.Choose(0, 4)
        select string.Concat(digits.Take(whole)) + (part + zeros > 0 ? "." + string.Concat(digits.Skip(whole)) + new string('0', zeros) : "");

    [Fact(DisplayName = "A number reads as decimal.Parse reads it, without its trailing zeros")]
    public void Agrees_with_decimal_parse() => Check.QuickThrowOnFailure(Prop.ForAll(Numbers.ToArbitrary(), text =>
    {
        var right = decimal.Parse(text, CultureInfo.InvariantCulture);
        Assert.Equal(right, Parsed(text));
        Assert.Equal(right.ToString("0.#############################", CultureInfo.InvariantCulture), Parsed(text)!.Value.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(-right, Parsed("-" + text));
        if (text.Count(char.IsAsciiDigit) <= 18)
            Assert.Equal(Bits(Parsed(text)!.Value), Bits(Plain(text)!.Value));
        else
            Assert.Null(Plain(text));
    }));

    [Fact(DisplayName = "A number with an exponent reads as decimal.Parse reads it")]
    public void Agrees_with_decimal_parse_on_exponents()
    {
        var texts = from mantissa in Gen.Choose(-99_999, 99_999)
                    from point in Gen.Elements("", ".", ".5", ".0", ".1250")
                    from sign in Gen.Elements("", "+", "-")
                    from letter in Gen.Elements("e", "E")
                    from exponent in Gen.Choose(0, 18)
                    select $"{mantissa}{point}{letter}{sign}{exponent:00}";
        Check.QuickThrowOnFailure(Prop.ForAll(texts.ToArbitrary(), text =>
            Assert.Equal(decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture), Parsed(text))));
    }

    [Fact(DisplayName = "Every decimal that is written comes back with the same value")]
    public void Round_trip()
    {
        var decimals = from low in ArbMap.Default.GeneratorFor<int>()
                       from middle in ArbMap.Default.GeneratorFor<int>()
                       from high in Gen.Choose(0, 500_000_000)
                       from scale in Gen.Choose(0, 28)
                       select new decimal(low, middle, high, false, (byte)scale);
        Check.QuickThrowOnFailure(Prop.ForAll(decimals.ToArbitrary(), value =>
        {
            var text = value.ToString(CultureInfo.InvariantCulture);
            Assert.Equal(text.Count(char.IsAsciiDigit) <= 28 ? value : Parsed(text) ?? value, Parsed(text) ?? value);
        }));
    }

    [Fact(DisplayName = "No text at all makes the reader throw, and the quick way never takes what the exact way refuses")]
    public void Any_text()
    {
        var texts = Gen.Elements("0123456789.,+-eEnNaAiIfF x\0\r".ToCharArray()).ArrayOf().Select(c => new string(c));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(texts.ToArbitrary(), text =>
        {
            var field = text.Split(',')[0];
            var (exact, plain) = (Parsed(field), Plain(field));
            Assert.True(plain is null || plain == exact, text);
            if (exact is { } value)
                Assert.Equal(decimal.Parse(field, NumberStyles.Float, CultureInfo.InvariantCulture), value);
        }));
    }

    [Theory(DisplayName = "What is not a number says why")]
    [InlineData("", (int)NumberFault.Empty)]
    [InlineData("-", (int)NumberFault.NotANumber)]
    [InlineData(".", (int)NumberFault.NotANumber)]
    [InlineData("1.2.3", (int)NumberFault.NotANumber)]
    [InlineData("1e", (int)NumberFault.NotANumber)]
    [InlineData("1e+", (int)NumberFault.NotANumber)]
    [InlineData("0x10", (int)NumberFault.NotANumber)]
    [InlineData("1 000", (int)NumberFault.NotANumber)]
    [InlineData("nan", (int)NumberFault.NotFinite)]
    [InlineData("-Infinity", (int)NumberFault.NotFinite)]
    [InlineData("+Inf", (int)NumberFault.NotFinite)]
    [InlineData("12345678901234567890123456789", (int)NumberFault.TooManyDigits)]
    [InlineData("0.00000000000000000000000000001", (int)NumberFault.TooManyDigits)]
    [InlineData("1e28", (int)NumberFault.TooManyDigits)]
    [InlineData("1e999999999999", (int)NumberFault.TooManyDigits)]
    public void Faults(string text, int fault) => Assert.Equal((NumberFault)fault, DecimalText.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory(DisplayName = "Zeros do not count as digits where they say nothing")]
    [InlineData("000000000000000000000000000000000000001.5", "1.5")]
    [InlineData("1.500000000000000000000000000000000000000", "1.5")]
    [InlineData("0.000000000000000000000000000000000", "0")]
    [InlineData("-0", "0")]
    [InlineData("0e99", "0")]
    [InlineData("9.79e-05", "0.0000979")]
    [InlineData("25049144557.0", "25049144557")]
    public void Zeros(string text, string value) => Assert.Equal(value, Parsed(text)?.ToString(CultureInfo.InvariantCulture));

    private static string Bits(decimal value) => string.Join(',', decimal.GetBits(value));
}
