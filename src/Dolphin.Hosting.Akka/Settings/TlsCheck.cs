using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Dolphin.Hosting.Akka.Settings;

/// <summary>Looks at a node's certificate before it is used, because a refused handshake tells neither side why.</summary>
public static class TlsCheck
{
    /// <summary>So long before its end a certificate is warned about: time for a person to replace it on a working day.</summary>
    public static readonly TimeSpan Warning = TimeSpan.FromDays(14);
    /// <summary>The first Akka.NET whose server asks for a client's certificate (CVE-2025-61778); the next one compares host names.</summary>
    public static readonly Version Mutual = new(1, 5, 52);

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <param name="host">Under which the others reach this node.</param>
    /// <param name="akka">Version of Akka.Remote.</param>
    public static ImmutableArray<SettingProblem> Problems(TlsSettings tls, string host, DateTimeOffset now, Version akka)
    {
        var problems = ImmutableArray.CreateBuilder<SettingProblem>();
        void Error(string message) => problems.Add(new SettingProblem(IsError: true, "dolphin.cluster.tls.certificate", $"{tls.CertificatePath} {message}"));
        X509Certificate2Collection all;
        try
        {
            all = X509CertificateLoader.LoadPkcs12CollectionFromFile(tls.CertificatePath, tls.Password, X509KeyStorageFlags.EphemeralKeySet);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            Error($"cannot be opened: {e.Message} Expected a PKCS#12 file, and its password in the first line of the password file.");
            return problems.ToImmutable();
        }
        var certificate = all.FirstOrDefault(c => c.HasPrivateKey);
        if (certificate is null)
        {
            Error("holds no private key; expected the node's certificate together with its key.");
            return problems.ToImmutable();
        }
        Times(certificate, now, problems, Error);
        if (!certificate.MatchesHostname(host, allowWildcards: false))
            Error($"is for {Names(certificate)}; expected {host} among its names, because that is how the others reach this node. Make a new one, or correct dolphin.cluster.host.");
        foreach (var (oid, what) in new[] { (ServerAuthentication, "server"), (ClientAuthentication, "client") })
        {
            if (Usages(certificate) is { } usages && !usages.Contains(oid)) Error($"may not be used by a {what}; expected both serverAuth and clientAuth, for a node is both.");
        }
        Chain(certificate, all, now, Error);
        if (akka < Mutual)
        {
            problems.Add(new SettingProblem(IsError: false, "dolphin.cluster.tls",
                $"Akka.NET {akka.ToString(3)} does not ask who connects for a certificate (CVE-2025-61778, mended in {Mutual}): traffic is encrypted, and this node knows whom it calls, but anybody who reaches the port can call it. Keep the port on a private network, and update."));
        }
        return problems.ToImmutable();
    }

    /// <summary>Of the Akka.NET that is loaded.</summary>
    public static Version AkkaVersion => typeof(global::Akka.Remote.RemoteActorRefProvider).Assembly.GetName().Version!;

    private static void Times(X509Certificate2 certificate, DateTimeOffset now, ImmutableArray<SettingProblem>.Builder problems, Action<string> error)
    {
        var (from, until) = (new DateTimeOffset(certificate.NotBefore), new DateTimeOffset(certificate.NotAfter));
        if (now > until) error($"expired at {until.UtcDateTime:u}; no node will talk to this one. Put a new certificate there and start again.");
        else if (now < from) error($"is not valid before {from.UtcDateTime:u}; it is {now.UtcDateTime:u} here. Check this machine's clock.");
        else if (until - now < Warning)
            problems.Add(new SettingProblem(IsError: false, "dolphin.cluster.tls.certificate", $"expires at {until.UtcDateTime:u}, in {(until - now).TotalDays:0.0} days. Replace it and restart node by node before then."));
    }

    private static void Chain(X509Certificate2 certificate, X509Certificate2Collection all, DateTimeOffset now, Action<string> error)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // A private authority publishes no list that a node could reach at its start.
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.ExtraStore.AddRange(all);
        if (chain.Build(certificate)) return;
        const X509ChainStatusFlags told = X509ChainStatusFlags.NotTimeValid;
        var left = chain.ChainStatus.Where(s => s.Status != told).ToList();
        if (left.Count == 0) return;
        error($"does not lead to an authority that this machine trusts ({string.Join("; ", left.Select(s => s.StatusInformation.TrimEnd('.', ' ', '\n')))}). "
            + "Name the authority's certificate (PEM) in the environment variable SSL_CERT_FILE, or install it in the system's store.");
    }

    private static ImmutableArray<string>? Usages(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault() is { } usage
            ? [.. usage.EnhancedKeyUsages.Cast<Oid>().Select(o => o.Value!)]
            : null;

    private static string Names(X509Certificate2 certificate)
    {
        try
        {
            var alternatives = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
            return alternatives is null ? certificate.Subject : string.Join(", ", alternatives.EnumerateDnsNames().Concat(alternatives.EnumerateIPAddresses().Select(a => a.ToString())));
        }
        catch (AsnContentException)
        {
            return certificate.Subject;
        }
    }
}
