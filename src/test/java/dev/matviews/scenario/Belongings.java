package dev.matviews.scenario;

import java.util.stream.Stream;

/**
 * What people give the view {@code app.v} of {@code app.source} beside its spec. Its columns are
 * id, label and n, and its index is {@code v_key}.
 */
final class Belongings {

  private Belongings() {}

  static void give(Tenant tenant) {
    tenant.sql(
        Stream.of("owner", "grantor", "viewer", "reader")
            .flatMap(
                role ->
                    Stream.of(
                        "CREATE ROLE \"%s_%s\"".formatted(tenant.role(), role),
                        "GRANT \"%1$s_%2$s\" TO \"%1$s\"".formatted(tenant.role(), role),
                        "GRANT USAGE, CREATE ON SCHEMA app TO \"%s_%s\""
                            .formatted(tenant.role(), role)))
            .toArray(String[]::new));
    tenant.sql(
        texts(
            tenant,
            """
            GRANT SELECT ON app.source TO "%1$s_owner";
            ALTER MATERIALIZED VIEW app.v OWNER TO "%1$s_owner";
            GRANT SELECT ON app.v TO "%1$s_grantor" WITH GRANT OPTION;
            SET ROLE "%1$s_grantor";
            GRANT SELECT ON app.v TO "%1$s_viewer";
            GRANT SELECT (label) ON app.v TO "%1$s_reader";
            SET ROLE "%1$s_owner";
            GRANT SELECT (id), UPDATE (id) ON app.v TO "%1$s_reader";
            ALTER MATERIALIZED VIEW app.v SET (fillfactor = 90, toast.autovacuum_enabled = off);
            ALTER MATERIALIZED VIEW app.v ALTER label SET STATISTICS 200;
            ALTER MATERIALIZED VIEW app.v ALTER n SET (n_distinct = -0.5);
            CREATE INDEX by_label ON app.v (lower(label)) WHERE id > 10;
            CREATE STATISTICS app.v_statistics (ndistinct) ON id, n FROM app.v;
            COMMENT ON MATERIALIZED VIEW app.v IS 'the view''s';
            COMMENT ON COLUMN app.v.label IS 'a column''s';
            COMMENT ON INDEX app.v_key IS 'ours';
            COMMENT ON INDEX app.by_label IS 'somebody''s';
            COMMENT ON STATISTICS app.v_statistics IS 'both';
            SET ROLE "%1$s_viewer";
            CREATE VIEW app.on_top WITH (security_barrier) AS SELECT id, label FROM app.v;
            COMMENT ON VIEW app.on_top IS 'a view on top';
            GRANT SELECT ON app.on_top TO "%1$s_owner", "%1$s_reader" WITH GRANT OPTION;
            SET ROLE "%1$s_owner";
            CREATE VIEW app.on_both AS SELECT o.id, v.n FROM app.on_top o JOIN app.v v ON v.id = o.id;
            GRANT SELECT ON app.on_both TO "%1$s_reader"
            """));
  }

  private static String[] texts(Tenant tenant, String script) {
    return script.formatted(tenant.role()).split(";\n", -1);
  }
}
