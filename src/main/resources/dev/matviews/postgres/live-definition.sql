-- The query of a view as it is printed, and whether nothing has changed since it was written down: it
-- is then that of the spec. Only an exact copy of that is certain to be read back as the same.
SELECT known.definition_hash = ? AND known.time_zone = ?
         AND known.fingerprint = ${fingerprint}
         AND known.source_columns = ${source_columns} AS as_recorded,
       pg_catalog.rtrim(pg_catalog.pg_get_viewdef(c.oid), ';') AS printed
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN ${bookkeeping}.views known ON known.schema_name = n.nspname AND known.view_name = c.relname
WHERE n.nspname = ? AND c.relname = ? AND c.relkind = 'm'
