package dev.matviews.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrivateKeyPemTest {

  @ParameterizedTest
  @CsvSource({
    "RSA, false, RSA PRIVATE KEY",
    "RSA, true, PRIVATE KEY",
    "EC, false, EC PRIVATE KEY",
    "EC, true, PRIVATE KEY",
    "Ed25519, true, PRIVATE KEY"
  })
  void everyFormThatIsAboutIsRead(String algorithm, boolean pkcs8, String label) throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
    String pem = pkcs8 ? pem(new JcaPKCS8Generator(pair.getPrivate(), null)) : traditional(pair);
    assertThat(pem).startsWith("-----BEGIN " + label + "-----");
    assertThat(PrivateKeyPem.read(pem, pair.getPublic()).getAlgorithm())
        .isEqualTo(pair.getPrivate().getAlgorithm());
  }

  @Test
  void theNameOfACurveMayStandBeforeTheKey() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("EC").generateKeyPair();
    String parameters =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    assertThat(PrivateKeyPem.read(parameters + traditional(pair), pair.getPublic())).isNotNull();
  }

  @Test
  void anotherKeyThanTheCertificatesIsRefused() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    String pem = traditional(generator.generateKeyPair());
    KeyPair other = generator.generateKeyPair();
    assertThatThrownBy(() -> PrivateKeyPem.read(pem, other.getPublic()))
        .isInstanceOf(GeneralSecurityException.class);
  }

  /** As OpenSSL and Go write it: an EC key with the name of its curve, which BouncyCastle omits. */
  private static String traditional(KeyPair pair) throws IOException {
    if (!(pair.getPrivate() instanceof ECPrivateKey key)) {
      return pem(pair.getPrivate());
    }
    PrivateKeyInfo info = PrivateKeyInfo.getInstance(key.getEncoded());
    var named =
        new org.bouncycastle.asn1.sec.ECPrivateKey(
            key.getParams().getOrder().bitLength(),
            key.getS(),
            info.getPrivateKeyAlgorithm().getParameters());
    return pem(new PemObject("EC PRIVATE KEY", named.getEncoded()));
  }

  private static String pem(Object key) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(key);
    }
    return text.toString();
  }
}
