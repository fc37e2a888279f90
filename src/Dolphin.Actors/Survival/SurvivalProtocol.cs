namespace Dolphin.Actors.Survival;

/// <summary>What <see cref="SurvivalActor"/> hears and says, besides layer reports and the snapshots it publishes.</summary>
public static class SurvivalProtocol
{
    /// <summary>An operator accepts the drawdown, so that its layer may recover. Answered by <see cref="Acknowledged"/> or <see cref="Refused"/>.</summary>
    public sealed record AcknowledgeDrawdown(string Operator);
    public sealed record Acknowledged(DateTimeOffset At);
    public sealed record Refused(Domain.Refusal Refusal);
}
