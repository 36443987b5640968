-- The roles of the portal, for any PostgreSQL 15 or newer. Run as a superuser, once per cluster;
-- running it again changes nothing. No password is set here: give one to each LOGIN role with
-- \password, or let a secrets manager do it. docs/operations.md says which process uses which role.

do $$
declare
    wanted text;
begin
    foreach wanted in array array[
        'portal_owner', 'portal_web', 'portal_worker', 'portal_issuer', 'portal_editing', 'portal_backup'
    ] loop
        if not exists (select from pg_roles where rolname = wanted) then
            execute format('create role %I login', wanted);
        end if;
    end loop;
    if not exists (select from pg_roles where rolname = 'portal_app') then
        create role portal_app nologin;
    end if;
end
$$;

-- Owner: owns the database and its tables, runs migrations and nothing else.
alter role portal_owner nosuperuser nobypassrls nocreaterole noreplication;

-- The running processes: no ownership, every row policy applies to them.
alter role portal_web nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
alter role portal_worker nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
alter role portal_issuer nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
alter role portal_editing nosuperuser nobypassrls nocreatedb nocreaterole noreplication;

-- Backup: reads every row of every table, writes none. The owner cannot, because row policies are forced.
alter role portal_backup nosuperuser bypassrls nocreatedb nocreaterole noreplication;
grant pg_read_all_data to portal_backup;

-- Group that carries CONNECT and USAGE; the verbs on tables are granted to each role by the migrations.
grant portal_app to portal_web, portal_worker, portal_issuer, portal_editing;
