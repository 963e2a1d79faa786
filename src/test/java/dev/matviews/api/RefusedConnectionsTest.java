package dev.matviews.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the API server refuses of a PostgresConnection, and what the user reads then. */
class RefusedConnectionsTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      maxCharsPerColumn = 10000,
      textBlock =
          """
          secretRef: null                                | spec.secretRef: Required value
          secretRef: {name: null}                        | spec.secretRef.name: Required value
          secretRef: {name: other/pg}                    | name an object of the same namespace
          secretRef: {namespace: other}                  | unknown field "spec.secretRef.namespace"
          secretRef: {keys: {password: s3cr=t}}          | give the name of a key in the Secret
          secretRef: {keys: {user: ''}}                  | spec.secretRef.keys.user: Invalid value
          secretRef: {keys: {uri: uri}}                  | unknown field "spec.secretRef.keys.uri"
          password: x                                    | unknown field "spec.password"
          host: ''                                       | spec.host: Invalid value
          host: 'db:5432'                                | no blanks, and the port goes to port
          host: 'jdbc:postgresql://db/app?user=x'        | host is one DNS name or IP address
          host: 'db/app?user=postgres'                   | host is one DNS name or IP address
          host: 'db1, db2'                               | no URL, no blanks, and the port goes to port
          host: 'db1,'                                   | host is one DNS name or IP address, or up to 8
          host: 'a,b,c,d,e,f,g,h,i'                      | host names at most 8 servers
          host: /var/run/postgresql                      | host is one DNS name or IP address
          port: 0                                        | spec.port: Invalid value: 0
          port: 65536                                    | less than or equal to 65535
          port: '5432'                                   | must be of type integer
          database: ''                                   | spec.database: Invalid value
          database: éééééééééééééééééééééééééééééééé     | a name in PostgreSQL has at most 63 bytes
          tls: {mode: prefer}                            | "verify-ca", "verify-full"
          tls: {mode: VERIFY_FULL}                       | Unsupported value: "VERIFY_FULL"
          tls: {caSecretRef: {key: ca.crt}}              | spec.tls.caSecretRef.name: Required value
          tls: {caSecretRef: {name: A}}                  | name an object of the same namespace
          tls: {caSecretRef: {name: ca, key: a/b}}       | give the name of a key in the Secret
          tls: {clientCertSecretRef: {certKey: a}}       | spec.tls.clientCertSecretRef.name: Required value
          tls: {clientCertSecretRef: {name: c, keyKey: a/b}} | give the name of a key in the Secret
          tls: {mode: disable, clientCertSecretRef: {name: c}} | a client certificate is shown over TLS only
          allowedOwners: []                              | spec.allowedOwners: Invalid value
          allowedOwners: ['']                            | spec.allowedOwners[0]: Invalid value
          allowedOwners: [éééééééééééééééééééééééééééééééé] | a name in PostgreSQL has at most 63 bytes
          allowedSchemas: []                             | spec.allowedSchemas: Invalid value
          allowedSchemas: ["a\\0b"]                      | at most 63 bytes and no NUL character
          allowPrivilegedRole: 'true'                    | must be of type boolean
          readReplicas: 1                                | must be of type boolean
          maxConcurrentRefreshes: 0                      | greater than or equal to 1
          maxConcurrentRefreshes: 33                     | less than or equal to 32
          connectTimeout: 999ms                          | connectTimeout is at least 1s
          connectTimeout: 61s                            | connectTimeout is at least 1s and at most 60s
          connectTimeout: soon                           | a duration is written such as 500ms, 90s or 1h30m
          rebuildSizeWarning: ''                         | spec.rebuildSizeWarning: Invalid value
          rebuildSizeWarning: 10GB                       | a size is written such as 10Gi, 500M or 1000000
          rebuildSizeWarning: '-1Gi'                     | a size is written such as 10Gi, 500M or 1000000
          rebuildSizeWarning: 1ki                        | a size is written such as 10Gi, 500M or 1000000
          rebuildSizeWarning: 500m                       | a size is written such as 10Gi, 500M or 1000000
          rebuildSizeWarning: '.5Gi'                     | a size is written such as 10Gi, 500M or 1000000
          rebuildSizeWarning: 10                         | must be of type string
          rebuildSizeWarning: '111111111111111111111111111111111' | rebuildSizeWarning: Too long
          bookkeepingSchema: ''                          | spec.bookkeepingSchema: Invalid value
          bookkeepingSchema: "a\\0b"                     | at most 63 bytes and no NUL character
          """)
  void refused(String yaml, String message) {
    var object = Objects.connection("spec: {" + yaml + "}");
    assertThat(Objects.refusalOf(() -> Objects.tryCreate(object))).contains(message);
  }
}
