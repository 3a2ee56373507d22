"""The command line, one module a family of commands. Commands are imported when they are called: a quick question
does not pay for what it does not use."""
