SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4 / 10000 AS major,
       pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1) AS version,
       CURRENT_USER AS current_user_name,
       (SELECT pg_catalog.bool_or(r.rolsuper OR r.rolcreaterole OR r.rolbypassrls) FROM pg_catalog.pg_roles r
        WHERE r.rolname IN (CURRENT_USER, SESSION_USER)) AS privileged,
       ${identity} AS identity,
       pg_catalog.has_database_privilege(d.oid, 'CREATE') AS create_schema,
       pg_catalog.has_database_privilege(d.oid, 'TEMP') AS temp,
       EXISTS (SELECT FROM pg_catalog.pg_roles r
               WHERE r.rolname = 'pg_maintain' AND pg_catalog.pg_has_role(r.oid, 'USAGE')) AS maintain
FROM pg_catalog.pg_database d
WHERE d.datname = pg_catalog.current_database()
