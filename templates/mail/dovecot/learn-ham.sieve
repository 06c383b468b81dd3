# Managed by roles/mail: a person took a message out of Indésirables. Who throws it away there says nothing of it, and
# Dovecot itself copies to Récupérables what leaves a folder.
require ["copy", "environment", "imapsieve", "vnd.dovecot.pipe"];
if not environment :is "imap.mailbox" ["Corbeille", "Récupérables"] {
  pipe :copy "learn" ["ham"];
}
