-- Whether the two tables are ours alone: a trigger, rule, policy, default, check or inheriting
-- table of somebody else would run their code with the rights of the connecting role.
SELECT c.relname,
       ${version} AS version,
       c.relkind = 'r'
         AND c.relowner = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = CURRENT_USER)
         AND NOT c.relrowsecurity
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid)
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_rewrite r WHERE r.ev_class = c.oid)
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_attrdef d WHERE d.adrelid = c.oid)
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k
                         WHERE k.conrelid = c.oid AND k.contype NOT IN ('p', 'n'))
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits i
                         WHERE c.oid IN (i.inhparent, i.inhrelid))
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_index x
                         WHERE x.indrelid = c.oid AND (x.indexprs IS NOT NULL OR x.indpred IS NOT NULL))
         AS safe,
       (SELECT pg_catalog.string_agg(
                 a.attname || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod), ', '
                 ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ? AND c.relname IN ('runs', 'views')
ORDER BY c.relname
