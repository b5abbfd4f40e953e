"""What a support person reads in the Temporal UI about learning from feedback."""

from domain.feedback.feedback import Tuning


def tuning_page(tuning: Tuning) -> str:
    lines = [
        f"- document `{one.document_id}`: x{one.boost:.2f} ({one.ups} up, {one.downs} down)"
        for one in sorted(tuning.boosts, key=lambda one: -abs(one.boost - 1))[:20]
    ]
    head = f"**Version {tuning.version} applies**, learned from {tuning.feedback:,} feedbacks."
    return "\n\n".join(filter(None, (head, "\n".join(lines))))
