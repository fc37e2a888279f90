using Dolphin.Node.Cli;
using Dolphin.Node.Running;

return await DolphinCli.RunAsync(args, new RunMachinery(), Terminal.OfProcess());
