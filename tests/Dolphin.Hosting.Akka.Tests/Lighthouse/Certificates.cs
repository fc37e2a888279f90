using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Dolphin.Hosting.Akka.Tests.Lighthouse;

/// <summary>A private authority and what it signs, made on the spot; nothing of it outlives the test.</summary>
internal sealed class Certificates : IDisposable
{
    /// <summary>What all nodes share: Akka.NET before 1.5.53 compares this name instead of the host's.</summary>
    public const string Cluster = "dolphin.cluster.internal";
    public const string Password = "canary-tls-51c9";

    private readonly X509Certificate2 _authority;
    private readonly string _folder;

    /// <summary>PEM of the authority, for SSL_CERT_FILE.</summary>
    public string Authority { get; }
    public string PasswordFile { get; }

    public Certificates(string folder, string name)
    {
        _folder = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _authority = request.CreateSelfSigned(Now.AddYears(-2), Now.AddYears(2));
        Authority = Path.Combine(_folder, "authority.pem");
        File.WriteAllText(Authority, _authority.ExportCertificatePem());
        PasswordFile = Path.Combine(_folder, "password");
        File.WriteAllText(PasswordFile, Password);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(PasswordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <returns>Path of a PKCS#12 file.</returns>
    public string Issue(string file, string[]? names = null, IPAddress? address = null, TimeSpan? from = null, TimeSpan? until = null, bool forClients = true)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Cluster}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names ?? [Cluster]) alternatives.AddDnsName(name);
        if (address is not null) alternatives.AddIpAddress(address);
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        var usages = new OidCollection { new Oid("1.3.6.1.5.5.7.3.1") };
        if (forClients) usages.Add(new Oid("1.3.6.1.5.5.7.3.2"));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(usages, critical: false));
        using var signed = request.Create(_authority, Now + (from ?? TimeSpan.FromDays(-1)), Now + (until ?? TimeSpan.FromDays(90)), RandomNumberGenerator.GetBytes(8));
        using var whole = signed.CopyWithPrivateKey(key);
        var all = new X509Certificate2Collection { whole, X509CertificateLoader.LoadCertificate(_authority.RawData) };
        var path = Path.Combine(_folder, file);
        File.WriteAllBytes(path, all.Export(X509ContentType.Pkcs12, Password)!);
        return path;
    }

    public void Dispose() => _authority.Dispose();

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();
}
