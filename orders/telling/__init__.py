"""Who is told what: mails, notices and changes for programs, through the outbox."""
