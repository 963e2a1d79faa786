-- The view that a shadow is to replace, and how its storage is written in the statement that makes
-- another one like it: all is named, so that no default of the role or the database takes part.
SELECT c.oid,
       c.relowner AS owner,
       c.relispopulated AS populated,
       (SELECT pg_catalog.array_agg(a.attname ORDER BY a.attnum)::pg_catalog.text
        FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0) AS columns,
       pg_catalog.format('USING %I %s TABLESPACE %I', am.amname,
         (SELECT 'WITH (' || pg_catalog.string_agg(
                   pg_catalog.format('%s%I = %L', o.prefix, pg_catalog.split_part(o.option, '=', 1),
                     pg_catalog.substr(o.option, pg_catalog.strpos(o.option, '=') + 1)), ', ') || ')'
          FROM (SELECT '' AS prefix, pg_catalog.unnest(c.reloptions) AS option
                UNION ALL SELECT 'toast.', pg_catalog.unnest(toast.reloptions)) o),
         coalesce(nullif(?::pg_catalog.text, ''), own.spcname, (
           SELECT t.spcname
           FROM pg_catalog.pg_database d JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace
           WHERE d.datname = pg_catalog.current_database()))) AS storage
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_am am ON am.oid = c.relam
LEFT JOIN pg_catalog.pg_class toast ON toast.oid = c.reltoastrelid
LEFT JOIN pg_catalog.pg_tablespace own ON own.oid = c.reltablespace
WHERE n.nspname = ? AND c.relname = ? AND c.relkind = 'm'
