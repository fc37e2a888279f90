using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests;

/// <summary>Draws for what is said of the generators themselves: that they reach something. Always the same, or it would hold by luck.</summary>
internal static class Draws
{
    public static Config Same(int runs) => Config.QuickThrowOnFailure.WithMaxTest(runs).WithReplay(8170232399032180938UL, 84140441106237821UL);
}
