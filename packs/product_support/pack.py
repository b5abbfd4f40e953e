"""The manifest of the product support pack."""

from answerable_sdk.packs import Pack, Source

PACK = Pack(
    id="product_support",
    display_name="Product support",
    description=(
        "How-to documents of Northwind Relay, an invented event-delivery service: "
        "API keys, webhooks, rate limits, team members and the sandbox."
    ),
    sources=(
        Source(
            kind="folder",
            path="howto",
            url_template="https://docs.northwind-relay.example/{stem}",
        ),
    ),
    routing_keywords=(
        "northwind",
        "relay",
        "api",
        "key",
        "keys",
        "rotate",
        "revoke",
        "webhook",
        "webhooks",
        "endpoint",
        "signature",
        "signing",
        "429",
        "rate",
        "limit",
        "limits",
        "invite",
        "member",
        "members",
        "role",
        "roles",
        "workspace",
        "sandbox",
    ),
    sample_questions=(
        "How do I rotate an API key?",
        "How do I verify a webhook signature?",
        "What should I do when I get a 429 response?",
        "How do I invite a team member?",
        "How do I set up the sandbox?",
    ),
)
