using System.Reflection;
using Dolphin.Data.Recording;
using Dolphin.Domain;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Node.Plan;

namespace Dolphin.Node.Tests.Plan;

/// <summary>hocon/reference.conf, read as any plan is, against the defaults that the code has of its own: neither can drift from the other.</summary>
public sealed class ReferenceStories
{
    private static TradingPlan Plan { get; } = PlanStories.Load("").Plan!;

    // Public properties, each by its name, so that a difference says where it is; the sequences of a record are compared as such.
    private static void AssertSame<T>(T code, T reference, params string[] but)
    {
        var compared = 0;
        foreach (var property in typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => !but.Contains(p.Name, StringComparer.Ordinal)))
        {
            var (expected, came) = (property.GetValue(code), property.GetValue(reference));
            Assert.True(Equals(expected, came), $"{typeof(T).Name}.{property.Name} is {expected} in the code and {came} in reference.conf.");
            compared++;
        }

        Assert.NotEqual(0, compared);
    }

    [Fact(DisplayName = "Every hedging and sizing default of the domain is the reference's, but for the capital, which is a share of the account")]
    public void Hedging()
    {
        AssertSame(new HedgeSettings(), Plan.Strategies.Hedging.Default.Settings, nameof(HedgeSettings.Capital));
        AssertSame(new HedgeSettings { Capital = 100_000m / 4 }, Plan.Strategies.Hedging.PolicyFor(new Symbol("BTCUSDT"), 4).Settings);
    }

    [Fact(DisplayName = "The survival policy of the reference is the domain's: times, postures, and every layer in its place with its damping, latch and silence")]
    public void Survival()
    {
        var code = SurvivalSettings.Reference.ToPolicy([])!;
        AssertSame(code, Plan.Survival, nameof(SurvivalPolicy.Layers), nameof(SurvivalPolicy.Postures));
        AssertSame(code.Postures, Plan.Survival.Postures);
        Assert.Equal(code.Layers.Length, Plan.Survival.Layers.Length);
        foreach (var (expected, came) in code.Layers.Zip(Plan.Survival.Layers)) AssertSame(expected, came, nameof(LayerDefinition.Response));
    }

    [Fact(DisplayName = "Every layer of the reference answers as the domain's does, to the last bit, for inputs from nominal to absurd and for every silence")]
    public void Responses()
    {
        double[] inputs = [0, 1e-3, 0.02, 0.1, 0.25, 0.31, 0.5, 0.7, 1, 1.5, 2.01, 3, 5.6, 10, 12, 59, 61, 300, 599, 601, 1_800, 3_600, 7_200, 1e6];
        double[] silences = [0, 1, 30, 61, 600, 3_600, 90_000];
        var code = SurvivalSettings.Reference.ToPolicy([])!;
        foreach (var (expected, came) in code.Layers.Zip(Plan.Survival.Layers))
        {
            var (a, b) = (expected.Response, came.Response);
            Assert.Equal((a.GetType(), a.FilterSeconds, a.Nominal, a.FiltersA, a.FiltersB, a.FiltersC), (b.GetType(), b.FilterSeconds, b.Nominal, b.FiltersA, b.FiltersB, b.FiltersC));
            foreach (var x in inputs)
            {
                foreach (var y in inputs)
                {
                    foreach (var silence in silences)
                    {
                        var at = new LayerInputs(new LayerChannels(x, y, Math.Min(1, x * y)), silence, silence);
                        Assert.True(a.Evaluate(at).Equals(b.Evaluate(at)) && a.EvaluateGliding(at, 0.01).Equals(b.EvaluateGliding(at, 0.01)),
                            $"{expected.Id} at {at}: {a.Evaluate(at):R} in the code and {b.Evaluate(at):R} in reference.conf.");
                    }
                }
            }

            foreach (var silence in silences) Assert.Equal(expected.Silence.At(silence), came.Silence.At(silence));
        }
    }

    [Fact(DisplayName = "The limits of a recording, the bounds of a journal and the leverage table are those that the code takes where nobody says otherwise")]
    public void Others()
    {
        AssertSame(ReadLimits.Default, Plan.Replay.Limits);
        AssertSame(new JournalSettings(), Plan.Journal.ToSettings(), nameof(JournalSettings.Files));
        Assert.Equal(Instruments.UsualBrackets.AsEnumerable(), Plan.Instruments.Brackets);
        var inferred = Instruments.Infer(new Symbol("NEWUSDT"), 2, 3);
        Assert.Equal((inferred.MinNotional, inferred.PercentPrice), (Plan.Instruments.MinNotional, Plan.Instruments.PercentPrice));
    }

    [Fact(DisplayName = "Each of these numbers is really read: another one in the plan is another one in the settings")]
    public void Read()
    {
        foreach (var entry in SurvivalSettings.Reference.Entries())
        {
            // A little less stays in every range and order that the domain asks for, a little more where less would not.
            var changed = new[] { entry.Value * 0.999, entry.Value * 1.001 }
                .Select(value => PlanStories.Load($"{SurvivalSettings.Root}.{entry.Path} = {Text(entry.Knob.Unit, value)}").Plan)
                .FirstOrDefault(plan => plan is not null);
            Assert.True(changed is not null, $"{entry.Path} takes no other value.");
            Assert.NotEqual(Plan.Fingerprint, changed.Fingerprint);
            Assert.False(Same(Plan.Survival, changed.Survival), $"{entry.Path} changes nothing.");
        }
    }

    private static string Text(KnobUnit unit, double value) =>
        ((decimal)value).ToString(System.Globalization.CultureInfo.InvariantCulture) + (unit == KnobUnit.Seconds ? "s" : "");

    private static bool Same(SurvivalPolicy a, SurvivalPolicy b) =>
        a with { Layers = [] } == b with { Layers = [] }
        && a.Layers.Zip(b.Layers, static (x, y) => x with { Response = y.Response } == y && Fields(x.Response).SequenceEqual(Fields(y.Response))).All(same => same);

    // What a response was made with: it has no public face for it.
    private static IEnumerable<object?> Fields(LayerResponse response) => response.GetType()
        .GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
        .Where(field => field.FieldType != typeof(System.Collections.Immutable.ImmutableArray<string>)).Select(field => field.GetValue(response));
}
