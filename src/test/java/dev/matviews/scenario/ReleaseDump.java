package dev.matviews.scenario;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Schema {@code app} and the bookkeeping of a tenant's database as SQL that makes both again.
 *
 * <p>An upgrade keeps OIDs and a dump does not, so what the operator computed from OIDs is computed
 * anew as the dump is loaded, by the formulas of the release that made it.
 */
final class ReleaseDump {

  private static final String BOOKKEEPING = "matview_operator";

  private ReleaseDump() {}

  static String of(Tenant tenant) {
    return String.join(
        "\n",
        "-- Made by `make upgrade-fixture`; see ReleaseIT.",
        "DROP SCHEMA IF EXISTS %s CASCADE;".formatted(BOOKKEEPING),
        "CREATE SCHEMA %s AUTHORIZATION \"%s\";".formatted(BOOKKEEPING, tenant.role()),
        "SET ROLE \"%s\";".formatted(tenant.role()),
        table(tenant, "app", "numbers"),
        rows(tenant, "app", "numbers"),
        views(tenant),
        table(tenant, BOOKKEEPING, "views"),
        table(tenant, BOOKKEEPING, "runs"),
        comment(tenant),
        statusView(tenant),
        rows(tenant, BOOKKEEPING, "views"),
        rows(tenant, BOOKKEEPING, "runs"),
        computed(),
        "RESET ROLE;",
        "ANALYZE;\n");
  }

  private static String table(Tenant tenant, String schema, String table) {
    return value(
        tenant,
        """
        SELECT format(E'CREATE TABLE %%I.%%I (\\n  %%s%%s\\n);', '%1$s', '%2$s',
          (SELECT string_agg(format('%%I %%s%%s', a.attname, format_type(a.atttypid, a.atttypmod),
                    CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END), E',\\n  ' ORDER BY a.attnum)
           FROM pg_attribute a
           WHERE a.attrelid = '%1$s.%2$s'::regclass AND a.attnum > 0 AND NOT a.attisdropped),
          (SELECT E',\\n  ' || pg_get_constraintdef(k.oid) FROM pg_constraint k
           WHERE k.conrelid = '%1$s.%2$s'::regclass AND k.contype = 'p'))
        """
            .formatted(schema, table));
  }

  /** One statement a row, each value as the text that PostgreSQL prints for it. */
  private static String rows(Tenant tenant, String schema, String table) {
    String values =
        value(
            tenant,
            """
            SELECT string_agg(format('quote_nullable(t.%%I::text)', a.attname), ', ' ORDER BY a.attnum)
            FROM pg_attribute a
            WHERE a.attrelid = '%s.%s'::regclass AND a.attnum > 0 AND NOT a.attisdropped
            """
                .formatted(schema, table));
    return value(
        tenant,
        """
        SELECT string_agg(format('INSERT INTO %1$s.%2$s VALUES (%%s);', concat_ws(', ', %3$s)), E'\\n'
          ORDER BY t::text COLLATE "C")
        FROM %1$s.%2$s t
        """
            .formatted(schema, table, values));
  }

  private static String views(Tenant tenant) {
    return value(
        tenant,
        """
        SELECT string_agg(
          format(E'CREATE MATERIALIZED VIEW app.%I%s AS\\n%s WITH %s;', c.relname,
            ' WITH (' || array_to_string(c.reloptions, ', ') || ')',
            rtrim(pg_get_viewdef(c.oid), ';'), CASE WHEN c.relispopulated THEN 'DATA' ELSE 'NO DATA' END)
          || coalesce((SELECT string_agg(E'\\n' || pg_get_indexdef(i.indexrelid) || ';', ''
                         ORDER BY i.indexrelid::regclass::text)
                       FROM pg_index i WHERE i.indrelid = c.oid), '')
          || coalesce((SELECT string_agg(format(E'\\nGRANT %s ON app.%I TO %s;', x.privilege_type, c.relname,
                           CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END), ''
                         ORDER BY x.grantee, x.privilege_type)
                       FROM aclexplode(c.relacl) x WHERE x.grantee <> c.relowner), '')
          || coalesce(format(E'\\nCOMMENT ON MATERIALIZED VIEW app.%I IS %L;', c.relname,
                        obj_description(c.oid, 'pg_class')), ''),
          E'\\n' ORDER BY c.relname)
        FROM pg_class c WHERE c.relnamespace = 'app'::regnamespace AND c.relkind = 'm'
        """);
  }

  private static String comment(Tenant tenant) {
    return value(
        tenant,
        "SELECT format('COMMENT ON TABLE %1$s.views IS %%L;', obj_description('%1$s.views'::regclass))"
            .formatted(BOOKKEEPING));
  }

  private static String statusView(Tenant tenant) {
    return value(
        tenant,
        "SELECT format(E'CREATE VIEW %1$s.status AS\\n%%s', pg_get_viewdef('%1$s.status'::regclass))"
            .formatted(BOOKKEEPING));
  }

  private static String computed() {
    return """
        UPDATE %1$s.views v SET made_oid = c.oid
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = v.schema_name AND c.relname = v.view_name AND v.made_oid IS NOT NULL;
        UPDATE %1$s.views v SET fingerprint = %2$s,
          source_columns = %3$s
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = v.schema_name AND c.relname = v.view_name AND v.definition_hash IS NOT NULL;
        """
        .formatted(BOOKKEEPING, formula("fingerprint.sql"), formula("source-columns.sql"))
        .strip();
  }

  private static String formula(String name) {
    try (InputStream in =
        requireNonNull(
            ReleaseDump.class.getResourceAsStream("/dev/matviews/postgres/" + name), name)) {
      return "\n" + new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String value(Tenant tenant, String query) {
    return requireNonNull(tenant.value(query), query);
  }
}
