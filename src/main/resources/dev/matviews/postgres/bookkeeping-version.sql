-- As the comment on a table says; the first version had none.
coalesce(pg_catalog.substring(pg_catalog.obj_description(${table}, 'pg_class'),
                              'version ([0-9]{1,6})$')::pg_catalog.int4,
         1)
