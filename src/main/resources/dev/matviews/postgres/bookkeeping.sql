CREATE TABLE IF NOT EXISTS ${bookkeeping}.views (
  -- No default, trigger, rule or constraint with an expression: nothing that runs somebody's code.
  schema_name text NOT NULL,
  view_name text NOT NULL,
  owner_id text NOT NULL,
  namespace text NOT NULL,
  name text NOT NULL,
  definition_hash text,
  time_zone text NOT NULL,
  fingerprint text NOT NULL,
  source_columns text NOT NULL,
  indexes jsonb NOT NULL,
  attributes jsonb NOT NULL,
  scratch text[] NOT NULL,
  traits text[] NOT NULL,
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
);
ALTER TABLE ${bookkeeping}.views
  -- Columns that came later stand last, so that tables of an earlier version can be told from others.
  ADD COLUMN IF NOT EXISTS made_oid bigint,
  ADD COLUMN IF NOT EXISTS origin_oid bigint,
  ADD COLUMN IF NOT EXISTS next_due timestamptz,
  ADD COLUMN IF NOT EXISTS passed_after timestamptz,
  ADD COLUMN IF NOT EXISTS passed_before timestamptz,
  ADD COLUMN IF NOT EXISTS search_path text[];
ALTER TABLE ${bookkeeping}.runs
  ADD COLUMN IF NOT EXISTS tries integer,
  ADD COLUMN IF NOT EXISTS rows_exact boolean,
  ADD COLUMN IF NOT EXISTS instead_of text,
  ADD COLUMN IF NOT EXISTS rows_changed bigint;
COMMENT ON TABLE ${bookkeeping}.views IS
  -- Whatever a later version makes of them, its number has to stand here.
  'Bookkeeping of matview-operator, version ${version}'
