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
       attributes.found AS attributes,
       ${reachable} AS acts_as_owner,
       CASE WHEN pg_catalog.current_setting('server_version_num')::pg_catalog.int4 >= 170000
         THEN pg_catalog.has_table_privilege(c.oid, 'MAINTAIN')
         ELSE false END AS maintainable,
       c.relispopulated AS populated,
       c.reltuples::pg_catalog.int8 AS row_estimate,
       pages.bytes,
       CASE WHEN c.relkind = 'm' THEN ${fingerprint} END AS fingerprint,
       CASE WHEN c.relkind = 'm' THEN ${source_columns} END AS source_columns,
       sources.names AS sources,
       coalesce(sources.replaced, false) AS reads_replaced,
       upstreams.unpopulated AS unpopulated_sources,
       upstreams.names AS upstreams,
       sources.unreadable AS unreadable_sources,
       dependents.names AS dependents,
       coalesce(indexes.list, '[]') AS indexes,
       standing.replaceable, standing.on_top, coalesce(standing.managed, '[]') AS managed_on_top,
       -- Whoever may not look closer sees at least that one is there.
       ${standbys} AS standbys,
       b.owner_id, b.namespace, b.name, b.definition_hash, b.time_zone,
       b.fingerprint AS recorded_fingerprint, b.source_columns AS recorded_source_columns,
       b.indexes AS recorded_indexes, b.attributes AS recorded_attributes,
       leftovers.free AS scratch, leftovers.needed AS aside, b.traits,
       b.schedule, b.settled_until, b.handled_request, b.data_as_of, b.last_success,
       b.consecutive_failures, b.next_due, b.passed_after, b.passed_before,
       CASE WHEN b.made_oid = c.oid THEN b.origin_oid ELSE c.oid END AS origin,
       ${version} AS bookkeeping_version,
       coalesce(runs.list, '[]') AS runs
FROM ROWS FROM (
       pg_catalog.unnest(?::pg_catalog.text[]), pg_catalog.unnest(?::pg_catalog.text[])
     ) AS w (schema_name, view_name)
LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema_name
LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.view_name
LEFT JOIN ${bookkeeping}.views b ON b.schema_name = w.schema_name AND b.view_name = w.view_name
LEFT JOIN LATERAL (
  SELECT pg_catalog.array_agg(l.name) FILTER (WHERE NOT l.needed) AS free,
         pg_catalog.array_agg(l.name) FILTER (WHERE l.needed) AS needed
  FROM (
    SELECT s.name,
${needed} AS needed
    FROM pg_catalog.unnest(b.scratch) s (name)
    LEFT JOIN pg_catalog.pg_class old ON old.relnamespace = n.oid AND old.relname = s.name
  ) l
) leftovers ON true
LEFT JOIN LATERAL (
  SELECT pg_catalog.sum(s.relpages)::pg_catalog.int8
         * pg_catalog.current_setting('block_size')::pg_catalog.int8 AS bytes
  FROM pg_catalog.pg_class s
  WHERE s.oid = c.oid OR s.oid = c.reltoastrelid
     OR s.oid IN (SELECT i.indexrelid FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid)
) pages ON true
LEFT JOIN LATERAL (
  SELECT pg_catalog.jsonb_build_object(
    'owner', pg_catalog.pg_get_userbyid(c.relowner),
    'comment', pg_catalog.obj_description(c.oid, 'pg_class'),
    'tablespace', (
      SELECT t.spcname
      FROM pg_catalog.pg_database d
      JOIN pg_catalog.pg_tablespace t
        ON t.oid = CASE c.reltablespace WHEN 0 THEN d.dattablespace ELSE c.reltablespace END
      WHERE d.datname = pg_catalog.current_database()),
    'parameters', (
      SELECT coalesce(pg_catalog.jsonb_object_agg(p.option_name, p.option_value), '{}')
      FROM pg_catalog.pg_options_to_table(c.reloptions) p
    ),
    'privileges', (
      SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
               'role', CASE WHEN a.grantee = 0 THEN 'PUBLIC'
                         ELSE pg_catalog.pg_get_userbyid(a.grantee) END,
               'privilege', a.privilege_type, 'grantable', a.is_grantable,
               'byOwner', a.grantor = c.relowner
             ) ORDER BY a.grantee, a.grantor, a.privilege_type), '[]')
      FROM pg_catalog.aclexplode(c.relacl) a
      WHERE a.grantee <> c.relowner
    )) AS found
  WHERE c.relkind = 'm'
) attributes ON true
LEFT JOIN LATERAL (
  SELECT pg_catalog.array_agg(sn.nspname || '.' || sc.relname ORDER BY sn.nspname, sc.relname)
           AS names,
         pg_catalog.array_agg(sn.nspname || '.' || sc.relname ORDER BY sn.nspname, sc.relname)
           FILTER (WHERE NOT pg_catalog.has_any_column_privilege(c.relowner, sc.oid, 'SELECT'))
           AS unreadable,
         pg_catalog.bool_or(EXISTS (
           SELECT FROM ${bookkeeping}.views o
           WHERE o.schema_name = sn.nspname AND sc.relname = ANY (o.scratch))) AS replaced
  FROM (
    SELECT DISTINCT d.refobjid AS oid
    FROM pg_catalog.pg_rewrite r
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
      AND d.objid = r.oid AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    WHERE r.ev_class = c.oid AND d.refobjid <> c.oid AND c.relkind = 'm'
  ) s
  JOIN pg_catalog.pg_class sc ON sc.oid = s.oid
  JOIN pg_catalog.pg_namespace sn ON sn.oid = sc.relnamespace
) sources ON true
LEFT JOIN LATERAL (
  -- Of what goes while it is looked at the row is there still, but not the name.
  SELECT pg_catalog.array_agg(DISTINCT d.described) FILTER (WHERE d.described IS NOT NULL) AS names
  FROM (
    SELECT pg_catalog.pg_describe_object(
             'pg_catalog.pg_class'::pg_catalog.regclass, r.ev_class, 0) AS described
    FROM pg_catalog.pg_depend p
    JOIN pg_catalog.pg_rewrite r ON r.oid = p.objid
    WHERE p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND p.refobjid = c.oid
      AND p.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND r.ev_class <> c.oid
    UNION
    SELECT pg_catalog.pg_describe_object(p.classid, p.objid, 0)
    FROM pg_catalog.pg_depend p
    WHERE p.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
      AND ((p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND p.refobjid = c.oid)
        OR (p.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass AND p.refobjid = c.reltype))
  ) d
  WHERE c.relkind = 'm'
) dependents ON true
LEFT JOIN LATERAL (
  -- Direct dependents as dependents.sql sorts them, and whether the owners of plain ones may replace them.
  SELECT CASE WHEN pg_catalog.bool_or(d.kind = 'other') THEN 'Others'
              WHEN pg_catalog.bool_or(d.kind = 'managed') THEN 'ManagedViews'
              WHEN pg_catalog.bool_or(d.kind = 'view') THEN 'Views'
              ELSE 'Nothing' END AS on_top,
         ${reachable} AND pg_catalog.has_schema_privilege(c.relowner, n.oid, 'CREATE')
           AND NOT EXISTS (
             SELECT FROM (
               SELECT c.relacl
               UNION ALL
               SELECT a.attacl FROM pg_catalog.pg_attribute a
               WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attacl IS NOT NULL
             ) acl (list), pg_catalog.aclexplode(acl.list) x
             WHERE x.grantor <> c.relowner AND NOT ${reachable_grantor}) AS replaceable,
         pg_catalog.jsonb_agg(DISTINCT pg_catalog.jsonb_build_array(
             d.schema_name, d.view_name, d.owner_id, d.namespace, d.name))
           FILTER (WHERE d.kind = 'managed') AS managed
  FROM (
    SELECT o.*, CASE
        WHEN p.refclassid <> 'pg_catalog.pg_class'::pg_catalog.regclass THEN 'other'
        WHEN v.relkind = 'v' AND v.relpersistence = 'p' AND ${reachable_on_top}
          AND pg_catalog.has_schema_privilege(v.relowner, v.relnamespace, 'CREATE') THEN 'view'
        WHEN v.relkind = 'm' AND o.view_name IS NOT NULL THEN 'managed'
        ELSE 'other' END AS kind
    FROM pg_catalog.pg_depend p
    LEFT JOIN pg_catalog.pg_rewrite r ON r.oid = p.objid AND r.rulename = '_RETURN'
      AND p.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
    LEFT JOIN pg_catalog.pg_class v ON v.oid = r.ev_class
    LEFT JOIN pg_catalog.pg_namespace vn ON vn.oid = v.relnamespace
    LEFT JOIN ${bookkeeping}.views o ON o.schema_name = vn.nspname AND o.view_name = v.relname
      AND o.definition_hash IS NOT NULL
    WHERE p.deptype = 'n' AND r.ev_class IS DISTINCT FROM c.oid
      AND ((p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND p.refobjid = c.oid)
        OR (p.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass AND p.refobjid IN (
              SELECT pg_catalog.unnest(ARRAY[t.oid, t.typarray])
              FROM pg_catalog.pg_type t WHERE t.oid = c.reltype)))
  ) d
) standing ON true
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
  SELECT pg_catalog.array_agg(sn.nspname || '.' || sc.relname ORDER BY sn.nspname, sc.relname)
           AS names,
         pg_catalog.array_agg(sn.nspname || '.' || sc.relname ORDER BY sn.nspname, sc.relname)
           FILTER (WHERE NOT sc.relispopulated) AS unpopulated
  FROM source s
  JOIN pg_catalog.pg_class sc ON sc.oid = s.oid
  JOIN pg_catalog.pg_namespace sn ON sn.oid = sc.relnamespace
  WHERE sc.relkind = 'm' AND sc.oid <> c.oid
) upstreams ON true
LEFT JOIN LATERAL (
${indexes}) indexes ON true
LEFT JOIN LATERAL (
  SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(newest) ORDER BY newest.finished_at DESC) AS list
  FROM (
    (SELECT r.* FROM ${bookkeeping}.runs r
     WHERE r.schema_name = b.schema_name AND r.view_name = b.view_name
     ORDER BY r.finished_at DESC LIMIT 5)
    UNION
    -- How a rebuild failed counts until it succeeds, however many refreshes came after it.
    (SELECT r.* FROM ${bookkeeping}.runs r
     WHERE r.schema_name = b.schema_name AND r.view_name = b.view_name AND r.trigger = 'Definition'
     ORDER BY r.finished_at DESC LIMIT 1)
    UNION
    -- How long each mode took the last time decides on the next one.
    (SELECT DISTINCT ON (r.mode) r.* FROM ${bookkeeping}.runs r
     WHERE r.schema_name = b.schema_name AND r.view_name = b.view_name
       AND r.mode IS NOT NULL AND r.result = 'Succeeded'
     ORDER BY r.mode, r.finished_at DESC)
  ) newest
) runs ON true
