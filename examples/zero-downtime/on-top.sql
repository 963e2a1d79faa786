-- What an application reads: a plain view on top of the materialized one. Its owner is one that the
-- connecting role can become, so that the operator may point it at the new view. In the playground:
-- env $(cat target/playground/postgres.env) PGOPTIONS='-c role=playground' psql -f THIS_FILE
CREATE VIEW app.top_exercises AS
SELECT name, volume_kg FROM app.exercise_volume ORDER BY volume_kg DESC, name LIMIT 3;
GRANT SELECT ON app.top_exercises TO PUBLIC;
