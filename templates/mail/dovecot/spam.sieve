# Managed by roles/mail: what rspamd took for spam.
require ["fileinto"];
if header :is "X-Spam" "Yes" {
  fileinto "Indésirables";
  stop;
}
