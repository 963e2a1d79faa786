package dev.matviews.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.UUID;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.jdbc.PreferQueryMode;

/**
 * One login on one host, by the driver's properties that stand here and no others. There is no URL,
 * whose parts could carry settings: a database may be named {@code db?socketFactory=x.Y}.
 */
final class Login {

  /** Leaves host, port and database to the properties. */
  static final String NO_URL = "jdbc:postgresql:///";

  /** Tickets would be those of the machine that the operator runs on. */
  private static final String NOT_BY_TICKET = "!gss,!sspi";

  private Login() {}

  /** A connection, and the socket under it. */
  record Opened(Connection connection, Line line) {}

  static Opened on(String host, ServerAddress address) throws SQLException {
    String login = UUID.randomUUID().toString();
    try {
      Connection connection = new Driver().connect(NO_URL, properties(login, host, address));
      return new Opened(
          Objects.requireNonNull(connection), Objects.requireNonNull(Sockets.takeLine(login)));
    } finally {
      // What the driver has given up, or has left open after a failure that it did not foresee.
      Line left = Sockets.takeLine(login);
      if (left != null) {
        left.cut();
      }
    }
  }

  static Properties properties(String login, String host, ServerAddress address) {
    Properties properties = new Properties();
    properties.setProperty("user", address.user());
    properties.setProperty("password", address.password());
    settings(login, host, address).forEach((name, value) -> name.set(properties, value));
    if (address.tls() != TlsMode.DISABLE) {
      PGProperty.SSL_FACTORY.set(properties, TlsSockets.class.getName());
      PGProperty.SSL_FACTORY_ARG.set(properties, TlsSockets.argument(address));
    }
    return properties;
  }

  private static Map<PGProperty, String> settings(
      String login, String host, ServerAddress address) {
    String seconds = Long.toString(Math.max(1, address.connectTimeout().toSeconds()));
    return Map.ofEntries(
        Map.entry(PGProperty.PG_HOST, host),
        Map.entry(PGProperty.PG_PORT, Integer.toString(address.port())),
        Map.entry(PGProperty.PG_DBNAME, address.database()),
        Map.entry(PGProperty.APPLICATION_NAME, "matview-operator"),
        // Then the name is part of the login, and no DISCARD takes it away.
        Map.entry(PGProperty.ASSUME_MIN_SERVER_VERSION, "15"),
        Map.entry(PGProperty.CONNECT_TIMEOUT, seconds),
        Map.entry(PGProperty.LOGIN_TIMEOUT, seconds),
        // Else a server that accepts and stays silent keeps the thread that the driver logs in
        // with.
        Map.entry(PGProperty.SOCKET_TIMEOUT, seconds),
        Map.entry(PGProperty.TCP_KEEP_ALIVE, "true"),
        Map.entry(PGProperty.SOCKET_FACTORY, Sockets.class.getName()),
        Map.entry(PGProperty.SOCKET_FACTORY_ARG, Sockets.argument(login, address)),
        Map.entry(PGProperty.LOG_SERVER_ERROR_DETAIL, "false"),
        Map.entry(PGProperty.PREFER_QUERY_MODE, PreferQueryMode.EXTENDED.value()),
        Map.entry(PGProperty.SSL_MODE, address.tls().driverValue()),
        Map.entry(PGProperty.GSS_ENC_MODE, "disable"),
        Map.entry(PGProperty.CHANNEL_BINDING, "prefer"),
        Map.entry(PGProperty.AUTHENTICATION_PLUGIN_CLASS_NAME, GuardedPassword.class.getName()),
        Map.entry(PGProperty.REQUIRE_AUTH, NOT_BY_TICKET));
  }
}
