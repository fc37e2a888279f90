using BenchmarkDotNet.Running;
using Dolphin.Benchmarks;

// dotnet run -c Release --project tests/Dolphin.Benchmarks -- --filter *Survival*
// dotnet run -c Release --project tests/Dolphin.Benchmarks -- cancel-all --trials 10000
if (args is ["cancel-all", ..]) return await CancelAllTrials.RunAsync(args[1..], Console.Out);
BenchmarkSwitcher.FromAssembly(typeof(CancelAllTrials).Assembly).Run(args);
return 0;
