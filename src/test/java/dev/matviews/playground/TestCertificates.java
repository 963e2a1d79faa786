package dev.matviews.playground;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority of one run and a server certificate of it, as PEM files. The server is
 * {@code localhost} and not 127.0.0.1, so that verify-ca and verify-full can be told apart.
 */
public record TestCertificates(Path authority, Path serverCertificate, Path serverKey) {

  private static final String AUTHORITY = "test authority of ";
  private static final String SERVER_NAME = "localhost";
  private static final Duration LIFETIME = Duration.ofDays(2);

  /** What is wrong with a server's certificate. */
  public enum Flaw {
    None,
    Expired,
    SelfSigned
  }

  /** New ones in the folder; two calls give authorities that do not know each other. */
  public static TestCertificates generate(Path folder) {
    return generate(folder, SERVER_NAME, Flaw.None);
  }

  /** The same for another name, which may be a client's, or with a flaw. */
  public static TestCertificates generate(Path folder, String name, Flaw flaw) {
    try {
      Files.createDirectories(folder);
      KeyPair authorityKeys = newKeyPair();
      KeyPair serverKeys = newKeyPair();
      X509Certificate authority = authority(AUTHORITY + name, authorityKeys);
      JcaX509v3CertificateBuilder builder = ofServer(name, serverKeys, flaw);
      X509Certificate server =
          signed(builder, flaw == Flaw.SelfSigned ? serverKeys : authorityKeys);
      return new TestCertificates(
          Pem.writeCertificate(folder.resolve("ca.crt"), authority),
          Pem.writeCertificate(folder.resolve("server.crt"), server),
          Pem.writePrivateKey(folder.resolve("server.key"), serverKeys.getPrivate()));
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("No certificates could be made in " + folder, e);
    }
  }

  private static KeyPair newKeyPair() throws GeneralSecurityException {
    return KeyPairGenerator.getInstance("EC").generateKeyPair();
  }

  private static X509Certificate authority(String name, KeyPair keys)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    JcaX509v3CertificateBuilder builder = builder(name, name, keys, Instant.now().plus(LIFETIME));
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    return signed(builder, keys);
  }

  private static JcaX509v3CertificateBuilder ofServer(String name, KeyPair keys, Flaw flaw)
      throws IOException {
    Instant end = Instant.now().plus(flaw == Flaw.Expired ? LIFETIME.negated() : LIFETIME);
    JcaX509v3CertificateBuilder builder =
        builder(flaw == Flaw.SelfSigned ? name : AUTHORITY + name, name, keys, end);
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.dNSName, name)));
    return builder;
  }

  private static JcaX509v3CertificateBuilder builder(
      String issuer, String subject, KeyPair keys, Instant end) {
    return new JcaX509v3CertificateBuilder(
        new X500Name("CN=" + issuer),
        new BigInteger(64, new SecureRandom()),
        Date.from(end.minus(LIFETIME.multipliedBy(2))),
        Date.from(end),
        new X500Name("CN=" + subject),
        keys.getPublic());
  }

  private static X509Certificate signed(JcaX509v3CertificateBuilder builder, KeyPair authority)
      throws GeneralSecurityException, OperatorCreationException {
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(authority.getPrivate())));
  }
}
