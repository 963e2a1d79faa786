package dev.matviews.postgres;

import dev.matviews.postgres.UntrustedException.Fault;
import java.net.Socket;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Checks a server's certificates as Java does, and says what is wrong with them. */
final class ServerProof extends X509ExtendedTrustManager {

  private final X509ExtendedTrustManager java;

  ServerProof(X509ExtendedTrustManager java) {
    this.java = java;
  }

  /** First the chain alone, so that what fails afterwards is the host's name. */
  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, type);
    try {
      java.checkServerTrusted(chain, type, socket);
    } catch (CertificateException e) {
      throw new UntrustedException(Fault.OtherHost, e);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    try {
      java.checkServerTrusted(chain, type);
    } catch (CertificateException e) {
      throw new UntrustedException(fault(e, chain), e);
    }
  }

  private static Fault fault(CertificateException e, X509Certificate[] chain) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof CertificateExpiredException
          || t instanceof CertificateNotYetValidException) {
        return Fault.Expired;
      }
      if (t instanceof CertPathBuilderException || isOfOtherKey(t)) {
        boolean byItself =
            chain[0].getIssuerX500Principal().equals(chain[0].getSubjectX500Principal());
        return byItself ? Fault.SelfSigned : Fault.UnknownAuthority;
      }
    }
    return Fault.Unfit;
  }

  /** An authority often keeps its name when it gets another key. */
  private static boolean isOfOtherKey(Throwable t) {
    return t instanceof CertPathValidatorException path
        && path.getReason() == CertPathValidatorException.BasicReason.INVALID_SIGNATURE;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("the driver uses sockets");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw new CertificateException("nobody connects to us");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("nobody connects to us");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("nobody connects to us");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return java.getAcceptedIssuers();
  }
}
