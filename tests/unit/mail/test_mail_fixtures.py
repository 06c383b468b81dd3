from pathlib import Path

from pyinfra_testing.facts import make_fact_tests

HERE = Path(__file__).parent

TestLoggedIn = make_fact_tests("roles.mail", "sessions.LoggedIn", HERE / "facts/LoggedIn")
TestFoldersOf = make_fact_tests("roles.mail", "mailboxes.FoldersOf", HERE / "facts/FoldersOf")
TestFolders = make_fact_tests("roles.mail", "mailboxes.Folders", HERE / "facts/Folders")
