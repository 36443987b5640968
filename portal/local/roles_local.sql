-- Additions for the cluster of the demonstration and of the tests. Never run this in production.

do $$
begin
    if not exists (select from pg_roles where rolname = 'portal_tester') then
        create role portal_tester login noinherit;
    end if;
end
$$;

-- Tests clone and drop databases that still have a closing connection.
alter role portal_owner createdb;
grant pg_signal_backend to portal_owner;

-- Tests log in once and take each role in turn, inside one transaction.
alter role portal_tester noinherit nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
grant portal_web, portal_worker, portal_issuer, portal_editing to portal_tester;
