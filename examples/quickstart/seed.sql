-- A training diary: 2,000 users, 20,000 workouts, 120,000 sets, the same at every run.
-- The role of the connection needs USAGE and CREATE on the schema app and SELECT on these tables.

CREATE TABLE app.users (
  id        bigint PRIMARY KEY,
  name      text NOT NULL,
  joined_on date NOT NULL
);

CREATE TABLE app.exercises (
  id     integer PRIMARY KEY,
  name   text NOT NULL UNIQUE,
  muscle text NOT NULL
);

CREATE TABLE app.workouts (
  id         bigint PRIMARY KEY,
  user_id    bigint NOT NULL REFERENCES app.users,
  started_at timestamptz NOT NULL
);

CREATE TABLE app.workout_sets (
  id          bigint PRIMARY KEY,
  workout_id  bigint NOT NULL REFERENCES app.workouts,
  exercise_id integer NOT NULL REFERENCES app.exercises,
  repetitions integer NOT NULL,
  weight_kg   numeric(5, 1) NOT NULL
);

INSERT INTO app.users
SELECT n, 'user ' || n, date '2025-01-01' + (n * 7 % 365)::integer
FROM generate_series(1, 2000) AS n;

INSERT INTO app.exercises (id, name, muscle) VALUES
  (1, 'squat', 'legs'), (2, 'deadlift', 'back'), (3, 'bench press', 'chest'),
  (4, 'overhead press', 'shoulders'), (5, 'barbell row', 'back'), (6, 'pull-up', 'back'),
  (7, 'lunge', 'legs'), (8, 'dip', 'chest'), (9, 'curl', 'arms'), (10, 'plank row', 'core');

INSERT INTO app.workouts
SELECT n, 1 + n * 31 % 2000, timestamptz '2026-01-01 06:00:00+00' + n * interval '13 minutes'
FROM generate_series(1, 20000) AS n;

INSERT INTO app.workout_sets
SELECT n, 1 + n % 20000, 1 + n * 7 % 10, 3 + n * 11 % 10, 20 + n * 17 % 160 * 0.5
FROM generate_series(1, 120000) AS n;

CREATE INDEX workouts_user ON app.workouts (user_id);
CREATE INDEX workout_sets_workout ON app.workout_sets (workout_id);

ANALYZE app.users, app.exercises, app.workouts, app.workout_sets;
