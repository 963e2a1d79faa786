-- Changes when a relation that view c names gains, loses or renames a column, or is another one:
-- what * stood for when the view was made is then no longer what it would stand for now.
pg_catalog.md5(coalesce((
  SELECT pg_catalog.string_agg(
           pg_catalog.concat_ws(':', s.oid, a.attname, a.atttypid), ',' ORDER BY s.oid, a.attnum)
  FROM (
    SELECT DISTINCT d.refobjid AS oid
    FROM pg_catalog.pg_rewrite r
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
      AND d.objid = r.oid AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    WHERE r.ev_class = c.oid AND d.refobjid <> c.oid
  ) s
  JOIN pg_catalog.pg_attribute a ON a.attrelid = s.oid
  WHERE a.attnum > 0 AND NOT a.attisdropped), ''))
