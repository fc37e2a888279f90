using Dolphin.Domain.Market;
using Dolphin.Venues.Paper;
using Dolphin.Venues.Tests.Paper;

namespace Dolphin.Venues.Tests.Contract;

/// <summary>The paper venue passes the contract, with latency both ways.</summary>
public sealed class PaperVenueContract : VenueContract
{
    protected override IVenueWorld Create(Terms terms) => new PaperVenueWorld(terms);

    private sealed class PaperVenueWorld(Terms terms) : IVenueWorld
    {
        private readonly PaperRig _rig = new(PaperRig.Policy with { InitialWallet = terms.Wallet }, Terms.Instruments, terms.Funding);

        public IReadOnlyList<VenueEvent> Heard => _rig.Heard;
        public void Send(VenueCommand command) => _rig.Send(command);

        public void Reopen()
        {
            var external = new NewestExternal();
            foreach (var fact in _rig.Facts) external.Note(fact);
            _rig.Heard.AddRange(external.ToldAgain);
        }

        public void OpenMinute(params ReadOnlySpan<Candle> candles) => _rig.OpenMinute(candles);
        public void Run(TimeSpan duration) => _rig.Run(duration);

        public void AnswerUnknown(ClientOrderId id, bool executed) => _rig.AddFault(new PaperFault(
            executed ? PaperFaultKind.UnknownExecuted : PaperFaultKind.UnknownLost, PaperFault.Always, id.Value, 0, TimeSpan.Zero));
    }
}
