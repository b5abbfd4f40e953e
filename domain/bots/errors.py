"""Errors about bots."""

from domain.errors import NotFoundError


class BotNotFoundError(NotFoundError):
    code = "bot_not_found"
