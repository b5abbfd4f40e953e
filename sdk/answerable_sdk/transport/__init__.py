"""How requests are described, sent, retried and waited for, in both flavours of the client."""
