-- All that a statement could leave behind in a database or on its server.
SELECT 'relation ' || concat_ws(' ', oid, relnamespace, relname, relkind, relowner, relacl,
  relfilenode, reltablespace, reloptions, relhasrules, relhastriggers, relrowsecurity)
FROM pg_class WHERE oid >= 16384
UNION ALL SELECT 'column ' || concat_ws(' ', attrelid, attname, atttypid, attacl, attoptions)
FROM pg_attribute WHERE attrelid >= 16384
UNION ALL SELECT 'comment ' || t FROM pg_description t WHERE objoid >= 16384
UNION ALL SELECT 'cast ' || t FROM pg_cast t WHERE oid >= 16384
UNION ALL SELECT 'collation ' || t FROM pg_collation t WHERE oid >= 16384
UNION ALL SELECT 'constraint ' || t FROM pg_constraint t WHERE oid >= 16384
UNION ALL SELECT 'conversion ' || t FROM pg_conversion t WHERE oid >= 16384
UNION ALL SELECT 'default privileges ' || t FROM pg_default_acl t
UNION ALL SELECT 'event trigger ' || t FROM pg_event_trigger t
UNION ALL SELECT 'extension ' || t FROM pg_extension t
UNION ALL SELECT 'wrapper ' || t FROM pg_foreign_data_wrapper t
UNION ALL SELECT 'server ' || t FROM pg_foreign_server t
UNION ALL SELECT 'schema ' || t FROM pg_namespace t
UNION ALL SELECT 'operator class ' || t FROM pg_opclass t WHERE oid >= 16384
UNION ALL SELECT 'operator ' || t FROM pg_operator t WHERE oid >= 16384
UNION ALL SELECT 'policy ' || t FROM pg_policy t
UNION ALL SELECT 'function ' || t FROM pg_proc t WHERE oid >= 16384
UNION ALL SELECT 'publication ' || t FROM pg_publication t
UNION ALL SELECT 'rule ' || t FROM pg_rewrite t WHERE oid >= 16384
UNION ALL SELECT 'statistics ' || t FROM pg_statistic_ext t
UNION ALL SELECT 'trigger ' || t FROM pg_trigger t
UNION ALL SELECT 'text search ' || t FROM pg_ts_config t WHERE oid >= 16384
UNION ALL SELECT 'type ' || t FROM pg_type t WHERE oid >= 16384
UNION ALL SELECT 'inheritance ' || t FROM pg_inherits t
UNION ALL SELECT 'sequence ' || t FROM pg_sequences t
UNION ALL SELECT 'large object ' || t FROM pg_largeobject_metadata t
UNION ALL SELECT 'large object''s page ' || t FROM pg_largeobject t
UNION ALL SELECT 'user mapping ' || t FROM pg_user_mapping t
UNION ALL SELECT 'prepared transaction ' || t FROM pg_prepared_xacts t
UNION ALL SELECT 'database ' || concat_ws(' ', datname, datdba, datacl) FROM pg_database
WHERE datname = current_database()
UNION ALL SELECT 'role ' || t FROM pg_authid t
UNION ALL SELECT 'member ' || t FROM pg_auth_members t
UNION ALL SELECT 'setting ' || t FROM pg_db_role_setting t
UNION ALL SELECT 'tablespace ' || t FROM pg_tablespace t
UNION ALL SELECT 'slot ' || t FROM pg_replication_slots t
UNION ALL SELECT 'victim ' || concat_ws(' ', xmin, xmax, v) FROM app.victim v
UNION ALL SELECT 'view ' || v FROM matview_operator.views v
UNION ALL SELECT 'run ' || r FROM matview_operator.runs r
