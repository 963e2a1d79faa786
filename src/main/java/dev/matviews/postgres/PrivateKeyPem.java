package dev.matviews.postgres;

import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.jspecify.annotations.Nullable;

/**
 * A private key as text. Java reads one of the three forms that are about: CloudNativePG writes
 * {@code EC PRIVATE KEY}, cert-manager {@code RSA PRIVATE KEY}.
 */
final class PrivateKeyPem {

  private static final byte[] ANYTHING = {1, 2, 3};

  private PrivateKeyPem() {}

  /**
   * Reads the first key.
   *
   * @throws GeneralSecurityException when there is none, or another one than the certificate's
   */
  static PrivateKey read(String pem, PublicKey certified)
      throws GeneralSecurityException, IOException {
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
        PrivateKeyInfo key = key(part);
        if (key != null) {
          PrivateKey read = new JcaPEMKeyConverter().getPrivateKey(key);
          check(read, certified);
          return read;
        }
      }
    }
    throw new InvalidKeyException("no private key that can be read without a password");
  }

  private static @Nullable PrivateKeyInfo key(Object part) {
    if (part instanceof PEMKeyPair pair) {
      return pair.getPrivateKeyInfo();
    }
    // What comes before an EC key names its curve.
    return part instanceof PrivateKeyInfo key ? key : null;
  }

  /** Else the server would only say that the handshake failed. */
  private static void check(PrivateKey key, PublicKey certified) throws GeneralSecurityException {
    Signature signature =
        Signature.getInstance(
            switch (key.getAlgorithm()) {
              case "RSA" -> "SHA256withRSA";
              case "EC", "ECDSA" -> "SHA256withECDSA";
              default -> key.getAlgorithm();
            });
    signature.initSign(key);
    signature.update(ANYTHING);
    byte[] signed = signature.sign();
    signature.initVerify(certified);
    signature.update(ANYTHING);
    if (!signature.verify(signed)) {
      throw new InvalidKeyException("the key is not the certificate's");
    }
  }
}
