using BenchmarkDotNet.Running;
using Dolphin.Benchmarks;
using Dolphin.Benchmarks.Books;
using Dolphin.Benchmarks.Sockets;
using Dolphin.Benchmarks.Tell;

// dotnet run -c Release --project tests/Dolphin.Benchmarks -- --filter *Survival*
// dotnet run -c Release --project tests/Dolphin.Benchmarks -- tell         with -p:Edition=Cluster beside Akka.NET
// dotnet run -c Release --project tests/Dolphin.Benchmarks -- cancel-all --trials 10000
// dotnet run -c Release --project tests/Dolphin.Benchmarks -- persist
// dotnet run -c Release --project tests/Dolphin.Benchmarks -- memory
// dotnet run -c Release --project tests/Dolphin.Benchmarks -- scan-drift
// dotnet run -c Release --project tests/Dolphin.Benchmarks -- books --data usdm_btcusdt_20240808.gz
// dotnet run -c Release --project tests/Dolphin.Benchmarks -- sockets --data usdm_btcusdt_20240808.gz
if (args is ["books", ..]) return BookTrials.Run(args[1..], Console.Out);
if (args is ["sockets", ..]) return await SocketTrials.RunAsync(args[1..], Console.Out);
if (args is [VenueProcess.Verb, ..]) return await VenueProcess.RunAsync(args[1..]);
if (args is ["scan-drift", ..]) return ScanDrift.Run(args[1..], Console.Out);
if (args is ["tell"]) return await TellMatrix.RunAsync(Console.Out);
if (await EditionCommands.RunAsync(args, Console.Out) is { } code) return code;
BenchmarkSwitcher.FromAssembly(typeof(SurvivalBenchmarks).Assembly).Run(args);
return 0;
