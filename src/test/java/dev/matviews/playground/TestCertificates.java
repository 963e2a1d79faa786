package dev.matviews.playground;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
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

  private static final String SERVER_NAME = "localhost";
  private static final Duration LIFETIME = Duration.ofDays(2);

  /** New ones in the folder; two calls give authorities that do not know each other. */
  public static TestCertificates generate(Path folder) {
    try {
      Files.createDirectories(folder);
      KeyPair authorityKeys = Pem.newRsaKeyPair();
      KeyPair serverKeys = Pem.newRsaKeyPair();
      X509Certificate authority = authority(authorityKeys);
      X509Certificate server = server(serverKeys, authorityKeys);
      return new TestCertificates(
          Pem.writeCertificate(folder.resolve("ca.crt"), authority),
          Pem.writeCertificate(folder.resolve("server.crt"), server),
          Pem.writePrivateKey(folder.resolve("server.key"), serverKeys.getPrivate()));
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("No certificates could be made in " + folder, e);
    }
  }

  private static X509Certificate authority(KeyPair keys)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    JcaX509v3CertificateBuilder builder = builder("matviews test authority", keys);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    return signed(builder, keys);
  }

  private static X509Certificate server(KeyPair keys, KeyPair authorityKeys)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    JcaX509v3CertificateBuilder builder = builder(SERVER_NAME, keys);
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.dNSName, SERVER_NAME)));
    return signed(builder, authorityKeys);
  }

  private static JcaX509v3CertificateBuilder builder(String subject, KeyPair keys) {
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
        new X500Name("CN=matviews test authority"),
        new BigInteger(64, new SecureRandom()),
        Date.from(now.minus(LIFETIME)),
        Date.from(now.plus(LIFETIME)),
        new X500Name("CN=" + subject),
        keys.getPublic());
  }

  private static X509Certificate signed(JcaX509v3CertificateBuilder builder, KeyPair authority)
      throws GeneralSecurityException, OperatorCreationException {
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withRSA").build(authority.getPrivate())));
  }
}
