"""The first schema: tenants, knowledge, the index and conversations, each table under its tenant's policy.

Revision 0001.
"""

from alembic import context, op

from adapters.postgres.row_security import ALL_RIGHTS, IMMUTABLE, protection

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ACCESS = """
CREATE TABLE tenants (
    tenant_id uuid NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_tenants PRIMARY KEY (tenant_id)
);
CREATE TABLE api_keys (
    tenant_id uuid NOT NULL,
    api_key_id uuid NOT NULL,
    prefix text NOT NULL,
    secret_sha256 text NOT NULL,
    name text NOT NULL,
    audience text NOT NULL,
    roles text[] NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT pk_api_keys PRIMARY KEY (tenant_id, api_key_id),
    CONSTRAINT uq_api_keys_tenant_id_prefix UNIQUE (tenant_id, prefix),
    CONSTRAINT ck_api_keys_audience CHECK (audience IN ('internal', 'external')),
    CONSTRAINT fk_api_keys_tenants FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE TABLE bots (
    tenant_id uuid NOT NULL,
    bot_id uuid NOT NULL,
    name text NOT NULL,
    version integer NOT NULL,
    deny_patterns text[] NOT NULL,
    refusal text NOT NULL,
    minimum_confidence float8 NOT NULL,
    is_default boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_bots PRIMARY KEY (tenant_id, bot_id),
    CONSTRAINT fk_bots_tenants FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE UNIQUE INDEX uq_bots_default ON bots (tenant_id) WHERE is_default;
"""

_KNOWLEDGE = """
CREATE TABLE datasets (
    tenant_id uuid NOT NULL,
    dataset_id uuid NOT NULL,
    pack_id text NOT NULL,
    name text NOT NULL,
    default_visibility text NOT NULL,
    live_generation_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_datasets PRIMARY KEY (tenant_id, dataset_id),
    CONSTRAINT uq_datasets_tenant_id_pack_id_name UNIQUE (tenant_id, pack_id, name),
    CONSTRAINT ck_datasets_default_visibility CHECK (default_visibility IN ('internal', 'external')),
    CONSTRAINT fk_datasets_tenants FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE TABLE bot_datasets (
    tenant_id uuid NOT NULL,
    bot_id uuid NOT NULL,
    dataset_id uuid NOT NULL,
    CONSTRAINT pk_bot_datasets PRIMARY KEY (tenant_id, bot_id, dataset_id),
    CONSTRAINT fk_bot_datasets_bots FOREIGN KEY (tenant_id, bot_id)
        REFERENCES bots (tenant_id, bot_id) ON DELETE CASCADE,
    CONSTRAINT fk_bot_datasets_datasets FOREIGN KEY (tenant_id, dataset_id)
        REFERENCES datasets (tenant_id, dataset_id) ON DELETE CASCADE
);
CREATE INDEX ix_bot_datasets_tenant_id_dataset_id ON bot_datasets (tenant_id, dataset_id);
CREATE TABLE documents (
    tenant_id uuid NOT NULL,
    document_id uuid NOT NULL,
    dataset_id uuid NOT NULL,
    external_key text NOT NULL,
    live_version_id uuid,
    last_version_number integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_documents PRIMARY KEY (tenant_id, document_id),
    CONSTRAINT uq_documents_tenant_id_dataset_id_external_key UNIQUE (tenant_id, dataset_id, external_key),
    CONSTRAINT uq_documents_tenant_id_document_id_live_version_id UNIQUE (tenant_id, document_id, live_version_id),
    CONSTRAINT fk_documents_datasets FOREIGN KEY (tenant_id, dataset_id)
        REFERENCES datasets (tenant_id, dataset_id)
);
CREATE TABLE index_generations (
    tenant_id uuid NOT NULL,
    generation_id uuid NOT NULL,
    dataset_id uuid NOT NULL,
    model text NOT NULL,
    dimension integer NOT NULL,
    chunker text NOT NULL,
    analyser text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_index_generations PRIMARY KEY (tenant_id, generation_id),
    CONSTRAINT uq_index_generations_tenant_id_dataset_id_generation_id UNIQUE (tenant_id, dataset_id, generation_id),
    CONSTRAINT fk_index_generations_datasets FOREIGN KEY (tenant_id, dataset_id)
        REFERENCES datasets (tenant_id, dataset_id)
);
CREATE TABLE document_versions (
    tenant_id uuid NOT NULL,
    version_id uuid NOT NULL,
    document_id uuid NOT NULL,
    version_number integer NOT NULL,
    fingerprint text NOT NULL,
    source_key text NOT NULL,
    source_sha256 text NOT NULL,
    source_size_bytes bigint NOT NULL,
    source_media_type text NOT NULL,
    title text,
    url text,
    visibility text NOT NULL,
    roles text[] NOT NULL,
    submitted_at timestamptz NOT NULL,
    submitted_by text NOT NULL,
    state text NOT NULL,
    stage text NOT NULL,
    done bigint NOT NULL,
    total bigint NOT NULL,
    attempt integer NOT NULL,
    failure_code text,
    failure_message text,
    failure_details jsonb,
    artifacts jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    shown_title text,
    generation_id uuid,
    replaced_version_id uuid,
    passages integer NOT NULL,
    spans integer NOT NULL,
    CONSTRAINT pk_document_versions PRIMARY KEY (tenant_id, version_id),
    CONSTRAINT uq_document_versions_tenant_id_document_id_version_id UNIQUE (tenant_id, document_id, version_id),
    CONSTRAINT uq_document_versions_tenant_id_document_id_version_number
        UNIQUE (tenant_id, document_id, version_number),
    CONSTRAINT fk_document_versions_documents FOREIGN KEY (tenant_id, document_id)
        REFERENCES documents (tenant_id, document_id),
    CONSTRAINT fk_document_versions_index_generations FOREIGN KEY (tenant_id, generation_id)
        REFERENCES index_generations (tenant_id, generation_id),
    CONSTRAINT ck_document_versions_visibility CHECK (visibility IN ('internal', 'external')),
    CONSTRAINT ck_document_versions_state
        CHECK (state IN ('queued', 'running', 'partial', 'succeeded', 'failed', 'superseded', 'cancelled'))
);
CREATE INDEX ix_document_versions_newest ON document_versions (tenant_id, created_at DESC, version_id DESC);
CREATE TABLE passages (
    tenant_id uuid NOT NULL,
    passage_id uuid NOT NULL,
    version_id uuid NOT NULL,
    ordinal integer NOT NULL,
    start_offset integer NOT NULL,
    end_offset integer NOT NULL,
    section_heading text NOT NULL,
    text text NOT NULL,
    text_sha256 text NOT NULL,
    CONSTRAINT pk_passages PRIMARY KEY (tenant_id, passage_id),
    CONSTRAINT uq_passages_tenant_id_version_id_ordinal UNIQUE (tenant_id, version_id, ordinal),
    CONSTRAINT fk_passages_document_versions FOREIGN KEY (tenant_id, version_id)
        REFERENCES document_versions (tenant_id, version_id)
);
"""

_INDEX = """
CREATE TABLE index_passages (
    tenant_id uuid NOT NULL,
    generation_id uuid NOT NULL,
    passage_id uuid NOT NULL,
    dataset_id uuid NOT NULL,
    document_id uuid NOT NULL,
    version_id uuid NOT NULL,
    token_count integer NOT NULL,
    visibility text NOT NULL,
    roles text[] NOT NULL,
    CONSTRAINT pk_index_passages PRIMARY KEY (tenant_id, generation_id, passage_id),
    CONSTRAINT fk_index_passages_index_generations FOREIGN KEY (tenant_id, dataset_id, generation_id)
        REFERENCES index_generations (tenant_id, dataset_id, generation_id),
    CONSTRAINT fk_index_passages_passages FOREIGN KEY (tenant_id, passage_id)
        REFERENCES passages (tenant_id, passage_id),
    CONSTRAINT fk_index_passages_documents FOREIGN KEY (tenant_id, document_id, version_id)
        REFERENCES documents (tenant_id, document_id, live_version_id),
    CONSTRAINT ck_index_passages_visibility CHECK (visibility IN ('internal', 'external'))
);
CREATE INDEX ix_index_passages_tenant_id_document_id ON index_passages (tenant_id, document_id);
CREATE INDEX ix_index_passages_tenant_id_passage_id ON index_passages (tenant_id, passage_id);
CREATE TABLE index_terms (
    tenant_id uuid NOT NULL,
    generation_id uuid NOT NULL,
    term text NOT NULL,
    passage_id uuid NOT NULL,
    frequency integer NOT NULL,
    CONSTRAINT pk_index_terms PRIMARY KEY (tenant_id, generation_id, term, passage_id),
    CONSTRAINT fk_index_terms_index_passages FOREIGN KEY (tenant_id, generation_id, passage_id)
        REFERENCES index_passages (tenant_id, generation_id, passage_id) ON DELETE CASCADE
);
CREATE INDEX ix_index_terms_tenant_id_passage_id ON index_terms (tenant_id, passage_id);
CREATE TABLE spans (
    tenant_id uuid NOT NULL,
    generation_id uuid NOT NULL,
    passage_id uuid NOT NULL,
    ordinal integer NOT NULL,
    start_offset integer NOT NULL,
    end_offset integer NOT NULL,
    embedding halfvec NOT NULL,
    CONSTRAINT pk_spans PRIMARY KEY (tenant_id, generation_id, passage_id, ordinal),
    CONSTRAINT fk_spans_index_passages FOREIGN KEY (tenant_id, generation_id, passage_id)
        REFERENCES index_passages (tenant_id, generation_id, passage_id) ON DELETE CASCADE
);
"""

_CONVERSATIONS = """
CREATE TABLE conversations (
    tenant_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    bot_id uuid NOT NULL,
    principal_id text NOT NULL,
    channel text NOT NULL,
    last_sequence integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_conversations PRIMARY KEY (tenant_id, conversation_id),
    CONSTRAINT fk_conversations_bots FOREIGN KEY (tenant_id, bot_id) REFERENCES bots (tenant_id, bot_id)
);
CREATE TABLE turns (
    tenant_id uuid NOT NULL,
    turn_id text NOT NULL,
    conversation_id uuid NOT NULL,
    bot_id uuid NOT NULL,
    principal_id text NOT NULL,
    channel text NOT NULL,
    request_sha256 text NOT NULL,
    outcome text NOT NULL,
    answer jsonb NOT NULL,
    received_at timestamptz NOT NULL,
    closed_at timestamptz NOT NULL,
    CONSTRAINT pk_turns PRIMARY KEY (tenant_id, turn_id),
    CONSTRAINT fk_turns_conversations FOREIGN KEY (tenant_id, conversation_id)
        REFERENCES conversations (tenant_id, conversation_id)
);
CREATE INDEX ix_turns_tenant_id_conversation_id ON turns (tenant_id, conversation_id);
CREATE TABLE messages (
    tenant_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    sequence integer NOT NULL,
    turn_id text NOT NULL,
    role text NOT NULL,
    text text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_messages PRIMARY KEY (tenant_id, conversation_id, sequence),
    CONSTRAINT uq_messages_tenant_id_turn_id_role UNIQUE (tenant_id, turn_id, role),
    CONSTRAINT fk_messages_conversations FOREIGN KEY (tenant_id, conversation_id)
        REFERENCES conversations (tenant_id, conversation_id),
    CONSTRAINT fk_messages_turns FOREIGN KEY (tenant_id, turn_id) REFERENCES turns (tenant_id, turn_id),
    CONSTRAINT ck_messages_role CHECK (role IN ('user', 'assistant'))
);
"""

# Two pairs of tables refer to each other.
_CIRCULAR = """
ALTER TABLE datasets ADD CONSTRAINT fk_datasets_live_generation
    FOREIGN KEY (tenant_id, dataset_id, live_generation_id)
    REFERENCES index_generations (tenant_id, dataset_id, generation_id);
ALTER TABLE documents ADD CONSTRAINT fk_documents_live_version
    FOREIGN KEY (tenant_id, document_id, live_version_id)
    REFERENCES document_versions (tenant_id, document_id, version_id);
"""

# In the order of their foreign keys.
_TABLES = (
    *("tenants", "api_keys", "bots", "datasets", "bot_datasets", "documents", "index_generations"),
    *("document_versions", "passages", "index_passages", "index_terms", "spans"),
    *("conversations", "turns", "messages"),
)
_IMMUTABLE_TABLES = {"passages", "index_terms", "spans", "turns", "messages"}


def upgrade() -> None:
    for statements in (_ACCESS, _KNOWLEDGE, _INDEX, _CONVERSATIONS, _CIRCULAR):
        op.execute(statements)
    app_role = context.config.attributes["app_role"]
    for table in _TABLES:
        rights = IMMUTABLE if table in _IMMUTABLE_TABLES else ALL_RIGHTS
        for statement in protection(table, app_role, rights):
            op.execute(statement)


def downgrade() -> None:
    op.execute("ALTER TABLE documents DROP CONSTRAINT fk_documents_live_version")
    op.execute("ALTER TABLE datasets DROP CONSTRAINT fk_datasets_live_generation")
    for table in reversed(_TABLES):
        op.execute(f"DROP TABLE {table}")
