"""The books: contacts, tax rates and invoices."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = '0001'


def upgrade() -> None:
    op.create_table('oid_counters',
    sa.Column('org_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('name', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('org_id', 'name', name=op.f('pk_oid_counters'))
    )
    op.create_table('contacts',
    sa.Column('type', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('status', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('name', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('company_name', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=True),
    sa.Column('first_name', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=True),
    sa.Column('last_name', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=True),
    sa.Column('email', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=True),
    sa.Column('phone', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=True),
    sa.Column('tax_number', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=True),
    sa.Column('addresses', sa.Text(), nullable=False),
    sa.Column('persons', sa.Text(), nullable=False),
    sa.Column('oid', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.Column('org_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['org_id'], ['organisations.id'], name=op.f('fk_contacts_org_id')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_contacts')),
    sa.UniqueConstraint('org_id', 'oid', name=op.f('uq_contacts_org_id_oid'))
    )
    with op.batch_alter_table('contacts', schema=None) as batch_op:
        batch_op.create_index('ix_contacts_created', ['org_id', 'created_at', 'id'], unique=False)
        batch_op.create_index('ix_contacts_email', ['org_id', 'email', 'id'], unique=False)
        batch_op.create_index('ix_contacts_name', ['org_id', 'name', 'id'], unique=False)
        batch_op.create_index('ix_contacts_status', ['org_id', 'status', 'id'], unique=False)
        batch_op.create_index('ix_contacts_type', ['org_id', 'type', 'id'], unique=False)
        batch_op.create_index('ix_contacts_updated', ['org_id', 'updated_at', 'id'], unique=False)
    op.create_table('tax_rates',
    sa.Column('name', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('rate', sa.BigInteger(), nullable=False),
    sa.Column('valid_from', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=True),
    sa.Column('valid_to', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=True),
    sa.Column('oid', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.Column('org_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['org_id'], ['organisations.id'], name=op.f('fk_tax_rates_org_id')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_tax_rates')),
    sa.UniqueConstraint('org_id', 'oid', name=op.f('uq_tax_rates_org_id_oid'))
    )
    op.create_table('invoices',
    sa.Column('number', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=True),
    sa.Column('status', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('contact_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('due_date', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('currency', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('prices_include_tax', sa.BigInteger(), nullable=False),
    sa.Column('discount_percent', sa.BigInteger(), nullable=False),
    sa.Column('subtotal', sa.BigInteger(), nullable=False),
    sa.Column('total_tax', sa.BigInteger(), nullable=False),
    sa.Column('total', sa.BigInteger(), nullable=False),
    sa.Column('amount_paid', sa.BigInteger(), nullable=False),
    sa.Column('amount_due', sa.BigInteger(), nullable=False),
    sa.Column('compared_total', sa.BigInteger(), nullable=False),
    sa.Column('compared_due', sa.BigInteger(), nullable=False),
    sa.Column('reference', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=True),
    sa.Column('notes', sa.Text(), nullable=True),
    sa.Column('sent_at', sa.BigInteger(), nullable=True),
    sa.Column('viewed_at', sa.BigInteger(), nullable=True),
    sa.Column('oid', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.Column('org_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['org_id', 'contact_id'], ['contacts.org_id', 'contacts.id'], name=op.f('fk_invoices_org_id_contact_id')),
    sa.ForeignKeyConstraint(['org_id'], ['organisations.id'], name=op.f('fk_invoices_org_id')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_invoices')),
    sa.UniqueConstraint('org_id', 'number', name=op.f('uq_invoices_org_id_number')),
    sa.UniqueConstraint('org_id', 'oid', name=op.f('uq_invoices_org_id_oid'))
    )
    with op.batch_alter_table('invoices', schema=None) as batch_op:
        batch_op.create_index('ix_invoices_contact', ['org_id', 'contact_id', 'id'], unique=False)
        batch_op.create_index('ix_invoices_created', ['org_id', 'created_at', 'id'], unique=False)
        batch_op.create_index('ix_invoices_date', ['org_id', 'date', 'id'], unique=False)
        batch_op.create_index('ix_invoices_due', ['org_id', 'due_date', 'id'], unique=False)
        batch_op.create_index('ix_invoices_status', ['org_id', 'status', 'id'], unique=False)
        batch_op.create_index('ix_invoices_total', ['org_id', 'compared_total', 'id'], unique=False)
        batch_op.create_index('ix_invoices_updated', ['org_id', 'updated_at', 'id'], unique=False)
    op.create_table('invoice_lines',
    sa.Column('invoice_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('item_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=True),
    sa.Column('description', sa.String(), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('unit', sa.String(), nullable=True),
    sa.Column('unit_price', sa.BigInteger(), nullable=False),
    sa.Column('discount_percent', sa.BigInteger(), nullable=False),
    sa.Column('tax_rate_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=True),
    sa.Column('subtotal', sa.BigInteger(), nullable=False),
    sa.Column('tax', sa.BigInteger(), nullable=False),
    sa.Column('total', sa.BigInteger(), nullable=False),
    sa.Column('org_id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('id', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['org_id', 'invoice_id'], ['invoices.org_id', 'invoices.id'], name=op.f('fk_invoice_lines_org_id_invoice_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['org_id', 'tax_rate_id'], ['tax_rates.org_id', 'tax_rates.id'], name=op.f('fk_invoice_lines_org_id_tax_rate_id')),
    sa.ForeignKeyConstraint(['org_id'], ['organisations.id'], name=op.f('fk_invoice_lines_org_id')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_invoice_lines'))
    )
    with op.batch_alter_table('invoice_lines', schema=None) as batch_op:
        batch_op.create_index('ix_invoice_lines_invoice', ['org_id', 'invoice_id', 'position'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('invoice_lines', schema=None) as batch_op:
        batch_op.drop_index('ix_invoice_lines_invoice')
    op.drop_table('invoice_lines')
    with op.batch_alter_table('invoices', schema=None) as batch_op:
        batch_op.drop_index('ix_invoices_updated')
        batch_op.drop_index('ix_invoices_total')
        batch_op.drop_index('ix_invoices_status')
        batch_op.drop_index('ix_invoices_due')
        batch_op.drop_index('ix_invoices_date')
        batch_op.drop_index('ix_invoices_created')
        batch_op.drop_index('ix_invoices_contact')
    op.drop_table('invoices')
    op.drop_table('tax_rates')
    with op.batch_alter_table('contacts', schema=None) as batch_op:
        batch_op.drop_index('ix_contacts_updated')
        batch_op.drop_index('ix_contacts_type')
        batch_op.drop_index('ix_contacts_status')
        batch_op.drop_index('ix_contacts_name')
        batch_op.drop_index('ix_contacts_email')
        batch_op.drop_index('ix_contacts_created')
    op.drop_table('contacts')
    op.drop_table('oid_counters')
