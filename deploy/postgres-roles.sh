#!/bin/sh
# Run by the postgres image once, on an empty data folder: roles, database rights.
set -eu
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
    --set=owner_password="$KAUFHAUS_OWNER_PASSWORD" \
    --set=app_password="$KAUFHAUS_APP_PASSWORD" <<'SQL'
CREATE ROLE kaufhaus_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE kaufhaus_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
SQL
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
    --command="ALTER DATABASE \"$POSTGRES_DB\" OWNER TO kaufhaus_owner" \
    --file=/kaufhaus/grants.sql
