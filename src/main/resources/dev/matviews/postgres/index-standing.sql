-- What has an index's name in the schema of a view, and whether it is an index of ours on the view.
SELECT coalesce(b.indexes -> r.relname::pg_catalog.text IS NOT NULL AND i.indrelid = v.oid, false) AS ours
FROM pg_catalog.pg_namespace n
JOIN pg_catalog.pg_class r ON r.relnamespace = n.oid
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = r.oid
LEFT JOIN pg_catalog.pg_class v ON v.relnamespace = n.oid AND v.relname = ?
LEFT JOIN ${bookkeeping}.views b ON b.schema_name = n.nspname AND b.view_name = v.relname
WHERE n.nspname = ? AND r.relname = ?
