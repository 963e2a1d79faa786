-- Extended statistics of the old view, made for the shadow under scratch names. Those whose columns
-- the new definition lacks are left out, as are those that were carried before.
SELECT s.oid, n.nspname AS schema, s.stxname AS name, made.name AS scratch,
       pg_catalog.array_remove(ARRAY[
         pg_catalog.format('CREATE STATISTICS %I.%I', n.nspname, made.name)
           || pg_catalog.substr(made.text, 1 + pg_catalog.length(made.head),
                     pg_catalog.length(made.text) - pg_catalog.length(made.head)
                       - pg_catalog.length(made.tail))
           || pg_catalog.format(' FROM %I.%I', newn.nspname, new.relname),
         CASE WHEN s.stxstattarget >= 0 THEN pg_catalog.format(
           'ALTER STATISTICS %I.%I SET STATISTICS %s', n.nspname, made.name, s.stxstattarget) END,
         CASE WHEN d.description IS NOT NULL THEN pg_catalog.format(
           'COMMENT ON STATISTICS %I.%I IS %L', n.nspname, made.name, d.description) END
       ], NULL) AS statements
FROM pg_catalog.pg_statistic_ext s
JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
JOIN pg_catalog.pg_class old ON old.oid = s.stxrelid
JOIN pg_catalog.pg_namespace oldn ON oldn.oid = old.relnamespace
JOIN pg_catalog.pg_class new ON new.oid = ?
JOIN pg_catalog.pg_namespace newn ON newn.oid = new.relnamespace
LEFT JOIN pg_catalog.pg_description d ON d.objoid = s.oid
  AND d.classoid = 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass
CROSS JOIN LATERAL (
  SELECT 'matviews_' || pg_catalog.gen_random_uuid() AS name,
         pg_catalog.pg_get_statisticsobjdef(s.oid) AS text,
         pg_catalog.format('CREATE STATISTICS %I.%I', n.nspname, s.stxname) AS head,
         pg_catalog.format(' FROM %I.%I', oldn.nspname, old.relname) AS tail
) made
WHERE s.stxrelid = ?
  AND n.nspname || '.' || s.stxname <> ALL (?::pg_catalog.text[])
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend p
    JOIN pg_catalog.pg_attribute a ON a.attrelid = p.refobjid AND a.attnum = p.refobjsubid
    WHERE p.classid = 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass AND p.objid = s.oid
      AND p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND p.refobjid = s.stxrelid
      AND a.attname NOT IN (SELECT b.attname FROM pg_catalog.pg_attribute b
                            WHERE b.attrelid = new.oid AND b.attnum > 0 AND NOT b.attisdropped))
ORDER BY s.oid
