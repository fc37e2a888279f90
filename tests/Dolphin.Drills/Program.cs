using System.Text.Json;
using System.Text.Json.Serialization;
using Dolphin.Drills;

if (DrillOptions.Parse(args, Console.Error) is not var (options, drills)) return 2;
Console.WriteLine($"Logs are in {options.Folder}");
if (drills is [DrillOptions.SpeedOfFleets])
{
    var speeds = new List<Speed>();
    foreach (var fleet in Enum.GetValues<Fleet>())
    {
        var speed = await Speed.MeasureAsync(options, fleet);
        speeds.Add(speed);
        var delay = speed.BarToOrder;
        Console.WriteLine(
            $"{fleet}, a bar in {options.Bar}: {speed.Offered:0} bars/s closed, {speed.Decided:0} worked through, {speed.Seconds:0} s; {delay.Orders} orders, bar to order p50 {delay.P50:0.00}, "
            + $"p99 {delay.P99:0.00}, p99.9 {delay.P999:0.00}, max {delay.Max:0.00} ms");
    }

    await WriteAsync(speeds);
    return 0;
}

var outcomes = new List<Outcome>();
string? broken = null;
await using (var lab = await Lab.OpenAsync(options, Fleet.Three, Drill.FirstVersion(options, drills[0])))
{
    foreach (var (name, repetition) in drills.SelectMany(name => Enumerable.Range(1, options.Repeat).Select(repetition => (name, repetition))))
    {
        try
        {
            var outcome = await Drill.RunAsync(lab, options, name, repetition);
            outcomes.Add(outcome);
            Console.WriteLine(
                $"{outcome.Drill} {outcome.Repetition}: {(outcome.IsClean ? "clean" : "NOT CLEAN")}; without controller {Show(outcome.WithoutController)}, without gateway {Show(outcome.WithoutGateway)}, "
                + $"strategies back {Show(outcome.StrategiesBack)} ({outcome.Where}); orders {outcome.Orders}, duplicated {outcome.Duplicated}, lost {outcome.Lost}, events lost {outcome.EventsLost}, "
                + $"overlaps {outcome.Overlaps}, late {outcome.Late}; R_total down to {outcome.LowestRTotal}, {outcome.Postures}, full again {Show(outcome.FullAgain)}{(outcome.Problem is { } p ? $"; {p}" : "")}");
        }
        catch (TimeoutException e)
        {
            broken = $"{name} {repetition} could not begin, the cluster is not whole: {e.Message}";
            Console.WriteLine(broken);
            break;
        }
    }
}

await WriteAsync(outcomes);
Console.WriteLine($"{outcomes.Count(o => o.IsClean)} of {outcomes.Count} clean");
return broken is null && outcomes.All(o => o.IsClean) ? 0 : 1;

Task WriteAsync<T>(List<T> measured) => options.Json is { } path
    ? File.WriteAllTextAsync(path, JsonSerializer.Serialize(measured, new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, Converters = { new JsonStringEnumConverter() },
    }))
    : Task.CompletedTask;

static string Show(double? seconds) => seconds is { } s ? $"{s:0.0} s" : "-";
