-- No default, trigger, rule or constraint with an expression: nothing that runs somebody's code.
CREATE TABLE IF NOT EXISTS ${bookkeeping}.views (
  schema_name text NOT NULL,
  view_name text NOT NULL,
  owner_id text NOT NULL,
  namespace text NOT NULL,
  name text NOT NULL,
  definition_hash text NOT NULL,
  fingerprint text NOT NULL,
  indexes text[] NOT NULL,
  schedule text,
  settled_until timestamptz,
  handled_request text,
  data_as_of timestamptz,
  last_success timestamptz,
  consecutive_failures integer NOT NULL,
  PRIMARY KEY (schema_name, view_name)
);
CREATE TABLE IF NOT EXISTS ${bookkeeping}.runs (
  schema_name text NOT NULL,
  view_name text NOT NULL,
  run_id text NOT NULL,
  trigger text NOT NULL,
  mode text,
  due_at timestamptz NOT NULL,
  started_at timestamptz NOT NULL,
  finished_at timestamptz NOT NULL,
  result text NOT NULL,
  reason text NOT NULL,
  sqlstate text,
  message text,
  rows_before bigint,
  rows_after bigint,
  PRIMARY KEY (schema_name, view_name, run_id)
)
