using System.Diagnostics;

namespace Dolphin.Domain.Balancing;

/// <summary>What a person is told about. Stored by name: never rename one.</summary>
public enum AlertKind
{
    /// <summary>Critical: told every time.</summary>
    MarginOverload,
    /// <summary>Told once a minute at most.</summary>
    HighDivergence,
}

public static class AlertKinds
{
    /// <summary>The seed's one minute.</summary>
    public static readonly TimeSpan Throttle = TimeSpan.FromMinutes(1);

    /// <summary>The word of the seed's stream.</summary>
    public static string Word(this AlertKind kind) => kind switch
    {
        AlertKind.MarginOverload => "margin_overload",
        AlertKind.HighDivergence => "high_divergence",
        _ => throw new UnreachableException($"No word for {kind}."),
    };

    /// <summary>Critical alerts are never throttled.</summary>
    public static bool IsCritical(this AlertKind kind) => kind == AlertKind.MarginOverload;
}

/// <param name="Measured">Utilisation or divergence, as a fraction.</param>
/// <param name="Limit">What is allowed of it.</param>
/// <param name="Message">A sentence for a person.</param>
public sealed record BalancerAlert(AlertKind Kind, double Measured, decimal Limit, string Message, DateTimeOffset At);
