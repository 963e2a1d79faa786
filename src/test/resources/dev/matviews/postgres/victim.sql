-- As the role that owns the views as well: what stands in their texts could do it harm.
CREATE TABLE app.victim (id int, label text);
INSERT INTO app.victim VALUES (1, 'a'), (2, 'b');
CREATE SEQUENCE app.counter;

CREATE FUNCTION app.wipe() RETURNS int LANGUAGE plpgsql VOLATILE AS
$$ BEGIN DELETE FROM app.victim; RETURN 1; END $$;

CREATE FUNCTION app.wipe_while_planned() RETURNS int LANGUAGE plpgsql IMMUTABLE AS
$$ BEGIN DELETE FROM app.victim; RETURN 1; END $$;

CREATE FUNCTION app.set_while_planned() RETURNS int LANGUAGE plpgsql IMMUTABLE AS
$$ BEGIN
  PERFORM set_config('search_path', 'app', false), set_config('my.own', '1', false);
  RETURN 1;
END $$;

CREATE FUNCTION app.lock_while_planned() RETURNS int LANGUAGE plpgsql IMMUTABLE AS
$$ BEGIN PERFORM pg_advisory_lock(4711); RETURN 1; END $$;

CREATE FUNCTION app.notify_while_planned() RETURNS int LANGUAGE plpgsql IMMUTABLE AS
$$ BEGIN PERFORM pg_notify('hacked', 'x'); RETURN 1; END $$;
