"""People, apps, grants and what was issued."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table('audit_events',
    sa.Column('id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('action', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('user_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=True),
    sa.Column('client_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=True),
    sa.Column('grant_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=True),
    sa.Column('org_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=True),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_events'))
    )
    op.create_table('consent_decisions',
    sa.Column('id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('user_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('sealed_location', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent_decisions'))
    )
    with op.batch_alter_table('consent_decisions', schema=None) as batch_op:
        batch_op.create_index('ix_consent_decisions_sweep', ['expires_at'], unique=False)
    op.create_table('installation',
    sa.Column('name', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('value', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_installation'))
    )
    op.create_table('organisations',
    sa.Column('id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('country', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('currency', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('timezone', sa.String(), nullable=False),
    sa.Column('suspended_at', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisations'))
    )
    op.create_table('rate_plans',
    sa.Column('subject', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('windows', sa.String(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('subject', name=op.f('pk_rate_plans'))
    )
    op.create_table('users',
    sa.Column('id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('email_key', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('password_hash', sa.String(), nullable=False),
    sa.Column('email_verified_at', sa.BigInteger(), nullable=True),
    sa.Column('suspended_at', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('email_key', name=op.f('uq_users_email_key'))
    )
    op.create_table('clients',
    sa.Column('id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('company_name', sa.String(), nullable=False),
    sa.Column('website', sa.String(), nullable=True),
    sa.Column('logo', sa.LargeBinary(), nullable=True),
    sa.Column('logo_digest', sa.String(), nullable=True),
    sa.Column('type', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('auth_method', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('profile', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('optional_scope', sa.String(), nullable=False),
    sa.Column('owner_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=True),
    sa.Column('suspended_at', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_clients_owner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clients'))
    )
    with op.batch_alter_table('clients', schema=None) as batch_op:
        batch_op.create_index('ix_clients_owner', ['owner_id'], unique=False)
    op.create_table('memberships',
    sa.Column('org_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('user_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('role', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['org_id'], ['organisations.id'], name=op.f('fk_memberships_org_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_memberships_user_id')),
    sa.PrimaryKeyConstraint('org_id', 'user_id', name=op.f('pk_memberships'))
    )
    with op.batch_alter_table('memberships', schema=None) as batch_op:
        batch_op.create_index('ix_memberships_user', ['user_id'], unique=False)
    op.create_table('sign_in_sessions',
    sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('user_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('user_agent', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_sign_in_sessions_user_id')),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_sign_in_sessions'))
    )
    with op.batch_alter_table('sign_in_sessions', schema=None) as batch_op:
        batch_op.create_index('ix_sign_in_sessions_expires', ['expires_at'], unique=False)
        batch_op.create_index('ix_sign_in_sessions_user', ['user_id'], unique=False)
    op.create_table('client_redirect_uris',
    sa.Column('client_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('uri', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['clients.id'], name=op.f('fk_client_redirect_uris_client_id')),
    sa.PrimaryKeyConstraint('client_id', 'uri', name=op.f('pk_client_redirect_uris'))
    )
    op.create_table('client_secrets',
    sa.Column('id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('client_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('last_four', sa.String(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=True),
    sa.Column('revoked_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['client_id'], ['clients.id'], name=op.f('fk_client_secrets_client_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_client_secrets')),
    sa.UniqueConstraint('digest', name=op.f('uq_client_secrets_digest'))
    )
    with op.batch_alter_table('client_secrets', schema=None) as batch_op:
        batch_op.create_index('ix_client_secrets_client', ['client_id'], unique=False)
    op.create_table('grants',
    sa.Column('id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('user_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=True),
    sa.Column('client_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('activated_at', sa.BigInteger(), nullable=True),
    sa.Column('last_used_at', sa.BigInteger(), nullable=True),
    sa.Column('revoked_at', sa.BigInteger(), nullable=True),
    sa.Column('revoked_reason', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=True),
    sa.ForeignKeyConstraint(['client_id'], ['clients.id'], name=op.f('fk_grants_client_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_grants_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grants'))
    )
    with op.batch_alter_table('grants', schema=None) as batch_op:
        batch_op.create_index('ix_grants_client', ['client_id'], unique=False)
        batch_op.create_index('ix_grants_user', ['user_id', 'client_id'], unique=False)
    op.create_table('access_tokens',
    sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('grant_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('client_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('revoked_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['grant_id'], ['grants.id'], name=op.f('fk_access_tokens_grant_id')),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_access_tokens'))
    )
    with op.batch_alter_table('access_tokens', schema=None) as batch_op:
        batch_op.create_index('ix_access_tokens_sweep', ['expires_at'], unique=False)
    op.create_table('authorization_codes',
    sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('grant_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('client_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('redirect_uri', sa.String(), nullable=False),
    sa.Column('code_challenge', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('keep_until', sa.BigInteger(), nullable=False),
    sa.Column('consumed_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['grant_id'], ['grants.id'], name=op.f('fk_authorization_codes_grant_id')),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_authorization_codes'))
    )
    with op.batch_alter_table('authorization_codes', schema=None) as batch_op:
        batch_op.create_index('ix_authorization_codes_challenge', ['client_id', 'code_challenge'], unique=True)
        batch_op.create_index('ix_authorization_codes_sweep', ['keep_until'], unique=False)
    op.create_table('grant_organisations',
    sa.Column('grant_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('org_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('granted_at', sa.BigInteger(), nullable=False),
    sa.Column('last_used_at', sa.BigInteger(), nullable=True),
    sa.Column('revoked_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['grant_id'], ['grants.id'], name=op.f('fk_grant_organisations_grant_id')),
    sa.ForeignKeyConstraint(['org_id'], ['organisations.id'], name=op.f('fk_grant_organisations_org_id')),
    sa.PrimaryKeyConstraint('grant_id', 'org_id', name=op.f('pk_grant_organisations'))
    )
    with op.batch_alter_table('grant_organisations', schema=None) as batch_op:
        batch_op.create_index('ix_grant_organisations_org', ['org_id'], unique=False)
    op.create_table('refresh_tokens',
    sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('grant_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('client_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('generation', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('absolute_expires_at', sa.BigInteger(), nullable=False),
    sa.Column('rotated_at', sa.BigInteger(), nullable=True),
    sa.Column('successor', sa.LargeBinary(length=32), nullable=True),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.Column('sealed_until', sa.BigInteger(), nullable=True),
    sa.Column('network', sa.String(), nullable=True),
    sa.Column('replays', sa.BigInteger(), nullable=False),
    sa.Column('replayed_generations', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['grant_id'], ['grants.id'], name=op.f('fk_refresh_tokens_grant_id')),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_refresh_tokens'))
    )
    with op.batch_alter_table('refresh_tokens', schema=None) as batch_op:
        batch_op.create_index('ix_refresh_tokens_sealed', ['sealed_until'], unique=False, sqlite_where=sa.text('sealed IS NOT NULL'), postgresql_where=sa.text('sealed IS NOT NULL'))
        batch_op.create_index('ix_refresh_tokens_successor', ['successor'], unique=True)
        batch_op.create_index('ix_refresh_tokens_sweep', ['expires_at'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('refresh_tokens', schema=None) as batch_op:
        batch_op.drop_index('ix_refresh_tokens_sweep')
        batch_op.drop_index('ix_refresh_tokens_successor')
        batch_op.drop_index('ix_refresh_tokens_sealed', sqlite_where=sa.text('sealed IS NOT NULL'), postgresql_where=sa.text('sealed IS NOT NULL'))
    op.drop_table('refresh_tokens')
    with op.batch_alter_table('grant_organisations', schema=None) as batch_op:
        batch_op.drop_index('ix_grant_organisations_org')
    op.drop_table('grant_organisations')
    with op.batch_alter_table('authorization_codes', schema=None) as batch_op:
        batch_op.drop_index('ix_authorization_codes_sweep')
        batch_op.drop_index('ix_authorization_codes_challenge')
    op.drop_table('authorization_codes')
    with op.batch_alter_table('access_tokens', schema=None) as batch_op:
        batch_op.drop_index('ix_access_tokens_sweep')
    op.drop_table('access_tokens')
    with op.batch_alter_table('grants', schema=None) as batch_op:
        batch_op.drop_index('ix_grants_user')
        batch_op.drop_index('ix_grants_client')
    op.drop_table('grants')
    with op.batch_alter_table('client_secrets', schema=None) as batch_op:
        batch_op.drop_index('ix_client_secrets_client')
    op.drop_table('client_secrets')
    op.drop_table('client_redirect_uris')
    with op.batch_alter_table('sign_in_sessions', schema=None) as batch_op:
        batch_op.drop_index('ix_sign_in_sessions_user')
        batch_op.drop_index('ix_sign_in_sessions_expires')
    op.drop_table('sign_in_sessions')
    with op.batch_alter_table('memberships', schema=None) as batch_op:
        batch_op.drop_index('ix_memberships_user')
    op.drop_table('memberships')
    with op.batch_alter_table('clients', schema=None) as batch_op:
        batch_op.drop_index('ix_clients_owner')
    op.drop_table('clients')
    op.drop_table('users')
    op.drop_table('rate_plans')
    op.drop_table('organisations')
    op.drop_table('installation')
    with op.batch_alter_table('consent_decisions', schema=None) as batch_op:
        batch_op.drop_index('ix_consent_decisions_sweep')
    op.drop_table('consent_decisions')
    op.drop_table('audit_events')
