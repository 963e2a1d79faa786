-- Equal for two indexes exactly where they differ in nothing but the name and the view: of index i,
-- its relation ic and its method am. Columns go by their names; where a node stood in the text that
-- it was parsed from is left out. Takes no lock, unlike the functions that print expressions.
pg_catalog.md5(pg_catalog.jsonb_build_array(
  am.amname, i.indisunique, i.indnullsnotdistinct, i.indnkeyatts,
  (SELECT pg_catalog.jsonb_agg(va.attname ORDER BY key.n)
   FROM pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS key (attnum, n)
   LEFT JOIN pg_catalog.pg_attribute va ON va.attrelid = i.indrelid AND va.attnum = key.attnum),
  i.indclass::pg_catalog.text, i.indcollation::pg_catalog.text, i.indoption::pg_catalog.text,
  (SELECT pg_catalog.jsonb_agg(ia.attoptions ORDER BY ia.attnum)
   FROM pg_catalog.pg_attribute ia WHERE ia.attrelid = i.indexrelid),
  pg_catalog.regexp_replace(i.indexprs::pg_catalog.text,
    ' :(location|stmt_location|stmt_len|list_start|list_end) -?[0-9]+', '', 'g'),
  pg_catalog.regexp_replace(i.indpred::pg_catalog.text,
    ' :(location|stmt_location|stmt_len|list_start|list_end) -?[0-9]+', '', 'g'),
  (SELECT pg_catalog.jsonb_agg(o ORDER BY o) FROM pg_catalog.unnest(ic.reloptions) o)
)::pg_catalog.text)
