-- What stands on a view, outermost first, as DROP … RESTRICT would see it: by normal dependencies,
-- so that its own indexes, statistics, TOAST table and types are none of it. A view stands there by
-- its rule; whoever uses the row type, and a rule beside that of a view, cannot be moved elsewhere.
WITH RECURSIVE found (classid, objid, by_rule, level) AS (
  SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid, ?::pg_catalog.int8::pg_catalog.oid, true, 0
  UNION
  SELECT CASE WHEN r.oid IS NULL THEN d.classid ELSE f.classid END,
         coalesce(r.ev_class, d.objid),
         r.oid IS NOT NULL AND h.classid = f.classid,
         f.level + 1
  FROM found f
  JOIN pg_catalog.pg_class c
    ON f.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND c.oid = f.objid
  CROSS JOIN LATERAL (
    SELECT f.classid AS classid, c.oid AS objid
    UNION ALL
    SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid
    FROM pg_catalog.pg_type row_type, pg_catalog.pg_type t
    WHERE row_type.oid = c.reltype AND t.oid IN (row_type.oid, row_type.typarray)
  ) h
  JOIN pg_catalog.pg_depend d
    ON d.refclassid = h.classid AND d.refobjid = h.objid AND d.deptype = 'n'
  LEFT JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND r.rulename = '_RETURN'
    AND d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
  -- A view that reads itself can be made, though not queried.
  WHERE f.level < 64 AND r.ev_class IS DISTINCT FROM c.oid
), dependent AS (
  SELECT classid, objid, pg_catalog.bool_and(by_rule) AS by_rule,
         pg_catalog.min(level) AS nearest, pg_catalog.max(level) AS farthest
  FROM found WHERE level > 0
  GROUP BY classid, objid
)
SELECT pg_catalog.pg_describe_object(d.classid, d.objid, 0) AS description,
       CASE WHEN d.by_rule AND c.relkind = 'v' AND c.relpersistence = 'p' THEN 'View'
            WHEN d.by_rule AND c.relkind = 'm' THEN 'MaterializedView'
            ELSE 'Other' END AS kind,
       n.nspname, c.relname, o.rolname AS owner,
       coalesce(${reachable}, false) AS owner_reachable,
       coalesce(pg_catalog.has_schema_privilege(o.oid, n.oid, 'CREATE'), false) AS owner_may_create,
       b.view_name AS recorded_as, b.owner_id, b.namespace, b.name,
       d.nearest = 1 AS direct,
       coalesce(needed.names, '{}') AS column_names, coalesce(needed.types, '{}') AS column_types
FROM dependent d
LEFT JOIN pg_catalog.pg_class c
  ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND c.oid = d.objid
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_roles o ON o.oid = c.relowner
LEFT JOIN LATERAL (
  SELECT * FROM ${bookkeeping}.views b
  WHERE b.schema_name = n.nspname AND b.definition_hash IS NOT NULL
    -- Or what such a view is about to be replaced by.
    AND (b.view_name = c.relname OR c.relname = ANY (b.scratch))
  ORDER BY b.view_name <> c.relname, b.view_name LIMIT 1
) b ON true
LEFT JOIN LATERAL (
  SELECT pg_catalog.array_agg(a.attname::pg_catalog.text ORDER BY a.attnum) AS names,
         pg_catalog.array_agg(pg_catalog.format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum) AS types
  FROM pg_catalog.pg_attribute a
  WHERE a.attrelid = ?::pg_catalog.int8::pg_catalog.oid AND a.attnum IN (
    SELECT p.refobjsubid
    FROM pg_catalog.pg_depend p
    LEFT JOIN pg_catalog.pg_rewrite r ON r.oid = p.objid AND r.rulename = '_RETURN'
      AND p.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
    WHERE p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND p.refobjid = a.attrelid
      AND p.refobjsubid > 0
      AND CASE WHEN r.oid IS NULL THEN p.classid = d.classid AND p.objid = d.objid
               ELSE r.ev_class = c.oid END)
) needed ON true
-- Of what goes while it is looked at the row is there still, but not the name.
WHERE pg_catalog.pg_describe_object(d.classid, d.objid, 0) IS NOT NULL
ORDER BY d.farthest DESC, d.classid, d.objid
