-- Made by `make upgrade-fixture`; see ReleaseIT.
DROP SCHEMA IF EXISTS matview_operator CASCADE;
CREATE SCHEMA matview_operator AUTHORIZATION "the-tenant";
SET ROLE "the-tenant";
CREATE TABLE app.numbers (
  n integer
);
INSERT INTO app.numbers VALUES ('1');
INSERT INTO app.numbers VALUES ('2');
INSERT INTO app.numbers VALUES ('3');
INSERT INTO app.numbers VALUES ('4');
INSERT INTO app.numbers VALUES ('5');
CREATE MATERIALIZED VIEW app.declared WITH (fillfactor=90) AS
 SELECT n,
    (n * n) AS square
   FROM app.numbers WITH DATA;
CREATE INDEX declared_half ON app.declared USING btree (((square / 2)) DESC) WHERE (n > 1);
CREATE UNIQUE INDEX declared_n ON app.declared USING btree (n);
GRANT SELECT ON app.declared TO PUBLIC;
COMMENT ON MATERIALIZED VIEW app.declared IS 'Squares';
CREATE MATERIALIZED VIEW app.edited AS
 SELECT 2 AS a WITH DATA;
COMMENT ON MATERIALIZED VIEW app.edited IS NULL;
CREATE MATERIALIZED VIEW app.failing AS
 SELECT (1 / n) AS share
   FROM app.numbers WITH DATA;
COMMENT ON MATERIALIZED VIEW app.failing IS NULL;
CREATE MATERIALIZED VIEW app.plain AS
 SELECT count(*) AS n
   FROM app.numbers WITH DATA;
COMMENT ON MATERIALIZED VIEW app.plain IS NULL;
CREATE MATERIALIZED VIEW app.swapped AS
 SELECT n
   FROM app.numbers WITH DATA;
COMMENT ON MATERIALIZED VIEW app.swapped IS NULL;
CREATE MATERIALIZED VIEW app.waiting AS
 SELECT n
   FROM app.numbers WITH NO DATA;
COMMENT ON MATERIALIZED VIEW app.waiting IS NULL;
CREATE TABLE matview_operator.views (
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
  settled_until timestamp with time zone,
  handled_request text,
  data_as_of timestamp with time zone,
  last_success timestamp with time zone,
  consecutive_failures integer NOT NULL,
  made_oid bigint,
  origin_oid bigint,
  next_due timestamp with time zone,
  passed_after timestamp with time zone,
  passed_before timestamp with time zone,
  search_path text[],
  PRIMARY KEY (schema_name, view_name)
);
CREATE TABLE matview_operator.runs (
  schema_name text NOT NULL,
  view_name text NOT NULL,
  run_id text NOT NULL,
  trigger text NOT NULL,
  mode text,
  due_at timestamp with time zone NOT NULL,
  started_at timestamp with time zone NOT NULL,
  finished_at timestamp with time zone NOT NULL,
  result text NOT NULL,
  reason text NOT NULL,
  sqlstate text,
  message text,
  rows_before bigint,
  rows_after bigint,
  tries integer,
  rows_exact boolean,
  instead_of text,
  rows_changed bigint,
  PRIMARY KEY (schema_name, view_name, run_id)
);
COMMENT ON TABLE matview_operator.views IS 'Bookkeeping of matview-operator, version 1';
CREATE VIEW matview_operator.status AS
 SELECT v.schema_name,
    v.view_name,
    v.data_as_of,
    newest.result AS last_result,
    newest.finished_at AS last_run_at,
    v.next_due
   FROM (matview_operator.views v
     LEFT JOIN LATERAL ( SELECT r.result,
            r.finished_at
           FROM matview_operator.runs r
          WHERE ((r.schema_name = v.schema_name) AND (r.view_name = v.view_name))
          ORDER BY r.finished_at DESC
         LIMIT 1) newest ON (true));
INSERT INTO matview_operator.views VALUES ('app', 'declared', 'default', 'the-tenant', 'declared', '35ae9b8f202dfe54e6f35f0fa92461c27a48e6edb3b507e617ad93da2558b199', 'UTC', '18:601f8254ce5bed9f329dc933f5992547', 'ba8923f0bdf919a089f9b41d9cd3799f', '{"declared_n": {"hash": "d2ab193907c9e9adfa1e32d298db474b598ac0eb7a70d2a81927a98e932f3cdd", "shape": "d92482877434971adb66b6bb26f84e47"}, "declared_half": {"hash": "772b16bcdcf1fb1652d78d5cf31a7c02410fb1a7f682d0f0b21214895e98ec0e", "shape": "56193ab71cfc2545b8d0649feac25260"}}', '{"owner": null, "grants": [{"role": "PUBLIC", "privileges": ["SELECT"], "withGrantOption": false}], "comment": "Squares", "parameters": {"fillfactor": "90"}, "tablespace": null}', '{}', '{}', '@yearly Etc/UTC', '2026-11-29 18:06:27.680664+00', 'by hand', '2026-11-29 18:06:28.827014+00', '2026-11-29 18:06:28.832323+00', '0', NULL, NULL, '2027-01-01 00:00:00+00', NULL, NULL, '{app}');
INSERT INTO matview_operator.views VALUES ('app', 'edited', 'default', 'the-tenant', 'edited', '54aa8a83641f1a7e74ec9d3b51ad36bc8c15322e35ea0b3c0704480ffc7f8c43', 'UTC', '18:5bbefecaef119c5f2cbbe23ce873f421', 'd41d8cd98f00b204e9800998ecf8427e', '{}', '{"owner": null, "grants": [], "comment": null, "parameters": {}, "tablespace": null}', '{}', '{}', '', '2026-11-29 18:06:28.369445+00', NULL, '2026-11-29 18:06:28.370499+00', '2026-11-29 18:06:28.473844+00', '0', NULL, NULL, NULL, NULL, NULL, '{app}');
INSERT INTO matview_operator.views VALUES ('app', 'failing', 'default', 'the-tenant', 'failing', '319462f5aedbbcaff8ff3266874e96b38ca7c62c642efb6143c1b8e39452027f', 'UTC', '18:4aa58631686cfcf10b2dc5fc895cfe9d', 'ba8923f0bdf919a089f9b41d9cd3799f', '{}', '{"owner": null, "grants": [], "comment": null, "parameters": {}, "tablespace": null}', '{}', '{}', '', '2026-11-29 18:06:27.671785+00', 'fails', '2026-11-29 18:06:27.857599+00', '2026-11-29 18:06:27.857264+00', '1', NULL, NULL, NULL, NULL, NULL, '{app}');
INSERT INTO matview_operator.views VALUES ('app', 'plain', 'default', 'the-tenant', 'plain', '65375f8c4a20c4b27b444aceab14fabb99e7b3220cc44138518f627a1b5a0456', 'UTC', '18:1b0da3248a623b9357b114ad58f81747', 'ba8923f0bdf919a089f9b41d9cd3799f', '{}', '{"owner": null, "grants": [], "comment": null, "parameters": {}, "tablespace": null}', '{}', '{}', '', '2026-11-29 18:06:27.67237+00', 'by hand', '2026-11-29 18:06:29.26324+00', '2026-11-29 18:06:29.265092+00', '0', NULL, NULL, NULL, NULL, NULL, '{app}');
INSERT INTO matview_operator.views VALUES ('app', 'swapped', 'default', 'the-tenant', 'swapped', 'e660a5443570803915503593d2763b555381540c30b1cc25a418c40133b40f40', 'UTC', '18:ce141b46040fc5744524bb06f49ca5ec', 'ba8923f0bdf919a089f9b41d9cd3799f', '{}', '{"owner": null, "grants": [], "comment": null, "parameters": {}, "tablespace": null}', '{}', '{}', '', '2026-11-29 18:06:27.672434+00', 'by hand', '2026-11-29 18:06:28.949176+00', '2026-11-29 18:06:29.013752+00', '0', '16499', '16440', NULL, NULL, NULL, '{app}');
INSERT INTO matview_operator.views VALUES ('app', 'waiting', 'default', 'the-tenant', 'waiting', 'e660a5443570803915503593d2763b555381540c30b1cc25a418c40133b40f40', 'UTC', '18:ce141b46040fc5744524bb06f49ca5ec', 'ba8923f0bdf919a089f9b41d9cd3799f', '{}', '{"owner": null, "grants": [], "comment": null, "parameters": {}, "tablespace": null}', '{}', '{}', '', '2026-11-29 18:06:27.650016+00', NULL, NULL, NULL, '0', NULL, NULL, NULL, NULL, NULL, '{app}');
INSERT INTO matview_operator.runs VALUES ('app', 'declared', 'Request/by hand', 'Request', 'Concurrent', '2026-11-29 18:06:28.824798+00', '2026-11-29 18:06:28.825289+00', '2026-11-29 18:06:28.832323+00', 'Succeeded', 'Succeeded', NULL, NULL, '5', '5', '1', 'true', NULL, '0');
INSERT INTO matview_operator.runs VALUES ('app', 'declared', 'Initial/16452', 'Initial', 'Standard', '2026-11-29 18:06:27.680664+00', '2026-11-29 18:06:27.897446+00', '2026-11-29 18:06:27.906194+00', 'Succeeded', 'Succeeded', NULL, NULL, NULL, '5', '1', 'true', NULL, NULL);
INSERT INTO matview_operator.runs VALUES ('app', 'edited', 'Definition/2ab4a8b36513b705-over-16436', 'Definition', NULL, '2026-11-29 18:06:28.369445+00', '2026-11-29 18:06:28.369794+00', '2026-11-29 18:06:28.473844+00', 'Succeeded', 'Succeeded', NULL, NULL, '1', '1', '1', NULL, NULL, NULL);
INSERT INTO matview_operator.runs VALUES ('app', 'edited', 'Initial/16436', 'Initial', 'Standard', '2026-11-29 18:06:27.673982+00', '2026-11-29 18:06:27.721901+00', '2026-11-29 18:06:27.773418+00', 'Succeeded', 'Succeeded', NULL, NULL, NULL, '1', '1', NULL, NULL, NULL);
INSERT INTO matview_operator.runs VALUES ('app', 'failing', 'Initial/16448', 'Initial', 'Standard', '2026-11-29 18:06:27.671785+00', '2026-11-29 18:06:27.854227+00', '2026-11-29 18:06:27.857264+00', 'Succeeded', 'Succeeded', NULL, NULL, NULL, '5', '1', NULL, NULL, NULL);
INSERT INTO matview_operator.runs VALUES ('app', 'failing', 'Request/fails', 'Request', 'Standard', '2026-11-29 18:06:29.103596+00', '2026-11-29 18:06:29.104202+00', '2026-11-29 18:06:29.115522+00', 'Failed', 'QueryFailed', '22012', 'app.failing: the query failed on its data; the view keeps what it held (22012 division_by_zero)', '5', NULL, '1', NULL, NULL, NULL);
INSERT INTO matview_operator.runs VALUES ('app', 'plain', 'Request/by hand', 'Request', 'Standard', '2026-11-29 18:06:28.719382+00', '2026-11-29 18:06:28.720279+00', '2026-11-29 18:06:28.722817+00', 'Succeeded', 'Succeeded', NULL, NULL, '1', '1', '1', NULL, NULL, NULL);
INSERT INTO matview_operator.runs VALUES ('app', 'plain', 'Initial/16444', 'Initial', 'Standard', '2026-11-29 18:06:27.67237+00', '2026-11-29 18:06:27.726608+00', '2026-11-29 18:06:27.768034+00', 'Succeeded', 'Succeeded', NULL, NULL, NULL, '1', '1', NULL, NULL, NULL);
INSERT INTO matview_operator.runs VALUES ('app', 'plain', 'Run/55b5fd42-1cce-4164-a4da-fa128b22f953', 'Run', 'Standard', '2026-11-29 18:06:29+00', '2026-11-29 18:06:29.262862+00', '2026-11-29 18:06:29.265092+00', 'Succeeded', 'Succeeded', NULL, NULL, '1', '1', '1', NULL, NULL, NULL);
INSERT INTO matview_operator.runs VALUES ('app', 'swapped', 'Request/by hand', 'Request', 'Swap', '2026-11-29 18:06:28.947828+00', '2026-11-29 18:06:28.9483+00', '2026-11-29 18:06:29.013752+00', 'Succeeded', 'Succeeded', NULL, NULL, '5', '5', '1', NULL, NULL, NULL);
INSERT INTO matview_operator.runs VALUES ('app', 'swapped', 'Initial/16440', 'Initial', 'Standard', '2026-11-29 18:06:27.672434+00', '2026-11-29 18:06:27.862092+00', '2026-11-29 18:06:27.875201+00', 'Succeeded', 'Succeeded', NULL, NULL, NULL, '5', '1', NULL, NULL, NULL);
UPDATE matview_operator.views v SET made_oid = c.oid
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = v.schema_name AND c.relname = v.view_name AND v.made_oid IS NOT NULL;
UPDATE matview_operator.views v SET fingerprint = 
-- Changes when the stored query of view c changes, when a name that it refers to means another
-- object or has changed, when a column of c is renamed, and with the server's major version. Not so
-- with the OID of c itself, which 15 keeps in the query.
(pg_catalog.current_setting('server_version_num')::pg_catalog.int4 / 10000) || ':' || pg_catalog.md5(
  (SELECT pg_catalog.replace(r.ev_action::pg_catalog.text,
            ':relid ' || c.oid || ' ', ':relid self ') || coalesce((
      SELECT pg_catalog.string_agg(
               pg_catalog.concat_ws('.', dn.nspname, dc.relname, da.attname), ','
               ORDER BY dn.nspname, dc.relname, da.attname)
      FROM pg_catalog.pg_depend d
      JOIN pg_catalog.pg_class dc ON dc.oid = d.refobjid
      JOIN pg_catalog.pg_namespace dn ON dn.oid = dc.relnamespace
      LEFT JOIN pg_catalog.pg_attribute da ON da.attrelid = d.refobjid AND da.attnum = d.refobjsubid
      WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = r.oid
        AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid <> c.oid), '')
   FROM pg_catalog.pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename = '_RETURN')
  || coalesce((
      SELECT pg_catalog.string_agg(a.attname, ',' ORDER BY a.attnum)
      FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '')),
  source_columns = 
-- Changes when a relation that view c names gains, loses or renames a column, or is another one:
-- what * stood for when the view was made is then no longer what it would stand for now.
pg_catalog.md5(coalesce((
  SELECT pg_catalog.string_agg(
           pg_catalog.concat_ws(':', s.oid, a.attname, a.atttypid), ',' ORDER BY s.oid, a.attnum)
  FROM (
    SELECT DISTINCT d.refobjid AS oid
    FROM pg_catalog.pg_rewrite r
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
      AND d.objid = r.oid AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    WHERE r.ev_class = c.oid AND d.refobjid <> c.oid
  ) s
  JOIN pg_catalog.pg_attribute a ON a.attrelid = s.oid
  WHERE a.attnum > 0 AND NOT a.attisdropped), ''))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = v.schema_name AND c.relname = v.view_name AND v.definition_hash IS NOT NULL;
RESET ROLE;
ANALYZE;
