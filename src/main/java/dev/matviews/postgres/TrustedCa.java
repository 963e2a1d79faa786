package dev.matviews.postgres;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.postgresql.ssl.WrappedFactory;

/**
 * The driver's socket factory for servers that have to prove who they are: trusts the CAs of a PEM
 * text, which never touches a file, or those of the Java runtime.
 *
 * <p>The driver makes it by name and hands it one text. A wrong host name fails the handshake, as a
 * wrong CA does, so both are told apart from other failures by their type.
 */
public final class TrustedCa extends WrappedFactory {

  private static final String FULL = "full:";

  private final boolean verifiesHost;

  static String argument(boolean verifiesHost, @Nullable String pem) {
    return (verifiesHost ? FULL : "ca:") + (pem == null ? "" : pem);
  }

  /** Called by the driver, by reflection. */
  public TrustedCa(String argument) throws GeneralSecurityException, IOException {
    verifiesHost = argument.startsWith(FULL);
    String pem = argument.substring(argument.indexOf(':') + 1);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(pem.isEmpty() ? null : keyStore(pem));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    factory = context.getSocketFactory();
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
      throws IOException {
    SSLSocket tls = (SSLSocket) super.createSocket(socket, host, port, autoClose);
    if (verifiesHost) {
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      tls.setSSLParameters(parameters);
    }
    return tls;
  }

  private static KeyStore keyStore(String pem) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    byte[] bytes = pem.getBytes(StandardCharsets.US_ASCII);
    int number = 0;
    for (Certificate certificate :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(bytes))) {
      store.setCertificateEntry("ca" + number++, certificate);
    }
    return store;
  }
}
