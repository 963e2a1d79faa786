-- What is worth a warning in the stored query of view c: functions whose result differs from call
-- to call, and an order that no reader can rely on. The last sortClause is the outermost query's.
-- Of a view whose data somebody else has made, also the time zone that its owner works in: theirs
-- alone, or the database's.
(SELECT coalesce(pg_catalog.array_agg(found.trait ORDER BY found.trait), '{}')
 FROM pg_catalog.pg_rewrite r
 CROSS JOIN LATERAL (
   SELECT DISTINCT 'volatile ' || p.proname AS trait
   FROM pg_catalog.regexp_matches(r.ev_action::pg_catalog.text, ':(?:funcid|opfuncid) (\d+)', 'g')
     AS called (ids)
   JOIN pg_catalog.pg_proc p ON p.oid = called.ids[1]::pg_catalog.oid
   WHERE p.provolatile = 'v'
   UNION ALL
   SELECT 'ordered'
   WHERE pg_catalog.substring(r.ev_action::pg_catalog.text, '^.*:sortClause (.)') = '('
     AND pg_catalog.substring(r.ev_action::pg_catalog.text, '^.*:limitCount (.)') = '<'
   UNION ALL
   SELECT 'time zone ' || zone.name
   FROM (
     SELECT pg_catalog.substring(setting.text, '^TimeZone=(.*)') AS name
     FROM pg_catalog.pg_db_role_setting s
     CROSS JOIN pg_catalog.unnest(s.setconfig) setting (text)
     WHERE s.setrole IN (0, c.relowner) AND s.setdatabase IN (0, (
         SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()))
       AND setting.text LIKE 'TimeZone=%'
     ORDER BY s.setrole DESC, s.setdatabase DESC LIMIT 1
   ) zone
   WHERE c.relispopulated AND known.definition_hash IS NULL AND known.last_success IS NULL
 ) found
 WHERE r.ev_class = c.oid AND r.rulename = '_RETURN')
