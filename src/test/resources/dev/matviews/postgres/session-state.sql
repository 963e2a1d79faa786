-- All that a session could carry on with.
SELECT 'setting ' || name || ' = ' || setting FROM pg_catalog.pg_settings WHERE source = 'session'
UNION ALL SELECT 'my.own = ' || coalesce(pg_catalog.current_setting('my.own', true), '')
UNION ALL SELECT 'user ' || SESSION_USER || ' as ' || CURRENT_USER
UNION ALL SELECT 'listens to ' || c FROM pg_catalog.pg_listening_channels() c
UNION ALL SELECT 'cursor ' || name FROM pg_catalog.pg_cursors WHERE name <> ''
UNION ALL SELECT 'statement ' || name FROM pg_catalog.pg_prepared_statements WHERE from_sql
UNION ALL SELECT 'temporary schema ' WHERE pg_catalog.pg_my_temp_schema() <> 0
UNION ALL SELECT 'lock ' || objid FROM pg_catalog.pg_locks
WHERE locktype = 'advisory' AND pid = pg_catalog.pg_backend_pid()
