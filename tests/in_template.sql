-- What the test databases can do beside the product's own: lay a world down, become new again.
-- The superuser's, run once in the migrated template: nobody else writes past triggers.
CREATE SCHEMA tests;
GRANT USAGE ON SCHEMA tests TO PUBLIC;

-- Rows as they stand (tests.remembered).
CREATE FUNCTION tests.lay_down(world jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET session_replication_role = replica AS $$
DECLARE part jsonb;
BEGIN
  FOR part IN SELECT * FROM jsonb_array_elements(world) LOOP
    EXECUTE format(
      'INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE'
      ' SELECT %2$s FROM jsonb_populate_recordset(NULL::%1$s, $1)',
      part->>'table', part->>'columns') USING part->'rows';
    IF part->>'sequence' IS NOT NULL THEN
      EXECUTE format(
        'SELECT setval(%L, greatest((SELECT last_value FROM %s), (SELECT max(id) FROM %s)))',
        part->>'sequence', part->>'sequence', part->>'table');
    END IF;
  END LOOP;
END $$;

-- The rows that the migrations put in, and where the sequences stand.
CREATE TABLE tests.kept (name text PRIMARY KEY, copy text NOT NULL, hash numeric NOT NULL);
CREATE TABLE tests.sequences (name text PRIMARY KEY, last bigint NOT NULL, called boolean NOT NULL);

CREATE FUNCTION tests.hash_of(name text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE found numeric;
BEGIN
  EXECUTE format('SELECT sum(hashtextextended(t::text, 0)) FROM %s t', name) INTO found;
  RETURN found;  -- none where there is no row
END $$;

CREATE VIEW tests.every AS
SELECT c.oid::regclass::text AS name, c.relkind AS kind FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'S');

DO $$
DECLARE this record; copied text; hash numeric;
BEGIN
  FOR this IN SELECT * FROM tests.every LOOP
    IF this.kind = 'S' THEN
      EXECUTE format('INSERT INTO tests.sequences SELECT %L, last_value, is_called FROM %s',
                     this.name, this.name);
      CONTINUE;
    END IF;
    hash := tests.hash_of(this.name);
    IF hash IS NOT NULL THEN
      copied := format('tests.%I', 'copy_of_' || this.name);
      EXECUTE format('CREATE TABLE %s AS TABLE %s', copied, this.name);
      INSERT INTO tests.kept VALUES (this.name, copied, hash);
    END IF;
  END LOOP;
END $$;

-- A guard taken away within the test's own transaction, by the application's role.
CREATE FUNCTION tests.spoil(statement text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN EXECUTE statement; END $$;

-- A test that changes the schema for good gets a new database after it; others leave only rows behind.
CREATE TABLE tests.schema_changes (command text NOT NULL);
CREATE FUNCTION tests.note_change() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO tests.schema_changes
  SELECT command_tag FROM pg_event_trigger_ddl_commands()
   WHERE schema_name IS DISTINCT FROM 'pg_temp';
END $$;
CREATE FUNCTION tests.note_drop() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO tests.schema_changes
  SELECT object_type FROM pg_event_trigger_dropped_objects() WHERE NOT is_temporary;
END $$;

-- Empty what was filled, put back what the migrations had put in; false: the schema has changed.
CREATE FUNCTION tests.become_new() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET session_replication_role = replica AS $$
DECLARE this record;
BEGIN
  IF EXISTS (SELECT FROM tests.schema_changes) THEN
    RETURN false;
  END IF;
  FOR this IN SELECT e.name, k.hash, k.copy FROM tests.every e LEFT JOIN tests.kept k USING (name)
               WHERE e.kind = 'r' LOOP
    IF this.hash IS NULL THEN
      EXECUTE format('DELETE FROM %s', this.name);  -- few rows: no new files, as TRUNCATE makes
    ELSIF tests.hash_of(this.name) IS DISTINCT FROM this.hash THEN
      EXECUTE format('DELETE FROM %s', this.name);
      EXECUTE format('INSERT INTO %s OVERRIDING SYSTEM VALUE TABLE %s', this.name, this.copy);
    END IF;
  END LOOP;
  FOR this IN SELECT * FROM tests.sequences LOOP
    PERFORM setval(this.name, this.last, this.called);
  END LOOP;
  RETURN true;
END $$;

CREATE EVENT TRIGGER tests_schema_changed ON ddl_command_end EXECUTE FUNCTION tests.note_change();
CREATE EVENT TRIGGER tests_schema_dropped ON sql_drop EXECUTE FUNCTION tests.note_drop();
