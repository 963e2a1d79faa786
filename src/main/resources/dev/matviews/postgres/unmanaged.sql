-- Materialized views that the bookkeeping does not name, whoever may have made them: neither as a
-- view nor as what is made for one or stands aside.
SELECT pg_catalog.count(*) OVER () AS count, n.nspname AS schema_name, c.relname AS view_name
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'm'
  AND NOT pg_catalog.pg_is_other_temp_schema(n.oid)
  AND NOT EXISTS (SELECT FROM ${bookkeeping}.views v
                  WHERE v.schema_name = n.nspname
                    AND (v.view_name = c.relname OR c.relname = ANY (v.scratch)))
ORDER BY n.nspname, c.relname
LIMIT 50
