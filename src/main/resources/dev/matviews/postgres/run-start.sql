-- Whether a run is done already, the time, and whom to act as.
SELECT coalesce(
         r.result = 'Succeeded' OR r.trigger = 'Run'
         OR (slot.counts AND slot.due <= v.settled_until
             AND NOT coalesce(slot.due > v.passed_after AND slot.due < v.passed_before, false)),
         false) AS done,
       CASE WHEN r.result IS NULL THEN 0 ELSE coalesce(r.tries, 1) END AS tries_before,
       -- Those of the definition that is live, whatever the spec has become since.
       CASE WHEN v.definition_hash IS NOT NULL THEN v.search_path END AS search_path,
       CASE WHEN v.definition_hash IS NOT NULL THEN v.time_zone END AS time_zone,
       pg_catalog.clock_timestamp() AS now,
       CURRENT_USER AS us,
       ${owner} AS owner,
       ${version} AS bookkeeping_version
FROM (SELECT ?::pg_catalog.text AS schema_name, ?::pg_catalog.text AS view_name,
             ?::pg_catalog.text AS run_id) asked
CROSS JOIN (SELECT ?::pg_catalog.bool AS counts, ?::pg_catalog.timestamptz AS due) slot
LEFT JOIN ${bookkeeping}.views v USING (schema_name, view_name)
LEFT JOIN ${bookkeeping}.runs r USING (schema_name, view_name, run_id)
