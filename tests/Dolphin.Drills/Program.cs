using System.Text.Json;
using Dolphin.Drills;

if (DrillOptions.Parse(args, Console.Error) is not var (options, drills)) return 2;
Console.WriteLine($"Logs are in {options.Folder}");
var outcomes = new List<Outcome>();
await using (var lab = await Lab.OpenAsync(options))
{
    foreach (var name in drills)
    {
        for (var repetition = 1; repetition <= options.Repeat; repetition++)
        {
            var outcome = await Drill.RunAsync(lab, name, repetition);
            outcomes.Add(outcome);
            Console.WriteLine(
                $"{outcome.Drill} {outcome.Repetition}: {(outcome.IsClean ? "clean" : "NOT CLEAN")}; without controller {Show(outcome.WithoutController)}, without gateway {Show(outcome.WithoutGateway)}, "
                + $"strategies back {Show(outcome.StrategiesBack)} ({outcome.Where}); orders {outcome.Orders}, duplicated {outcome.Duplicated}, lost {outcome.Lost}, events lost {outcome.EventsLost}, "
                + $"overlaps {outcome.Overlaps}, late {outcome.Late}; R_total down to {outcome.LowestRTotal}, {outcome.Postures}, full again {Show(outcome.FullAgain)}{(outcome.Problem is { } p ? $"; {p}" : "")}");
        }
    }
}

if (options.Json is { } path) await File.WriteAllTextAsync(path, JsonSerializer.Serialize(outcomes, new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true }));
Console.WriteLine($"{outcomes.Count(o => o.IsClean)} of {outcomes.Count} clean");
return outcomes.All(o => o.IsClean) ? 0 : 1;

static string Show(double? seconds) => seconds is { } s ? $"{s:0.0} s" : "-";
