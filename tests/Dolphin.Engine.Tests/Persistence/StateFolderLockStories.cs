namespace Dolphin.EngineTests.Persistence;

public sealed class StateFolderLockStories
{
    [Fact(DisplayName = "A second opener of a state folder is refused and told who has it")]
    public void Second_opener()
    {
        using var folder = new StateFolder();
        using (StateFolderLock.Acquire(folder.Path))
        {
            var refused = Assert.Throws<StateFolderInUseException>(() => StateFolderLock.Acquire(folder.Path));
            Assert.Contains($"is in use by another process (pid {Environment.ProcessId}, started ", refused.Message, StringComparison.Ordinal);
            Assert.Contains("nothing was changed", refused.Message, StringComparison.Ordinal);
        }

        StateFolderLock.Acquire(folder.Path).Dispose();
    }
}
