-- Whether others stand on relation old, which bookkeeping names as ours to drop: a view that was
-- moved aside goes when the last view on it has moved on.
EXISTS (
  SELECT FROM pg_catalog.pg_depend d
  LEFT JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
    AND d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
  WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = old.oid
    AND d.deptype = 'n' AND r.ev_class IS DISTINCT FROM old.oid)
