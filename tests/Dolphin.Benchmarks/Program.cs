using BenchmarkDotNet.Running;

// dotnet run -c Release --project tests/Dolphin.Benchmarks -- --filter *Survival*
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
