-- What stands under a name, and whether the connecting role could drop it, by its own rights or the owner's.
SELECT c.oid,
       c.relkind = 'm' AS materialized_view,
       pg_catalog.pg_get_userbyid(c.relowner) AS owner,
       pg_catalog.pg_has_role(c.relowner, 'USAGE') OR ${reachable} AS droppable
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ? AND c.relname = ?
