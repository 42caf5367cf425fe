-- Run once per database, connected to it as superuser, before the first migration.
-- The owner role makes the schema; the app role reads and writes rows and owns nothing.
ALTER SCHEMA public OWNER TO kaufhaus_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO kaufhaus_app;
ALTER DEFAULT PRIVILEGES FOR ROLE kaufhaus_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO kaufhaus_app;
ALTER DEFAULT PRIVILEGES FOR ROLE kaufhaus_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO kaufhaus_app;
