-- The roles beside its owner that granted something on a view and whom we may not become.
SELECT DISTINCT g.rolname
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
  SELECT c.relacl
  UNION ALL
  SELECT a.attacl FROM pg_catalog.pg_attribute a
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
) acl (list)
CROSS JOIN LATERAL pg_catalog.aclexplode(acl.list) x
JOIN pg_catalog.pg_roles g ON g.oid = x.grantor
WHERE n.nspname = ? AND c.relname = ? AND x.grantor <> c.relowner AND NOT ${reachable}
ORDER BY g.rolname
