package dev.matviews.postgres;

import java.io.Serial;
import java.util.Properties;
import org.postgresql.PGProperty;
import org.postgresql.jdbc.SslMode;
import org.postgresql.plugin.AuthenticationPlugin;
import org.postgresql.plugin.AuthenticationRequestType;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/**
 * Hands the password to the driver, and not where the server wants to be sent the password itself,
 * or a hash that serves as well, before it has proved who it is. SCRAM sends neither.
 *
 * <p>The driver makes this by name.
 */
public final class GuardedPassword implements AuthenticationPlugin {

  private final Properties login;

  /** Called by the driver, by reflection. */
  public GuardedPassword(Properties login) {
    this.login = login;
  }

  /** The server asks for more than it may have. */
  static final class RefusedException extends PSQLException {

    @Serial private static final long serialVersionUID = 1L;

    RefusedException() {
      super("the password stays here", PSQLState.CONNECTION_REJECTED);
    }
  }

  @Override
  public char[] getPassword(AuthenticationRequestType type) throws PSQLException {
    boolean proved = SslMode.VERIFY_FULL.value.equals(PGProperty.SSL_MODE.getOrDefault(login));
    if (type != AuthenticationRequestType.SASL && !proved) {
      throw new RefusedException();
    }
    String password = PGProperty.PASSWORD.getOrDefault(login);
    return password == null ? new char[0] : password.toCharArray();
  }
}
