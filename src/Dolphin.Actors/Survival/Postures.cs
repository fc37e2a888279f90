using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Survival;

/// <summary>Postures as the seeds and every screen write them.</summary>
public static class Postures
{
    public static string Name(Posture posture) => posture switch
    {
        Posture.Apex => "APEX",
        Posture.Stalker => "STALKER",
        Posture.Turtle => "TURTLE",
        Posture.Hibernate => "HIBERNATE",
        _ => throw new ArgumentOutOfRangeException(nameof(posture), posture, "Not a posture."),
    };
}
