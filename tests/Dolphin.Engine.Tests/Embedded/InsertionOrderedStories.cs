using Dolphin.Engine.Actor;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.EngineTests;

/// <summary>Few entries or many, it is a dictionary in order of insertion.</summary>
public sealed class InsertionOrderedStories
{
    [Fact(DisplayName = "Whatever is added, removed and cleared: the same entries in the same order as a plain list has")]
    public void Like_a_list() =>
        // Twelve keys, so that it is often between few and many; a number beyond them clears it, seldom.
        Prop.ForAll(Gen.Choose(0, 40).Two().ListOf().ToArbitrary(), steps =>
        {
            var (list, tested) = (new List<(string Key, int Value)>(), new InsertionOrdered<string, int>());
            foreach (var (what, value) in steps)
            {
                var (key, at) = ($"key-{what % 12}", list.FindIndex(e => e.Key == $"key-{what % 12}"));
                switch (what)
                {
                    case < 24:
                        Assert.Equal(at < 0, tested.TryAdd(key, value));
                        if (at < 0) list.Add((key, value));
                        break;
                    case < 40:
                        Assert.Equal(at >= 0, tested.Remove(key, out var removed));
                        Assert.Equal(at >= 0 ? list[at].Value : 0, removed);
                        if (at >= 0) list.RemoveAt(at);
                        break;
                    default:
                        tested.Clear();
                        list.Clear();
                        break;
                }

                Assert.Equal(list.Count, tested.Count);
                Assert.Equal(list.Select(e => e.Key), tested.Keys);
                Assert.Equal(list.Select(e => e.Value), tested.Values);
                foreach (var (known, expected) in list)
                {
                    Assert.True(tested.ContainsKey(known) && tested.TryGetValue(known, out var found) && found == expected);
                }

                Assert.False(tested.TryGetValue("never added", out _));
            }
        }).QuickCheckThrowOnFailure();
}
