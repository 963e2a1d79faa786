SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4 / 10000 AS major,
       pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1) AS version,
       CURRENT_USER AS current_user_name,
       (SELECT pg_catalog.bool_or(r.rolsuper OR r.rolcreaterole OR r.rolbypassrls) FROM pg_catalog.pg_roles r
        WHERE r.rolname IN (CURRENT_USER, SESSION_USER)) AS privileged,
       pg_catalog.pg_is_in_recovery()
         OR pg_catalog.current_setting('transaction_read_only')::pg_catalog.bool AS read_only,
       (SELECT s.system_identifier FROM pg_catalog.pg_control_system() s) || '/' || d.oid AS identity
FROM pg_catalog.pg_database d
WHERE d.datname = pg_catalog.current_database()
