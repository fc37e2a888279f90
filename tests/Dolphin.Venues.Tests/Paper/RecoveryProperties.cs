using Dolphin.Domain.Market;
using Dolphin.Venues.Paper;
using Dolphin.Venues.Tests.Contract;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Venues.Tests.Paper;

/// <summary>What a snapshot, a journal and a rewind give back.</summary>
public sealed class RecoveryProperties
{
    private static readonly PaperPolicy Troubled = Flow.Policy with
    {
        FillFraction = 0.5m,
        Positions = [new(Terms.Btc, PositionSide.Long, new(0.02m), Domain.Price.Of(1_050m)), new(Terms.Eth, PositionSide.Short, new(0.1m), Domain.Price.Of(90m))],
        Faults =
        [
            new(PaperFaultKind.UnknownExecuted, 100_000, "", 0, TimeSpan.Zero),
            new(PaperFaultKind.Reject, 100_000, "", -1008, TimeSpan.Zero),
            new(PaperFaultKind.DelayDelivery, 100_000, "", 0, TimeSpan.FromMilliseconds(1_500)),
            new(PaperFaultKind.ReorderDelivery, 100_000, "", 0, TimeSpan.FromMilliseconds(900)),
        ],
    };

    [Fact(DisplayName = "Captured at any instant, stored, restored and run on, the exchange ends in the same state with the same words")]
    public void Capture_and_restore() => Prop.ForAll(Flow.Any, Instants, (flow, instant) =>
    {
        var whole = flow.Play(Troubled);
        var (rig, rest) = PlayUntil(flow, instant, Troubled);
        var restored = new PaperExchange(Troubled, Terms.Instruments, Flow.Funding);
        var state = rig.Exchange.Capture();
        restored.Restore(PaperJson.Stored(state));
        Assert.Equal(PaperJson.Text(state), PaperJson.Text(restored.Capture()));

        var resumed = new PaperRig(restored, rig.Now);
        rest(resumed);
        Assert.Equal(PaperJson.Text(whole.Exchange.Capture()), PaperJson.Text(restored.Capture()));
        Assert.Equal(whole.Facts.Select(PaperJson.Text), rig.Facts.Concat(resumed.Facts).Select(PaperJson.Text));
        Assert.Equal(whole.Heard.Select(PaperJson.Text), rig.Heard.Concat(resumed.Heard).Select(PaperJson.Text));
    }).QuickCheckThrowOnFailure();

    [Fact(DisplayName = "The durable part is the fold of the stored facts, from the beginning or from any snapshot")]
    public void Facts_are_the_books() => Prop.ForAll(Flow.Any, Instants, (flow, instant) =>
    {
        var whole = flow.Play(Troubled);
        var (rig, _) = PlayUntil(flow, instant, Troubled);
        var fromFacts = new PaperExchange(Troubled, Terms.Instruments, Flow.Funding);
        foreach (var fact in whole.Facts) fromFacts.Apply(PaperJson.Stored(fact));
        Assert.Equal(PaperJson.Text(whole.Exchange.CaptureBooks()), PaperJson.Text(fromFacts.CaptureBooks()));

        var fromSnapshot = new PaperExchange(Troubled, Terms.Instruments, Flow.Funding);
        fromSnapshot.Restore(PaperJson.Stored(rig.Exchange.CaptureBooks()));
        foreach (var fact in whole.Facts.Skip(rig.Facts.Count)) fromSnapshot.Apply(fact);
        Assert.Equal(PaperJson.Text(whole.Exchange.CaptureBooks()), PaperJson.Text(fromSnapshot.CaptureBooks()));
    }).QuickCheckThrowOnFailure();

    [Fact(DisplayName = "After a rewind a client that asks what is known sends nothing twice and everything happens again as it did")]
    public void Rewind() => RewindHolds(Troubled);

    [Fact(DisplayName = "A rewind keeps the order of commands that were sent at one instant and arrive at one instant")]
    public void Rewind_without_jitter() => RewindHolds(Troubled with { Outbound = PaperRig.Bare.Outbound, Inbound = default });

    private static void RewindHolds(PaperPolicy policy) => Prop.ForAll(Flow.Any, Instants, Instants, (flow, checkpoint, crash) =>
    {
        // What is under test is the rewind, so here the client itself never uses an id twice.
        var once = WithoutReusedIds(flow);
        if (checkpoint > crash) (checkpoint, crash) = (crash, checkpoint);
        var whole = once.Play(policy);
        var (before, rest) = PlayUntil(once, checkpoint, policy);
        var journal = PlayUntil(once, crash, policy).Rig.Facts;

        var restored = new PaperExchange(policy, Terms.Instruments, Flow.Funding);
        restored.Restore(before.Exchange.Capture());
        restored.InjectKnown(journal.Select(PaperJson.Stored));
        restored.InjectKnown(journal); // A second time changes nothing.
        Assert.All(journal.OfType<PaperFact.OrderAccepted>(), f => Assert.True(restored.Knows(f.Order.Id)));

        var resumed = new PaperRig(restored, before.Now) { AsksWhatIsKnown = true };
        rest(resumed);
        Assert.Equal(whole.Facts.Select(PaperJson.Text), before.Facts.Concat(resumed.Facts).Select(PaperJson.Text));
        Assert.Equal(whole.Heard.Select(PaperJson.Text), before.Heard.Concat(resumed.Heard).Select(PaperJson.Text));
        Assert.Equal(0, restored.DuplicateSubmissions);
    }).QuickCheckThrowOnFailure();

    [Fact(DisplayName = "It makes no difference how often the exchange is woken, nor whether a slice's end is seen before the next is opened")]
    public void Waking_changes_nothing() => Prop.ForAll(Flow.Any, flow =>
    {
        var punctual = flow.Play(Troubled);
        var lazy = new PaperRig(Troubled, Terms.Instruments, Flow.Funding);
        for (var i = 0; i < flow.Minutes.Count; i++)
        {
            var opens = Terms.Start + (i * Terms.Minute);
            lazy.JumpTo(opens);
            lazy.Open(PaperRig.Slice(opens, [.. flow.Minutes[i].Candles]));
            foreach (var act in flow.Minutes[i].Acts)
            {
                lazy.JumpTo(opens.AddMilliseconds(act.OffsetMs));
                lazy.Send(act.Command);
            }
        }
        lazy.RunUntil(punctual.Now);
        Assert.Equal(punctual.Facts.Select(PaperJson.Text), lazy.Facts.Select(PaperJson.Text));
        Assert.Equal(punctual.Heard.Select(PaperJson.Text), lazy.Heard.Select(PaperJson.Text));
        Assert.Equal(PaperJson.Text(punctual.Exchange.Capture()), PaperJson.Text(lazy.Exchange.Capture()));
    }).QuickCheckThrowOnFailure();

    private static Arbitrary<int> Instants => Gen.Choose(0, 1_000_000).ToArbitrary();

    /// <summary>Plays to an instant drawn from the whole flow, in the middle of minutes and of wires; the rest can be played elsewhere.</summary>
    private static (PaperRig Rig, Action<PaperRig> PlayOn) PlayUntil(Flow flow, int instant, PaperPolicy policy)
    {
        var steps = new List<Action<PaperRig>>();
        for (var i = 0; i < flow.Minutes.Count; i++)
        {
            var (minute, opens) = (flow.Minutes[i], Terms.Start + (i * Terms.Minute));
            steps.Add(rig => rig.Open(PaperRig.Slice(opens, [.. minute.Candles])));
            foreach (var together in minute.Acts.GroupBy(a => a.OffsetMs))
            {
                steps.Add(rig => rig.RunUntil(opens.AddMilliseconds(together.Key)));
                foreach (var act in together) steps.Add(rig => rig.Send(act.Command));
                // Stops between a command's sending, its arrival and what is told of it.
                foreach (var wait in (int[])[23, 31, 45]) steps.Add(rig => rig.RunUntil(opens.AddMilliseconds(together.Key + wait)));
            }
            steps.Add(rig => rig.RunUntil(opens + Terms.Minute));
        }
        steps.Add(rig => rig.Run(Terms.Minute));

        var cut = (int)((long)instant * steps.Count / 1_000_001);
        var first = new PaperRig(policy, Terms.Instruments, Flow.Funding);
        foreach (var step in steps.Take(cut)) step(first);
        return (first, rig =>
        {
            foreach (var step in steps.Skip(cut)) step(rig);
        });
    }

    private static Flow WithoutReusedIds(Flow flow)
    {
        var seen = new HashSet<ClientOrderId>();
        return new([.. flow.Minutes.Select(m => m with { Acts = [.. m.Acts.Where(a => a.Command is not VenueCommand.Submit s || seen.Add(s.Order.Id))] })]);
    }
}
