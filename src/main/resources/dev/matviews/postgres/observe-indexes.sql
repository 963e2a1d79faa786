-- The indexes of view c, but for those that we have not finished or are about to drop.
SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
         'name', ic.relname, 'unique', i.indisunique, 'valid', i.indisvalid,
         'identifiesRows', i.indisunique AND i.indisvalid AND i.indimmediate
           AND i.indexprs IS NULL AND i.indpred IS NULL,
         'shape', ${shape}
       ) ORDER BY ic.relname) AS list
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
JOIN pg_catalog.pg_am am ON am.oid = ic.relam
WHERE i.indrelid = c.oid
  AND ic.relname <> ALL (coalesce(b.scratch, '{}'))
