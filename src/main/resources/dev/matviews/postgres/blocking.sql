-- The server processes that hold a lock that a run waits for. One that asks for its lock in short tries
-- waits for nobody between them, so whoever holds any lock on the view, or shuts out readers of its source, counts then.
SELECT DISTINCT b.pid
FROM (
  SELECT pg_catalog.unnest(pg_catalog.pg_blocking_pids(?::pg_catalog.int4)) AS pid
  UNION
  SELECT l.pid
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_locks l ON l.locktype = 'relation' AND l.granted
    AND (l.relation = c.oid OR (l.mode = 'AccessExclusiveLock' AND l.relation IN (
      SELECT d.refobjid
      FROM pg_catalog.pg_rewrite r
      JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
        AND d.objid = r.oid AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
      WHERE r.ev_class = c.oid)))
    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d
                      WHERE d.datname = pg_catalog.current_database())
  WHERE ? AND n.nspname = ? AND c.relname = ? AND l.pid <> ?
) b
ORDER BY b.pid
LIMIT 10
