package dev.matviews.postgres;

import dev.matviews.postgres.UntrustedException.Fault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.postgresql.ssl.NonValidatingFactory;
import org.postgresql.ssl.WrappedFactory;

/**
 * The driver's socket factory for TLS: trusts the CAs of a PEM text, or those of the Java runtime,
 * and shows a client certificate where there is one. None of it ever touches a file, and no file of
 * the machine is looked at.
 *
 * <p>The driver makes it by name and hands it one text. A wrong host name fails the handshake, as a
 * wrong CA does, so both are told apart from other failures by their type.
 */
public final class TlsSockets extends WrappedFactory {

  private static final String BETWEEN = "\0";
  private static final char[] NO_PASSWORD = {};

  private final TlsMode mode;

  static String argument(ServerAddress address) {
    ClientCertificate certificate = address.clientCertificate();
    String ca = address.caCertificates();
    return String.join(
        BETWEEN,
        address.tls().name(),
        ca == null ? "" : ca,
        certificate == null ? "" : certificate.chain(),
        certificate == null ? "" : certificate.key());
  }

  /** Called by the driver, by reflection. */
  public TlsSockets(String argument) throws GeneralSecurityException, IOException {
    List<String> parts = List.of(argument.split(BETWEEN, -1));
    mode = TlsMode.valueOf(parts.get(0));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(shown(parts.get(2), parts.get(3)), new TrustManager[] {trust(parts.get(1))}, null);
    factory = context.getSocketFactory();
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
      throws IOException {
    SSLSocket tls = (SSLSocket) super.createSocket(socket, host, port, autoClose);
    if (mode == TlsMode.VERIFY_FULL) {
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      tls.setSSLParameters(parameters);
    }
    return tls;
  }

  private TrustManager trust(String pem) throws GeneralSecurityException, IOException {
    if (!mode.verifiesChain()) {
      return new NonValidatingFactory.NonValidatingTM();
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(pem.isEmpty() ? null : authorities(pem));
    return new ServerProof((X509ExtendedTrustManager) trust.getTrustManagers()[0]);
  }

  private static KeyStore authorities(String pem) throws GeneralSecurityException, IOException {
    KeyStore store = empty();
    int number = 0;
    for (Certificate certificate : certificates(pem, Fault.NoAuthority)) {
      store.setCertificateEntry("ca" + number++, certificate);
    }
    return store;
  }

  private static KeyManager @Nullable [] shown(String chain, String key)
      throws GeneralSecurityException, IOException {
    if (chain.isEmpty()) {
      return null;
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    Certificate[] certificates =
        certificates(chain, Fault.NoClientCertificate).toArray(new Certificate[0]);
    try {
      KeyStore store = empty();
      store.setKeyEntry(
          "client",
          PrivateKeyPem.read(key, certificates[0].getPublicKey()),
          NO_PASSWORD,
          certificates);
      keys.init(store, NO_PASSWORD);
    } catch (GeneralSecurityException | IOException e) {
      throw new UntrustedException(Fault.NoClientCertificate, e);
    }
    return keys.getKeyManagers();
  }

  private static Collection<? extends Certificate> certificates(String pem, Fault none)
      throws UntrustedException {
    byte[] bytes = pem.getBytes(StandardCharsets.US_ASCII);
    try {
      Collection<? extends Certificate> found =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes));
      if (found.stream().anyMatch(X509Certificate.class::isInstance)) {
        return found;
      }
      throw new UntrustedException(none);
    } catch (UntrustedException e) {
      throw e;
    } catch (CertificateException e) {
      throw new UntrustedException(none, e);
    }
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
