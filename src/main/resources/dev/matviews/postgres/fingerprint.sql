-- Changes when the stored query of view c changes, when a name that it refers to means another
-- object or has changed, when a column of c is renamed, and with the server's major version. Not so
-- with the OID of c itself, which 15 keeps in the query.
(pg_catalog.current_setting('server_version_num')::pg_catalog.int4 / 10000) || ':' || pg_catalog.md5(
  (SELECT pg_catalog.replace(r.ev_action::pg_catalog.text,
            ':relid ' || c.oid || ' ', ':relid self ') || coalesce((
      SELECT pg_catalog.string_agg(
               pg_catalog.concat_ws('.', dn.nspname, dc.relname, da.attname), ','
               ORDER BY dn.nspname, dc.relname, da.attname)
      FROM pg_catalog.pg_depend d
      JOIN pg_catalog.pg_class dc ON dc.oid = d.refobjid
      JOIN pg_catalog.pg_namespace dn ON dn.oid = dc.relnamespace
      LEFT JOIN pg_catalog.pg_attribute da ON da.attrelid = d.refobjid AND da.attnum = d.refobjsubid
      WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = r.oid
        AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid <> c.oid), '')
   FROM pg_catalog.pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename = '_RETURN')
  || coalesce((
      SELECT pg_catalog.string_agg(a.attname, ',' ORDER BY a.attnum)
      FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), ''))
