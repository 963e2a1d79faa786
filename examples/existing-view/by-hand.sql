-- Two views as somebody has made them before there was an operator: somebody that the connecting
-- role is or can become, or else it may not take them over. In the playground:
-- env $(cat target/playground/postgres.env) PGOPTIONS='-c role=playground' psql -f THIS_FILE
CREATE MATERIALIZED VIEW app.active_users AS
SELECT u.id AS user_id, max(w.started_at) AS last_workout
FROM app.users u
JOIN app.workouts w ON w.user_id = u.id
GROUP BY u.id;

CREATE MATERIALIZED VIEW app.monthly_workouts AS
SELECT date_trunc('month', started_at) AS month, count(*) AS workouts
FROM app.workouts
GROUP BY 1;
