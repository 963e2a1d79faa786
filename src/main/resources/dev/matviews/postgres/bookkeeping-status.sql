-- For people and monitors who have SQL and no Kubernetes; its owner grants it to whom they like.
CREATE VIEW ${bookkeeping}.status AS
SELECT v.schema_name,
       v.view_name,
       v.data_as_of,
       newest.result AS last_result,
       newest.finished_at AS last_run_at,
       v.next_due
FROM ${bookkeeping}.views v
LEFT JOIN LATERAL (
  SELECT r.result, r.finished_at
  FROM ${bookkeeping}.runs r
  WHERE r.schema_name = v.schema_name AND r.view_name = v.view_name
  ORDER BY r.finished_at DESC
  LIMIT 1
) newest ON true
