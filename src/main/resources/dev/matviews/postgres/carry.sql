-- The statements that make a shadow equal to the old view in grants, comments and the settings of
-- its columns, in their order, each with the role that has to say it: PostgreSQL writes down who
-- granted, and only that role can repeat it. What is equal already yields no statement.
WITH pair AS (
  SELECT o.oid AS old, n.oid AS new, pg_catalog.format('%I.%I', ns.nspname, n.relname) AS target,
         o.relowner AS owner, o.relacl AS old_acl,
         CASE WHEN o.relacl IS NULL THEN n.relacl
              ELSE coalesce(n.relacl, pg_catalog.acldefault('r', n.relowner)) END AS new_acl
  FROM pg_catalog.pg_class o, pg_catalog.pg_class n
  JOIN pg_catalog.pg_namespace ns ON ns.oid = n.relnamespace
  WHERE o.oid = ? AND n.oid = ?
), columns AS (
  SELECT p.*, n.attnum AS place, pg_catalog.quote_ident(n.attname) AS col,
         n.atttypid = o.atttypid AS same_type,
         o.attacl AS old_col_acl, n.attacl AS new_col_acl,
         o.attnum AS old_num, o.attstattarget AS old_target, n.attstattarget AS new_target,
         o.attstorage AS old_storage, n.attstorage AS new_storage,
         o.attcompression AS old_compression, n.attcompression AS new_compression,
         o.attoptions AS old_options, n.attoptions AS new_options
  FROM pair p
  JOIN pg_catalog.pg_attribute o ON o.attrelid = p.old AND o.attnum > 0 AND NOT o.attisdropped
  JOIN pg_catalog.pg_attribute n ON n.attrelid = p.new AND n.attname = o.attname
), acls AS (
  SELECT target, owner, 0 AS place, '' AS of_column, new_acl,
         coalesce(old_acl, pg_catalog.acldefault('r', owner)) AS old_acl
  FROM pair WHERE old_acl IS DISTINCT FROM new_acl
  UNION ALL
  SELECT target, owner, place, ' (' || col || ')', new_col_acl, old_col_acl
  FROM columns
  -- What is revoked of the table goes from its columns too.
  WHERE old_col_acl IS DISTINCT FROM new_col_acl
    OR (old_acl IS DISTINCT FROM columns.new_acl AND old_col_acl IS NOT NULL)
), revokes AS (
  SELECT DISTINCT a.place, x.grantee, pg_catalog.format('REVOKE ALL%s ON TABLE %s FROM %s CASCADE',
           a.of_column, a.target, CASE x.grantee WHEN 0 THEN 'PUBLIC'
             ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END) AS sql
  FROM acls a, pg_catalog.aclexplode(a.new_acl) x
  WHERE x.grantor = a.owner
), grants AS (
  SELECT a.place, pg_catalog.min(x.n) AS n, pg_catalog.pg_get_userbyid(x.grantor) AS role,
         pg_catalog.format('GRANT %s ON TABLE %s TO %s%s',
           pg_catalog.string_agg(x.privilege_type || a.of_column, ', ' ORDER BY x.n), a.target,
           CASE x.grantee WHEN 0 THEN 'PUBLIC'
             ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END,
           CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS sql
  FROM acls a, pg_catalog.aclexplode(a.old_acl)
    WITH ORDINALITY AS x (grantor, grantee, privilege_type, is_grantable, n)
  GROUP BY a.place, a.target, x.grantor, x.grantee, x.is_grantable
), comments AS (
  SELECT 0 AS place, pg_catalog.format('COMMENT ON MATERIALIZED VIEW %s IS %L', target,
           pg_catalog.obj_description(old, 'pg_class')) AS sql
  FROM pair
  WHERE pg_catalog.obj_description(old, 'pg_class')
        IS DISTINCT FROM pg_catalog.obj_description(new, 'pg_class')
  UNION ALL
  SELECT place, pg_catalog.format('COMMENT ON COLUMN %s.%s IS %L', target, col,
           pg_catalog.col_description(old, old_num))
  FROM columns
  WHERE pg_catalog.col_description(old, old_num)
        IS DISTINCT FROM pg_catalog.col_description(new, place)
), settings AS (
  SELECT place, pg_catalog.format('ALTER MATERIALIZED VIEW %s ALTER COLUMN %s SET %s', target, col,
           s.setting) AS sql
  FROM columns, LATERAL (
    SELECT 'STATISTICS ' || coalesce(old_target, -1)
    WHERE coalesce(old_target, -1) <> coalesce(new_target, -1)
    UNION ALL
    SELECT 'STORAGE ' || CASE old_storage
      WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'x' THEN 'EXTENDED' ELSE 'MAIN' END
    WHERE same_type AND old_storage <> new_storage
    UNION ALL
    SELECT 'COMPRESSION ' || CASE old_compression
      WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' ELSE 'default' END
    WHERE same_type AND old_compression <> new_compression
    UNION ALL
    SELECT '(' || (
      SELECT pg_catalog.string_agg(pg_catalog.format('%I = %L', pg_catalog.split_part(o, '=', 1),
               pg_catalog.substr(o, pg_catalog.strpos(o, '=') + 1)), ', ')
      FROM pg_catalog.unnest(old_options) o) || ')'
    WHERE old_options IS NOT NULL AND old_options IS DISTINCT FROM new_options
  ) s (setting)
)
SELECT role, sql FROM (
  SELECT 1 AS step, place, grantee::pg_catalog.int8 AS n, NULL::pg_catalog.name AS role, sql FROM revokes
  UNION ALL SELECT 2, place, n, role, sql FROM grants
  UNION ALL SELECT 3, place, 0, NULL, sql FROM comments
  UNION ALL SELECT 4, place, 0, NULL, sql FROM settings
) statements
ORDER BY step, place, n
