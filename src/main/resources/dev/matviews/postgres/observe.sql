-- What the database holds under each of the names, and what bookkeeping knows of them.
-- Reads the catalogue only and takes no lock on any view or source: a view under a running
-- REFRESH, or a table under ALTER, must not hold up the look at all the others. So the size comes
-- from pg_class.relpages and the fingerprint from pg_rewrite, not from functions that lock.
SELECT w.schema_name,
       w.view_name,
       n.oid IS NOT NULL AS schema_exists,
       c.oid,
       CASE c.relkind
         WHEN 'm' THEN 'materialized view' WHEN 'r' THEN 'table' WHEN 'p' THEN 'table'
         WHEN 'v' THEN 'view' WHEN 'i' THEN 'index' WHEN 'I' THEN 'index'
         WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' WHEN 'c' THEN 'type'
         ELSE 'relation' END AS kind,
       pg_catalog.pg_get_userbyid(c.relowner) AS owner,
       pg_catalog.pg_has_role(c.relowner, 'USAGE') AS owned_by_us,
       c.relispopulated AS populated,
       c.reltuples::pg_catalog.int8 AS row_estimate,
       pages.bytes,
       CASE WHEN c.relkind = 'm' THEN ${fingerprint} END AS fingerprint,
       unpopulated.names AS unpopulated_sources,
       coalesce(indexes.list, '[]') AS indexes,
       b.owner_id, b.namespace, b.name, b.definition_hash,
       b.fingerprint AS recorded_fingerprint, b.indexes AS recorded_indexes,
       b.schedule, b.settled_until, b.handled_request, b.data_as_of, b.last_success,
       b.consecutive_failures,
       coalesce(runs.list, '[]') AS runs
FROM ROWS FROM (
       pg_catalog.unnest(?::pg_catalog.text[]), pg_catalog.unnest(?::pg_catalog.text[])
     ) AS w (schema_name, view_name)
LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema_name
LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.view_name
LEFT JOIN ${bookkeeping}.views b ON b.schema_name = w.schema_name AND b.view_name = w.view_name
LEFT JOIN LATERAL (
  SELECT pg_catalog.sum(s.relpages)::pg_catalog.int8
         * pg_catalog.current_setting('block_size')::pg_catalog.int8 AS bytes
  FROM pg_catalog.pg_class s
  WHERE s.oid = c.oid OR s.oid = c.reltoastrelid
     OR s.oid IN (SELECT i.indexrelid FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid)
) pages ON true
LEFT JOIN LATERAL (
  WITH RECURSIVE source (oid) AS (
    SELECT c.oid WHERE c.relkind = 'm'
    UNION
    SELECT d.refobjid
    FROM source s
    JOIN pg_catalog.pg_class v ON v.oid = s.oid AND (v.relkind = 'v' OR v.oid = c.oid)
    JOIN pg_catalog.pg_rewrite r ON r.ev_class = v.oid
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
      AND d.objid = r.oid AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
  )
  SELECT pg_catalog.array_agg(sn.nspname || '.' || sc.relname ORDER BY sn.nspname, sc.relname) AS names
  FROM source s
  JOIN pg_catalog.pg_class sc ON sc.oid = s.oid
  JOIN pg_catalog.pg_namespace sn ON sn.oid = sc.relnamespace
  WHERE sc.relkind = 'm' AND NOT sc.relispopulated AND sc.oid <> c.oid
) unpopulated ON true
LEFT JOIN LATERAL (
  SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
           'name', ic.relname, 'unique', i.indisunique, 'valid', i.indisvalid,
           'columns', coalesce(k.columns, '{}'),
           'identifiesRows', i.indisunique AND i.indisvalid AND i.indimmediate
             AND i.indexprs IS NULL AND i.indpred IS NULL,
           'plain', am.amname = 'btree' AND i.indexprs IS NULL AND i.indpred IS NULL
             AND i.indnatts = i.indnkeyatts AND NOT i.indnullsnotdistinct AND k.all_default
         ) ORDER BY ic.relname) AS list
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
  JOIN pg_catalog.pg_am am ON am.oid = ic.relam
  LEFT JOIN LATERAL (
    SELECT pg_catalog.array_agg(a.attname ORDER BY key.n) AS columns,
           pg_catalog.bool_and(o.opcdefault AND i.indoption[(key.n - 1)::pg_catalog.int4] = 0
             AND i.indcollation[(key.n - 1)::pg_catalog.int4] = a.attcollation) AS all_default
    FROM pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS key (attnum, n)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = key.attnum
    JOIN pg_catalog.pg_opclass o ON o.oid = i.indclass[(key.n - 1)::pg_catalog.int4]
    WHERE key.n <= i.indnkeyatts
  ) k ON true
  WHERE i.indrelid = c.oid
) indexes ON true
LEFT JOIN LATERAL (
  SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(newest) ORDER BY newest.started_at DESC) AS list
  FROM (
    SELECT r.* FROM ${bookkeeping}.runs r
    WHERE r.schema_name = b.schema_name AND r.view_name = b.view_name
    ORDER BY r.started_at DESC LIMIT 5
  ) newest
) runs ON true
