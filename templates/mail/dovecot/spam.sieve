# Managed by roles/mail: what goes somewhere before a person's own rules.
require ["envelope", "fileinto", "imap4flags", "subaddress", "variables"];
# What rspamd took for spam.
if header :is "X-Spam" "Yes" {
  fileinto "Indésirables";
  stop;
}
# What was sent in the name of a shared mailbox: from itself, which nobody can be who has not logged in.
if allof (
  envelope :detail :is "to" "envoyes",
  envelope :user :matches "to" "*"
) {
  set "box" "${1}";
  if envelope :domain :matches "to" "*" {
    set "domain" "${1}";
  }
  if envelope :all :is "from" "${box}@${domain}" {
    fileinto :flags "\\Seen" "Envoyés";
    stop;
  }
}
