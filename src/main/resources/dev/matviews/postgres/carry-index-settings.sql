-- What an index of the old view has beside its definition, for its namesake on the shadow: comment,
-- statistics targets of expressions that are the same in both, and the mark of CLUSTER.
SELECT made.sql
FROM ROWS FROM (
       pg_catalog.unnest(?::pg_catalog.text[]), pg_catalog.unnest(?::pg_catalog.text[])
     ) AS names (name, scratch)
JOIN pg_catalog.pg_class new ON new.oid = ?
JOIN pg_catalog.pg_namespace n ON n.oid = new.relnamespace
JOIN pg_catalog.pg_index oldx ON oldx.indrelid = ?
JOIN pg_catalog.pg_class old ON old.oid = oldx.indexrelid AND old.relname = names.name
JOIN pg_catalog.pg_class i ON i.relnamespace = n.oid AND i.relname = names.scratch
CROSS JOIN LATERAL (
  SELECT 1 AS step, pg_catalog.format('COMMENT ON INDEX %I.%I IS %L', n.nspname, i.relname,
           pg_catalog.obj_description(old.oid, 'pg_class')) AS sql
  WHERE pg_catalog.obj_description(old.oid, 'pg_class') IS NOT NULL
  UNION ALL
  SELECT 2, pg_catalog.format('ALTER INDEX %I.%I ALTER COLUMN %s SET STATISTICS %s', n.nspname,
           i.relname, a.attnum, a.attstattarget)
  FROM pg_catalog.pg_attribute a
  WHERE a.attrelid = old.oid AND a.attstattarget >= 0
    AND pg_catalog.pg_get_indexdef(old.oid, a.attnum, true)
        = pg_catalog.pg_get_indexdef(i.oid, a.attnum, true)
  UNION ALL
  SELECT 3, pg_catalog.format('ALTER MATERIALIZED VIEW %I.%I CLUSTER ON %I', n.nspname, new.relname,
           i.relname)
  WHERE oldx.indisclustered
) made
ORDER BY i.oid, made.step
