-- The names in a view's schema that bookkeeping has as ours to drop, but for those of relations on
-- which others stand: a view that was moved aside goes when the last view on it has moved on. An
-- index of the view that is read would take readers' lock with it; it goes concurrently, or with
-- the view.
SELECT s.name
FROM ${bookkeeping}.views b
CROSS JOIN pg_catalog.unnest(b.scratch) s (name)
LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = b.schema_name
LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = s.name
WHERE b.schema_name = ? AND b.view_name = ? AND c.relkind IS DISTINCT FROM 'i'
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend d
    LEFT JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
      AND d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
    WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = c.oid
      AND d.deptype = 'n' AND r.ev_class IS DISTINCT FROM c.oid)
