"""Who is to be told what: written into the outbox with the change itself, told after it.

The lowest room of ordering: notices for people (`orders.mails` renders them) and changes for
programs (`api.webhooks` delivers them), by `tell` (docs/telling.md).
"""
