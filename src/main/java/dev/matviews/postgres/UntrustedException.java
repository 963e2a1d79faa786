package dev.matviews.postgres;

import java.io.Serial;
import java.security.cert.CertificateException;

/** Why a TLS handshake failed, as far as certificates had to do with it. */
final class UntrustedException extends CertificateException {

  @Serial private static final long serialVersionUID = 1L;

  /** What is to be mended, and where. */
  enum Fault {
    UnknownAuthority(
        "its certificate is signed by an authority that is not trusted; put that authority's"
            + " certificate into the Secret of tls.caSecretRef"),
    SelfSigned(
        "its certificate is signed by itself and not trusted; put it into the Secret of"
            + " tls.caSecretRef, or give the server one that an authority has signed"),
    Expired("its certificate has expired or is not valid yet; renew it"),
    OtherHost(
        "its certificate is made out to another host; name the server as its certificate does, or"
            + " set tls.mode verify-ca"),
    Unfit(
        "its certificate is not fit for a server: its key, signature or use; give it another one"),
    NoAuthority("the Secret of tls.caSecretRef holds no certificate in PEM; mend it"),
    NoClientCertificate(
        "the Secret of tls.clientCertSecretRef holds no certificate and key in PEM that belong"
            + " together; mend it");

    private final String sentence;

    Fault(String sentence) {
      this.sentence = sentence;
    }

    String sentence() {
      return sentence;
    }
  }

  private final Fault fault;

  UntrustedException(Fault fault) {
    super(fault.name());
    this.fault = fault;
  }

  UntrustedException(Fault fault, Throwable cause) {
    super(fault.name(), cause);
    this.fault = fault;
  }

  Fault fault() {
    return fault;
  }
}
