"""Who may see and do what: accounts, passwords, sign-in, sessions, scopes."""
