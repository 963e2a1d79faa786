-- The statement that makes a plain view what it is. Without its options it would lose them.
SELECT pg_catalog.format('CREATE OR REPLACE VIEW %I.%I %s AS ', n.nspname, c.relname,
         (SELECT 'WITH (' || pg_catalog.string_agg(
                   pg_catalog.format('%I = %L', pg_catalog.split_part(o, '=', 1),
                     pg_catalog.substr(o, pg_catalog.strpos(o, '=') + 1)), ', ') || ')'
          FROM pg_catalog.unnest(c.reloptions) o))
       || pg_catalog.rtrim(pg_catalog.pg_get_viewdef(c.oid), ';')
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ? AND c.relname = ? AND c.relkind = 'v'
