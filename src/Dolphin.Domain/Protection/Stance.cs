using System.Text.Json.Serialization;

namespace Dolphin.Domain.Protection;

/// <summary>Seed: <c>risk_posture</c>. How daring the protector may be, from least to most.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RiskPosture>))]
public enum RiskPosture { Defensive, Cautious, Balanced, Bold }

/// <summary>Seed: <c>priority</c>. How urgent its work is: its cadence, not its daring.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HolderPriority>))]
public enum HolderPriority { Low, Normal, High, Urgent }
