-- Who may touch what on PostgreSQL. Run by the database's owner after every `pwa migrate`:
--     psql -d sapa -f deploy/grants.sql
-- Then give each account its own way to sign in (pg_hba.conf, or ALTER ROLE … PASSWORD).

DO $$
DECLARE account text;
BEGIN
    FOREACH account IN ARRAY ARRAY['sapa_public', 'sapa_office', 'sapa_deliver'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = account) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', account);
        END IF;
    END LOOP;
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, sapa_public, sapa_office, sapa_deliver;
GRANT USAGE ON SCHEMA public TO sapa_public, sapa_office, sapa_deliver;
GRANT SELECT ON alembic_version, site_fact TO sapa_public, sapa_office, sapa_deliver;

-- Residents' pages: take in, answer a number, move it. Nothing about people who work here.
GRANT SELECT ON kecamatan, kelurahan, value TO sapa_public;
GRANT SELECT, INSERT, UPDATE ON receipt TO sapa_public;
GRANT SELECT, INSERT ON report, addition TO sapa_public;
GRANT SELECT (id, receipt_id, kind, body_hash), INSERT ON attachment TO sapa_public;
GRANT SELECT, INSERT, UPDATE (done), DELETE ON upload TO sapa_public;
GRANT SELECT, INSERT, DELETE ON piece TO sapa_public; -- sealed, and here for a day at most
GRANT SELECT (id, receipt_id, body_hash, state, answer_id, lapses_at, received_at), INSERT ON visit TO sapa_public;
GRANT SELECT (id, receipt_id, body_hash, outcome, received_at), INSERT ON visit_reply TO sapa_public;
GRANT SELECT (id, visit_id, stand, answer_id, lapses_at) ON visit_move TO sapa_public;
GRANT UPDATE (state, due_at, spam_at, spam_by_id, spam_confirmed_by_id) ON report TO sapa_public;
GRANT SELECT (id, receipt_id, sort, box, by_id, at, seen_at), UPDATE (box, seen_at) ON answer TO sapa_public;
GRANT SELECT, INSERT, UPDATE, DELETE ON stash, limit_counter TO sapa_public;
GRANT SELECT (id, subject, to_id, receipt_id, path, state), INSERT, UPDATE (state) ON alert TO sapa_public;
GRANT INSERT ON ladder_call TO sapa_public;
GRANT SELECT ON pulse TO sapa_public;
GRANT SELECT (id, acked_at), UPDATE (acked_at) ON sending TO sapa_public;

-- A resident's own phone comes and goes with her number. Of the phones that wake people at work the public part sees no row,
-- and can neither remove one nor put one there; where any of them is reached is closed to it.
GRANT SELECT (id, account_id, login_id, receipt_id, mark, kept_at), DELETE,
    INSERT (id, receipt_id, mark, service, vapid_id, closed, state, failures, kept_at) ON subscription TO sapa_public;
ALTER TABLE subscription ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS residents_own ON subscription;
DROP POLICY IF EXISTS all_of_them ON subscription;
CREATE POLICY residents_own ON subscription TO sapa_public
    USING (receipt_id IS NOT NULL) WITH CHECK (receipt_id IS NOT NULL AND account_id IS NULL AND login_id IS NULL);
CREATE POLICY all_of_them ON subscription TO sapa_office, sapa_deliver USING (true) WITH CHECK (true);

-- The deliverer: who is called on which device, and nothing that was told.
GRANT SELECT, UPDATE, INSERT, DELETE ON alert, sending, circuit TO sapa_deliver;
GRANT SELECT, UPDATE, DELETE ON subscription TO sapa_deliver;
GRANT SELECT, INSERT, UPDATE ON ring, pulse TO sapa_deliver;
GRANT SELECT, UPDATE (ring_id) ON ladder_call TO sapa_deliver;
GRANT SELECT (id, account_id, line, starts_at, ends_at, by_id) ON shift TO sapa_deliver;
GRANT SELECT (id, role, generation, created_at, disabled_at) ON account TO sapa_deliver;
GRANT SELECT (id, account_id, generation, created_at, revoked_at) ON login TO sapa_deliver;

-- The office: everything, but what is in the audit stays as it was written.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO sapa_office;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO sapa_office;
REVOKE UPDATE, DELETE ON audit FROM sapa_office;
REVOKE DELETE ON audit_head FROM sapa_office;
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM sapa_office;
