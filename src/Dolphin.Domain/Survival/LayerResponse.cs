using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Dolphin.Domain.Survival;

/// <summary>Up to four numbers a reading is made of; what each one is, <see cref="LayerResponse.ChannelNames"/> says.</summary>
public readonly record struct LayerChannels(double A, double B, double C, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] double D = 0);

/// <summary>What a response computes from: the channels after the filter, and the clock since the report.</summary>
/// <param name="Elapsed">Seconds since the reading was taken.</param>
/// <param name="Overdue">Seconds by which the next report is late: what is beyond one pulse. Ages grow by this only,
/// so that a reading stands until the next one is due.</param>
public readonly record struct LayerInputs(LayerChannels Channels, double Elapsed, double Overdue);

/// <summary>How one layer turns its reading into f in [0, 1]: 1 is nominal. Pure; never allocates in <see cref="Evaluate"/>.</summary>
/// <remarks>
/// Contract for new layers. f is monotone in every channel. With no new report f must not rise in time, except as
/// <see cref="EvaluateGliding"/> does: no faster than the recovery slope it is given. The controller relies on it to be
/// independent of how often it is asked. A filtered channel must be one where larger is worse.
/// </remarks>
public abstract class LayerResponse
{
    /// <summary>Name and unit of each channel in use, in order, for <c>explain</c>.</summary>
    public abstract ImmutableArray<string> ChannelNames { get; }

    /// <summary>The case of <see cref="LayerReading"/> this response understands.</summary>
    public abstract Type ReadingKind { get; }

    /// <summary>What is assumed of a layer that was installed and has not reported yet.</summary>
    public virtual LayerChannels Nominal => default;

    /// <summary>Time constant in seconds of the low-pass filter; 0 is none.</summary>
    public virtual double FilterSeconds => 0;

    public virtual bool FiltersA => false;
    public virtual bool FiltersB => false;
    public virtual bool FiltersC => false;
    public virtual bool FiltersD => false;

    /// <returns>False when the reading is of another kind or holds something that is not a finite number.</returns>
    public abstract bool TryRead(LayerReading reading, DateTimeOffset at, out LayerChannels channels);

    /// <summary>What is kept of the reading before, <paramref name="secondsBetween"/> older: nothing, for most layers.</summary>
    public virtual LayerChannels Merge(in LayerChannels before, double secondsBetween, in LayerChannels next) => next;

    /// <summary>The worse of two readings of one instant, channel by channel. Larger is worse unless a response says otherwise.</summary>
    public virtual LayerChannels Worst(in LayerChannels a, in LayerChannels b) =>
        new(Math.Max(a.A, b.A), Math.Max(a.B, b.B), Math.Max(a.C, b.C), Math.Max(a.D, b.D));

    /// <summary>f is never below this, whatever is read and however long the sensor is silent. Not for invariants.</summary>
    public virtual double Least => 0;

    /// <summary>The raw f.</summary>
    public abstract double Evaluate(in LayerInputs inputs);

    /// <summary>f with any rise in time limited to <paramref name="recoveryPerSecond"/>.</summary>
    public virtual double EvaluateGliding(in LayerInputs inputs, double recoveryPerSecond) => Evaluate(inputs);
}
