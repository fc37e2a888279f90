using Dolphin.Actors.Invariants;
using Dolphin.Actors.Node;
using Dolphin.Actors.Sensors;
using Dolphin.Domain.Survival;
using Dolphin.Scenarios.Stage;
using Dolphin.Venues;
using Dolphin.Venues.Paper;

namespace Dolphin.Scenarios;

/// <summary>The venue keeps what it did to itself for longer than anybody has patience: to the node a fill is lost.</summary>
public sealed class LedgerMismatch
{
    private const ulong Seed = 61;
    private const int Bars = 120, FaultFrom = 30, AckAfter = 12;
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(10);

    [Fact(DisplayName = "Seed 61: a fill that the venue has and the book says twice that it lacks: R_total is 0 from the first doubt on, everything open is cancelled, nothing is sent, the report says which invariant; acknowledged when they agree again, it trades on")]
    public void A_fill_that_nobody_told()
    {
        var market = Plans.Market(Seed);
        var plan = Plans.Node(market) with { Execution = Plans.Execution with { OrderLife = TimeSpan.FromSeconds(30) } };
        using var node = new StagedNode(market, plan, Plans.Venue(Seed), Bars);
        int? brokeAtSlice = null;
        DateTimeOffset? acknowledgedAt = null;
        object? tooEarly = null, answer = null;
        node.Play(slice =>
        {
            if (slice == FaultFrom)
            {
                Assert.Equal(Posture.Apex, node.Published[^1].Posture);
                node.SetFaults(new PaperFault(PaperFaultKind.ReorderDelivery, PaperFault.Always, "hedge-AAAUSDT", 0, Late));
            }

            if (brokeAtSlice is null && node.Invariants.Counts.Any(c => c.Violated > 0))
            {
                brokeAtSlice = slice;
                tooEarly = node.AskOperator(OperatorProtocol.Verbs.AcknowledgeLedger);
                node.SetFaults();
            }

            if (slice != brokeAtSlice + AckAfter) return;
            Assert.Equal(0.0, node.Published[^1].RTotal); // They have agreed for minutes: it does not clear by itself.
            acknowledgedAt = node.Now;
            answer = node.AskOperator(OperatorProtocol.Verbs.AcknowledgeLedger);
        });

        var end = node.End();
        Assert.True(acknowledgedAt is not null, $"seed {Seed}: the ledger never broke; the story shows nothing.");
        var broke = node.Published.First(p => p.InvariantFailed && p.At > Plans.Start.AddMinutes(FaultFrom));
        Assert.Equal((0.0, Posture.Hibernate, LayerId.LedgerIntegrity), (broke.RTotal, broke.Posture, broke.Binding!.Value));
        Assert.All(node.Published.Where(p => p.At >= broke.At && p.At < acknowledgedAt), p => Assert.Equal(0.0, p.RTotal));
        Assert.Contains(node.Door.Of<VenueCommand.CancelAll>(), c => c.At == broke.At);
        Assert.DoesNotContain(node.Door.Of<VenueCommand.Submit>(), s => s.At >= broke.At && s.At < acknowledgedAt);

        var differs = Assert.IsType<LedgerProtocol.Refused>(tooEarly).Refusal;
        Assert.Equal("ledger.still-differs", differs.Code);
        Assert.Contains("AAAUSDT", differs.Reason, StringComparison.Ordinal);
        Assert.Contains("a fill was lost", Assert.IsType<LedgerProtocol.Acknowledged>(answer).Reason, StringComparison.Ordinal);
        Assert.Contains(node.Door.Of<VenueCommand.Submit>(), s => s.At > acknowledgedAt);
        Assert.True(node.Published[^1].RTotal > 0.5, $"seed {Seed}: R_total stayed at {node.Published[^1].RTotal}.");

        Assert.All(end.Report.Invariants, i => Assert.True(i.Violated > 0 == (i.Name == nameof(Invariant.BookEqualsVenue)), $"{i.Name}: {i.Violated} of {i.Checked}"));
        Ledgers.AssertAgree(end, [.. node.VenueFacts], $"seed {Seed}");
        Ledgers.AssertSettled(end, $"seed {Seed}");
    }
}
