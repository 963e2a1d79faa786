-- Changes with all that a swap takes along from view c and from what stands on it. It is read before
-- the swap is composed and once more behind its locks.
SELECT pg_catalog.md5(pg_catalog.concat_ws('|', c.oid, c.relowner, c.relispopulated, c.relacl,
    c.relam, c.reltablespace, c.reloptions, (
    SELECT t.reloptions FROM pg_catalog.pg_class t WHERE t.oid = c.reltoastrelid
  ), (
    SELECT pg_catalog.string_agg(
             pg_catalog.concat_ws(' ', a.attname, a.attacl, a.attstattarget, a.attstorage,
               a.attcompression, a.attoptions), ',' ORDER BY a.attnum)
    FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
  ), (
    SELECT pg_catalog.string_agg(d.objsubid || ' ' || d.description, ',' ORDER BY d.objsubid)
    FROM pg_catalog.pg_description d
    WHERE d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
  ), (
    SELECT pg_catalog.string_agg(i.oid || ' ' || i.relname, ',' ORDER BY i.oid)
    FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
    WHERE x.indrelid = c.oid AND x.indisvalid
  ), (
    SELECT pg_catalog.string_agg(s.oid || ' ' || s.stxname, ',' ORDER BY s.oid)
    FROM pg_catalog.pg_statistic_ext s WHERE s.stxrelid = c.oid
  ), (
    SELECT pg_catalog.string_agg(DISTINCT
             pg_catalog.concat_ws(' ', d.classid, d.objid, v.relowner, v.relname, v.relnamespace,
               v.reloptions, CASE v.relkind WHEN 'v' THEN pg_catalog.pg_get_viewdef(v.oid) END), ',')
    FROM pg_catalog.pg_depend d
    LEFT JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
      AND d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
    LEFT JOIN pg_catalog.pg_class v ON v.oid = r.ev_class
    WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = c.oid
      AND d.deptype = 'n'
  )))
FROM pg_catalog.pg_class c
WHERE c.oid = pg_catalog.to_regclass(${view})
