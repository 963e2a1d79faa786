-- The server processes, and their transactions, that hold a lock on a view, or on a view that stands directly on it.
SELECT DISTINCT l.pid, l.virtualtransaction
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_locks l ON l.locktype = 'relation' AND l.granted
  AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d
                    WHERE d.datname = pg_catalog.current_database())
  AND (l.relation = c.oid OR l.relation IN (
    SELECT r.ev_class
    FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
    WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
      AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = c.oid))
WHERE n.nspname = ? AND c.relname = ? AND l.pid <> pg_catalog.pg_backend_pid()
ORDER BY l.pid
