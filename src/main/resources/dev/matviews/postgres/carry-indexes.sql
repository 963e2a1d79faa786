-- The indexes that others made on the old view, written for the shadow under scratch names. Those
-- whose columns the new definition lacks are left out, as are invalid ones, which serve nobody, and
-- those in the list of names.
SELECT i.oid, i.relname AS name, made.name AS scratch, coalesce(t.spcname, '') AS tablespace,
       pg_catalog.format('CREATE %sINDEX %I ON %I.%I', made.is_unique, made.name, newn.nspname, new.relname)
         || pg_catalog.substr(made.text, 1 + pg_catalog.length(made.head)) AS statement
FROM pg_catalog.pg_index x
JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
JOIN pg_catalog.pg_class old ON old.oid = x.indrelid
JOIN pg_catalog.pg_namespace oldn ON oldn.oid = old.relnamespace
JOIN pg_catalog.pg_class new ON new.oid = ?
JOIN pg_catalog.pg_namespace newn ON newn.oid = new.relnamespace
LEFT JOIN pg_catalog.pg_tablespace t ON t.oid = i.reltablespace
CROSS JOIN LATERAL (SELECT CASE WHEN x.indisunique THEN 'UNIQUE ' ELSE '' END AS is_unique) u
CROSS JOIN LATERAL (
  SELECT 'matviews_' || pg_catalog.gen_random_uuid() AS name, u.is_unique,
         pg_catalog.pg_get_indexdef(i.oid) AS text,
         pg_catalog.format('CREATE %sINDEX %I ON %I.%I', u.is_unique, i.relname, oldn.nspname, old.relname)
           AS head
) made
WHERE x.indrelid = ? AND x.indisvalid AND i.relname <> ALL (?::pg_catalog.text[])
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend p
    JOIN pg_catalog.pg_attribute a ON a.attrelid = p.refobjid AND a.attnum = p.refobjsubid
    WHERE p.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND p.objid = i.oid
      AND p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND p.refobjid = old.oid
      AND a.attname NOT IN (SELECT b.attname FROM pg_catalog.pg_attribute b
                            WHERE b.attrelid = new.oid AND b.attnum > 0 AND NOT b.attisdropped))
ORDER BY i.oid
