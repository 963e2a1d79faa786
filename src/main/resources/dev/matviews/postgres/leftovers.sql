-- The names in a view's schema that bookkeeping has as ours to drop, but for those of relations on
-- which others stand. An index of the view that is read would take readers' lock with it; it goes
-- concurrently, or with the view.
SELECT s.name
FROM ${bookkeeping}.views b
CROSS JOIN pg_catalog.unnest(b.scratch) s (name)
LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = b.schema_name
LEFT JOIN pg_catalog.pg_class old ON old.relnamespace = n.oid AND old.relname = s.name
WHERE b.schema_name = ? AND b.view_name = ? AND old.relkind IS DISTINCT FROM 'i'
  AND NOT ${needed}
