-- A function that reads the view leaderboard of the quickstart. PostgreSQL does not know what a
-- function reads, so podium.yaml names it in dependsOn.
CREATE FUNCTION app.podium() RETURNS TABLE (place bigint, name text)
  LANGUAGE sql STABLE
  AS 'SELECT l.place, l.name FROM app.leaderboard AS l WHERE l.place <= 3';
