using Dolphin.Domain.Survival;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Survival;

/// <summary>Whom a node asks for signs of life, and whom it misses.</summary>
public sealed class RollCallStories
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(11);
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private readonly RollCall _roll = new(Patience);

    private static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    private string Call(double seconds, params string[] answering)
    {
        var asked = _roll.Call(At(seconds));
        foreach (var entity in answering) _roll.Answered(entity);
        return string.Join(' ', asked);
    }

    private string Silent => string.Join(' ', _roll.Silent.Select(s => $"{s.Entity}@{(s.Since - Start).TotalSeconds}"));

    [Fact(DisplayName = "Who answers is asked again with the next call; who does not is asked once, is silent after patience, and not before, and no more when he answers late")]
    public void Silence()
    {
        _roll.Enrol("scan");
        _roll.Enrol("book-BTCUSDT");
        Assert.Equal("scan book-BTCUSDT", Call(0, "scan"));
        for (var second = 1; second <= 11; second++)
        {
            Assert.Equal("scan", Call(second, "scan"));
            Assert.Equal("", Silent);
        }

        Assert.Equal("scan", Call(12, "scan"));
        Assert.Equal("book-BTCUSDT@0", Silent);
        Assert.Equal("scan", Call(100, "scan"));
        Assert.Equal("book-BTCUSDT@0", Silent);
        _roll.Answered("book-BTCUSDT");
        Assert.Equal("", Silent);
        Assert.Equal("scan book-BTCUSDT", Call(101));
    }

    [Fact(DisplayName = "An answer to an earlier question does not stand for a later one")]
    public void Each_question()
    {
        _roll.Enrol("scan");
        Call(0, "scan");
        Call(5);
        Call(13);
        Assert.Equal("", Silent);
        Call(17);
        Assert.Equal("scan@5", Silent);
    }

    [Fact(DisplayName = "Who ends owes nothing, silent or not; who comes back under the same name begins anew")]
    public void Ends()
    {
        foreach (var name in (string[])["a", "b", "c"]) _roll.Enrol(name);
        _roll.Enrol("b");
        Assert.Equal("a b c", Call(0, "c"));
        _roll.Leave("a");
        _roll.Leave("nobody");
        Call(8, "c");
        Call(12, "c");
        Assert.Equal("b@0", Silent);
        _roll.Leave("b");
        Assert.Equal("", Silent);
        _roll.Enrol("b");
        Assert.Equal("b c", Call(13));
    }

    [Fact(DisplayName = "What was asked before whoever asks was away itself counts against nobody: each has its patience again")]
    public void Away()
    {
        _roll.Enrol("scan");
        Call(0);
        Call(60);
        Assert.Equal("", Silent);
        Call(71);
        Assert.Equal("", Silent);
        Call(72);
        Assert.Equal("scan@60", Silent);
    }

    [Fact(DisplayName = "However many there are, a call asks a bounded number, and everybody once before anybody twice")]
    public void In_turn()
    {
        const int Services = 3 * RollCall.MostAsked + 100;
        for (var i = 0; i < Services; i++) _roll.Enrol($"{i:0000}");
        List<string> asked = [];
        for (var second = 0; second < 4; second++)
        {
            var now = _roll.Call(At(second));
            Assert.InRange(now.Length, 1, RollCall.MostAsked);
            foreach (var entity in now) _roll.Answered(entity);
            asked.AddRange(now);
        }

        Assert.Equal(Services, asked.Take(Services).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact(DisplayName = "Who answers and is asked again at the same instant owes one answer")]
    public void Same_instant()
    {
        _roll.Enrol("scan");
        Call(0, "scan");
        Call(0);
        Call(8);
        Call(12);
        Assert.Equal("scan@0", Silent);
    }

    private sealed record Step(int Seconds, int Entity, int What);

    [Fact(DisplayName = "Whatever begins, answers and ends when: silent are those, and only those, who have owed an answer for longer than patience at the newest call, none is asked twice meanwhile, and it is the same each time")]
    public void Exactly_who_owes()
    {
        var steps = (from seconds in Gen.Choose(0, 5)
                     from entity in Gen.Choose(0, 5)
                     from what in Gen.Choose(0, 9)
                     select new Step(seconds, entity, what)).ListOf(200).ToArbitrary();
        Prop.ForAll(steps, history => Play(history).SequenceEqual(Play(history))).QuickCheckThrowOnFailure();
    }

    // Beside an oracle that keeps nothing but when each was asked first without having answered.
    private static List<string> Play(IEnumerable<Step> history)
    {
        var (roll, owed, silent, second, seen) = (new RollCall(Patience), new SortedDictionary<string, DateTimeOffset?>(StringComparer.Ordinal), new SortedDictionary<string, DateTimeOffset>(StringComparer.Ordinal), 0, new List<string>());
        foreach (var step in history)
        {
            second += step.Seconds;
            var name = $"s{step.Entity}";
            switch (step.What)
            {
                case 0:
                    roll.Enrol(name);
                    owed.TryAdd(name, null);
                    break;
                case 1:
                    roll.Leave(name);
                    owed.Remove(name);
                    silent.Remove(name);
                    break;
                case < 5:
                    roll.Answered(name);
                    if (owed.ContainsKey(name)) owed[name] = null;
                    silent.Remove(name);
                    break;
                default:
                    var at = At(second);
                    if (seen.Count == 0 || at - At(int.Parse(seen[^1].Split(':')[0], System.Globalization.CultureInfo.InvariantCulture)) <= Patience)
                        foreach (var (entity, asked) in owed)
                            if (at - asked > Patience) silent[entity] = asked!.Value;
                    var now = roll.Call(at);
                    Assert.Equal(owed.Where(o => o.Value is null).Select(o => o.Key), now.Order(StringComparer.Ordinal));
                    if (seen.Count > 0 && at - At(int.Parse(seen[^1].Split(':')[0], System.Globalization.CultureInfo.InvariantCulture)) > Patience)
                        foreach (var entity in owed.Keys.Where(k => owed[k] is not null && !silent.ContainsKey(k)).ToList()) owed[entity] = at;
                    foreach (var entity in now) owed[entity] = at;
                    Assert.Equal(silent.Select(s => (s.Key, s.Value)), roll.Silent);
                    seen.Add($"{second}: {string.Join(' ', now)} | {string.Join(' ', roll.Silent)}");
                    break;
            }
        }

        return seen;
    }
}
