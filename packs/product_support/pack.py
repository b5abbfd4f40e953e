"""The manifest of the product support pack."""

from typing import Final

from answerable_sdk.packs import Pack, Source
from packs.product_support.tools import TOOLS

_SITE: Final = "https://docs.northwind-relay.example"

_ROUTING_KEYWORDS: Final = (
    # The product and what it carries.
    *("northwind", "relay", "nwr", "event", "events", "topic", "topics", "payload", "payloads"),
    # Keys and limits.
    *("api", "key", "keys", "rotate", "revoke", "429", "rate", "limit", "limits", "throttled", "quota"),
    # Deliveries.
    *("webhook", "webhooks", "endpoint", "endpoints", "delivery", "deliveries", "signature", "signing"),
    *("retry", "retries", "redeliver", "replay", "replays", "resend", "backfill", "dead", "undelivered"),
    *("filter", "filters", "transform", "template", "templates", "schema", "schemas", "version", "versions"),
    *("polling", "poll", "cursor", "monitor", "alert", "alerts", "prometheus", "sandbox"),
    # People and their rights.
    *("workspace", "invite", "member", "members", "role", "roles", "sso", "saml", "oidc", "okta", "login", "audit"),
    # Networks and places.
    *("domain", "domains", "hostname", "tls", "certificate", "firewall", "ip", "allowlist", "vpn"),
    *("region", "regions", "residency"),
    # Money.
    *("billing", "bill", "invoice", "invoices", "plan", "plans", "pricing", "seat", "seats", "refund", "refunds"),
    *("credit", "chargeback"),
    # The command line.
    *("cli", "terminal", "pipeline"),
    # Work of the staff.
    *("incident", "incidents", "outage", "sev1", "sev2", "sev3", "escalate", "escalation", "pager"),
)

PACK = Pack(
    id="product_support",
    display_name="Product support",
    description=(
        "How-to documents of Northwind Relay, an invented event-delivery service: keys, webhooks, replays, "
        "schemas, monitoring, sign-on, regions, billing and more, two documents for its staff, and figures."
    ),
    sources=(
        Source(kind="folder", path="howto", url_template=f"{_SITE}/{{stem}}"),
        Source(kind="folder", path="howto_internal", visibility="internal", url_template=f"{_SITE}/staff/{{stem}}"),
    ),
    routing_keywords=_ROUTING_KEYWORDS,
    tools=TOOLS,
    sample_questions=(
        "How do I rotate an API key?",
        "How do I verify a webhook signature?",
        "What should I do when I get a 429 response?",
        "How do I resend events that my server lost?",
        "How do I export the audit log?",
        "How do I invite a team member?",
        "How do I set up the sandbox?",
        "What was the request volume in the last 24h?",
        "What was the p95 latency in the last 24h for service checkout in sandbox?",
    ),
)
