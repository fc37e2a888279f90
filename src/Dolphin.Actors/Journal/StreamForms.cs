using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.AutoExecution;
using Dolphin.Domain.Balancing;

namespace Dolphin.Actors.Journal;

/// <summary>A bounded stream as it is stored.</summary>
/// <param name="Items">Oldest first.</param>
/// <param name="Dropped">How many have fallen out.</param>
internal sealed record StreamForm<T>(ImmutableArray<T> Items, long Dropped);

/// <summary>Commands without an answer as they are stored.</summary>
/// <param name="Newest">The highest id that ever waited.</param>
/// <param name="Ids">Rising.</param>
internal sealed record OpenForm(long Newest, ImmutableArray<long> Ids);

/// <summary>Wishes as they are stored.</summary>
/// <param name="Wishes">In ordinal order of symbol.</param>
internal sealed record WishForm(ImmutableArray<Wish> Wishes);

/// <summary>A snapshot of alpha as it is told: the rank stands at each asset.</summary>
internal sealed record AlphaForm(
    long Epoch, long Sequence, DateTimeOffset At, ImmutableArray<AlphaFeatures> Assets, PlungeEvent? Plunge, ImmutableArray<AlphaSignal> Signals);

/// <summary>How what is no plain list is stored as one.</summary>
internal static class StreamConverters
{
    public static readonly JsonConverter[] All =
    [
        new Formed<RecentLog<BalancerCommand>, StreamForm<BalancerCommand>>(l => new([.. l], l.Dropped), f => RecentLog<BalancerCommand>.Of(f.Items, f.Dropped)),
        new Formed<RecentLog<BalancerAlert>, StreamForm<BalancerAlert>>(l => new([.. l], l.Dropped), f => RecentLog<BalancerAlert>.Of(f.Items, f.Dropped)),
        new Formed<RecentLog<GrowthAnswer>, StreamForm<GrowthAnswer>>(l => new([.. l], l.Dropped), f => RecentLog<GrowthAnswer>.Of(f.Items, f.Dropped)),
        new Formed<RecentLog<EndedCommand>, StreamForm<EndedCommand>>(l => new([.. l], l.Dropped), f => RecentLog<EndedCommand>.Of(f.Items, f.Dropped)),
        new Formed<OpenCommands, OpenForm>(o => new(o.Newest, o.Ids), f => OpenCommands.Of(f.Newest, f.Ids)),
        new Formed<WishBook, WishForm>(b => new(b.Wishes), f => WishBook.Of(f.Wishes)),
        new Formed<AlphaSnapshot, AlphaForm>(
            s => new(s.Epoch, s.Sequence, s.At, s.Assets, s.Plunge, s.Signals), f => AlphaSnapshot.Of(f.Epoch, f.Sequence, f.At, f.Assets, f.Plunge, f.Signals)),
    ];

    private sealed class Formed<T, TForm>(Func<T, TForm> form, Func<TForm, T> unform) : JsonConverter<T> where TForm : class
    {
        public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            unform(JsonSerializer.Deserialize(ref reader, Info(options)) ?? throw new JsonException($"Expected a {typeof(T).Name}; got null."));

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, form(value), Info(options));

        private static JsonTypeInfo<TForm> Info(JsonSerializerOptions options) => (JsonTypeInfo<TForm>)options.GetTypeInfo(typeof(TForm));
    }
}
