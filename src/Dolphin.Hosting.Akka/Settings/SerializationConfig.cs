using System.Text;
using Akka.Configuration;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Wire;
using Dolphin.Hosting.Akka.Entities;

namespace Dolphin.Hosting.Akka.Settings;

/// <summary>Which serializer is asked for what. No serializer here trusts a type name that somebody else wrote.</summary>
public static class SerializationConfig
{
    /// <summary>
    /// Stored types by <see cref="DolphinSerializer"/>, wherever they go; Akka.NET's own messages by its own serializers, which are bound to more special
    /// types; everything else by <see cref="WireSerializer"/>, which refuses what has no name. Newtonsoft's place is taken.
    /// </summary>
    /// <remarks>An operator's request is stored and told: it stands in both tables, and goes by its stored form, which has the same name.</remarks>
    public static Config Text { get; } = ConfigurationFactory.ParseString(Build());

    private static string Build()
    {
        var text = new StringBuilder();
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $$"""
            akka.actor {
              serializers {
                dolphin-stored = {{Name(typeof(DolphinSerializer))}}
                dolphin-wire = {{Name(typeof(WireSerializer))}}
                dolphin-envelope = {{Name(typeof(EnvelopeSerializer))}}
                json = {{Name(typeof(RefusingSerializer))}}
              }
              serialization-identifiers {
                {{Name(typeof(DolphinSerializer))}} = {{DolphinSerializer.Id}}
                {{Name(typeof(WireSerializer))}} = {{WireSerializer.Id}}
                {{Name(typeof(EnvelopeSerializer))}} = {{EnvelopeSerializer.Id}}
                {{Name(typeof(RefusingSerializer))}} = {{RefusingSerializer.Id}}
              }
              serialization-bindings {
                "System.Object" = dolphin-wire
                {{Name(typeof(EntityEnvelope))}} = dolphin-envelope

            """);
        foreach (var (_, type) in StoredTypes.Table) text.Append("    ").Append(Name(type)).Append(" = dolphin-stored\n");
        return text.Append("  }\n}\n").ToString();
    }

    // Without version: the one that is loaded counts.
    private static string Name(Type type) => AkkaConfig.Quote($"{type.FullName}, {type.Assembly.GetName().Name}");
}
